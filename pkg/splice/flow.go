package splice

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (w *writer) flowMap(n *yaml.Node, changes keyChanges, at slot) {
	inner := slot{flow: true, column: at.column, look: at.look, inside: w.inside(n, at.inside)}
	for _, e := range changes.edits {
		sp := w.pair(n, e.pair)
		inner.after, inner.path, inner.colon = sp.indicator, e.path, sp.colon
		w.value(n.Content[2*e.pair+1], e.change, inner)
	}
	for i := range len(n.Content) / 2 {
		if add := changes.expand[i]; len(add) > 0 {
			sp := w.pair(n, i)
			w.leave(sp.start, sp.end, n.Content[2*i], n.Content[2*i+1])
			w.cut(sp.start, sp.end, strings.Join(flowPairs(asTree(add), inner.inside), ","+inner.inside.comma))
		}
	}
	w.flowEntries(n, changes.gone, map[int][]string{len(n.Content)/2 - 1: flowPairs(asTree(changes.adds), inner.inside)}, inner)
}

func (w *writer) flowList(n *yaml.Node, c *change, stays map[int]bool, at slot) {
	inner := slot{flow: true, colon: true, column: at.column, look: at.look, inside: w.inside(n, at.inside)}
	gone := map[int]bool{}
	for i := range n.Content {
		if !stays[i] {
			gone[i] = true
		}
	}
	adds := map[int][]string{}
	last := -1
	for i, it := range c.items {
		path := extended(at.path, i)
		if it.from < 0 {
			adds[last] = append(adds[last], flowText(w.changed(nil, it.change, path), inner.inside))
			continue
		}
		last = it.from
		if it.change != nil {
			inner.after, inner.path = w.blanksBefore(w.start(n.Content[it.from])), path
			w.value(n.Content[it.from], it.change, inner)
		}
	}
	if end := len(n.Content) - 1; last < end && len(adds[last]) > 0 {
		adds[end], adds[last] = adds[last], nil
	}
	w.flowEntries(n, gone, adds, inner)
}

// flowEntries takes entries out of a flow collection of which some stay, and puts new ones behind others.
func (w *writer) flowEntries(n *yaml.Node, gone map[int]bool, adds map[int][]string, at slot) {
	last := len(n.Content)/step(n) - 1
	for _, i := range slices.Sorted(maps.Keys(gone)) {
		sp := w.leaveEntry(n, i)
		if i == last && len(adds[i]) > 0 {
			w.cut(sp.start, sp.end, strings.Join(adds[i], ","+at.inside.comma)) // in its place
			delete(adds, i)
			continue
		}
		w.flowDrop(n, i, gone)
	}
	for _, i := range slices.Sorted(maps.Keys(adds)) {
		if len(adds[i]) > 0 {
			w.flowAdd(w.entry(n, i), adds[i], at.inside.comma)
		}
	}
}

// comma is the offset of the comma behind an entry, -1 without one.
func (w *writer) comma(sp span) int {
	if at := w.token(sp.end); w.byteAt(at) == ',' {
		return at
	}
	return -1
}

// flowDrop takes out an entry and a comma.
func (w *writer) flowDrop(n *yaml.Node, i int, gone map[int]bool) {
	sp := w.entry(n, i)
	comma := w.comma(sp)
	end := sp.end
	if comma >= 0 {
		end = comma + 1
	}
	ownLine := w.alone(sp.start) && w.ends(end)
	if comma < 0 {
		for i--; gone[i]; {
			i--
		}
		before := w.comma(w.entry(n, i))
		to := before + 1
		if !w.ends(to) {
			to = w.blanks(to)
		}
		w.cut(before, to, "") // the last of those that stay needs none
	}
	switch {
	case ownLine:
		w.cut(w.lineStart(sp.start), w.next(end), "")
	case comma >= 0 && !w.ends(end):
		w.cut(sp.start, w.blanks(end), "")
	default:
		w.cut(sp.start, end, "")
	}
}

// flowAdd puts entries behind one: on lines of their own where that one has such.
func (w *writer) flowAdd(sp span, texts []string, gap string) {
	comma := w.comma(sp)
	lead := ""
	if w.byteAt(sp.end-1) == ':' {
		lead = " " // a colon before a comma would belong to the key
	}
	if !w.alone(sp.start) {
		w.cut(sp.end, sp.end, lead+","+gap+strings.Join(texts, ","+gap))
		return
	}
	first := w.lineStart(sp.start)
	indent := string(w.text[first:sp.start])
	switch {
	case comma < 0 && !w.ends(sp.end):
		eol := w.eol(first)
		w.cut(sp.end, sp.end, lead+","+eol+indent+strings.Join(texts, ","+eol+indent))
	case comma >= 0 && !w.ends(comma+1):
		w.cut(sp.end, sp.end, lead+","+gap+strings.Join(texts, ","+gap))
	case comma >= 0:
		w.insert(w.next(comma), prefixed(indent, texts, ",", ","))
	default:
		w.cut(sp.end, sp.end, lead+",")
		w.insert(w.next(sp.end), prefixed(indent, texts, ",", ""))
	}
}

// prefixed are lines with something before and behind each, and behind the last something else.
func prefixed(before string, lines []string, behind, last string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = before + line + behind
		if i == len(lines)-1 {
			out[i] = before + line + last
		}
	}
	return out
}
