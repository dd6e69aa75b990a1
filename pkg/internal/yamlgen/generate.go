// Package yamlgen writes random YAML in all styles that people and templates write, and looks for what an edit of it has lost. It is for
// tests, and must not know what is under test.
package yamlgen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Generator writes documents. Every comment in them is unique.
type Generator struct {
	*rand.Rand
	b        strings.Builder
	comments int
	anchors  []string // of values that may be used anywhere
	maps     []string // of maps, for merge keys
	keys     int
	repeats  bool
	aliases  bool
}

// New makes a generator, whose documents are the same for the same seed. Only some seeds repeat keys or use aliases.
func New(seed uint64) *Generator {
	return &Generator{Rand: rand.New(rand.NewPCG(seed, 1)), repeats: seed%3 == 0, aliases: seed%2 == 0}
}

// One is one of some words.
func (g *Generator) One(words ...string) string { return words[g.IntN(len(words))] }

// Chance is true in so many of a hundred cases.
func (g *Generator) Chance(percent int) bool { return g.IntN(100) < percent }

func (g *Generator) comment() string {
	g.comments++
	return fmt.Sprintf("# c%d%s", g.comments, g.One("", "", " - x", ": {", " é日本", " 'q", " \"", " | &a *b"))
}

// Document is a whole text. Now and then it is one that no reader takes.
func (g *Generator) Document() string {
	if g.Chance(3) {
		return g.One("", "# c1 only\n", "---\n", "--- # c1\n", "\n\n", "%YAML 1.1\n---\n# c1\n", "--- {}\n", "{}\n", "# c1\n{} # c2\n", "null\n", "# c1\n...\n", "~", "--- !!map\n", "\ufeff# c1\n")
	}
	if g.Chance(5) {
		g.b.WriteString("\ufeff")
	}
	for g.Chance(20) {
		g.b.WriteString(g.comment() + "\n")
	}
	column := 0
	switch {
	case g.Chance(10):
		g.b.WriteString("--- " + g.comment() + "\n")
	case g.Chance(10):
		g.b.WriteString("---\n")
	case g.Chance(5):
		g.b.WriteString("%YAML 1.1\n" + g.comment() + "\n---\n")
	case g.Chance(5):
		g.b.WriteString("--- ")
		g.flow(0, 3, false)
		g.b.WriteString("\n")
		return g.finished()
	case g.Chance(5):
		g.flow(0, 4, true)
		g.b.WriteString("\n")
		return g.finished()
	case g.Chance(5):
		column = g.IntN(3)
	}
	g.b.WriteString(strings.Repeat(" ", column))
	if g.Chance(10) {
		g.list(column, 0)
	} else {
		g.mapping(column, 0)
	}
	return g.finished()
}

