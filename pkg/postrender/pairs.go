package postrender

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
)

// pair matches the two escapes with which JSON writes a character outside the basic plane, and an escaped backslash, so that what
// follows one is not taken for an escape.
var pair = regexp.MustCompile(`\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`)

// standIn is as long as such a pair.
const standIn = "kwr%09d"

// withoutPairs puts other text of the same length in the place of such pairs, because YAML takes two escapes for two characters and
// refuses both. back undoes it. Text that is no JSON stays, and so does what cannot be told apart from what stands in.
func withoutPairs(text []byte) (plain []byte, back func([]byte) []byte) {
	same := func(b []byte) []byte { return b }
	if !bytes.Contains(text, []byte(`\ud`)) && !bytes.Contains(text, []byte(`\uD`)) || bytes.Contains(text, []byte("kwr0")) || !json.Valid(text) {
		return text, same
	}
	var taken [][]byte
	plain = pair.ReplaceAllFunc(text, func(m []byte) []byte {
		if len(m) == 2 {
			return m
		}
		taken = append(taken, bytes.Clone(m))
		return fmt.Appendf(nil, standIn, len(taken)-1)
	})
	return plain, func(b []byte) []byte {
		return stands.ReplaceAllFunc(b, func(m []byte) []byte {
			i, err := strconv.Atoi(string(m[3:]))
			if err != nil || i >= len(taken) {
				return m
			}
			return taken[i]
		})
	}
}

var stands = regexp.MustCompile(`kwr\d{9}`)
