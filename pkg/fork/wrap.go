package fork

import (
	"context"
	_ "embed" // for place.tpl
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/template"
)

// wrap places pods in the output of their template. It is for templates that have no pod spec of their own, because they print data.
func (m *maker) wrap(ctx context.Context, wants []*want) bool {
	file := m.fileOf[wants[0].pod.Source]
	all := slices.Concat(m.wrapped[file], wants)
	d, problem := m.wrapping(file, all)
	if problem == "" {
		for _, w := range wants {
			w.done = len(w.goals)
		}
		problem = m.verify(ctx, d, wants)
	}
	for _, w := range wants {
		if problem != "" {
			w.done = 0
			w.problem = firstOf(w.problem, problem)
			continue
		}
		w.problem, w.taken = "", []alternative{{way: Wrapped}}
	}
	if problem != "" {
		return false
	}
	m.accept(d, wants...)
	m.wrapped[file] = all
	return true
}

// firstOf is what was wrong with the edits in the text, and what with the change of the output.
func firstOf(text, output string) string {
	if text == "" || text == output {
		return output
	}
	return text + "; changed in the output: " + output
}

// wrapping is a desk on which a template is a named one and what it prints is changed.
func (m *maker) wrapping(file string, wants []*want) (*desk, string) {
	pods, problem := m.matchers(wants)
	if problem != "" {
		return nil, problem
	}
	prefix := m.chartOf[file] + ".winready"
	out := &desk{sources: maps.Clone(m.desk.sources), groves: map[string]*template.Tree{}}
	helper := helperOf(file)
	if _, ok := out.sources[helper]; !ok {
		out.sources[helper] = freshLines(placeTemplate(prefix), "\n")
	}
	inner := m.unwrapped(file)
	eol := inner.LineEnd()
	name := strings.TrimPrefix(file, strings.TrimSuffix(helper, "_winready.tpl"))
	body := `"` + prefix + "." + strings.TrimSuffix(name, path.Ext(name)) + `"`
	head := []string{"{{- define " + body + " }}"}
	if aside := asideOf(file); hasDefines(template.Parse(inner)) {
		out.sources[aside] = inner
		inner, head = nil, nil
		body = `(print $.Template.BasePath "` + strings.TrimPrefix(aside, strings.TrimSuffix(helper, "/_winready.tpl")) + `")`
	}
	tail := []string{`{{- include "` + prefix + `.place" (dict "text" (include ` + body + ` .) "pods" (list`}
	if head != nil {
		tail = append([]string{"{{- end }}"}, tail...)
	}
	tail = append(append(tail, pods...), ")) }}")
	if n := len(inner) - 1; n >= 0 && !strings.HasSuffix(inner[n].Text, "\n") {
		inner = slices.Clone(inner)
		inner[n].Text += eol
	}
	lines := slices.Concat(freshLines(strings.Join(head, "\n"), eol), inner, freshLines(strings.Join(tail, "\n"), eol))
	out.sources[file] = template.Source(nil).Numbered(lines)
	return out, ""
}

func freshLines(text, eol string) template.Source {
	var out template.Source
	for l := range strings.Lines(text) {
		out = append(out, template.Line{ID: template.Fresh, Text: strings.TrimRight(l, "\n") + eol})
	}
	return out
}

// unwrapped is a template without the lines around it.
func (m *maker) unwrapped(file string) template.Source {
	src := m.desk.sources[file]
	if len(m.wrapped[file]) == 0 {
		return src
	}
	if inner, ok := m.desk.sources[asideOf(file)]; ok && m.original[asideOf(file)] == "" {
		return inner
	}
	end := len(src) - 1
	for strings.TrimSpace(src[end].Text) != "{{- end }}" || src[end].ID >= 0 {
		end--
	}
	return src[1:end]
}

func hasDefines(t *template.Tree) bool {
	return slices.ContainsFunc(t.Root.Nodes, func(n *template.Node) bool { return n.Word == "define" || n.Word == "block" })
}

// asideOf is the file for the text of a template that defines something, and so cannot stand in a definition. Helm does not render
// files of such names by themselves.
func asideOf(file string) string { return path.Join(path.Dir(file), "_"+path.Base(file)) }

// helperOf is the file for named templates beside a template, in the templates folder of its chart.
func helperOf(file string) string {
	i := strings.LastIndex("/"+file, "/templates/")
	return file[:i] + "templates/_winready.tpl"
}

