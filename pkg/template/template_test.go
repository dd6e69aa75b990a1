package template_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/template"
)

// texts are what stands outside of actions, by Go's own parser; false where that refuses the template.
func texts(text string) (string, bool) {
	trees := map[string]*parse.Tree{}
	tree := parse.New("t")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return "", false
	}
	trees["the file \x00"] = tree
	var found []*parse.TextNode
	seen := map[*parse.ListNode]bool{}
	for _, t := range trees {
		if t.Root != nil && !seen[t.Root] {
			seen[t.Root] = true
			found = append(found, textsOf(t.Root)...)
		}
	}
	slices.SortFunc(found, func(a, b *parse.TextNode) int { return int(a.Pos - b.Pos) })
	var b strings.Builder
	for _, n := range found {
		b.Write(n.Text)
	}
	return b.String(), true
}

func textsOf(n parse.Node) []*parse.TextNode {
	var out []*parse.TextNode
	list := func(l *parse.ListNode) {
		if l == nil {
			return
		}
		for _, c := range l.Nodes {
			out = append(out, textsOf(c)...)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		list(n)
	case *parse.TextNode:
		out = append(out, n)
	case *parse.IfNode:
		list(n.List)
		list(n.ElseList)
	case *parse.WithNode:
		list(n.List)
		list(n.ElseList)
	case *parse.RangeNode:
		list(n.List)
		list(n.ElseList)
	}
	return out
}

// outside is what stands outside of the actions that are found.
func outside(text string) string {
	var b strings.Builder
	at := 0
	for _, a := range template.Actions(text) {
		b.WriteString(text[at:a.Start])
		at = a.End
	}
	return b.String() + text[at:]
}

// dense is a text without spaces: trim markers take them away.
func dense(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// FuzzActions: what is outside of the actions is what Go's own parser takes for text, in every template that it takes. Scanning any
// text ends, and loses no line.
func FuzzActions(f *testing.F) {
	for _, s := range []string{
		"a{{ .B }}c", "{{- /* {{ }} */ -}} x", "{{/* a */}}", "{{ `}}` }}{{ \"\\\"}}\" }}{{ '}' }}", "{{if .a}}b{{else if .c}}d{{else}}e{{end}}",
		"{{ define \"x\" }}a{{ end }}b", "{{-3}}", "{{", "{{ \"", "a: {{ with .b -}}\n c: d\n{{- end }}\n", "{{ .a\n | b }}\nc: d", "{{break}}", "{{- end }}x{{ else }}",
		"spec:\n  {{- range .x }}\n  - {{ . }}\n  {{- end }}\n---\n", "a:\r\n  b: |\r\n   c\r\n", "- - a: {{ .x }} # b\n", "\"a b\": 'c'\n",
	} {
		f.Add(s)
	}
	files, err := filepath.Glob("../../test/charts/*/templates/*")
	if err != nil || len(files) < 50 {
		f.Fatalf("%d templates, %v", len(files), err)
	}
	for _, name := range files {
		if text, err := os.ReadFile(name); err == nil && len(text) < 1<<14 {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if want, ok := texts(text); ok {
			if diff := cmp.Diff(dense(outside(text)), dense(want)); diff != "" {
				t.Errorf("outside of actions (-got +want):\n%s", diff)
			}
		}
		source := template.New(text)
		if source.String() != text {
			t.Error("cutting it into lines loses something")
		}
		tree := template.Parse(source)
		seen := make([]int, len(source))
		count(tree.Root.Nodes, seen)
		for i, n := range seen {
			if n > 1 {
				t.Errorf("line %d is in %d nodes", i, n)
			}
		}
		for i := range source {
			b := template.KeyBlock(tree, "f", i, -1)
			if b.To() < i || b.To() >= len(source) {
				t.Errorf("the block of line %d ends at %d", i, b.To())
			}
		}
	})
}

// count counts the nodes that are no blocks by their lines.
func count(nodes []*template.Node, seen []int) {
	for _, n := range nodes {
		if n.Word == "" {
			for i := n.From; i <= n.To; i++ {
				seen[i]++
			}
		}
		for _, b := range n.Branches {
			count(b.Nodes, seen)
		}
	}
}

// FuzzEdits: after edits at any lines, in any order, the lines that no edit touched are there as they were, and in their order.
func FuzzEdits(f *testing.F) {
	f.Add("a\nb\nc\nd\n", []byte{0, 1, 2, 3})
	f.Add("x: 1\r\nx: 1\r\ny", []byte{9, 8, 7, 130, 131})
	f.Fuzz(func(t *testing.T, text string, ops []byte) {
		original := template.New(text)
		source := original
		touched := map[int]bool{}
		for n, op := range ops {
			if len(source) == 0 || n > 40 {
				break
			}
			i := int(op&0x7f) % len(source)
			e := source.InsertAfter("f", i, fmt.Sprintf("new %d", n), "and more")
			if op >= 0x80 {
				to := min(i+1, len(source)-1)
				e = source.Replace("f", i, to, fmt.Sprintf("other %d", n))
				for _, l := range e.Was {
					touched[l.ID] = true
				}
			}
			next, ok := source.Apply(e)
			if !ok {
				t.Fatalf("edit %d does not fit the lines that it was made of", n)
			}
			source = next
		}
		last := -1
		ids := map[int]bool{}
		for _, l := range source {
			if ids[l.ID] {
				t.Fatalf("two lines have the ID %d", l.ID)
			}
			ids[l.ID] = true
			if l.ID < 0 || touched[l.ID] {
				continue
			}
			if l.ID < last || strings.TrimRight(l.Text, "\r\n") != strings.TrimRight(original[l.ID].Text, "\r\n") {
				t.Errorf("line %d is %q, behind line %d", l.ID, l.Text, last)
			}
			last = l.ID
		}
		for _, l := range original {
			if !touched[l.ID] && !ids[l.ID] {
				t.Errorf("line %d is lost", l.ID)
			}
		}
	})
}

// TestEditOfOtherLines: an edit does not fit lines that another edit changed.
func TestEditOfOtherLines(t *testing.T) {
	t.Parallel()
	source := template.New("a\nb\n")
	first, second := source.Replace("f", 0, 0, "x"), source.Replace("f", 0, 0, "y")
	changed, ok := source.Apply(first)
	if !ok || changed.String() != "x\nb\n" {
		t.Errorf("got %q, %t", changed, ok)
	}
	if again, ok := changed.Apply(second); ok {
		t.Errorf("got %q", again)
	}
}

func TestStages(t *testing.T) {
	t.Parallel()
	got := template.Stages("toYaml (.a | default \"|\") | replace `|` '|' | nindent 8")
	want := []string{"toYaml (.a | default \"|\")", "replace `|` '|'", "nindent 8"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

// TestBlocks: what stands below a key, by the lines of the block and by what is said of it.
func TestBlocks(t *testing.T) {
	t.Parallel()
	const head = "spec:\n  a: b\n"
	for name, tc := range map[string]struct {
		text, want string // the block of the line with "key:", without head
	}{
		"nothing":                        {"  key: x\n  z: 1\n", "key: x"},
		"deeper lines":                   {"  key:\n    a: 1\n\n    b: 2\n\n  z: 1\n", "key:|a: 1||b: 2 plain"},
		"a list in the key's column":     {"  key:\n  - a: 1\n    b: 2\n  z: 1\n", "key:|- a: 1|b: 2 plain"},
		"what an action indents":         {"  key:\n{{ toYaml .a | indent 4 }}\n  z: 1\n", "key:|{{ toYaml .a | indent 4 }} printed"},
		"an action for the next key":     {"  key:\n    a: 1\n  {{- include \"x\" . | nindent 2 }}\n", "key:|a: 1 plain"},
		"a block of deeper lines":        {"  key:\n  {{- with .a }}\n    a: 1\n  {{- end }}\n  z: 1\n", "key:|{{- with .a }}|a: 1|{{- end }} inner"},
		"a block for the next key":       {"  key:\n    a: 1\n  {{- if .a }}\n  z: 1\n  {{- end }}\n", "key:|a: 1 plain"},
		"up to the end of the branch":    {"  {{- if .a }}\n  key:\n    a: 1\n  {{- else }}\n    b: 1\n  {{- end }}\n", "key:|a: 1 plain in if"},
		"alone in its guard":             {"  {{- with .a }}\n  key:\n    {{- toYaml . | nindent 4 }}\n  {{- end }}\n", "key:|{{- toYaml . | nindent 4 }} printed in with alone"},
		"not alone in its guard":         {"  {{- with .a }}\n  key:\n    b: c\n  z: 1\n  {{- end }}\n", "key:|b: c plain in with"},
		"printed on the line of the key": {"  key: {{- toYaml .a | nindent 4 }}\n  z: 1\n", "key: {{- toYaml .a | nindent 4 }} inline"},
		"an action over several lines":   {"  key:\n    {{- toYaml\n      .a | nindent 4 }}\n  z: 1\n", "key:|{{- toYaml|.a | nindent 4 }}"},
		"up to the next document":        {"  key:\n    a: 1\n---\n    b: 1\n", "key:|a: 1 plain"},
		"an assignment is nowhere":       {"  key:\n    a: 1\n    {{- $x := 1 }}\n  z: 1\n", "key:|a: 1 plain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := template.Parse(template.New(head + tc.text))
			at := slices.IndexFunc(tree.Lines, func(c template.Content) bool { return c.Key == "key" })
			if diff := cmp.Diff(described(template.KeyBlock(tree, "f", at, -1)), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func described(b template.Block) string {
	var lines []string
	for i := b.At; i <= b.To(); i++ {
		lines = append(lines, strings.TrimSpace(b.Trimmed(i)))
	}
	out := strings.Join(lines, "|")
	if b.Plain() && b.To() > b.At {
		out += " plain"
	}
	if _, _, ok := b.Printed(); ok {
		out += " printed"
	}
	if _, ok := b.Inline(); ok {
		out += " inline"
	}
	if _, ok := b.Inner(); ok {
		out += " inner"
	}
	if len(b.Guards) > 0 {
		out += " in " + b.Guards[0].Word
		if b.Sole(b.Guards[0]) {
			out += " alone"
		}
	}
	return out
}
