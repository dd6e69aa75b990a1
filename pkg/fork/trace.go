package fork

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/template"
)

// place is a line of a template, by its id.
type place struct {
	file string
	id   int
}

// tracer finds out which line of which template wrote a line of the render. It puts a comment of its own behind the lines of the
// templates, renders, and reads the comments back. What it finds is a guess: some templates use text that is no YAML.
type tracer struct {
	scene  *scene
	files  []string // all templates, by their path in the folder
	texts  map[string]string
	marks  [2]map[string]string     // the templates with marks: behind all lines that may bear one, and behind few
	full   [2]*chart.Render         // with those marks in every template that bears them
	lines  map[string][]tracedEntry // by template and number of the document
	groves map[string]*template.Tree
}

// tracedEntry is one line of a document: what wrote it, the innermost line first.
type tracedEntry struct {
	text   string
	places []place
}

func newTracer(s *scene, sources map[string]template.Source) *tracer {
	t := &tracer{scene: s, texts: map[string]string{}, marks: [2]map[string]string{{}, {}}, lines: map[string][]tracedEntry{}, groves: map[string]*template.Tree{}}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		t.texts[name] = sources[name].String()
		for i, few := range []bool{false, true} {
			if marked := mark(sources[name], len(t.files), few); marked != t.texts[name] {
				t.marks[i][name] = marked
			}
		}
		t.files = append(t.files, name)
	}
	return t
}

// mark puts a comment behind each line that may write a line of YAML with a key or an item; where few is asked for, only behind
// keys that a pod spec has or stands below.
func mark(s template.Source, file int, few bool) string {
	var b strings.Builder
	g := template.Parse(s)
	for i, l := range s {
		text := strings.TrimRight(l.Text, "\r\n")
		if !markable(g, i) || few && !aboutPods.MatchString(g.Lines[i].Key) {
			b.WriteString(l.Text)
			continue
		}
		fmt.Fprintf(&b, "%s #wr:%d:%d%s", text, file, l.ID, l.Text[len(text):])
	}
	return b.String()
}

