package fork

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
)

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
		out = append(out, keyBlock(s.grove, s.file, s.at, outer).extend(ext)...)
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
	add := func(w Way, edits ...edit) {
		if len(edits) > 0 {
			out = append(out, alternative{w, edits})
		}
	}
	each := func(edits []edit) {
		for _, e := range edits {
			add(Merged, e)
		}
	}
	if len(b.guards) > 0 && b.sole(b.guards[0]) {
		out = append(out, b.extendGuarded(ext, list)...)
	}
	if n, ok := b.inner(); ok && !list {
		each(b.mergeWith(n, ext))
	}
	if list || b.plain() {
		add(Inserted, b.literally(ext)...)
	}
	each(b.merged(ext))
	if !list && !b.plain() {
		add(Merged, b.beside(ext)...)
		add(Inserted, b.literally(ext)...)
	}
	return out
}

// extendGuarded are the ways where an if or a with holds the key and nothing else.
func (b block) extendGuarded(ext extension, list bool) []alternative {
	var out []alternative
	each := func(edits []edit) {
		for _, e := range edits {
			out = append(out, alternative{Merged, []edit{e}})
		}
	}
	guard := b.guards[0]
	if guard.word == "with" && !list {
		each(b.mergeWith(guard, ext))
	}
	if guard.word == "if" && !list {
		each(b.withoutGuard(ext))
	}
	if e, ok := b.hoisted(ext); ok {
		each([]edit{e})
	}
	if guard.word == "if" {
		out = append(out, b.asWith(ext)...)
	}
	return out
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
func (b block) beside(ext extension) []edit {
	m, ok := ext.value.(map[string]any)
	if !ok || len(ext.drop) > 0 {
		return nil
	}
	out := b.literally(ext)
	for _, n := range b.nodes {
		if n.word != "with" || n.messy || len(out) == 0 {
			continue
		}
		a := b.opening(n)
		if pipeline := strings.TrimSpace(strings.TrimPrefix(a.body, "with")); !assigns.MatchString(pipeline) {
			body := "with " + without(pipeline, sortedKeys(m), false)
			out = append(out, b.replace(b.file, n.from, n.from, b.rewritten(n.from, a, body)))
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// mergeWith are the edits of the line that opens a with, so that it holds more keys and is never empty.
func (b block) mergeWith(n *node, ext extension) []edit {
	a := b.opening(n)
	pipeline := strings.TrimSpace(strings.TrimPrefix(a.body, "with"))
	out := []edit{b.replace(b.file, n.from, n.from, b.rewritten(n.from, a, "with "+joined(pipeline, ext, false)))}
	if strings.Contains(pipeline, "include ") || strings.Contains(pipeline, "tpl ") {
		text := b.replace(b.file, n.from, n.from, b.rewritten(n.from, a, "with "+joined(pipeline, ext, true)+" | toYaml"))
		out = append([]edit{text}, out...)
	}
	return out
}

// reprint are the bodies of an action that print what it prints with more keys or items. Its last stage indents.
func reprint(a action, ext extension) []string {
	st := stages(a.body)
	n := len(st)
	if n < 2 || !indents.MatchString("|"+st[n-1]) && !indents.MatchString("| "+st[n-1]) {
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
func (b block) merged(ext extension) []edit {
	i, a, ok := b.printed()
	if !ok {
		if a, ok = b.inline(); !ok {
			return nil
		}
		i = b.at
	}
	var out []edit
	for _, body := range reprint(a, ext) {
		out = append(out, b.replace(b.file, i, i, b.rewritten(i, a, body)))
	}
	return out
}

// asWith are the edits that make the if around the key a with, which holds what is printed below the key and more.
func (b block) asWith(ext extension) []alternative {
	i, a, ok := b.printed()
	if !ok {
		if a, ok = b.inline(); !ok {
			return nil
		}
		i = b.at
	}
	n := b.guards[0]
	st := stages(a.body)
	var out []alternative
	for _, body := range reprint(a, ext) {
		pipeline := strings.TrimSuffix(body, " | toYaml | "+st[len(st)-1])
		out = append(out, alternative{Merged, []edit{
			b.replace(b.file, n.from, n.from, b.rewritten(n.from, b.opening(n), "with "+pipeline)),
			b.replace(b.file, i, i, b.rewritten(i, a, "toYaml . | "+st[len(st)-1])),
		}})
	}
	return out
}

// withoutGuard are the edits that take away the if around the key, which is never empty now, and merge what is printed below it.
func (b block) withoutGuard(ext extension) []edit {
	i, a, ok := b.printed()
	if !ok {
		if a, ok = b.inline(); !ok {
			return nil
		}
		i = b.at
	}
	var out []edit
	n := b.guards[0]
	for _, body := range reprint(a, ext) {
		var lines []string
		for k := n.from + 1; k < n.to; k++ {
			if k == i {
				lines = append(lines, b.rewritten(i, a, body))
			} else {
				lines = append(lines, b.trimmed(k))
			}
		}
		out = append(out, b.replace(b.file, n.from, n.to, lines...))
	}
	return out
}

// written are the value's lines as they stand below the key.
func (b block) written(value any) []string {
	at := b.lines[b.at].keyAt
	switch v := value.(type) {
	case []any:
		column := b.column(at + listInset(b.grove))
		return writeItems(v, column, listInset(b.grove))
	case map[string]any:
		return writeMap(v, b.column(at+2), listInset(b.grove))
	}
	return nil
}

// literally puts the value's lines below the key, before what is there.
func (b block) literally(ext extension) []edit {
	if len(ext.drop) > 0 {
		return nil
	}

	lines := b.written(ext.value)
	if len(lines) == 0 {
		return nil
	}
	c, text := b.lines[b.at], b.trimmed(b.at)
	switch c.rest {
	case "":
		return []edit{b.insertAfter(b.file, b.at, lines...)}
	case "{}", "[]", "null", "~":
		head := strings.TrimRight(text[:strings.LastIndex(text, c.rest)], " ")
		return []edit{b.replace(b.file, b.at, b.at, append([]string{head}, lines...)...)}
	}
	head, tail, ok := b.split()
	if !ok {
		return nil
	}
	return []edit{b.replace(b.file, b.at, b.at, slices.Concat([]string{head}, lines, []string{tail})...)}
}

// split takes the action behind the key off its line.
func (b block) split() (head, tail string, ok bool) {
	a, ok := b.inline()
	if !ok {
		return "", "", false
	}
	text := b.trimmed(b.at)
	from := a.start - b.lines[b.at].offset
	column := b.column(b.lines[b.at].keyAt + 2)
	return strings.TrimRight(text[:from], " "), strings.Repeat(" ", column) + strings.TrimRight(text[from:], " "), true
}

// hoisted moves the key above the guard that holds it alone, and puts the value between the two.
func (b block) hoisted(ext extension) (edit, bool) {
	last := 0
	for last+1 < len(b.guards) && b.sole(b.guards[last+1]) {
		last++
	}
	outer := b.guards[last]
	head := b.trimmed(b.at)
	var tail []string
	if b.lines[b.at].rest != "" {
		h, t, ok := b.split()
		if !ok {
			return edit{}, false
		}
		head, tail = h, []string{t}
	}
	lines := append([]string{head}, b.written(ext.value)...)
	for i := outer.from; i <= outer.to; i++ {
		if i == b.at {
			lines = append(lines, tail...)
		} else {
			lines = append(lines, b.trimmed(i))
		}
	}
	return b.replace(b.file, outer.from, outer.to, lines...), len(lines) > outer.to-outer.from+1
}
