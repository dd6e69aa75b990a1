package yamlgen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// Touch is what an edit leads to, or would if it were there.
type Touch struct {
	Path   []any
	Remove bool // it is taken away
}

// Lost says which line is gone from a text, or no longer in its order, though it is outside of what was touched. It is empty when none
// is. Comments are part of what is touched when they are within it.
func Lost(text, out string, touches []Touch) string {
	touched := touchedLines(text, touches)
	if touched == nil {
		return ""
	}
	lines := strings.SplitAfter(strings.TrimPrefix(text, "\ufeff"), "\n")
	have := strings.SplitAfter(strings.TrimPrefix(out, "\ufeff"), "\n")
	next := 0
	for i, line := range lines {
		if touched[i+1] || content(line) == "" {
			continue
		}
		at := slices.IndexFunc(have[next:], func(l string) bool { return content(l) == content(line) })
		if at < 0 {
			return fmt.Sprintf("line %d is gone or out of order: %q", i+1, line)
		}
		next += at + 1
	}
	return ""
}

// content is a line without its end, and without the dash and the indentation that it gets when it becomes the first of an item.
func content(line string) string { return strings.TrimLeft(strings.TrimRight(line, "\r\n"), " -?:") }

// touchedLines are the lines of the entries to which edits lead; of what is not there those of what is around it, when it is in
// flow style or has no entries yet. It is nil when that cannot be told.
func touchedLines(text string, touches []Touch) map[int]bool {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	l := layout{lines: strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n"), touched: map[int]bool{}, stale: map[*yaml.Node]bool{}}
	l.collect(doc.Content[0])
	for _, e := range touches {
		l.touch(doc.Content[0], e)
	}
	if !strings.HasSuffix(text, "\n") && len(l.nodes) > 0 {
		l.touched[l.nodes[len(l.nodes)-1].Line] = true // a block scalar at the end has to say that it has no line end
	}
	for _, n := range l.nodes {
		if n.Kind == yaml.AliasNode && l.stale[n.Alias] {
			l.touched[n.Line] = true
		}
	}
	return l.touched
}

type layout struct {
	lines   []string
	nodes   []*yaml.Node // in the order of the text
	touched map[int]bool
	stale   map[*yaml.Node]bool
}

func (l *layout) collect(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Value != "" || n.Style != 0 {
		l.nodes = append(l.nodes, n)
	}
	for _, c := range n.Content {
		l.collect(c)
	}
}

// touch marks the lines of the entry to which an edit leads.
func (l *layout) touch(n *yaml.Node, e Touch) {
	first, value := n, n
	for i, step := range e.Path {
		l.stale[value] = true
		if value.Kind == yaml.AliasNode {
			break
		}
		pairs := pairsOf(value, step)
		if len(pairs) == 0 {
			// Something is added. In a block collection that has entries that changes no line, but for what it inherits.
			switch {
			case value.Style&yaml.FlowStyle == 0 && len(value.Content) > 0 && !inherits(value):
				return
			case value.Style&yaml.FlowStyle == 0 && len(value.Content) > 0:
				l.mark(first, value)
				return
			}
			break
		}
		for _, p := range pairs[:len(pairs)-1] {
			l.mark(p[0], p[1])
		}
		last := pairs[len(pairs)-1]
		if flow := value.Style&yaml.FlowStyle != 0; flow || i == len(e.Path)-1 && (e.Remove && len(value.Content) <= 2*len(pairs)) || inherits(value) {
			l.mark(first, value) // commas move, or it becomes empty
		}
		if e.Remove {
			l.touched[l.from(first, value)] = true // other edits may remove the rest
		}
		first, value = last[0], last[1]
	}
	l.mark(first, value)
}

func inherits(n *yaml.Node) bool {
	for _, c := range n.Content {
		if c.Tag == "!!merge" {
			return true
		}
	}
	return false
}

func pairsOf(n *yaml.Node, step any) [][2]*yaml.Node {
	var out [][2]*yaml.Node
	switch step := step.(type) {
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if n.Content[i].Tag != "!!merge" && manifest.Key(n.Content[i]) == step {
				out = append(out, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
			}
		}
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			out = append(out, [2]*yaml.Node{n.Content[step], n.Content[step]})
		}
	}
	return out
}

var dashLine = regexp.MustCompile(`^[ -]*((&|!!)\w+ *)*(#.*)?\r?$`)

// from is the line of the key first, or of the dash of an item, which is first and last at once.
func (l *layout) from(first, last *yaml.Node) int {
	from := first.Line
	for i := from - 1; first == last && i > 0 && dashLine.MatchString(l.lines[i-1]); i-- {
		if strings.HasPrefix(strings.TrimSpace(l.lines[i-1]), "-") {
			if indent(l.lines[i-1]) >= indent(l.lines[from-1]) {
				break // of an item before
			}
			from = i
		}
	}
	return from
}

// mark marks the lines from one node to the end of another.
func (l *layout) mark(first, last *yaml.Node) {
	from := l.from(first, last)
	l.markStale(last)
	end := last
	for len(end.Content) > 0 {
		end = end.Content[len(end.Content)-1]
	}
	to := len(l.lines)
	if at := slices.Index(l.nodes, end); at >= 0 && at+1 < len(l.nodes) {
		to = max(l.nodes[at+1].Line-1, from)
	} else if at < 0 {
		to = l.nextLine(max(end.Line, from))
	}
	if end.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		column := first.Column - 1
		if first == last || strings.Contains(l.lines[from-1], "? ") {
			column = indent(l.lines[from-1]) // the dash or question mark is somewhere before it
		}
		for to > from && (strings.TrimSpace(l.lines[to-1]) == "" || strings.HasPrefix(strings.TrimSpace(l.lines[to-1]), "#") && indent(l.lines[to-1]) <= column) {
			to-- // comments that are deeper are part of the value
		}
	}
	for i := from; i <= to; i++ {
		l.touched[i] = true
	}
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// nextLine is the line before that of the first node behind a line.
func (l *layout) nextLine(line int) int {
	for _, n := range l.nodes {
		if n.Line > line {
			return n.Line - 1
		}
	}
	return len(l.lines)
}

func (l *layout) markStale(n *yaml.Node) {
	l.stale[n] = true
	for _, c := range n.Content {
		l.markStale(c)
	}
}