// markable lines begin with a key or an item, or are one action that indents what it prints; nothing of them may go on in the next.
func markable(g *template.Tree, i int) bool {
	c := g.Lines[i]
	text := strings.TrimRight(g.Source[i].Text, "\r\n")
	if c.Inside || c.Open || strings.HasSuffix(text, `\`) {
		return false
	}
	if controls, _ := g.Controls(i, i); len(controls) > 0 {
		return false
	}
	if n := len(c.Actions); n > 0 {
		last := c.Actions[n-1]
		if behind := text[min(last.End-c.Offset, len(text)):]; last.TrimRight && strings.TrimSpace(behind) == "" {
			return false
		}
	}
	if c.Key != "" || c.Item {
		return true
	}
	if !c.Bare || len(c.Actions) != 1 {
		return false
	}
	_, _, indents := template.Indent(c.Actions[0].Body)
	return indents
}

var aboutPods = regexp.MustCompile(`^(?:spec|template|jobTemplate|items|nodeSelector|tolerations|affinity|nodeAffinity|os|name|runtimeClassName|nodeName|required.*|matchExpressions|key|operator|values|.*kubernetes\.io/.*)$`)

var marker = regexp.MustCompile(` #wr:(\d+):(\d+)`)

// document is the traced lines of one document; nil where the trace did not get that far.
func (t *tracer) document(ctx context.Context, name string, number int) []tracedEntry {
	key := fmt.Sprintf("%s %d", name, number)
	if lines, ok := t.lines[key]; ok {
		return lines
	}
	var lines []tracedEntry
	for level := range t.marks {
		if lines == nil {
			lines = t.read(t.whole(ctx, level), name, number)
		}
		if lines == nil {
			lines = t.read(t.alone(ctx, level, name), name, number)
		}
	}
	t.openers(lines)
	t.lines[key] = lines
	return lines
}

// whole is a render with marks in every template that bears it.
func (t *tracer) whole(ctx context.Context, level int) *chart.Render {
	if t.full[level] == nil {
		t.full[level] = t.most(ctx, level, slices.Sorted(maps.Keys(t.marks[level])), map[string]string{})
	}
	return t.full[level]
}

// most adds the marks of files to those of with, half by half where they do not render; the render of the last that did.
func (t *tracer) most(ctx context.Context, level int, files []string, with map[string]string) *chart.Render {
	if len(files) == 0 || ctx.Err() != nil {
		return &chart.Render{}
	}
	trial := maps.Clone(with)
	for _, f := range files {
		trial[f] = t.marks[level][f]
	}
	if r, err := t.scene.render(ctx, trial, nil); err == nil {
		maps.Copy(with, trial)
		return r
	}
	if len(files) == 1 {
		return &chart.Render{}
	}
	half := len(files) / 2
	first := t.most(ctx, level, files[:half], with)
	if second := t.most(ctx, level, files[half:], with); second.Files != nil {
		return second
	}
	return first
}

// alone is a render with marks in one template only.
func (t *tracer) alone(ctx context.Context, level int, name string) *chart.Render {
	for _, tpl := range t.scene.renderer.Templates() {
		if tpl.Name == name && t.marks[level][tpl.File] != "" {
			if r, err := t.scene.render(ctx, map[string]string{tpl.File: t.marks[level][tpl.File]}, nil); err == nil {
				return r
			}
		}
	}
	return &chart.Render{}
}

// read takes the marks of a document. It must be the one of the base render, line by line, but for empty ones.
func (t *tracer) read(r *chart.Render, name string, number int) []tracedEntry {
	base := t.scene.output(name)
	docs, err := chart.Split(name, r.Files[name])
	if err != nil || base == nil || number >= len(docs) || len(docs) != len(base.docs) {
		return nil
	}
	var out []tracedEntry
	var filled []int // the lines that are not empty
	for l := range strings.Lines(base.docs[number].Text) {
		text := strings.TrimRight(l, " \r\n")
		if text != "" {
			filled = append(filled, len(out))
		}
		out = append(out, tracedEntry{text: text})
	}
	for l := range strings.Lines(docs[number].Text) {
		text := strings.TrimRight(marker.ReplaceAllString(l, ""), " \r\n")
		if text == "" {
			continue // a mark here is behind an action that printed nothing
		}
		if len(filled) == 0 || indentOf(text) != indentOf(out[filled[0]].text) {
			return nil
		}
		out[filled[0]].places = t.places(l)
		filled = filled[1:]
	}
	if len(filled) > 0 {
		return nil
	}
	return out
}

// places are the marks of a line.
func (t *tracer) places(l string) []place {
	var out []place
	for _, m := range marker.FindAllStringSubmatch(l, -1) {
		file, _ := strconv.Atoi(m[1])
		id, _ := strconv.Atoi(m[2])
		out = append(out, place{t.files[file], id})
	}
	return out
}

func indentOf(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// openers gives the line of a key what was found at the end of the text that an action behind the key printed.
func (t *tracer) openers(lines []tracedEntry) {
	for i, l := range lines {
		for _, p := range l.places {
			key := t.keyAt(p)
			if key == "" || key == renderedKey(l.text) {
				continue
			}
			for k := i - 1; k >= 0; k-- {
				if renderedKey(lines[k].text) == key && indentOf(lines[k].text) < max(indentOf(l.text), 1) {
					lines[k].places = append(lines[k].places, p)
					break
				}
			}
		}
	}
}

// keyAt is the key that a line of a template begins with.
func (t *tracer) keyAt(p place) string {
	g := t.groves[p.file]
	if g == nil {
		g = template.Parse(template.New(t.texts[p.file]))
		t.groves[p.file] = g
	}
	return g.Lines[p.id].Key
}

func renderedKey(text string) string {
	key, _, _ := template.KeyOf(text)
	return key
}