func (g *Generator) finished() string {
	if g.Chance(10) {
		g.b.WriteString(g.comment() + "\n")
	}
	if g.Chance(5) {
		g.b.WriteString("...\n")
	}
	text := g.b.String()
	if g.Chance(15) {
		text = strings.TrimRight(text, "\n")
	}
	if g.Chance(15) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

func (g *Generator) key() string {
	g.keys++
	word := fmt.Sprintf("k%d", g.keys)
	return g.One(word, word, word, word, word, `"`+word+`"`, `'`+word+`'`, word+"-a.b/c", `"`+word+` é"`, word+"日", word+" with blanks", strconv.Itoa(g.keys), `"on`+word+`"`)
}

// mapping is a block map whose first key stands at the column where the text is.
func (g *Generator) mapping(column, depth int) {
	pad := strings.Repeat(" ", column)
	step := 1 + g.IntN(4)
	list := g.IntN(2) * step
	var used []string
	n := 1 + g.IntN(5)
	for i := range n {
		if i > 0 {
			for g.Chance(12) {
				g.b.WriteString(g.One(pad+g.comment(), "", pad+" "+g.comment(), "  ") + "\n")
			}
			g.b.WriteString(pad)
		}
		if g.aliases && len(g.maps) > 0 && g.Chance(12) {
			g.b.WriteString("<<: " + g.One("*"+g.One(g.maps...), "*"+g.One(g.maps...), "[*"+g.One(g.maps...)+", {m: 1}]") + g.tail())
			continue
		}
		key := g.key()
		if g.repeats && len(used) > 0 && g.Chance(12) {
			key = g.One(used...)
		}
		used = append(used, key)
		if g.Chance(3) {
			g.b.WriteString("? " + key + g.One("", " "+g.comment()) + "\n" + pad)
			key = ""
		}
		g.b.WriteString(key + ":")
		g.value(column, step, list, depth, key == "")
	}
	for g.Chance(8) {
		g.b.WriteString(pad + g.comment() + "\n")
	}
}

// list is a block list whose first dash stands at the column where the text is.
func (g *Generator) list(column, depth int) {
	pad := strings.Repeat(" ", column)
	for i := range 1 + g.IntN(4) {
		if i > 0 {
			for g.Chance(10) {
				g.b.WriteString(g.One(pad+g.comment(), "", pad+"  "+g.comment()) + "\n")
			}
			g.b.WriteString(pad)
		}
		g.b.WriteString("-")
		gap := g.IntN(10)
		if gap > 3 {
			gap = 1
		} else {
			gap = max(1, gap)
		}
		switch {
		case depth < 4 && g.Chance(40):
			g.b.WriteString(strings.Repeat(" ", gap))
			g.mapping(column+1+gap, depth+1)
		case depth < 4 && g.Chance(10):
			g.b.WriteString(strings.Repeat(" ", gap))
			g.list(column+1+gap, depth+1)
		default:
			g.value(column, 2, 2, depth, true)
		}
	}
}

// tail is what may be behind a value.
func (g *Generator) tail() string {
	return g.One("", "", "", " ", " "+g.comment(), "   "+g.comment()) + "\n"
}

// value is what stands behind a colon or dash, with its line end.
func (g *Generator) value(column, step, list, depth int, dash bool) { // dash: or a colon on a line of its own
	anchor := ""
	if g.aliases && g.Chance(10) {
		anchor = fmt.Sprintf("a%d", g.IntN(8))
		g.b.WriteString(" &" + anchor)
	}
	isMap := false
	switch {
	case anchor == "" && len(g.anchors) > 0 && g.aliases && g.Chance(10):
		g.b.WriteString(" *" + g.One(g.anchors...) + g.tail())
	case depth < 4 && g.Chance(30):
		isMap = true
		g.b.WriteString(g.One("", "", " !!map") + g.One("", "", " "+g.comment()) + "\n")
		if g.Chance(10) {
			g.b.WriteString(strings.Repeat(" ", column+step) + g.comment() + "\n")
		}
		g.b.WriteString(strings.Repeat(" ", column+step))
		g.mapping(column+step, depth+1)
	case depth < 4 && g.Chance(20):
		if dash {
			list = max(list, 1)
		}
		g.b.WriteString(g.One("", "", " "+g.comment()) + "\n" + strings.Repeat(" ", column+list))
		g.list(column+list, depth+1)
	case g.Chance(20):
		g.b.WriteString(g.One(" ", "  "))
		isMap = g.flow(column+step, 3, g.Chance(50))
		g.b.WriteString(g.tail())
	case g.Chance(15):
		g.blockScalar(column, step)
	case g.Chance(8):
		g.b.WriteString("\n" + strings.Repeat(" ", column+step) + g.scalar(column+step, false) + g.tail())
	default:
		text := g.scalar(column+step, false)
		if text != "" {
			lead := g.One(" ", " ", "  ", "\t")
			if dash { // where YAML allows no tab
				lead = " "
			}
			text = lead + text
		}
		g.b.WriteString(text + g.tail())
	}
	if anchor != "" {
		g.anchors = append(g.anchors, anchor)
		if isMap {
			g.maps = append(g.maps, anchor)
		} else { // it may have meant a map before
			g.maps = without(g.maps, anchor)
		}
	}
}

func without(list []string, word string) []string {
	var out []string
	for _, w := range list {
		if w != word {
			out = append(out, w)
		}
	}
	return out
}

func (g *Generator) blockScalar(column, step int) {
	indicator := g.One("|", ">")
	pad := strings.Repeat(" ", column+step)
	if g.Chance(20) {
		indicator += strconv.Itoa(step)
	}
	indicator += g.One("", "", "-", "+")
	g.b.WriteString(" " + indicator + g.One("", "", " "+g.comment()) + "\n")
	if g.Chance(5) {
		return
	}
	g.b.WriteString(pad + g.One("# no comment", "--- a", "text: x", "- item", "é日", "{{ x }}", "key: 'v") + "\n")
	for range g.IntN(3) {
		g.b.WriteString(g.One(pad+"  deeper", "", pad+"# no comment", pad+"---", pad+"a: 1", pad+"trailing  ", pad+"   ", pad+"\ttab") + "\n")
	}
}

func (g *Generator) scalar(column int, flow bool) string {
	pad := strings.Repeat(" ", column)
	words := []string{
		"linux", "windows", "1", "0x1F", "010", "1.50", "1e3", "12345678901234567890123", "true", "yes", "Off", "null", "~", "''", `""`, "'it''s'", `"a\"b\n\u00e9"`, `'# no'`, `"# no"`, "2001-01-01", "1_000",
		"a b c", "a#b", "x:y", "é日本", "'on'", `"1"`, "v1.2.3", "-1", "http://x/y", "!!str 5", "!!str yes", `"x\
` + pad + `  y"`, "'x\n" + pad + " y'", "plain over\n" + pad + " lines", "'a\n\n" + pad + "b'",
	}
	if !flow {
		words = append(words, "", "", "a, b", "x [y]", "{{ .x }}"[:0]+"a {b}")
	}
	return words[g.IntN(len(words))]
}

// flow is a flow collection. It says whether it is a map.
func (g *Generator) flow(column, depth int, lines bool) bool {
	isMap := g.Chance(60)
	open, end := "[", "]"
	if isMap {
		open, end = "{", "}"
	}
	pad := strings.Repeat(" ", column+2)
	json := g.Chance(30)
	n := g.IntN(4)
	g.b.WriteString(open)
	if n == 0 {
		g.b.WriteString(g.One("", "", " ", "  ") + end)
		return isMap
	}
	inner := g.One("", "", " ")
	g.b.WriteString(inner)
	for i := range n {
		if lines {
			g.b.WriteString(g.One("", "", " "+g.comment()) + "\n" + pad)
		}
		if isMap {
			g.flowKey(json)
		}
		if !isMap || json || !g.Chance(5) {
			g.flowValue(column+2, depth, lines)
		}
		if i < n-1 || !json && g.Chance(20) {
			g.b.WriteString(g.One("", "", " ") + "," + g.One(" ", " ", ""))
		}
	}
	if lines && g.Chance(70) {
		g.b.WriteString(g.One("", "", " "+g.comment()) + "\n" + strings.Repeat(" ", column))
	}
	g.b.WriteString(inner + end)
	return isMap
}

func (g *Generator) flowKey(json bool) {
	key := strings.Trim(g.key(), `"'`)
	if json || g.Chance(10) {
		g.b.WriteString(`"` + key + `":` + g.One(" ", "", "  "))
		return
	}
	g.b.WriteString(key + ": ")
}

func (g *Generator) flowValue(column, depth int, lines bool) {
	switch {
	case depth > 0 && g.Chance(20):
		g.flow(column, depth-1, lines && g.Chance(70))
	case g.aliases && len(g.anchors) > 0 && g.Chance(10):
		g.b.WriteString("*" + g.One(g.anchors...) + " ")
	default:
		g.b.WriteString(g.scalar(column, true))
	}
}
