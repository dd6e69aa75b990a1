package splice

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// settleAliases writes, for every alias of an anchor whose value changes, the value that it had.
func (w *writer) settleAliases() {
	if len(w.stale) == 0 || w.root == nil {
		return
	}
	w.settle(w.root)
}

// settleLeft puts the parts that go in order, so that leaves finds them.
func (w *writer) settleLeft() {
	slices.SortFunc(w.left, func(a, b [2]int) int { return a[0] - b[0] })
	reach := 0 // the parts may lie in each other
	for i := range w.left {
		reach = max(reach, w.left[i][1])
		w.left[i][1] = reach
	}
}

func (w *writer) settle(n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		start := w.start(n)
		if w.stale[n.Alias] && !w.leaves(start) {
			w.cut(start, w.end(n), flowText(w.treeOfNode(n), flowLook{colon: " ", comma: " "}))
		}
		return
	}
	for _, child := range n.Content {
		w.settle(child)
	}
}

// leaves tells whether an offset is in a part of the text that goes.
func (w *writer) leaves(at int) bool {
	i, found := slices.BinarySearchFunc(w.left, at, func(part [2]int, at int) int { return part[0] - at })
	if found {
		return at < w.left[i][1]
	}
	return i > 0 && at < w.left[i-1][1]
}

// closeBlock cares for a block scalar that ends the text without a line end, when lines come behind it: it must not get one.
func (w *writer) closeBlock() {
	size := len(w.text)
	if w.root == nil || endsLine(w.text) || !slices.ContainsFunc(w.cuts, func(c cut) bool { return c.start == size }) {
		return
	}
	last := w.root
	for len(last.Content) > 0 {
		last = last.Content[len(last.Content)-1]
	}
	if last.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 || w.end(last) != size {
		return
	}
	start := w.props(last).content
	if w.leaves(start) {
		return
	}
	end := w.header(start)
	header := string(w.text[start:end])
	switch {
	case strings.Contains(header, "-"):
	case strings.Contains(header, "+"):
		w.cut(start, end, strings.Replace(header, "+", "-", 1))
	default:
		w.cut(end, end, "-")
	}
}
