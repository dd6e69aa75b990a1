package fork

import "slices"

// node is a run of lines of a template: one line, an action that goes over several, or a block from its opening to its end.
type node struct {
	from, to int
	word     string // if, with, range, define or block; empty for what is no block
	branches []*branch
	messy    bool // its opening, else or end shares a line with something else
	up       *branch
}

// branch is what stands between two of a block's control lines.
type branch struct {
	at    int // the line of the opening, or of the else
	nodes []*node
	of    *node // nil for the whole file
}

// grove is a scanned template.
type grove struct {
	source
	lines []content
	root  *branch
	of    []*branch // by line: the innermost branch that it stands in; of a control line the one around its block
}

func newGrove(s source) *grove {
	g := &grove{source: s, lines: s.scan(), root: &branch{at: -1}, of: make([]*branch, len(s))}
	g.grow()
	return g
}

// grow builds the tree of blocks. What has no end goes on to the end of the file.
func (g *grove) grow() {
	at := g.root
	for i := 0; i < len(g.lines); i++ {
		from := i
		for i+1 < len(g.lines) && g.lines[i].open {
			i++
		}
		controls, messy := g.controls(from, i)
		if len(controls) == 0 {
			at.nodes = append(at.nodes, &node{from: from, to: i, up: at})
			g.mark(from, i, at)
			continue
		}
		for _, word := range controls {
			at = g.control(at, word, from, i, messy)
		}
	}
	for b := at; b.of != nil; b = b.of.up {
		b.of.to, b.of.messy = len(g.lines)-1, true
	}
}

func (g *grove) mark(from, to int, b *branch) {
	for i := from; i <= to; i++ {
		g.of[i] = b
	}
}

func (g *grove) control(at *branch, word string, from, to int, messy bool) *branch {
	switch word {
	case "end":
		if at.of == nil {
			return at
		}
		n := at.of
		n.to, n.messy = to, n.messy || messy
		g.mark(from, to, n.up)
		return n.up
	case "else":
		if at.of == nil {
			return at
		}
		n := at.of
		n.messy = n.messy || messy
		b := &branch{at: from, of: n}
		n.branches = append(n.branches, b)
		g.mark(from, to, n.up)
		return b
	}
	n := &node{from: from, to: to, word: word, messy: messy || to > from, up: at}
	b := &branch{at: from, of: n}
	n.branches = append(n.branches, b)
	at.nodes = append(at.nodes, n)
	g.mark(from, to, at)
	return b
}

// controls are the words of the control actions on lines from..to that have no partner there, and whether anything else stands there.
func (g *grove) controls(from, to int) (words []string, messy bool) {
	count, others := 0, 0
	var local []string
	for _, l := range g.lines[from : to+1] {
		for _, a := range l.actions {
			switch a.word {
			case "if", "with", "range", "define", "block":
				local = append(local, a.word)
			case "else":
				if n := len(local); n == 0 || !isOpening(local[n-1]) {
					local = append(local, a.word)
				}
			case "end":
				if n := len(local); n > 0 && isOpening(local[n-1]) {
					local = local[:n-1]
					others++
				} else {
					local = append(local, a.word)
				}
			case "":
				continue // a comment
			default:
				others++
				continue
			}
			count++
		}
	}
	return local, len(local) > 1 || others > 0 || !g.lines[from].bare
}

func isOpening(word string) bool {
	return slices.Contains([]string{"if", "with", "range", "define", "block"}, word)
}

// siblings are the nodes behind the one that line i is of, in its branch.
func (g *grove) siblings(i int) []*node {
	b := g.of[i]
	for k, n := range b.nodes {
		if n.from <= i && i <= n.to {
			return b.nodes[k+1:]
		}
	}
	return nil
}

// guards are the blocks around line i, the innermost first, up to but without the one whose branch also holds line outer; -1 for
// outer: up to the define that it is in.
func (g *grove) guards(i, outer int) []*node {
	var out []*node
	for b := g.of[i]; b != nil && b.of != nil; b = b.of.up {
		if b.of.word == "define" || b.of.word == "block" || outer >= 0 && b.of.from <= outer && outer <= b.of.to {
			break
		}
		out = append(out, b.of)
	}
	return out
}

// opening is the action that opens a block.
func (g *grove) opening(n *node) action {
	for _, a := range g.lines[n.from].actions {
		if isOpening(a.word) {
			return a
		}
	}
	return action{}
}
