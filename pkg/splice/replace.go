package splice

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// layout is where the text of a value is that is to be replaced.
type layout struct {
	after      int // behind colon or dash and the anchor: where something new goes when it does not take the place of the old
	start, end int // of the value without anchor and tag; equal when it has no text
	column     int // at which what takes the place of the value begins
	anchored   bool
	sameLine   bool // the value begins on the line of colon or dash
	block      bool // it is a block collection
	scalar     bool // it is a block scalar
	indicators int  // where those of the block scalar are
	quoting    quoting
}

// replace writes a value instead of n. An anchor before n stays, its tag goes.
func (w *writer) replace(n *yaml.Node, t *tree, at slot) {
	if n == nil || !w.hasText(n) && at.root {
		w.insert(at.after, w.rootLines(t, at))
		return
	}
	old := w.layout(n, at)
	staysFlow := t.block() && t.kind == n.Kind && n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0
	if at.flow || staysFlow {
		if staysFlow {
			at.inside = w.inside(n, at.inside)
		}
		w.replaceFlow(t, old, at)
		return
	}
	w.replaceBlock(t, old, at)
}

func (w *writer) rootLines(t *tree, at slot) []string {
	b := w.block(at.look)
	if t.block() {
		return b.lines(t, 0)
	}
	first, rest := b.scalar(t, -1, b.step, asNeeded)
	return append([]string{first}, rest...)
}

func (w *writer) layout(n *yaml.Node, at slot) layout {
	old := layout{after: at.after, start: at.after, end: at.after, sameLine: true, column: w.column(at.after) + 1}
	if !w.hasText(n) {
		return old
	}
	p, end := w.props(n), w.end(n)
	w.leave(p.start, end, n)
	if old.anchored = p.anchor >= 0; old.anchored {
		old.after = p.anchorEnd
	}
	start := w.dropTag(p)
	if old.start, old.end = old.after, old.after; isEmpty(n) {
		return old
	}
	old.start, old.end, old.indicators = start, end, p.content
	old.column = w.column(start)
	old.sameLine = w.line(old.start) == w.line(old.after)
	old.block = n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0
	old.scalar = n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		old.quoting = double
	case n.Style&yaml.SingleQuotedStyle != 0:
		old.quoting = single
	}
	return old
}

// dropTag takes out the tag before a value, which need not be true of the new one; or it returns that the value begins at its tag.
func (w *writer) dropTag(p props) int {
	if p.tag < 0 {
		return p.content
	}
	next := w.token(p.tagEnd)
	switch {
	case p.content <= p.tagEnd || w.line(next) != w.line(p.tag):
		w.cut(w.blanksBefore(p.tag), p.tagEnd, "")
	case next == p.content:
		return p.tag
	default:
		w.cut(p.tag, next, "")
	}
	return p.content
}

// replaceFlow writes a value in flow style.
func (w *writer) replaceFlow(t *tree, old layout, at slot) {
	text := flowText(t, at.inside)
	if s, ok := t.value.(string); ok && old.quoting != asNeeded {
		text = scalarText(s, old.quoting, true)
	}
	switch {
	case old.start < old.end:
		w.cut(old.start, old.end, w.apart(text, old.end))
	case at.colon:
		w.cut(old.after, old.after, " "+w.apart(text, old.after))
	default:
		w.cut(old.after, old.after, ": "+w.apart(text, old.after))
	}
}

// apart is a text that a comment may follow, which needs a blank before it.
func (w *writer) apart(text string, end int) string {
	if w.byteAt(end) == '#' {
		return text + " "
	}
	return text
}

// replaceBlock writes a value in block style: something behind the colon or dash, and lines below.
func (w *writer) replaceBlock(t *tree, old layout, at slot) {
	first, rest := w.blockText(t, old, at)
	switch {
	case old.start == old.end:
		if !at.colon && !at.dash && !at.root {
			w.cut(old.after, old.after, w.eol(old.after)+indent(at.column)+":") // a key behind ? can do without
		}
		w.putFirst(old.after, first)
		w.insert(w.next(old.after), rest)
	case old.scalar:
		w.replaceScalar(first, rest, old)
	case old.sameLine:
		w.replaceInline(first, rest, old, at)
	case !old.block && first != "" && len(rest) == 0:
		w.cut(old.start, old.end, w.apart(first, old.end))
	default:
		w.replaceBelow(first, rest, old, at)
	}
	if strings.HasPrefix(first, "|") && !strings.HasSuffix(first, "-") {
		w.cuts[len(w.cuts)-1].close = true // the end of its last line counts
	}
}

