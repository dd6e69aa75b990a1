package template

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Block is a key of a template with what stands below it.
type Block struct {
	*Tree
	File   string
	At     int     // the line of the key
	Nodes  []*Node // what stands below the key
	Guards []*Node // the blocks around it, the innermost first
}

// KeyBlock is the block of the key on a line. outer is a line whose blocks are not its guards, or -1.
func KeyBlock(g *Tree, file string, at, outer int) Block {
	return blockOf(g, file, at, outer, g.Lines[at].KeyAt, true)
}

// ItemBlock is the block of the list item that begins on a line, with all of its keys.
func ItemBlock(g *Tree, file string, at, outer int) Block {
	return blockOf(g, file, at, outer, g.Lines[at].Lead, false)
}

func blockOf(g *Tree, file string, at, outer, column int, items bool) Block {
	b := Block{Tree: g, File: file, At: at, Guards: g.guards(at, outer)}
	if rest := g.Lines[at].Rest; items && rest != "" && !strings.ContainsAny(rest[:1], "{[|>&!") {
		return b // a scalar has nothing below it
	}
	for _, n := range g.siblings(at) {
		if b.below(n, column, items) == no {
			break
		}
		b.Nodes = append(b.Nodes, n)
	}
	for len(b.Nodes) > 0 && b.below(b.Nodes[len(b.Nodes)-1], column, items) == unclear {
		b.Nodes = b.Nodes[:len(b.Nodes)-1]
	}
	return b
}

// answer is yes, no, or that it cannot be told from the text.
type answer int

const (
	unclear answer = iota
	yes
	no
)

// below says whether a node stands below a key in a column; items: a list's items may stand in the key's own column.
func (g *Tree) below(n *Node, column int, items bool) answer {
	if n.Word == "define" || n.Word == "block" {
		return no
	}
	if n.Word == "" {
		return g.lineBelow(n, column, items)
	}
	for _, b := range n.Branches {
		for _, inner := range b.Nodes {
			if a := g.below(inner, column, items); a != unclear {
				return a
			}
		}
	}
	return unclear
}

func (g *Tree) lineBelow(n *Node, column int, items bool) answer {
	c := g.Lines[n.From]
	text := strings.TrimSpace(g.Source[n.From].Text)
	switch {
	case strings.HasPrefix(text, "---"):
		return no
	case c.blank:
		return unclear
	case !c.Bare:
		return when(c.Lead > column || items && c.Lead == column && c.Item)
	}
	for _, a := range c.Actions {
		if m := indents.FindStringSubmatch(a.Body); m != nil && isOutput(a) {
			by, _ := strconv.Atoi(m[2])
			if m[1] == "indent" && !strings.HasPrefix(g.Source[n.From].Text, "{{") {
				by += c.Lead
			}
			return when(by > column || items && by == column && g.printsItems(a))
		}
		if isOutput(a) && c.Lead > column {
			return yes
		}
	}
	return unclear
}

// printsItems guesses whether an action prints a list's items rather than the next keys.
func (g *Tree) printsItems(a Action) bool {
	return !strings.Contains(a.Body, "include ") && !strings.Contains(a.Body, "template ") || strings.Contains(strings.ToLower(a.Body), "toleration")
}

func when(b bool) answer {
	if b {
		return yes
	}
	return no
}

var indents = regexp.MustCompile(`(?:^|\|)\s*(n?indent)\s+\(?\s*(\d+)\s*\)?\s*$`)

// Indent is by how much a pipeline indents what it prints, and with which function.
func Indent(pipeline string) (by int, function string, ok bool) {
	m := indents.FindStringSubmatch(pipeline)
	if m == nil {
		return 0, "", false
	}
	by, err := strconv.Atoi(m[2])
	return by, m[1], err == nil
}

// To is the last line of the block.
func (b Block) To() int {
	if len(b.Nodes) == 0 {
		return b.At
	}
	return b.Nodes[len(b.Nodes)-1].To
}

// Column is where the keys or items below the key stand, as far as the text tells; else what is assumed.
func (b Block) Column(assumed int) int {
	column := -1
	b.Each(b.Nodes, func(i int) {
		if c := b.Lines[i]; column < 0 && !c.blank && !c.Bare && !c.Inside {
			column = c.Lead
		}
	})
	if column >= 0 {
		return column
	}
	if a, ok := b.Inline(); ok {
		if m := indents.FindStringSubmatch(a.Body); m != nil {
			column, _ = strconv.Atoi(m[2])
		}
	}
	b.Each(b.Nodes, func(i int) {
		for _, a := range b.Lines[i].Actions {
			if m := indents.FindStringSubmatch(a.Body); m != nil && column < 0 {
				column, _ = strconv.Atoi(m[2])
			}
		}
	})
	if column >= 0 {
		return column
	}
	return assumed
}

