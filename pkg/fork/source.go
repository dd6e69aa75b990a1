package fork

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

// line is one line of a template. Its id is its number in the original, from 0; what an edit adds has a negative one of its own.
type line struct {
	id   int
	text string // with its line end
}

// source is a template as lines.
type source []line

func newSource(text string) source {
	var out source
	for l := range strings.Lines(text) {
		out = append(out, line{id: len(out), text: l})
	}
	return out
}

func (s source) String() string {
	var b strings.Builder
	for _, l := range s {
		b.WriteString(l.text)
	}
	return b.String()
}

// index is where the line of an id is now, or -1.
func (s source) index(id int) int {
	return slices.IndexFunc(s, func(l line) bool { return l.id == id && id >= 0 })
}

// lineEnd is how the lines of the source end.
func (s source) lineEnd() string {
	for _, l := range s {
		if strings.HasSuffix(l.text, "\r\n") {
			return "\r\n"
		}
	}
	return "\n"
}

// edit exchanges a run of lines of one file for others. Lines that stay keep their ids.
type edit struct {
	file  string
	was   []line
	lines []line
}

// insertAfter puts new lines behind one, and behind what was put there before.
func (s source) insertAfter(file string, i int, texts ...string) edit {
	last := i
	for last+1 < len(s) && s[last+1].id < 0 {
		last++
	}
	e := edit{file: file, was: slices.Clone(s[i : last+1]), lines: slices.Clone(s[i : last+1])}
	if end := &e.lines[len(e.lines)-1]; !strings.HasSuffix(end.text, "\n") {
		end.text += s.lineEnd()
	}
	for _, t := range texts {
		e.lines = append(e.lines, line{id: fresh, text: t + s.lineEnd()})
	}
	return e
}

// replace exchanges the text of the lines from..to, and takes away those for which there is none. The first keeps its id.
func (s source) replace(file string, from, to int, texts ...string) edit {
	e := edit{file: file, was: slices.Clone(s[from : to+1])}
	for i, t := range texts {
		l := line{id: fresh, text: t + s.lineEnd()}
		if i == 0 {
			l.id = s[from].id
		}
		e.lines = append(e.lines, l)
	}
	return e
}

// apply carries an edit out. It fails where the lines are no longer as they were.
func (s source) apply(e edit) (source, bool) {
	n := len(e.was)
	for i := 0; i+n <= len(s); i++ {
		if slices.Equal(s[i:i+n], e.was) {
			return slices.Concat(s[:i], s.numbered(e.lines), s[i+n:]), true
		}
	}
	return s, false
}

// fresh is the id of lines that have none yet.
const fresh = math.MinInt

// numbered gives fresh lines ids that no line of the source has.
func (s source) numbered(lines []line) []line {
	next := -1
	for _, l := range s {
		if l.id != fresh {
			next = min(next, l.id-1)
		}
	}
	out := slices.Clone(lines)
	for i := range out {
		if out[i].id == fresh {
			out[i].id = next
			next--
		}
	}
	return out
}

// content is what is known about one line of a scanned source.
type content struct {
	inside  bool     // it begins within an action
	open    bool     // it ends within one
	actions []action // that begin in it
	offset  int      // of its first byte in the text
	lead    int      // columns before its first character
	key     string   // the key it begins with, list markers apart; empty without one
	keyAt   int      // the column of the key
	item    bool     // it begins with a list marker
	rest    string   // what follows the key and its colon, without spaces around
	blank   bool     // nothing or a YAML comment
	bare    bool     // nothing but actions
}

var keyLine = regexp.MustCompile(`^( *(?:- +)*)("[^"\\]+"|'[^']+'|[A-Za-z_.][\w./-]*) *:(?:[ \t]+(.*)|(\{\{.*)|)$`)

// scan reads the lines of a source.
func (s source) scan() []content {
	text := s.String()
	actions := lex(text)
	out := make([]content, len(s))
	offset, next := 0, 0
	for i, l := range s {
		c := content{offset: offset}
		end := offset + len(l.text)
		if next > 0 {
			c.inside, c.open = actions[next-1].end > offset, actions[next-1].end > end
		}
		for next < len(actions) && actions[next].start < end {
			c.actions = append(c.actions, actions[next])
			c.open = c.open || actions[next].end > end
			next++
		}
		c.read(strings.TrimRight(l.text, "\r\n"))
		out[i], offset = c, end
	}
	return out
}

func (c *content) read(text string) {
	trimmed := strings.TrimLeft(text, " \t")
	c.lead = len(text) - len(trimmed)
	c.blank = !c.inside && (trimmed == "" || trimmed[0] == '#')
	c.bare = !c.inside && strings.HasPrefix(trimmed, "{{") && c.onlyActions(text)
	c.item = !c.inside && strings.HasPrefix(trimmed, "- ")
	if m := keyLine.FindStringSubmatch(text); m != nil && !c.inside {
		c.key, c.keyAt = strings.Trim(m[2], `"'`), len(m[1])
		c.rest = strings.TrimSpace(m[3] + m[4])
		if strings.HasPrefix(c.rest, "#") {
			c.rest = ""
		}
	}
}

// onlyActions says that nothing stands beside the actions of a line.
func (c *content) onlyActions(text string) bool {
	at := 0
	for _, a := range c.actions {
		from, to := a.start-c.offset, min(a.end-c.offset, len(text))
		if strings.TrimSpace(text[at:from]) != "" {
			return false
		}
		at = to
	}
	return strings.TrimSpace(text[at:]) == ""
}
