package splice

import (
	"bytes"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

func invalid(text []byte) *Error {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	before := text[:at]
	return &Error{
		Line: bytes.Count(before, []byte("\n")) + 1, Column: utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1,
		Reason: "the text is not UTF-8",
	}
}

// unreadable is the parser's or decoder's error about a text.
func unreadable(text []byte, err error) *Error {
	e := &Error{Reason: "not YAML: " + complaint(err)}
	e.Line, e.Column = place(text, err)
	return e
}

var lineInError = regexp.MustCompile(`line (\d+): `)

// complaint is an error without what it says about its place.
func complaint(err error) string {
	if err == nil {
		return ""
	}
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "parsing YAML: "), "yaml: ")
	return lineInError.ReplaceAllString(text, "")
}

// placeable is the size of the texts in which the place of an error is searched for.
const placeable = 1 << 18

// place finds where a text is broken. The parser names a line, sometimes the one before, sometimes the one where it all began,
// and no column: the place is where the shortest beginning of the text ends that has the same error.
func place(text []byte, err error) (line, column int) {
	m := lineInError.FindStringSubmatch(err.Error())
	if m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	want := complaint(err)
	if len(text) > placeable || !broken(text, want) {
		return line, min(line, 1)
	}
	s := newSource(text)
	last := sort.Search(len(s.lines)-1, func(i int) bool { return broken(text[:s.lines[i+1]], want) })
	start, end := s.lines[last], s.next(s.lines[last])
	chars := utf8.RuneCount(text[start:end])
	n := sort.Search(chars, func(i int) bool { return broken(text[:s.offset(last+1, i+2)], want) })
	return last + 1, min(n, max(0, chars-1)) + 1
}

// broken tells whether a text has an error.
func broken(text []byte, want string) bool {
	_, err := parseSome(text, 2)
	return complaint(err) == want
}