// Each calls visit for the lines of nodes, those of blocks included.
func (g *Tree) Each(nodes []*Node, visit func(i int)) {
	for _, n := range nodes {
		for i := n.From; i <= n.To; i++ {
			visit(i)
		}
	}
}

// Inline is the one action behind the key, on its line.
func (b Block) Inline() (Action, bool) {
	c := b.Lines[b.At]
	text := strings.TrimRight(b.Source[b.At].Text, "\r\n")
	if len(c.Actions) != 1 || c.Open || !strings.HasPrefix(c.Rest, "{{") || c.Actions[0].End-c.Offset != len(strings.TrimRight(text, " \t")) {
		return Action{}, false
	}
	return c.Actions[0], isOutput(c.Actions[0])
}

func isOutput(a Action) bool {
	return a.word != "" && !isOpening(a.word) && a.word != "end" && a.word != "else" && !assigns.MatchString(a.Body)
}

// Assigns tells a pipeline that only gives a variable a value.
func Assigns(pipeline string) bool { return assigns.MatchString(pipeline) }

var assigns = regexp.MustCompile(`^\$\w*\s*:?=`)

// Plain says that there is no action in the block.
func (b Block) Plain() bool {
	if len(b.Lines[b.At].Actions) > 0 {
		return false
	}
	found := false
	b.Each(b.Nodes, func(i int) { found = found || len(b.Lines[i].Actions) > 0 || b.Lines[i].Inside })
	return !found
}

// Printed is the one action that prints what is below the key, on a line of its own; nothing else is there but comments.
func (b Block) Printed() (int, Action, bool) {
	if b.Lines[b.At].Rest != "" {
		return 0, Action{}, false
	}
	return b.onlyAction(b.Nodes)
}

func (g *Tree) onlyAction(nodes []*Node) (int, Action, bool) {
	at := -1
	for _, n := range nodes {
		c := g.Lines[n.From]
		switch {
		case n.Word == "" && c.blank:
		case n.Word == "" && at < 0 && c.Bare && n.From == n.To && len(c.Actions) == 1 && isOutput(c.Actions[0]):
			at = n.From
		default:
			return 0, Action{}, false
		}
	}
	if at < 0 {
		return 0, Action{}, false
	}
	return at, g.Lines[at].Actions[0], true
}

// Inner is the one with that holds all that is below the key.
func (b Block) Inner() (*Node, bool) {
	var found *Node
	for _, n := range b.Nodes {
		switch {
		case n.Word == "" && b.Lines[n.From].blank:
		case n.Word == "with" && found == nil && !n.Messy && len(n.Branches) == 1:
			found = n
		default:
			return nil, false
		}
	}
	return found, found != nil && b.Lines[b.At].Rest == ""
}

// Sole says that a guard holds the block and nothing else, and has no else.
func (b Block) Sole(n *Node) bool {
	if n.Messy || len(n.Branches) != 1 {
		return false
	}
	for _, x := range n.Branches[0].Nodes {
		switch {
		case x.From == b.At, slices.Contains(b.Nodes, x), slices.Contains(b.Guards, x):
		case x.Word == "" && b.Lines[x.From].blank && !strings.Contains(b.Source[x.From].Text, "#"):
		default:
			return false
		}
	}
	return true
}

// Rewritten is a line with another body for one of its actions.
func (g *Tree) Rewritten(i int, a Action, body string) string {
	return WithBody(g.Trimmed(i), a, g.Lines[i].Offset, body)
}

// WithBody is a line that begins at offset, with another body for one of its actions.
func WithBody(text string, a Action, offset int, body string) string {
	from, to := a.Start-offset, a.End-offset
	inner := text[from:to]
	at := strings.Index(inner, a.Body)
	return text[:from] + inner[:at] + body + inner[at+len(a.Body):] + text[to:]
}

// Trimmed is the text of a line without its end.
func (g *Tree) Trimmed(i int) string { return strings.TrimRight(g.Source[i].Text, "\r\n") }
