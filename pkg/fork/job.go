package fork

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
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
	edits []edit
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
	*grove
	file  string
	at    int // the line
	shift int // by how many columns the render is further right
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
		i := g.index(p.id)
		if i < 0 || g.lines[i].key != key {
			continue
		}
		column := 0
		if m := keyLine.FindStringSubmatch(j.lines[at].text); m != nil {
			column = len(m[1])
		}
		out = append(out, spot{grove: g, file: p.file, at: i, shift: column - g.lines[i].keyAt})
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
		if i := g.index(p.id); i >= 0 && g.lines[i].item {
			out = append(out, spot{grove: g, file: p.file, at: i, shift: indentOf(j.lines[at].text) - g.lines[i].lead})
		}
	}
	return out
}

// key is the line that opens the pod spec, and what is to be done there; empty where no line is known.
func (j *job) key() string {
	for _, s := range j.spots(j.want.pod.SpecAt) {
		return fmt.Sprint(s.file, " ", s.source[s.at].id, " ", j.want.goals)
	}
	return ""
}

// inset is how far the rendered children of a map or list stand right of their key; 2 where there are none.
func (j *job) inset(path object.Path) int {
	at := j.at(path)
	if at < 0 {
		return 2
	}
	m := keyLine.FindStringSubmatch(j.lines[at].text)
	if m == nil {
		return 2
	}
	for _, l := range j.lines[at+1:] {
		if text := strings.TrimSpace(l.text); text != "" && text[0] != '#' {
			if n := indentOf(l.text) - len(m[1]); n > 0 {
				return n
			}
			break
		}
	}
	return 2
}

// listInset is how far the lists in a template stand right of their keys, as its own lists do.
func listInset(g *grove) int {
	for i := 1; i < len(g.lines); i++ {
		if c, key := g.lines[i], g.lines[i-1]; c.item && key.key != "" && key.rest == "" && c.lead >= key.keyAt {
			return c.lead - key.keyAt
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
		if edits, ok := j.literal(g); ok {
			out = append([]alternative{{Replaced, edits}}, out...)
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
		column := s.lines[s.at].keyAt + j.inset(at)
		heads := j.desk.heads(s, key, column)
		switch len(heads) {
		case 0:
			lines := writeEntry(key, value, column, listInset(s.grove))
			if i, ok := j.desk.neighbour(s, key, column); ok {
				out = append(out, alternative{Inserted, []edit{s.insertAfter(s.file, i, lines...)}})
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
		if len(heads) != 1 || heads[0].file != s.file {
			continue
		}
		b := heads[0]
		to := b.to()
		for _, guard := range b.guards {
			if !b.sole(guard) {
				to = -1
				break
			}
			to = guard.to
		}
		if to >= 0 {
			return to, true
		}
	}
	return 0, false
}

// insert puts lines below the key of a spot.
func (s spot) insert(lines []string, column int) alternative {
	b := keyBlock(s.grove, s.file, s.at, -1)
	text := s.trimmed(s.at)
	switch c := s.lines[s.at]; {
	case c.rest == "" || strings.HasPrefix(c.rest, "#"):
		return alternative{Inserted, []edit{s.insertAfter(s.file, s.at, lines...)}}
	case c.rest == "{}" || c.rest == "null" || c.rest == "~":
		head := strings.TrimRight(text[:strings.LastIndex(text, c.rest)], " ")
		return alternative{Inserted, []edit{s.replace(s.file, s.at, s.at, append([]string{head}, lines...)...)}}
	}
	if a, ok := b.inline(); ok {
		from := a.start - s.lines[s.at].offset
		head, tail := strings.TrimRight(text[:from], " "), strings.Repeat(" ", column)+text[from:]
		return alternative{Inserted, []edit{s.replace(s.file, s.at, s.at, slices.Concat([]string{head}, lines, []string{tail})...)}}
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
	b := keyBlock(s.grove, s.file, s.at, -1)
	return d.headsIn(b.grove, s.file, b.nodes, s.at, key, column, 0)
}

const maxIncludes = 4

func (d *desk) headsIn(g *grove, file string, nodes []*node, outer int, key string, column, depth int) []block {
	var out []block
	names := map[string]bool{}
	look := func(i int) {
		c := g.lines[i]
		if c.key == key && !c.inside && (column < 0 || c.keyAt == column) {
			out = append(out, keyBlock(g, file, i, outer))
		}
		for _, a := range c.actions {
			if m := includes.FindStringSubmatch(a.body); m != nil && (c.bare || i == outer) {
				names[m[1]] = true
			}
		}
	}
	g.each(nodes, look)
	if outer >= 0 && depth == 0 {
		look(outer)
		out = slices.DeleteFunc(out, func(b block) bool { return b.at == outer })
	}
	if depth == maxIncludes {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if def, ok := d.defined(name); ok {
			out = append(out, d.headsIn(def.grove, def.file, def.node.branches[0].nodes, -1, key, def.column(), depth+1)...)
		}
	}
	return out
}