// putFirst puts something behind a colon or dash.
func (w *writer) putFirst(at int, first string) {
	if first != "" {
		w.cut(at, at, " "+w.apart(first, at))
	}
}

// replaceScalar takes the place of a block scalar. A comment behind its indicators stays.
func (w *writer) replaceScalar(first string, rest []string, old layout) {
	header := w.header(old.indicators)
	if first == "" {
		w.cut(w.blanksBefore(old.start), header, "")
	} else {
		w.cut(old.start, header, first)
	}
	w.cut(w.lineEnd(header), old.end, "")
	w.insert(w.next(old.end), rest)
}

// replaceInline takes the place of what begins on the line of the colon or dash.
func (w *writer) replaceInline(first string, rest []string, old layout, at slot) {
	end := old.end
	if old.block {
		end = w.lineEnd(w.blockEnding(old, at))
	}
	switch {
	case first != "":
		w.cut(old.start, end, w.apart(first, end))
	case at.root && old.column == 0 && !old.anchored:
		w.cut(old.start, end, w.apart(rest[0], end))
		rest = rest[1:]
	default:
		w.cut(w.blanksBefore(old.start), end, w.apart("", end))
	}
	w.insert(w.next(end), rest)
}

// replaceBelow takes the place of what begins on a line below.
func (w *writer) replaceBelow(first string, rest []string, old layout, at slot) {
	w.putFirst(old.after, first)
	from := w.lineStart(old.start)
	switch end := w.blanks(old.end); {
	case old.block:
		w.cut(from, w.next(w.blockEnding(old, at)), "")
	case w.byteAt(end) == '#':
		w.cut(old.start, end, "")
	default:
		w.cut(from, w.next(end), "")
	}
	w.insert(from, rest)
}

// blockEnding is the end of a block collection on its last line, or on that of the last comment that belongs to it.
func (w *writer) blockEnding(old layout, at slot) int {
	next := w.next(old.end)
	if end := w.commentsEnd(next, at.column+1); end > next && at.column >= 0 {
		return w.lineStart(end - 1)
	}
	return old.end
}

// blockText is a value as what goes behind the colon or dash, and the lines below.
func (w *writer) blockText(t *tree, old layout, at slot) (first string, rest []string) {
	b := w.block(at.look)
	switch {
	case t.block() && at.dash && !old.anchored && old.sameLine:
		lines := b.lines(t, old.column)
		if text := trimIndent(lines[0]); !strings.HasPrefix(text, "#") {
			return text, lines[1:]
		}
		return "", lines
	case t.block() && at.dash:
		return "", b.lines(t, at.column+dashGap)
	case t.block() && at.root:
		return "", b.lines(t, 0)
	case t.block():
		return "", b.below(t, at.column)
	}
	if s, ok := t.value.(string); ok && old.scalar {
		if column := w.scalarColumn(old, at.column); column > max(at.column, 0) {
			if header, lines, ok := b.literal(s, column-max(at.column, 0)); ok {
				return header, indented(lines, column)
			}
		}
	}
	step := b.step
	if at.dash {
		step = dashGap
	}
	return b.scalar(t, at.column, step, old.quoting)
}

// scalarColumn is where the lines of a block scalar begin; -1 when it has none.
func (w *writer) scalarColumn(old layout, parent int) int {
	header := w.header(old.indicators)
	for _, b := range w.text[old.indicators:header] {
		if '1' <= b && b <= '9' {
			return max(parent, 0) + int(b-'0')
		}
	}
	for line := w.next(header); line < old.end; line = w.next(line) {
		to := line
		for w.byteAt(to) == ' ' {
			to++
		}
		if w.breakLen(to) == 0 {
			return to - line
		}
	}
	return -1
}