// matchers say, in the lines of a template, which objects are to be changed and how.
func (m *maker) matchers(wants []*want) ([]string, string) {
	var seen, out []string
	for _, w := range wants {
		obj := m.scenes[0].output(w.pod.Source).object(w.number)
		kind, _ := obj["kind"].(string)
		suffix, ok := m.suffix(w, kind, wants)
		if !ok {
			return nil, "nothing but its release tells it from others of its template"
		}
		lines := []string{fmt.Sprintf(`  (dict "kind" %q "name" %q "at" %s "changes" (list`, kind, suffix, operand(steps(w.pod.SpecAt)))}
		for _, c := range changesOf(w, obj) {
			lines = append(lines, "    "+operand(c))
		}
		lines = append(lines, "  ))")
		if text := strings.Join(lines, "\n"); !slices.Contains(seen, text) {
			seen, out = append(seen, text), append(out, lines...)
		}
	}
	return out, ""
}

func steps(path []any) []any { return append([]any{}, path...) }

// changesOf are the changes of a pod as the template that makes them reads them.
func changesOf(w *want, obj map[string]any) []map[string]any {
	var out []map[string]any
	for _, g := range w.goals {
		ext, adds := g.extension()
		value := ext.value
		adds = adds && len(ext.drop) == 0
		_, isMap := value.(map[string]any)
		_, isList := value.([]any)
		switch {
		case adds && isMap && !deep(g):
			out = append(out, map[string]any{"at": []any{g.field}, "merge": value})
			continue
		case adds && isList:
			out = append(out, map[string]any{"at": []any{g.field}, "append": value})
			continue
		}
		for _, c := range g.changes {
			change := map[string]any{"at": steps(c.Path)}
			_, item := c.Path[len(c.Path)-1].(int)
			switch {
			case c.Remove && item:
				change["at"] = steps(c.Path[:len(c.Path)-1])
				change["remove"] = true
				change["without"] = slices.Concat(object.Path(w.pod.SpecAt), c.Path).In(obj)
			case !c.Remove && item:
				change["at"] = steps(c.Path[:len(c.Path)-1])
				change["append"] = []any{c.Value}
			case c.Remove:
				change["remove"] = true
			default:
				change["value"] = c.Value
			}
			out = append(out, change)
		}
	}
	return out
}

func deep(g goal) bool { return len(g.changes) > 0 && len(g.changes[0].Path) > 2 }

// suffix is how the name of a wanted object ends, whatever the release is called, and no other object of its kind in the template; empty
// where all of the kind are to be changed alike.
func (m *maker) suffix(w *want, kind string, wants []*want) (string, bool) {
	base := m.scenes[0].output(w.pod.Source)
	var others []string
	for _, o := range base.objects {
		if o.Kind != kind || o.Index == w.number {
			continue
		}
		same := slices.ContainsFunc(wants, func(x *want) bool {
			return x.pod.Source == w.pod.Source && x.number == o.Index && fmt.Sprint(x.goals) == fmt.Sprint(w.goals) &&
				slices.Equal(x.pod.SpecAt, w.pod.SpecAt)
		})
		if !same {
			others = append(others, nameIn(o.Doc.Object()))
		}
	}
	if len(others) == 0 {
		return "", true
	}
	name := nameIn(base.object(w.number))
	elsewhere := name
	for _, s := range m.scenes[1:] {
		if p := s.find(w); p != nil {
			elsewhere = nameIn(s.output(w.pod.Source).object(p.number))
			break
		}
	}
	parts := strings.Split(name, "-")
	for i := range slices.Backward(parts) {
		end := strings.Join(parts[i:], "-")
		if i > 0 {
			end = "-" + end
		}
		if strings.HasSuffix(elsewhere, end) && !slices.ContainsFunc(others, func(o string) bool { return strings.HasSuffix(o, end) }) {
			return end, true
		}
	}
	return "", false
}

func nameIn(obj map[string]any) string {
	meta, _ := obj["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	return name
}

// placeText is the named template that changes objects. PREFIX stands for what its name begins with.
//
//go:embed place.tpl
var placeText string

func placeTemplate(prefix string) string { return strings.ReplaceAll(placeText, "PREFIX", prefix) }
