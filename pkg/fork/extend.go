package fork

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/template"
)

// block is a key of a template with what stands below it, to put more there.
type block struct{ template.Block }

func keyBlock(t *template.Tree, file string, at, outer int) block {
	return block{template.KeyBlock(t, file, at, outer)}
}

func itemBlock(t *template.Tree, file string, at, outer int) block {
	return block{template.ItemBlock(t, file, at, outer)}
}

// extended are the ways to put keys or items into a map or list that is rendered.
func (j *job) extended(field object.Path, ext extension) []alternative {
	var out []alternative
	for _, s := range j.spots(field) {
		outer := -1
		for _, spec := range j.spots(j.want.pod.SpecAt) {
			if spec.file == s.file {
				outer = spec.at
			}
		}
		out = append(out, keyBlock(s.Tree, s.file, s.at, outer).extend(ext)...)
	}
	return out
}

// sets says that the goal sets what is there already.
func (g goal) sets(doc map[string]any, field object.Path) bool {
	return slices.ContainsFunc(g.changes, func(c steer.Change) bool {
		return len(c.Path) > 1 && !g.appends(c) && present(doc, slices.Concat(field[:len(field)-1], c.Path))
	})
}

// extend are the ways to put a map's keys or a list's items below a key, whether or not the template writes it under all values.
func (b block) extend(ext extension) []alternative {
	_, list := ext.value.([]any)
	var out []alternative
	add := func(w Way, edits ...template.Edit) {
		if len(edits) > 0 {
			out = append(out, alternative{way: w, edits: edits})
		}
	}
	each := func(edits []template.Edit) {
		for _, e := range edits {
			add(Merged, e)
		}
	}
	if _, isMap := ext.value.(map[string]any); isMap && holdsList(ext.value) {
		if b.Plain() {
			add(Inserted, b.literally(ext)...)
		}
		return out // to merge maps with lists in them would lose the items that values bring
	}
	if len(b.Guards) > 0 && b.guardedBy(b.Guards[0]) {
		out = append(out, b.extendGuarded(ext, list)...)
	}
	if n, ok := b.Inner(); ok && !list {
		each(b.mergeWith(n, ext))
	}
	if list || b.Plain() {
		add(Inserted, b.literally(ext)...)
	}
	each(b.merged(ext))
	if !list && !b.Plain() {
		add(Merged, b.beside(ext)...)
		add(Inserted, b.literally(ext)...)
	}
	return out
}

// holdsList says that there is a list in a value.
func holdsList(v any) bool {
	switch v := v.(type) {
	case []any:
		return true
	case map[string]any:
		for _, x := range v {
			if holdsList(x) {
				return true
			}
		}
	}
	return false
}

// guardedBy says that an if or a with holds the key and nothing else.
func (b block) guardedBy(n *template.Node) bool {
	return (n.Word == "if" || n.Word == "with") && b.Sole(n)
}

// extendGuarded are the ways where an if or a with holds the key and nothing else.
func (b block) extendGuarded(ext extension, list bool) []alternative {
	var out []alternative
	each := func(edits []template.Edit) {
		for _, e := range edits {
			out = append(out, alternative{way: Merged, edits: []template.Edit{e}})
		}
	}
	guard := b.Guards[0]
	if guard.Word == "with" && !list {
		each(b.mergeWith(guard, ext))
	}
	own := guard.Word == "if" && b.ownCondition(guard)
	if own && !list {
		each(b.withoutGuard(ext))
	}
	if guard.Word == "if" && !own && !list {
		out = append(out, b.withElse(ext)...)
	}
	if e, ok := b.hoisted(ext); ok {
		each([]template.Edit{e})
	}
	if own {
		out = append(out, b.asWith(ext)...)
	}
	return out
}

// ownCondition says that an if asks for nothing but the value that is printed below the key, so that it need not be asked for any more.
func (b block) ownCondition(n *template.Node) bool {
	_, a, ok := b.print()
	condition := strings.TrimSpace(strings.TrimPrefix(b.Opening(n).Body, "if"))
	if !ok || strings.ContainsAny(condition, " ()|") {
		return false
	}
	return slices.Contains(strings.FieldsFunc(a.Body, func(r rune) bool { return strings.ContainsRune(" ()|\n\t", r) }), condition)
}

// print is the action that prints all that is below the key, on its line or on one of its own.
func (b block) print() (int, template.Action, bool) {
	if i, a, ok := b.Printed(); ok {
		return i, a, true
	}
	a, ok := b.Inline()
	return b.At, a, ok
}

