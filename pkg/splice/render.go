package splice

import (
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"
)

// block writes values in block style.
type block struct {
	look
	quoted bool // writes strings of several lines in quotes
}

func indent(column int) string { return strings.Repeat(" ", max(0, column)) }

func trimIndent(line string) string { return strings.TrimLeft(line, " ") }

// lines are a map or list in block style.
func (b block) lines(t *tree, column int) []string {
	var out []string
	for i, kid := range t.kids {
		if t.kind == yaml.SequenceNode {
			out = append(out, b.item(kid, column, dashGap)...)
			continue
		}
		if text := t.comments[t.keys[i]]; text != "" {
			out = append(out, indent(column)+"# "+text)
		}
		out = append(out, b.pair(t.keyText(i, asNeeded, false), kid, column)...)
	}
	return out
}

func (b block) pair(key string, t *tree, column int) []string {
	head := indent(column) + key + ":"
	if !t.block() {
		first, rest := b.scalar(t, column, b.step, asNeeded)
		return append([]string{head + " " + first}, rest...)
	}
	return append([]string{head}, b.below(t, column)...)
}

// below are the lines of a map or list below its key.
func (b block) below(t *tree, column int) []string {
	if t.kind == yaml.MappingNode {
		return b.lines(t, column+b.step)
	}
	return b.lines(t, column+b.list)
}

func (b block) item(t *tree, column, gap int) []string {
	head := indent(column) + "-"
	if !t.block() {
		first, rest := b.scalar(t, column, gap, asNeeded)
		return append([]string{head + indent(gap-1) + first}, rest...)
	}
	lines := b.lines(t, column+gap)
	if first := trimIndent(lines[0]); !strings.HasPrefix(first, "#") {
		lines[0] = head + indent(gap-1) + first
		return lines
	}
	return append([]string{head}, lines...)
}

// scalar is a scalar or an empty collection behind a key or dash at a column, and the lines below it.
func (b block) scalar(t *tree, column, step int, q quoting) (first string, rest []string) {
	switch {
	case t.kind == yaml.MappingNode:
		return "{}", nil
	case t.kind == yaml.SequenceNode:
		return "[]", nil
	case t.text != "":
		return t.text, nil
	}
	if s, ok := t.value.(string); ok && strings.Contains(s, "\n") {
		if header, lines, ok := b.literal(s, step); ok {
			return header, indented(lines, max(column, 0)+step)
		}
	}
	return scalarText(t.value, q, false), nil
}

func (b block) literal(s string, step int) (header string, lines []string, ok bool) {
	if b.quoted {
		return "", nil, false
	}
	return literal(s, step)
}

func indented(lines []string, column int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			line = indent(column) + line
		}
		out[i] = line
	}
	return out
}

// flowText is a value in flow style on one line.
func flowText(t *tree, l flowLook) string {
	switch t.kind {
	case yaml.MappingNode:
		return "{" + strings.Join(flowPairs(t, l), ","+l.comma) + "}"
	case yaml.SequenceNode:
		items := make([]string, len(t.kids))
		for i, kid := range t.kids {
			items[i] = flowText(kid, l)
		}
		return "[" + strings.Join(items, ","+l.comma) + "]"
	default:
		return flowScalar(t, l)
	}
}

func flowScalar(t *tree, l flowLook) string {
	switch {
	case t.text != "" && (!l.json || json.Valid([]byte(t.text))):
		return t.text
	case l.json:
		return scalarText(t.value, double, true)
	}
	return scalarText(t.value, asNeeded, true)
}

// flowPairs are the entries of a map in flow style.
func flowPairs(t *tree, l flowLook) []string {
	q := asNeeded
	if l.json {
		q = double
	}
	out := make([]string, len(t.kids))
	for i, kid := range t.kids {
		key, colon := t.keyText(i, q, true), l.colon
		if colon == "" && !strings.HasPrefix(key, `"`) {
			colon = " "
		}
		out[i] = key + ":" + colon + flowText(kid, l)
	}
	return out
}

func (w *writer) block(l look) block { return block{look: w.settled(l), quoted: w.quoted} }
