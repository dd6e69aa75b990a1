package fork

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/template"
)

// Way is how an edit places a pod.
type Way string

// The ways, the simplest first.
const (
	Inserted Way = "inserted" // lines were added where the template had none of the field
	Replaced Way = "replaced" // what the template says was exchanged or taken away
	Merged   Way = "merged"   // what the template takes from values is merged with the placement
	Wrapped  Way = "wrapped"  // the template's output is parsed, changed and printed again
)

// alternative is one way to reach a goal.
type alternative struct {
	way   Way
	edits []template.Edit
	note  string // what a user of the copy has to know of it
}

// job is the search for the edits that reach the goals of one pod.
type job struct {
	desk  *desk
	want  *want
	lines []tracedEntry // of the pod's document in the render that is forked
	doc   map[string]any
}

// at is the rendered line of a key or item, by its path from the object down; -1 where it is not there.
func (j *job) at(path object.Path) int {
	if len(path) == 0 || !present(j.doc, path) {
		return -1
	}
	line, _ := j.want.pod.Doc.Locate(path)
	if line < 1 || line > len(j.lines) {
		return -1
	}
	return line - 1
}

// present says that a path leads somewhere, be it to nothing.
func present(obj any, path object.Path) bool {
	parent := path[:len(path)-1].In(obj)
	switch step := path[len(path)-1].(type) {
	case string:
		m, _ := parent.(map[string]any)
		_, ok := m[step]
		return ok
	case int:
		list, _ := parent.([]any)
		return step < len(list)
	}
	return false
}

// spot is a key in a template that wrote a key of the render.
type spot struct {
	*template.Tree
	file string
	at   int // the line
}

// spots are the lines of templates that wrote the key at a path, the innermost first.
func (j *job) spots(path object.Path) []spot {
	at := j.at(path)
	if at < 0 {
		return nil
	}
	key, _ := path[len(path)-1].(string)
	var out []spot
	for _, p := range j.lines[at].places {
		g := j.desk.grove(p.file)
		i := g.Index(p.id)
		if i < 0 || g.Lines[i].Key != key {
			continue
		}
		out = append(out, spot{Tree: g, file: p.file, at: i})
	}
	return out
}

// itemSpots are the lines of templates that wrote the item at a path.
func (j *job) itemSpots(path object.Path) []spot {
	at := j.at(path)
	if at < 0 {
		return nil
	}
	var out []spot
	for _, p := range j.lines[at].places {
		g := j.desk.grove(p.file)
		if i := g.Index(p.id); i >= 0 && g.Lines[i].Item {
			out = append(out, spot{Tree: g, file: p.file, at: i})
		}
	}
	return out
}

// key is the line that opens the pod spec, and what is to be done there; empty where no line is known.
func (j *job) key() string {
	for _, s := range j.spots(j.want.pod.SpecAt) {
		return fmt.Sprint(s.file, " ", s.Source[s.at].ID, " ", j.want.goals)
	}
	return ""
}

// inset is how far the rendered children of a map or list stand right of their key; 2 where there are none.
func (j *job) inset(path object.Path) int {
	at := j.at(path)
	if at < 0 {
		return 2
	}
	_, column, ok := template.KeyOf(j.lines[at].text)
	if !ok {
		return 2
	}
	for _, l := range j.lines[at+1:] {
		if text := strings.TrimSpace(l.text); text != "" && text[0] != '#' {
			if n := indentOf(l.text) - column; n > 0 {
				return n
			}
			break
		}
	}
	return 2
}

// listInset is how far the lists in a template stand right of their keys, as its own lists do.
func listInset(g *template.Tree) int {
	for i := 1; i < len(g.Lines); i++ {
		if c, key := g.Lines[i], g.Lines[i-1]; c.Item && key.Key != "" && key.Rest == "" && c.Lead >= key.KeyAt {
			return c.Lead - key.KeyAt
		}
	}
	return 2
}

// alternatives are the ways to reach a goal, the best first.
func (j *job) alternatives(g goal) []alternative {
	var out []alternative
	field := object.Path(j.want.pod.SpecAt).Then(g.field)
	ext, adds := g.extension()
	switch {
	case adds && !present(j.doc, j.want.pod.SpecAt):
		return j.whole(g)
	case adds && !present(j.doc, field):
		out = j.absent(g.field, ext.value)
	case adds:
		out = j.extended(field, ext)
	}
	if !adds || len(out) == 0 || g.sets(j.doc, field) {
		if a, ok := j.literal(g); ok {
			out = append([]alternative{a}, out...)
		}
	}
	return out
}

// whole are the ways to a pod spec that is not rendered at all: the first goal brings what all of them are about.
func (j *job) whole(g goal) []alternative {
	if g.field != j.want.goals[0].field {
		return []alternative{{way: Inserted}}
	}
	spec := map[string]any{}
	for _, x := range j.want.goals {
		ext, adds := x.extension()
		if !adds {
			return nil
		}
		spec[x.field] = ext.value
	}
	at := object.Path(j.want.pod.SpecAt)
	key, _ := at[len(at)-1].(string)
	return j.absentAt(at[:len(at)-1], key, spec)
}

