package splice

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// cut replaces a part of the text, or puts whole lines before the line that begins at start.
type cut struct {
	start, end int
	text       string
	lines      []string
	close      bool // the last line must end even where the text does not
}

// writer turns a plan into cuts.
type writer struct {
	*plan
	cuts      []cut
	left      [][2]int            // the parts of the text that are replaced as a whole
	stale     map[*yaml.Node]bool // anchors whose value changes
	elsewhere *look
	quoted    bool // no block scalars
}

// slot is where a value stands.
type slot struct {
	path   []any
	flow   bool // in a flow collection
	colon  bool // behind a colon; a key in a flow map may have none
	dash   bool // behind a dash, where a map may begin on the same line
	root   bool
	after  int // the offset behind colon or dash; of the root where it may begin
	column int // of the block collection around it, -1 for the root
	look   look
	inside flowLook
}

// write is the text with the plan carried out, with or without new block scalars.
func (p *plan) write(quoted bool) ([]byte, error) {
	w := &writer{plan: p, stale: map[*yaml.Node]bool{}, quoted: quoted}
	w.value(p.root, p.top, w.rootSlot())
	w.settleLeft()
	w.settleAliases()
	w.closeBlock()
	return w.joined()
}

func (w *writer) rootSlot() slot {
	at := slot{root: true, column: -1, look: look{-1, -1}, inside: jsonLook(bytes.TrimPrefix(w.text, []byte(bom)))}
	if w.root == nil || !w.hasText(w.root) {
		at.after = w.documentEnd()
		return at
	}
	at.after = w.blanksBefore(w.start(w.root))
	return at
}

// documentEnd is where the content of a document would end that has none: before "...".
func (w *writer) documentEnd() int {
	for _, at := range w.lines {
		if bytes.HasPrefix(w.text[at:], []byte("...")) && w.ends(at+len("...")) {
			return at
		}
	}
	return len(w.text)
}

// value carries out the change of one value. n is nil only for the root of a document without content.
func (w *writer) value(n *yaml.Node, c *change, at slot) {
	before := len(w.cuts)
	switch {
	case n == nil:
		if c.whole {
			w.replace(n, w.treeOf(c.value, at.path), at)
		}
		return
	case c.whole && !c.final:
		if c = w.refine(n, c.value); c == nil {
			return
		}
	case c.mend:
		c.joined(w.mended(n))
	}
	switch {
	case c.whole:
		w.replace(n, w.treeOf(c.value, at.path), at)
	case n.Kind == yaml.AliasNode:
		if t := w.changed(n, c, at.path); !same(t.data(), decoded(n)) {
			w.replace(n, t, at)
		}
	case n.Kind == yaml.MappingNode && len(c.order) > 0:
		w.mapping(n, c, at)
	case n.Kind == yaml.SequenceNode && c.list:
		w.list(n, c, at)
	}
	if len(w.cuts) > before && n.Anchor != "" {
		w.stale[n] = true
	}
}

// changed is the value that a change makes of n; n is nil for a value that is not in the text.
func (w *writer) changed(n *yaml.Node, c *change, path []any) *tree {
	if c == nil {
		return w.treeOfNode(n)
	}
	if c.whole || n == nil {
		return w.treeOf(c.value, path)
	}
	n = resolved(n)
	switch {
	case n.Kind == yaml.MappingNode:
		t := w.treeOfNode(n)
		for _, k := range c.order {
			switch child := c.keys[k]; {
			case child.gone:
				t.remove(k)
			default:
				t.set(k, w.changed(w.entries(n).by[k].value, child, extended(path, k)))
				t.comment(k, w.comments[pathKey(extended(path, k))])
			}
		}
		return t
	case c.list:
		t := &tree{kind: yaml.SequenceNode}
		for i, it := range c.items {
			if it.from < 0 {
				t.kids = append(t.kids, w.changed(nil, it.change, extended(path, i)))
				continue
			}
			t.kids = append(t.kids, w.changed(n.Content[it.from], it.change, extended(path, i)))
		}
		return t
	}
	return w.treeOfNode(n)
}

func (w *writer) cut(start, end int, text string) {
	if start < end || text != "" {
		w.cuts = append(w.cuts, cut{start: start, end: end, text: text})
	}
}

func (w *writer) insert(at int, lines []string) {
	if len(lines) > 0 {
		w.cuts = append(w.cuts, cut{start: at, end: at, lines: lines})
	}
}

// leave notes that a part of the text goes, and n with it.
func (w *writer) leave(start, end int, nodes ...*yaml.Node) {
	w.left = append(w.left, [2]int{start, end})
	for _, n := range nodes {
		w.outdate(n)
	}
}

// outdate marks the anchors at and below a node.
func (w *writer) outdate(n *yaml.Node) {
	if n.Anchor != "" {
		w.stale[n] = true
	}
	for _, child := range n.Content {
		w.outdate(child)
	}
}

// joined is the text with the cuts made.
func (w *writer) joined() ([]byte, error) {
	text := w.text
	slices.SortStableFunc(w.cuts, func(a, b cut) int {
		// At the end of a text without a line end something on its last line comes before new lines.
		return cmp.Or(a.start-b.start, a.end-b.end, min(1, len(a.lines))-min(1, len(b.lines)))
	})
	var out bytes.Buffer
	done := 0
	for _, c := range w.cuts {
		if c.start < done {
			line := w.line(c.start)
			return nil, &Error{Line: line + 1, Column: w.column(c.start) + 1, Reason: "cannot be edited as text: the edits run into each other"}
		}
		out.Write(text[done:c.start])
		done = c.end
		if c.lines == nil {
			out.WriteString(c.text)
			continue
		}
		eol := w.eol(max(0, c.start-1))
		if b := out.Bytes(); len(b) > 0 && string(b) != bom && !endsLine(b) {
			out.WriteString(eol)
		}
		out.WriteString(strings.Join(c.lines, eol))
		if c.close || c.start < len(text) || len(text) == 0 || endsLine(text) {
			out.WriteString(eol)
		}
	}
	out.Write(text[done:])
	return out.Bytes(), nil
}

func endsLine(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	return b[len(b)-1] == '\n' || b[len(b)-1] == '\r'
}
