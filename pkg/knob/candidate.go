package knob

import (
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/values"
)

// Candidate is a values path that may be a knob.
type Candidate struct {
	Path     values.Path
	Field    Field
	Shape    Shape
	Current  any         // the value now, nil when there is none
	Declared bool        // the values have it; otherwise only templates read it
	Rivals   []string    // keys of the paths that templates may read in its stead; wild steps included
	Reserve  bool        // a plain word that names a system: tried only for workloads that nothing else places
	Gate     values.Path // a sibling "enabled: false" that has to be turned on with it; nil when there is none
}

// finder collects candidates.
type finder struct {
	tree  map[string]any
	reads reads
	found map[string]Candidate
}

// Also says what to look for besides placement.
type Also struct {
	Security bool // security contexts, and the switches of the pod spec that only Linux knows
	OSName   bool // os.name of the pod spec
}

// Candidates proposes knobs: paths of the values that are named for a placement field, and paths that templates read where
// such a field is written. Sorted by path.
func Candidates(r *chart.Renderer, also Also) ([]Candidate, error) {
	tree, err := r.Values()
	if err != nil {
		return nil, err
	}
	f := &finder{tree: tree, reads: readsOf(r.Templates()), found: map[string]Candidate{}}
	f.declared(tree, nil, 0)
	f.fromReads()
	if also.Security {
		f.security(tree, nil, 0)
	}
	if also.OSName {
		f.osName()
	}
	out := slices.Collect(maps.Values(f.found))
	slices.SortFunc(out, func(a, b Candidate) int { return values.Compare(a.Path, b.Path) })
	return out, nil
}

const maxValueDepth = 30

// declared walks the values for keys named for a placement field.
func (f *finder) declared(node any, at values.Path, depth int) {
	if depth > maxValueDepth {
		return
	}
	switch n := node.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(n)) {
			p := at.Child(k)
			if field := FieldOf(k); field != none {
				f.addTree(p, field, n[k], depth)
				continue
			}
			if s, ok := n[k].(string); ok && (s == string(platform.Linux) || s == string(platform.Windows)) {
				f.reserve(p, s)
			}
			if podOptions.MatchString(k) {
				f.podOptions(p, n[k])
			}
			f.declared(n[k], p, depth+1)
		}
	case []any:
		for i, x := range n {
			f.declared(x, at.Child(i), depth+1)
		}
	}
}

// reserve proposes a word that some template may write behind the OS label. Other templates may branch on it, so that it is no
// part of the first probe.
func (f *finder) reserve(p values.Path, current string) {
	if f.reads[pathOf(p).key()] != nil && f.settable(p) {
		f.found[p.String()] = Candidate{Path: p, Field: OSLabel, Shape: String, Current: current, Declared: true, Reserve: true}
	}
}

// addTree proposes a path and, where its value is a map of such values (one per component), the paths below it.
func (f *finder) addTree(p values.Path, field Field, current any, depth int) {
	f.add(p, field, current, true)
	m, ok := current.(map[string]any)
	if !ok || depth > maxValueDepth {
		return
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		child := p.Child(k)
		switch v := m[k].(type) {
		case map[string]any:
			if field != Affinity || FieldOf(k) != none && f.reads[pathOf(child).key()] != nil {
				f.addTree(child, field, v, depth+1)
			}
		case []any:
			if field == Tolerations {
				f.add(child, field, v, true)
			}
		case string:
			if f.reads[pathOf(child).key()] != nil && strings.Contains(v, ":") {
				f.add(child, field, v, true)
			}
		}
	}
}

func pathOf(p values.Path) anyPath { return anyPath(p) }

// podOptions proposes the fields that a library copies from such a map, whether or not they are set.
func (f *finder) podOptions(p values.Path, node any) {
	m, ok := node.(map[string]any)
	if !ok {
		return
	}
	for _, field := range []Field{NodeSelector, Tolerations} {
		if _, set := m[string(field)]; !set {
			f.add(p.Child(string(field)), field, nil, false)
		}
	}
}

