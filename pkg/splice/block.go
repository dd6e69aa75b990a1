package splice

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

func (w *writer) blockMap(n *yaml.Node, changes keyChanges, at slot) {
	column := w.column(w.pairStart(n, 0))
	inner := slot{colon: true, column: column, look: at.look.seen(n, column), inside: at.inside}
	for _, e := range changes.edits {
		sp := w.pair(n, e.pair)
		inner.after, inner.path, inner.colon = sp.indicator, e.path, sp.colon
		w.value(n.Content[2*e.pair+1], e.change, inner)
	}
	for i := range len(n.Content) / 2 {
		if add := changes.expand[i]; len(add) > 0 {
			w.expandPair(n, i, w.newPairs(add, inner))
		}
	}
	w.drop(n, changes.gone)
	w.insert(w.tail(n, column, at.column), w.newPairs(changes.adds, inner))
}

// newPairs are the lines of new entries of a block map.
func (w *writer) newPairs(keys []newKey, at slot) []string {
	return w.block(at.look).lines(asTree(keys), at.column)
}

// expandPair puts entries where a merge key is.
func (w *writer) expandPair(n *yaml.Node, i int, lines []string) {
	sp := w.pair(n, i)
	w.leave(sp.start, sp.end, n.Content[2*i], n.Content[2*i+1])
	w.cut(sp.start, sp.end, trimIndent(lines[0]))
	w.insert(w.next(sp.end), lines[1:])
}

func (w *writer) blockList(n *yaml.Node, c *change, stays map[int]bool, at slot) {
	column := w.column(w.dash(n, 0))
	inner := slot{dash: true, column: column, look: at.look, inside: at.inside}
	gone := map[int]bool{}
	for i := range n.Content {
		if !stays[i] {
			gone[i] = true
		}
	}
	last := -1 // the last item that stays and has been seen
	var adds []*tree
	for i, it := range c.items {
		path := extended(at.path, i)
		if it.from < 0 {
			adds = append(adds, w.changed(nil, it.change, path))
			continue
		}
		w.addItems(n, last, adds, at, inner)
		last, adds = it.from, nil
		if it.change != nil {
			sp := w.item(n, it.from)
			inner.after, inner.path = sp.indicator, path
			w.value(n.Content[it.from], it.change, inner)
		}
	}
	w.drop(n, gone)
	w.addItems(n, last, adds, at, inner)
}

// addItems puts new items behind an item of a block list.
func (w *writer) addItems(n *yaml.Node, i int, items []*tree, at, inner slot) {
	if len(items) == 0 || i < 0 {
		return
	}
	next := w.commentsEnd(w.next(w.item(n, i).end), inner.column+1)
	if i == len(n.Content)-1 {
		next = w.tail(n, inner.column, at.column)
	}
	b, gap := w.block(inner.look), w.dashGap(n)
	var lines []string
	for _, t := range items {
		lines = append(lines, b.item(t, inner.column, gap)...)
	}
	w.insert(next, lines)
}

// dashGap is how far from the dash the items of a block list begin.
func (w *writer) dashGap(n *yaml.Node) int {
	for i := range n.Content {
		if sp := w.item(n, i); sp.value > sp.indicator && w.line(sp.value) == w.line(sp.start) {
			return w.column(sp.value) - w.column(sp.start)
		}
	}
	return dashGap
}

// step is how many nodes an entry of a collection has.
func step(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode {
		return 2
	}
	return 1
}

// all are the entries of a collection.
func all(n *yaml.Node) map[int]bool {
	out := map[int]bool{}
	for i := range len(n.Content) / step(n) {
		out[i] = true
	}
	return out
}

// clear leaves a block collection empty. The comments in it stay.
func (w *writer) clear(n *yaml.Node, empty string, at slot) {
	gone := all(n)
	if first := w.entry(n, 0); at.root || !w.alone(first.start) {
		w.leave(first.start, first.end, n.Content[:step(n)]...)
		w.cut(first.start, w.lineEnd(first.end), empty)
		delete(gone, 0)
	} else {
		w.putFirst(w.behindProps(n, at.after), empty)
	}
	w.drop(n, gone)
}

