package fork

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// block is a key of a template with what stands below it.
type block struct {
	*grove
	file   string
	at     int     // the line of the key
	nodes  []*node // what stands below the key
	guards []*node // the blocks around it, the innermost first
}

// keyBlock is the block of the key on a line. outer is a line whose blocks are not its guards, or -1.
func keyBlock(g *grove, file string, at, outer int) block {
	return blockOf(g, file, at, outer, g.lines[at].keyAt, true)
}

// itemBlock is the block of the list item that begins on a line, with all of its keys.
func itemBlock(g *grove, file string, at, outer int) block {
	return blockOf(g, file, at, outer, g.lines[at].lead, false)
}

func blockOf(g *grove, file string, at, outer, column int, items bool) block {
	b := block{grove: g, file: file, at: at, guards: g.guards(at, outer)}
	if rest := g.lines[at].rest; items && rest != "" && !strings.ContainsAny(rest[:1], "{[|>&!") {
		return b // a scalar has nothing below it
	}
	for _, n := range g.siblings(at) {
		if b.below(n, column, items) == no {
			break
		}
		b.nodes = append(b.nodes, n)
	}
	for len(b.nodes) > 0 && b.below(b.nodes[len(b.nodes)-1], column, items) == unclear {
		b.nodes = b.nodes[:len(b.nodes)-1]
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
func (g *grove) below(n *node, column int, items bool) answer {
	if n.word == "define" || n.word == "block" {
		return no
	}
	if n.word == "" {
		return g.lineBelow(n, column, items)
	}
	for _, b := range n.branches {
		for _, inner := range b.nodes {
			if a := g.below(inner, column, items); a != unclear {
				return a
			}
		}
	}
	return unclear
}

func (g *grove) lineBelow(n *node, column int, items bool) answer {
	c := g.lines[n.from]
	text := strings.TrimSpace(g.source[n.from].text)
	switch {
	case strings.HasPrefix(text, "---"):
		return no
	case c.blank:
		return unclear
	case !c.bare:
		return when(c.lead > column || items && c.lead == column && c.item)
	}
	for _, a := range c.actions {
		if m := indents.FindStringSubmatch(a.body); m != nil && isOutput(a) {
			by, _ := strconv.Atoi(m[2])
			if m[1] == "indent" && !strings.HasPrefix(g.source[n.from].text, "{{") {
				by += c.lead
			}
			return when(by > column || items && by == column && g.printsItems(a))
		}
		if isOutput(a) && c.lead > column {
			return yes
		}
	}
	return unclear
}

// printsItems guesses whether an action prints a list's items rather than the next keys.
func (g *grove) printsItems(a action) bool {
	return !strings.Contains(a.body, "include ") && !strings.Contains(a.body, "template ") || strings.Contains(strings.ToLower(a.body), "toleration")
}

func when(b bool) answer {
	if b {
		return yes
	}
	return no
}

// to is the last line of the block.
func (b block) to() int {
	if len(b.nodes) == 0 {
		return b.at
	}
	return b.nodes[len(b.nodes)-1].to
}

// column is where the keys or items below the key stand, as far as the text tells; else what is assumed.
func (b block) column(assumed int) int {
	column := -1
	b.each(b.nodes, func(i int) {
		if c := b.lines[i]; column < 0 && !c.blank && !c.bare && !c.inside {
			column = c.lead
		}
	})
	if column >= 0 {
		return column
	}
	if a, ok := b.inline(); ok {
		if m := indents.FindStringSubmatch(a.body); m != nil {
			column, _ = strconv.Atoi(m[2])
		}
	}
	b.each(b.nodes, func(i int) {
		for _, a := range b.lines[i].actions {
			if m := indents.FindStringSubmatch(a.body); m != nil && column < 0 {
				column, _ = strconv.Atoi(m[2])
			}
		}
	})
	if column >= 0 {
		return column
	}
	return assumed
}

// each calls visit for the lines of nodes, those of blocks included.
func (g *grove) each(nodes []*node, visit func(i int)) {
	for _, n := range nodes {
		for i := n.from; i <= n.to; i++ {
			visit(i)
		}
	}
}

// inline is the one action behind the key, on its line.
func (b block) inline() (action, bool) {
	c := b.lines[b.at]
	text := strings.TrimRight(b.source[b.at].text, "\r\n")
	if len(c.actions) != 1 || c.open || !strings.HasPrefix(c.rest, "{{") || c.actions[0].end-c.offset != len(strings.TrimRight(text, " \t")) {
		return action{}, false
	}
	return c.actions[0], isOutput(c.actions[0])
}

func isOutput(a action) bool {
	return a.word != "" && !isOpening(a.word) && a.word != "end" && a.word != "else" && !assigns.MatchString(a.body)
}

var assigns = regexp.MustCompile(`^\$\w*\s*:?=`)

// plain says that there is no action in the block.
func (b block) plain() bool {
	if len(b.lines[b.at].actions) > 0 {
		return false
	}
	found := false
	b.each(b.nodes, func(i int) { found = found || len(b.lines[i].actions) > 0 || b.lines[i].inside })
	return !found
}

// printed is the one action that prints what is below the key, on a line of its own; nothing else is there but comments.
func (b block) printed() (int, action, bool) {
	if b.lines[b.at].rest != "" {
		return 0, action{}, false
	}
	return b.onlyAction(b.nodes)
}

func (g *grove) onlyAction(nodes []*node) (int, action, bool) {
	at := -1
	for _, n := range nodes {
		c := g.lines[n.from]
		switch {
		case n.word == "" && c.blank:
		case n.word == "" && at < 0 && c.bare && n.from == n.to && len(c.actions) == 1 && isOutput(c.actions[0]):
			at = n.from
		default:
			return 0, action{}, false
		}
	}
	if at < 0 {
		return 0, action{}, false
	}
	return at, g.lines[at].actions[0], true
}

// inner is the one with that holds all that is below the key.
func (b block) inner() (*node, bool) {
	var found *node
	for _, n := range b.nodes {
		switch {
		case n.word == "" && b.lines[n.from].blank:
		case n.word == "with" && found == nil && !n.messy && len(n.branches) == 1:
			found = n
		default:
			return nil, false
		}
	}
	return found, found != nil && b.lines[b.at].rest == ""
}

// sole says that a guard holds the block and nothing else, and has no else.
func (b block) sole(n *node) bool {
	if n.messy || len(n.branches) != 1 {
		return false
	}
	for _, x := range n.branches[0].nodes {
		switch {
		case x.from == b.at, slices.Contains(b.nodes, x), slices.Contains(b.guards, x):
		case x.word == "" && b.lines[x.from].blank && !strings.Contains(b.source[x.from].text, "#"):
		default:
			return false
		}
	}
	return true
}

// rewritten is a line with another body for one of its actions.
func (g *grove) rewritten(i int, a action, body string) string {
	return withBody(g.trimmed(i), a, g.lines[i].offset, body)
}

// withBody is a line that begins at offset, with another body for one of its actions.
func withBody(text string, a action, offset int, body string) string {
	from, to := a.start-offset, a.end-offset
	inner := text[from:to]
	at := strings.Index(inner, a.body)
	return text[:from] + inner[:at] + body + inner[at+len(a.body):] + text[to:]
}

// trimmed is the text of a line without its end.
func (g *grove) trimmed(i int) string { return strings.TrimRight(g.source[i].text, "\r\n") }