// fromReads proposes what templates read and the values do not declare, or name otherwise.
func (f *finder) fromReads() {
	keys := slices.Collect(maps.Keys(f.reads))
	slices.SortFunc(keys, func(a, b string) int {
		if d := len(f.reads[a].path) - len(f.reads[b].path); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, k := range keys {
		r := f.reads[k]
		field := r.field()
		if field == none {
			continue
		}
		for _, p := range f.expand(r.path) {
			if f.inside(p) {
				continue
			}
			current, ok := values.Lookup(f.tree, p)
			if !ok && r.use == used {
				continue // only asked for, as charts do with names they have given up
			}
			f.add(p, field, current, ok)
		}
	}
}

// field is what a path is read for: what it is named for, else what the template writes with it, else what the map it is in
// is named for.
func (r *read) field() Field {
	name, _ := r.path[len(r.path)-1].(string)
	if f := FieldOf(name); f != none {
		return f
	}
	if r.context != none && r.context != Affinity { // an affinity is put together of parts; the whole is named so
		return r.context
	}
	if len(r.path) > 1 && r.use&(asYAML|asTpl|ranged) != 0 {
		if parent, _ := r.path[len(r.path)-2].(string); FieldOf(parent) != Affinity {
			return FieldOf(parent)
		}
	}
	return none
}

// inside says that a path leads into the value of a knob that carries it whole.
func (f *finder) inside(p values.Path) bool {
	for i := 1; i < len(p); i++ {
		switch c, ok := f.found[p[:i].String()]; {
		case ok && (c.Shape == Pair || c.Shape == Pairs || c.Shape == List || c.Shape == String):
			return true
		}
	}
	return false
}

const maxExpansions = 400

// expand replaces wild steps by the keys that the values have there.
func (f *finder) expand(p anyPath) []values.Path {
	out := []values.Path{nil}
	for i, step := range p {
		var next []values.Path
		for _, at := range out {
			if _, ok := step.(wild); !ok {
				next = append(next, at.Child(step))
				continue
			}
			node, _ := values.Lookup(f.tree, at)
			next = append(next, children(node, at, i+1 < len(p))...)
		}
		if len(next) > maxExpansions {
			return nil
		}
		out = next
	}
	return out
}

// children are the paths below a map or list; only those that hold maps when a step follows.
func children(node any, at values.Path, inner bool) []values.Path {
	var out []values.Path
	add := func(step, v any) {
		if _, ok := v.(map[string]any); ok || !inner {
			out = append(out, at.Child(step))
		}
	}
	switch n := node.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(n)) {
			add(k, n[k])
		}
	case []any:
		for i, x := range n {
			add(i, x)
		}
	}
	return out
}

// add proposes one path, unless its value is of no shape that can carry the field.
func (f *finder) add(p values.Path, field Field, current any, declared bool) {
	if i := slices.IndexFunc(p, func(s any) bool { return s == any(globals) }); i > 0 {
		// A sub-chart reads the chart's globals; setting them at the top reaches all.
		p = p[i:]
		if v, ok := values.Lookup(f.tree, p); ok {
			current, declared = v, true
		}
	}
	if have, ok := f.found[p.String()]; ok && !have.Reserve || !f.settable(p) {
		return
	}
	shape, ok := f.shape(p, field, current)
	if !ok {
		return
	}
	c := Candidate{Path: p, Field: field, Shape: shape, Current: current, Declared: declared, Rivals: f.rivals(p)}
	if len(p) > 1 && FieldOf(lastKey(p[:len(p)-1])) != none || shape == Pair {
		c.Gate = f.gate(p, shape)
	}
	f.found[p.String()] = c
}

func lastKey(p values.Path) string { return p.Last() }

// MoreGeneral says that the candidate stands above other in the values: a global, or a shorter path.
func (c Candidate) MoreGeneral(other Candidate) bool {
	if g := c.Path[0] == any(globals); g != (other.Path[0] == any(globals)) {
		return g
	}
	return len(c.Path) < len(other.Path)
}

// gate finds a switch beside the labels: nodeSelector: {enabled: false, labels: {}}.
func (f *finder) gate(p values.Path, shape Shape) values.Path {
	at := p[:len(p)-1].Child("enabled")
	if shape == Pair {
		at = p.Child("enabled")
	}
	if v, ok := values.Lookup(f.tree, at); ok && v == any(false) {
		return at
	}
	return nil
}

// settable says that an overlay can reach the path: no scalar is in the way, and no list ends before it.
func (f *finder) settable(p values.Path) bool {
	var node any = f.tree
	for i, step := range p[:len(p)-1] {
		next, ok := values.Lookup(node, values.Path{step})
		if !ok || next == nil {
			return !slices.ContainsFunc(p[i:], func(s any) bool { _, isInt := s.(int); return isInt })
		}
		switch next.(type) {
		case map[string]any, []any:
		default:
			return false
		}
		node = next
	}
	_, isInt := p[len(p)-1].(int)
	return !isInt
}

// rivals are the keys of the paths that templates may read instead of p.
func (f *finder) rivals(p values.Path) []string {
	var out []string
	for _, r := range f.reads {
		if len(r.rivals) > 0 && r.path.matches(p) {
			out = append(out, slices.Collect(maps.Keys(r.rivals))...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// RivalOf says that templates may read other instead of the candidate.
func (c Candidate) RivalOf(other values.Path) bool {
	return slices.ContainsFunc(c.Rivals, func(key string) bool { return matchesKey(key, other) })
}
