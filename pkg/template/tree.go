package template

import "slices"

// Node is a run of lines of a template: one line, an action that goes over several, or a block from its opening to its end.
type Node struct {
	From, To int
	Word     string // if, with, range, define or block; empty for what is no block
	Branches []*Branch
	Messy    bool // its opening, else or end shares a line with something else
	up       *Branch
}

// Branch is what stands between two of a block's control lines.
type Branch struct {
	at    int // the line of the opening, or of the else
	Nodes []*Node
	of    *Node // nil for the whole file
}

// Tree is a scanned template.
type Tree struct {
	Source
	Lines []Content
	Root  *Branch
	of    []*Branch // by line: the innermost branch that it stands in; of a control line the one around its block
}

// Parse scans a source. Any text will do: what has no end goes on to the end of the file.
func Parse(s Source) *Tree {
	g := &Tree{Source: s, Lines: s.scan(), Root: &Branch{at: -1}, of: make([]*Branch, len(s))}
	g.grow()
	return g
}

// grow builds the tree of blocks. What has no end goes on to the end of the file.
func (g *Tree) grow() {
	at := g.Root
	for i := 0; i < len(g.Lines); i++ {
		from := i
		for i+1 < len(g.Lines) && g.Lines[i].Open {
			i++
		}
		controls, messy := g.Controls(from, i)
		if len(controls) == 0 {
			at.Nodes = append(at.Nodes, &Node{From: from, To: i, up: at})
			g.mark(from, i, at)
			continue
		}
		for _, word := range controls {
			at = g.control(at, word, from, i, messy)
		}
	}
	for b := at; b.of != nil; b = b.of.up {
		b.of.To, b.of.Messy = len(g.Lines)-1, true
	}
}

func (g *Tree) mark(from, to int, b *Branch) {
	for i := from; i <= to; i++ {
		g.of[i] = b
	}
}

func (g *Tree) control(at *Branch, word string, from, to int, messy bool) *Branch {
	if (word == "end" || word == "else") && at.of == nil {
		g.mark(from, to, at) // it has no opening: Helm refuses the template
		return at
	}
	switch word {
	case "end":
		n := at.of
		n.To, n.Messy = to, n.Messy || messy
		g.mark(from, to, n.up)
		return n.up
	case "else":
		n := at.of
		n.Messy = n.Messy || messy
		b := &Branch{at: from, of: n}
		n.Branches = append(n.Branches, b)
		g.mark(from, to, n.up)
		return b
	}
	n := &Node{From: from, To: to, Word: word, Messy: messy || to > from, up: at}
	b := &Branch{at: from, of: n}
	n.Branches = append(n.Branches, b)
	at.Nodes = append(at.Nodes, n)
	g.mark(from, to, at)
	return b
}

// Controls are the words of the control actions on lines from..to that have no partner there, and whether anything else stands there.
func (g *Tree) Controls(from, to int) (words []string, messy bool) {
	count, others := 0, 0
	var local []string
	for _, l := range g.Lines[from : to+1] {
		for _, a := range l.Actions {
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
	return local, len(local) > 1 || others > 0 || !g.Lines[from].Bare
}

func isOpening(word string) bool {
	return slices.Contains([]string{"if", "with", "range", "define", "block"}, word)
}

// siblings are the nodes behind the one that line i is of, in its branch.
func (g *Tree) siblings(i int) []*Node {
	b := g.of[i]
	for k, n := range b.Nodes {
		if n.From <= i && i <= n.To {
			return b.Nodes[k+1:]
		}
	}
	return nil
}

// guards are the blocks around line i, the innermost first, up to but without the one whose branch also holds line outer; -1 for
// outer: up to the define that it is in.
func (g *Tree) guards(i, outer int) []*Node {
	var out []*Node
	for b := g.of[i]; b != nil && b.of != nil; b = b.of.up {
		if b.of.Word == "define" || b.of.Word == "block" || outer >= 0 && b.of.From <= outer && outer <= b.of.To {
			break
		}
		out = append(out, b.of)
	}
	return out
}

// Opening is the action that opens a block.
func (g *Tree) Opening(n *Node) Action {
	for _, a := range g.Lines[n.From].Actions {
		if isOpening(a.word) {
			return a
		}
	}
	return Action{}
}
