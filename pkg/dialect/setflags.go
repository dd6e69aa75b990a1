package dialect

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// readFlags reads the flags that writeFlags writes. It is no reader of any flags of Helm's: that is Helm.
func readFlags(data []byte, _ Target) (map[string]any, error) {
	words, err := shellWords(string(data))
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for i := 0; i+1 < len(words); i += 2 {
		path, text, err := cutFlag(words[i+1])
		if err != nil {
			return nil, err
		}
		var value any
		switch words[i] {
		case "--set-string":
			value = unescapeFlag(text)
		case "--set-json":
			err = json.Unmarshal([]byte(text), &value)
		case "--set":
			if text != "null" {
				err = errors.New("only null is set with --set here")
			}
		default:
			err = fmt.Errorf("unknown flag %s", words[i])
		}
		if err != nil {
			return nil, fmt.Errorf("flag %d: %w", i/2+1, err)
		}
		put(out, path, value)
	}
	return out, nil
}

// shellWords takes words apart that are separated by blanks and continued lines, in single quotes or bare.
func shellWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	in, quoted := false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\'':
			in, quoted = true, !quoted
		case quoted:
			word.WriteByte(c)
		case c == '\\' && i+1 < len(text):
			if i++; text[i] != '\n' {
				in = true
				word.WriteByte(text[i])
			}
		case c == ' ' || c == '\n':
			if in {
				words = append(words, word.String())
			}
			word.Reset()
			in = false
		default:
			in = true
			word.WriteByte(c)
		}
	}
	if quoted {
		return nil, errors.New("a quote is not closed")
	}
	if in {
		words = append(words, word.String())
	}
	if len(words)%2 != 0 {
		return nil, errors.New("a flag has no value")
	}
	return words, nil
}

// cutFlag is the path and the value of a flag, which an equals sign separates.
func cutFlag(s string) ([]any, string, error) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '=':
			return flagPath(s[:i]), s[i+1:], nil
		}
	}
	return nil, "", fmt.Errorf("%q has no value", s)
}

// flagPath are the keys of a path; a backslash escapes a dot.
func flagPath(s string) []any {
	var out []any
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '.':
			out = append(out, unescapeFlag(s[start:i]))
			start = i + 1
		}
	}
	return append(out, unescapeFlag(s[start:]))
}

func unescapeFlag(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