// joined is the pipeline that gives a value, or a text, with more keys or items, and without some.
func joined(pipeline string, ext extension, text bool) string {
	_, list := ext.value.([]any)
	switch {
	case list && text:
		return pipeline + " | fromYamlArray | concat (" + expression(ext.value) + ")"
	case list:
		return pipeline + " | default list | concat (" + expression(ext.value) + ")"
	case text:
		pipeline += " | fromYaml"
	}
	if len(ext.drop) > 0 {
		pipeline = without(pipeline, ext.drop, text)
	}
	return pipeline + " | merge (" + expression(ext.value) + ")"
}

// without is a pipeline that gives a map, without some of its keys.
func without(pipeline string, keys []string, isMap bool) string {
	if !isMap {
		pipeline += " | default dict"
	}
	words := []string{"omit (" + pipeline + ")"}
	for _, k := range keys {
		words = append(words, strconv.Quote(k))
	}
	return strings.Join(words, " ")
}

// beside are the edits that put a map's keys below the key, and leave them out of what the withs there bring.
func (b block) beside(ext extension) []template.Edit {
	m, ok := ext.value.(map[string]any)
	if !ok || len(ext.drop) > 0 {
		return nil
	}
	out := b.literally(ext)
	for _, n := range b.Nodes {
		if n.Word != "with" || n.Messy || len(out) == 0 {
			continue
		}
		a := b.Opening(n)
		if pipeline := strings.TrimSpace(strings.TrimPrefix(a.Body, "with")); !template.Assigns(pipeline) {
			body := "with " + without(pipeline, sortedKeys(m), false)
			out = append(out, b.Replace(b.File, n.From, n.From, b.Rewritten(n.From, a, body)))
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// mergeWith are the edits of the line that opens a with, so that it holds more keys and is never empty.
func (b block) mergeWith(n *template.Node, ext extension) []template.Edit {
	a := b.Opening(n)
	pipeline := strings.TrimSpace(strings.TrimPrefix(a.Body, "with"))
	out := []template.Edit{b.Replace(b.File, n.From, n.From, b.Rewritten(n.From, a, "with "+joined(pipeline, ext, false)))}
	if strings.Contains(pipeline, "include ") || strings.Contains(pipeline, "tpl ") {
		text := b.Replace(b.File, n.From, n.From, b.Rewritten(n.From, a, "with "+joined(pipeline, ext, true)+" | toYaml"))
		out = append([]template.Edit{text}, out...)
	}
	return out
}

// reprint are the bodies of an action that print what it prints with more keys or items. Its last stage indents.
func reprint(a template.Action, ext extension) []string {
	st := template.Stages(a.Body)
	n := len(st)
	if _, _, indents := template.Indent(st[n-1]); n < 2 || !indents {
		return nil
	}
	tail := " | toYaml | " + st[n-1]
	text := strings.Join(st[:n-1], " | ")
	var out []string
	if v, ok := strings.CutPrefix(st[0], "toYaml "); ok && n == 2 {
		out = append(out, joined(unwrapped(v), ext, false)+tail)
	} else if i := slices.Index(st, "toYaml"); i > 0 {
		out = append(out, joined(strings.Join(st[:i], " | "), ext, false)+tail)
	}
	return append(out, joined(text, ext, true)+tail)
}

var parenthesized = regexp.MustCompile(`^\(([^()]*)\)$`)

// unwrapped is an operand without the parentheses around it.
func unwrapped(s string) string {
	if m := parenthesized.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		return strings.TrimSpace(m[1])
	}
	return strings.TrimSpace(s)
}

// merged are the edits of the action that prints all that is below the key.
func (b block) merged(ext extension) []template.Edit {
	i, a, ok := b.print()
	if !ok {
		return nil
	}
	var out []template.Edit
	for _, body := range reprint(a, ext) {
		out = append(out, b.Replace(b.File, i, i, b.Rewritten(i, a, body)))
	}
	return out
}

// withElse are the edits that merge what is printed below the key, and give the if around it an else with the placement alone.
func (b block) withElse(ext extension) []alternative {
	m, ok := ext.value.(map[string]any)
	guard := b.Guards[0]
	if !ok || len(b.Lines[guard.To].Actions) != 1 {
		return nil
	}
	key := b.Lines[b.At]
	end := b.Trimmed(guard.To)
	action := b.Lines[guard.To].Actions[0]
	lines := []string{template.WithBody(end, action, b.Lines[guard.To].Offset, "else")}
	lines = append(lines, writeEntry(key.Key, m, key.KeyAt, listInset(b.Tree))...)
	var out []alternative
	for _, e := range b.merged(ext) {
		out = append(out, alternative{way: Merged, edits: []template.Edit{e, b.Replace(b.File, guard.To, guard.To, append(lines, end)...)}})
	}
	return out
}

// asWith are the edits that make the if around the key a with, which holds what is printed below the key and more.
func (b block) asWith(ext extension) []alternative {
	i, a, ok := b.print()
	if !ok {
		return nil
	}
	n := b.Guards[0]
	st := template.Stages(a.Body)
	var out []alternative
	for _, body := range reprint(a, ext) {
		pipeline := strings.TrimSuffix(body, " | toYaml | "+st[len(st)-1])
		out = append(out, alternative{way: Merged, edits: []template.Edit{
			b.Replace(b.File, n.From, n.From, b.Rewritten(n.From, b.Opening(n), "with "+pipeline)),
			b.Replace(b.File, i, i, b.Rewritten(i, a, "toYaml . | "+st[len(st)-1])),
		}})
	}
	return out
}

// withoutGuard are the edits that take away the if around the key, which is never empty now, and merge what is printed below it.
func (b block) withoutGuard(ext extension) []template.Edit {
	i, a, ok := b.print()
	if !ok {
		return nil
	}
	var out []template.Edit
	n := b.Guards[0]
	for _, body := range reprint(a, ext) {
		var lines []string
		for k := n.From + 1; k < n.To; k++ {
			if k == i {
				lines = append(lines, b.Rewritten(i, a, body))
			} else {
				lines = append(lines, b.Trimmed(k))
			}
		}
		out = append(out, b.Replace(b.File, n.From, n.To, lines...))
	}
	return out
}

// written are the value's lines as they stand below the key.
func (b block) written(value any) []string {
	at := b.Lines[b.At].KeyAt
	switch v := value.(type) {
	case []any:
		column := b.Column(at + listInset(b.Tree))
		return writeItems(v, column, listInset(b.Tree))
	case map[string]any:
		return writeMap(v, b.Column(at+2), listInset(b.Tree))
	}
	return nil
}

// literally puts the value's lines below the key, before what is there.
func (b block) literally(ext extension) []template.Edit {
	if len(ext.drop) > 0 {
		return nil
	}
	lines := b.written(ext.value)
	if len(lines) == 0 {
		return nil
	}
	c, text := b.Lines[b.At], b.Trimmed(b.At)
	switch c.Rest {
	case "":
		return []template.Edit{b.InsertAfter(b.File, b.At, lines...)}
	case "{}", "[]", "null", "~":
		head := strings.TrimRight(text[:strings.LastIndex(text, c.Rest)], " ")
		return []template.Edit{b.Replace(b.File, b.At, b.At, append([]string{head}, lines...)...)}
	}
	head, tail, ok := b.split()
	if !ok {
		return nil
	}
	return []template.Edit{b.Replace(b.File, b.At, b.At, slices.Concat([]string{head}, lines, []string{tail})...)}
}

// split takes the action behind the key off its line.
func (b block) split() (head, tail string, ok bool) {
	a, ok := b.Inline()
	if !ok {
		return "", "", false
	}
	text := b.Trimmed(b.At)
	from := a.Start - b.Lines[b.At].Offset
	column := b.Column(b.Lines[b.At].KeyAt + 2)
	return strings.TrimRight(text[:from], " "), strings.Repeat(" ", column) + strings.TrimRight(text[from:], " "), true
}

// hoisted moves the key above the guard that holds it alone, and puts the value between the two.
func (b block) hoisted(ext extension) (template.Edit, bool) {
	last := 0
	for last+1 < len(b.Guards) && b.guardedBy(b.Guards[last+1]) {
		last++
	}
	outer := b.Guards[last]
	head := b.Trimmed(b.At)
	var tail []string
	if b.Lines[b.At].Rest != "" {
		h, t, ok := b.split()
		if !ok {
			return template.Edit{}, false
		}
		head, tail = h, []string{t}
	}
	lines := append([]string{head}, b.written(ext.value)...)
	for i := outer.From; i <= outer.To; i++ {
		if i == b.At {
			lines = append(lines, tail...)
		} else {
			lines = append(lines, b.Trimmed(i))
		}
	}
	return b.Replace(b.File, outer.From, outer.To, lines...), len(lines) > outer.To-outer.From+1
}
