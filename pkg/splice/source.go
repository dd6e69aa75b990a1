package splice

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// source is a text with its lines and columns as the parser counts them: lines end as in YAML 1.1, columns are characters.
type source struct {
	text  []byte
	lines []int // the offset of each line
	runes []int // the number of characters before each line; nil for a text of ASCII
	marks []int // the offset of every markth character
}

const mark = 256

const bom = "\xef\xbb\xbf"

func newSource(text []byte) *source {
	s := &source{text: text}
	start := 0
	if bytes.HasPrefix(text, []byte(bom)) {
		start = len(bom) // the parser does not count it
	}
	s.lines = append(s.lines, start)
	ascii := true
	for at := start; at < len(text); {
		n := s.breakLen(at)
		if n == 0 {
			ascii = ascii && text[at] < utf8.RuneSelf
			at++
			continue
		}
		ascii = ascii && text[at] < utf8.RuneSelf
		at += n
		s.lines = append(s.lines, at)
	}
	if !ascii {
		s.count(start)
	}
	return s
}

// count notes where characters are, so that a column is found without counting through a long line.
func (s *source) count(start int) {
	s.runes = make([]int, len(s.lines))
	line, n := 0, 0
	for at := start; at < len(s.text); n++ {
		for line < len(s.lines) && s.lines[line] <= at {
			s.runes[line] = n
			line++
		}
		if n%mark == 0 {
			s.marks = append(s.marks, at)
		}
		_, size := utf8.DecodeRune(s.text[at:])
		at += size
	}
	for ; line < len(s.lines); line++ {
		s.runes[line] = n
	}
}

// offset is where in the text a line and column are that count from 1; the end of the text for what is beyond.
func (s *source) offset(line, column int) int {
	if line < 1 || line > len(s.lines) || column < 1 {
		return len(s.text)
	}
	if s.runes == nil {
		return min(s.lines[line-1]+column-1, len(s.text))
	}
	n := s.runes[line-1] + column - 1
	if n/mark >= len(s.marks) {
		return len(s.text)
	}
	at := s.marks[n/mark]
	for range n % mark {
		_, size := utf8.DecodeRune(s.text[at:])
		at += size
	}
	return at
}

// column is the number of characters before an offset on its line.
func (s *source) column(at int) int {
	line := s.line(at)
	if s.runes == nil {
		return max(0, at-s.lines[line])
	}
	i := max(0, sort.SearchInts(s.marks, at+1)-1)
	return i*mark + utf8.RuneCount(s.text[s.marks[i]:at]) - s.runes[line]
}

// breakLen is the length of the line end at an offset; 0 when there is none.
func (s *source) breakLen(at int) int {
	t := s.text
	switch {
	case at >= len(t):
		return 0
	case t[at] == '\n':
		return 1
	case t[at] == '\r':
		if at+1 < len(t) && t[at+1] == '\n' {
			return 2
		}
		return 1
	case t[at] == 0xC2 && at+1 < len(t) && t[at+1] == 0x85:
		return 2
	case t[at] == 0xE2 && at+2 < len(t) && t[at+1] == 0x80 && (t[at+2] == 0xA8 || t[at+2] == 0xA9):
		return 3
	}
	return 0
}

func (s *source) byteAt(at int) byte {
	if at < 0 || at >= len(s.text) {
		return 0
	}
	return s.text[at]
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// blanks is the offset behind the blanks at an offset.
func (s *source) blanks(at int) int {
	for at < len(s.text) && isBlank(s.text[at]) {
		at++
	}
	return at
}

// blanksBefore is the offset of the first of the blanks that end at an offset.
func (s *source) blanksBefore(at int) int {
	for at > 0 && isBlank(s.text[at-1]) {
		at--
	}
	return at
}

// token is the offset of the next thing that is no blank, line end or comment.
func (s *source) token(at int) int {
	for at < len(s.text) {
		if n := s.breakLen(at); n > 0 {
			at += n
			continue
		}
		switch {
		case isBlank(s.text[at]):
			at++
		case s.text[at] == '#':
			at = s.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// line is the index of the line that an offset is on.
func (s *source) line(at int) int {
	return max(0, sort.SearchInts(s.lines, at+1)-1)
}

func (s *source) lineStart(at int) int { return min(at, s.lines[s.line(at)]) }

// next is the offset of the line behind that of an offset; the end of the text for the last line.
func (s *source) next(at int) int {
	if i := s.line(at) + 1; i < len(s.lines) {
		return s.lines[i]
	}
	return len(s.text)
}

// lineEnd is the offset of the line end of the line that an offset is on.
func (s *source) lineEnd(at int) int {
	end := s.next(at)
	for _, n := range []int{1, 2, 3} {
		if end-n >= at && s.breakLen(end-n) == n && (n != 1 || end-2 < at || s.breakLen(end-2) != 2) {
			return end - n
		}
	}
	return end
}

// eol is how the line that an offset is on ends, or else how the first line does.
func (s *source) eol(at int) string {
	for _, from := range []int{at, 0} {
		if end := s.lineEnd(s.lineStart(from)); end < len(s.text) {
			if t := string(s.text[end:s.next(from)]); t == "\n" || t == "\r\n" {
				return t
			}
		}
	}
	return "\n"
}

// alone tells whether nothing but blanks is before an offset on its line.
func (s *source) alone(at int) bool {
	return s.blanksBefore(at) <= s.lineStart(at)
}

// ends tells whether nothing but blanks or a comment is behind an offset on its line.
func (s *source) ends(at int) bool {
	at = s.blanks(at)
	return at == len(s.text) || s.text[at] == '#' || s.breakLen(at) > 0
}