// behindProps is the offset behind the anchor and tag of a value that begins behind an offset.
func (w *writer) behindProps(n *yaml.Node, at int) int {
	if p := w.props(n); p.anchor >= 0 || p.tag >= 0 {
		return p.end
	}
	return at
}

// renew puts new entries in the place of all that a block map has. The comments in it stay.
func (w *writer) renew(n *yaml.Node, changes keyChanges, at slot) {
	first := w.pair(n, 0)
	column := w.column(first.start)
	lines := w.newPairs(changes.adds, slot{column: column, look: at.look})
	if !w.alone(first.start) && strings.HasPrefix(trimIndent(lines[0]), "#") {
		lines = append([]string{""}, lines...) // a comment cannot be behind the dash
	}
	w.leave(first.start, first.end, n.Content[:2]...)
	w.cut(first.start, w.lineEnd(first.end), trimIndent(lines[0]))
	w.insert(w.next(first.end), lines[1:])
	gone := all(n)
	delete(gone, 0)
	w.drop(n, gone)
}

// drop takes entries out of a block collection.
func (w *writer) drop(n *yaml.Node, gone map[int]bool) {
	if len(gone) == 0 {
		return
	}
	kept := -1
	for i := 0; i < len(n.Content)/step(n); i++ {
		if !gone[i] {
			kept = i
			continue
		}
		sp := w.leaveEntry(n, i)
		if w.alone(sp.start) {
			w.dropLines(sp, kept >= 0 && endsInBlock(n.Content[step(n)*(kept+1)-1]))
			continue
		}
		i = w.dropFirst(n, gone, sp)
	}
}

func (w *writer) leaveEntry(n *yaml.Node, i int) span {
	sp := w.entry(n, i)
	w.leave(sp.start, sp.end, n.Content[step(n)*i:step(n)*(i+1)]...)
	return sp
}

// dropLines takes out the lines of an entry, with the comments below that are deeper than it, and behind a block scalar also with
// the blank lines, which could become part of that.
func (w *writer) dropLines(sp span, behindBlock bool) {
	end := w.commentsEnd(w.next(sp.end), w.column(sp.start)+1)
	w.cut(w.lineStart(sp.start), end, "")
	blank := end
	for behindBlock && blank < len(w.text) && w.breakLen(w.blanks(blank)) > 0 {
		blank = w.next(blank)
	}
	w.cut(end, blank, "") // on its own: something new may go before it
}

// endsInBlock tells whether a value ends in a block scalar.
func endsInBlock(n *yaml.Node) bool {
	for len(n.Content) > 0 {
		n = n.Content[len(n.Content)-1]
	}
	return n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

// dropFirst takes out the first entry, which shares its line with the dash or the like before it. It returns the last entry
// that is taken out with it.
func (w *writer) dropFirst(n *yaml.Node, gone map[int]bool, first span) int {
	last, end, joined := 0, first.end, true
	for ; gone[last+1]; last++ {
		sp := w.leaveEntry(n, last+1)
		joined = joined && w.lineStart(sp.start) == w.next(end)
		end = sp.end
	}
	next := w.entry(n, last+1)
	if joined && w.lineStart(next.start) == w.next(end) {
		w.cut(first.start, next.start, "") // the next entry takes its place
		return last
	}
	w.cut(w.blanksBefore(first.start), w.lineEnd(first.end), "")
	for i := 1; i <= last; i++ {
		sp := w.entry(n, i)
		w.cut(w.lineStart(sp.start), w.next(sp.end), "")
	}
	return last
}

// tail is where a new entry goes behind the last one of a block collection: behind the comments that are indented like it.
func (w *writer) tail(n *yaml.Node, column, outer int) int {
	return w.commentsEnd(w.next(w.entry(n, len(n.Content)/step(n)-1).end), max(column, outer+1))
}

// commentsEnd is the offset behind the comments that begin on the line at an offset and are at a column or deeper. Blank lines
// between them belong to them.
func (w *writer) commentsEnd(at, column int) int {
	for line := at; line < len(w.text); line = w.next(line) {
		to := line
		for w.byteAt(to) == ' ' {
			to++
		}
		switch {
		case w.breakLen(w.blanks(to)) > 0:
		case w.byteAt(to) == '#' && to-line >= column:
			at = w.next(line)
		default:
			return at
		}
	}
	return at
}
