package template

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

// Line is one line of a template. Its ID is its number in the original, from 0; what an edit adds has a negative one of its own.
type Line struct {
	ID   int
	Text string // with its line end
}

// Source is a template as lines.
type Source []Line

// New cuts a text into its lines, numbered.
func New(text string) Source {
	var out Source
	for l := range strings.Lines(text) {
		out = append(out, Line{ID: len(out), Text: l})
	}
	return out
}

func (s Source) String() string {
	var b strings.Builder
	for _, l := range s {
		b.WriteString(l.Text)
	}
	return b.String()
}

// Index is where the line of an ID is now, or -1 where it was taken away.
func (s Source) Index(id int) int {
	return slices.IndexFunc(s, func(l Line) bool { return l.ID == id && id >= 0 })
}

// LineEnd is how the lines of the source end.
func (s Source) LineEnd() string {
	for _, l := range s {
		if strings.HasSuffix(l.Text, "\r\n") {
			return "\r\n"
		}
	}
	return "\n"
}

// Edit exchanges a run of lines of one file for others. Lines that stay keep their ids.
type Edit struct {
	File  string
	Was   []Line
	Lines []Line // in their place
}

// InsertAfter puts new lines behind one, and behind what was put there before.
func (s Source) InsertAfter(file string, i int, texts ...string) Edit {
	last := i
	for last+1 < len(s) && s[last+1].ID < 0 {
		last++
	}
	e := Edit{File: file, Was: slices.Clone(s[i : last+1]), Lines: slices.Clone(s[i : last+1])}
	if end := &e.Lines[len(e.Lines)-1]; !strings.HasSuffix(end.Text, "\n") {
		end.Text += s.LineEnd()
	}
	for _, t := range texts {
		e.Lines = append(e.Lines, Line{ID: Fresh, Text: t + s.LineEnd()})
	}
	return e
}

// Replace exchanges the text of the lines from..to, and takes away those for which there is none. The first keeps its id.
func (s Source) Replace(file string, from, to int, texts ...string) Edit {
	e := Edit{File: file, Was: slices.Clone(s[from : to+1])}
	for i, t := range texts {
		l := Line{ID: Fresh, Text: t + s.LineEnd()}
		if i == 0 {
			l.ID = s[from].ID
		}
		e.Lines = append(e.Lines, l)
	}
	return e
}

// Apply carries an edit out. It fails where the lines are no longer as they were.
func (s Source) Apply(e Edit) (Source, bool) {
	n := len(e.Was)
	for i := 0; i+n <= len(s); i++ {
		if slices.Equal(s[i:i+n], e.Was) {
			return slices.Concat(s[:i], s.Numbered(e.Lines), s[i+n:]), true
		}
	}
	return s, false
}

// Fresh is the ID of lines that have none yet.
const Fresh = math.MinInt

// Numbered gives fresh lines ids that no line of the source has.
func (s Source) Numbered(lines []Line) []Line {
	next := -1
	for _, l := range s {
		if l.ID != Fresh {
			next = min(next, l.ID-1)
		}
	}
	out := slices.Clone(lines)
	for i := range out {
		if out[i].ID == Fresh {
			out[i].ID = next
			next--
		}
	}
	return out
}

// Content is what is known about one line of a source.
type Content struct {
	Inside  bool     // it begins within an action
	Open    bool     // it ends within one
	Actions []Action // that begin in it
	Offset  int      // of its first byte in the text
	Lead    int      // columns before its first character
	Key     string   // the key it begins with, list markers apart; empty without one
	KeyAt   int      // the column of the key
	Item    bool     // it begins with a list marker
	Rest    string   // what follows the key and its colon, without spaces around
	blank   bool     // nothing or a YAML comment
	Bare    bool     // nothing but actions
}

var keyLine = regexp.MustCompile(`^( *(?:- +)*)("[^"\\]+"|'[^']+'|[A-Za-z_.][\w./-]*) *:(?:[ \t]+(.*)|(\{\{.*)|)$`)

// scan reads the lines of a source.
func (s Source) scan() []Content {
	text := s.String()
	actions := Actions(text)
	out := make([]Content, len(s))
	offset, next := 0, 0
	for i, l := range s {
		c := Content{Offset: offset}
		end := offset + len(l.Text)
		if next > 0 {
			c.Inside, c.Open = actions[next-1].End > offset, actions[next-1].End > end
		}
		for next < len(actions) && actions[next].Start < end {
			c.Actions = append(c.Actions, actions[next])
			c.Open = c.Open || actions[next].End > end
			next++
		}
		c.read(strings.TrimRight(l.Text, "\r\n"))
		out[i], offset = c, end
	}
	return out
}

func (c *Content) read(text string) {
	trimmed := strings.TrimLeft(text, " \t")
	c.Lead = len(text) - len(trimmed)
	c.blank = !c.Inside && (trimmed == "" || trimmed[0] == '#')
	c.Bare = !c.Inside && strings.HasPrefix(trimmed, "{{") && c.onlyActions(text)
	c.Item = !c.Inside && strings.HasPrefix(trimmed, "- ")
	if m := keyLine.FindStringSubmatch(text); m != nil && !c.Inside {
		c.Key, c.KeyAt = strings.Trim(m[2], `"'`), len(m[1])
		c.Rest = strings.TrimSpace(m[3] + m[4])
		if strings.HasPrefix(c.Rest, "#") {
			c.Rest = ""
		}
	}
}

// onlyActions says that nothing stands beside the actions of a line.
func (c *Content) onlyActions(text string) bool {
	at := 0
	for _, a := range c.Actions {
		from, to := a.Start-c.Offset, min(a.End-c.Offset, len(text))
		if strings.TrimSpace(text[at:from]) != "" {
			return false
		}
		at = to
	}
	return strings.TrimSpace(text[at:]) == ""
}

// KeyOf is the key that a line of YAML begins with, list markers apart, and its column.
func KeyOf(text string) (key string, column int, ok bool) {
	m := keyLine.FindStringSubmatch(text)
	if m == nil {
		return "", 0, false
	}
	return strings.Trim(m[2], `"'`), len(m[1]), true
}