// absent are the ways to a field that is not rendered.
func (j *job) absent(field string, value any) []alternative {
	return j.absentAt(object.Path(j.want.pod.SpecAt), field, value)
}

// absentAt are the ways to a key below a path, which need not be there either.
func (j *job) absentAt(at object.Path, key string, value any) []alternative {
	for len(at) > 0 && !present(j.doc, at) {
		value = map[string]any{key: value}
		key, _ = at[len(at)-1].(string)
		at = at[:len(at)-1]
	}
	var out []alternative
	for _, s := range j.spots(at) {
		column := s.Lines[s.at].KeyAt + j.inset(at)
		heads := j.desk.heads(s, key, column)
		switch len(heads) {
		case 0:
			lines := writeEntry(key, value, column, listInset(s.Tree))
			if i, ok := j.desk.neighbour(s, key, column); ok {
				out = append(out, alternative{way: Inserted, edits: []template.Edit{s.InsertAfter(s.file, i, lines...)}})
			}
			out = append(out, s.insert(lines, column))
		case 1:
			out = append(out, heads[0].extend(extension{value: value})...)
		}
	}
	return out
}

// neighbour is the last line of another field about placement in the same pod spec, to put one behind it.
func (d *desk) neighbour(s spot, key string, column int) (int, bool) {
	for _, field := range []string{"nodeSelector", "affinity", "tolerations"} {
		if field == key || !slices.Contains([]string{"nodeSelector", "affinity", "tolerations"}, key) {
			continue
		}
		heads := d.heads(s, field, column)
		if len(heads) != 1 || heads[0].File != s.file {
			continue
		}
		b := heads[0]
		to := b.To()
		for _, guard := range b.Guards {
			if !b.Sole(guard) {
				to = -1
				break
			}
			to = guard.To
		}
		if to >= 0 {
			return to, true
		}
	}
	return 0, false
}

// insert puts lines below the key of a spot.
func (s spot) insert(lines []string, column int) alternative {
	b := keyBlock(s.Tree, s.file, s.at, -1)
	text := s.Trimmed(s.at)
	switch c := s.Lines[s.at]; {
	case c.Rest == "" || strings.HasPrefix(c.Rest, "#"):
		return alternative{way: Inserted, edits: []template.Edit{s.InsertAfter(s.file, s.at, lines...)}}
	case c.Rest == "{}" || c.Rest == "null" || c.Rest == "~":
		head := strings.TrimRight(text[:strings.LastIndex(text, c.Rest)], " ")
		return alternative{way: Inserted, edits: []template.Edit{s.Replace(s.file, s.at, s.at, append([]string{head}, lines...)...)}}
	}
	if a, ok := b.Inline(); ok {
		from := a.Start - s.Lines[s.at].Offset
		head, tail := strings.TrimRight(text[:from], " "), strings.Repeat(" ", column)+text[from:]
		return alternative{way: Inserted, edits: []template.Edit{s.Replace(s.file, s.at, s.at, slices.Concat([]string{head}, lines, []string{tail})...)}}
	}
	return alternative{}
}

var (
	includes = regexp.MustCompile(`\b(?:include|template)\s+"([^"]+)"`)
	defines  = regexp.MustCompile(`^(?:define|block)\s+"([^"]+)"`)
)

// heads are the keys of a name that may come to stand below a spot under other values: in the template, in a column, and in the named
// templates that it includes there.
func (d *desk) heads(s spot, key string, column int) []block {
	b := keyBlock(s.Tree, s.file, s.at, -1)
	return d.headsIn(b.Tree, s.file, b.Nodes, s.at, key, column, 0)
}

const maxIncludes = 4

func (d *desk) headsIn(g *template.Tree, file string, nodes []*template.Node, outer int, key string, column, depth int) []block {
	var out []block
	names := map[string]bool{}
	look := func(i int) {
		c := g.Lines[i]
		if c.Key == key && !c.Inside && (column < 0 || c.KeyAt == column) {
			out = append(out, keyBlock(g, file, i, outer))
		}
		for _, a := range c.Actions {
			if m := includes.FindStringSubmatch(a.Body); m != nil && (c.Bare || i == outer) {
				names[m[1]] = true
			}
		}
	}
	g.Each(nodes, look)
	if outer >= 0 && depth == 0 {
		look(outer)
		out = slices.DeleteFunc(out, func(b block) bool { return b.At == outer })
	}
	if depth == maxIncludes {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if def, ok := d.defined(name); ok {
			out = append(out, d.headsIn(def.Tree, def.file, def.node.Branches[0].Nodes, -1, key, def.column(), depth+1)...)
		}
	}
	return out
}
