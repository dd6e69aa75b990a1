package fork

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// desk holds the templates as they are edited.
type desk struct {
	sources map[string]source // by path in the chart's folder
	groves  map[string]*grove // of the sources as they are; made when asked for
	defs    map[string]definition
}

// definition is a named template.
type definition struct {
	*grove
	file string
	node *node
}

func newDesk(texts map[string]string) *desk {
	d := &desk{sources: map[string]source{}, groves: map[string]*grove{}}
	for name, text := range texts {
		d.sources[name] = newSource(text)
	}
	return d
}

func (d *desk) grove(file string) *grove {
	g := d.groves[file]
	if g == nil {
		g = newGrove(d.sources[file])
		d.groves[file] = g
	}
	return g
}

// with is a desk on which edits are carried out as well; false where one of them no longer fits.
func (d *desk) with(edits []edit) (*desk, bool) {
	out := &desk{sources: maps.Clone(d.sources), groves: maps.Clone(d.groves)}
	for _, e := range edits {
		s, ok := out.sources[e.file].apply(e)
		if !ok {
			return nil, false
		}
		out.sources[e.file] = s
		delete(out.groves, e.file)
	}
	return out, true
}

// texts are the templates that are no longer as in original.
func (d *desk) texts(original map[string]string) map[string]string {
	out := map[string]string{}
	for name, s := range d.sources {
		if text := s.String(); text != original[name] {
			out[name] = text
		}
	}
	return out
}

// defined is the named template of a name. Of several the one counts that Helm reads last, which is the one of the shortest path.
// Source: sortTemplates in pkg/engine/engine.go of helm.sh/helm/v3 v3.22.0.
func (d *desk) defined(name string) (definition, bool) {
	if d.defs == nil {
		d.defs = map[string]definition{}
		for _, file := range slices.SortedFunc(maps.Keys(d.sources), func(a, b string) int {
			return cmp.Or(strings.Count(b, "/")-strings.Count(a, "/"), strings.Compare(b, a))
		}) {
			d.define(file)
		}
	}
	def, ok := d.defs[name]
	return def, ok
}

func (d *desk) define(file string) {
	g := d.grove(file)
	for _, n := range g.root.nodes {
		if n.word != "define" && n.word != "block" {
			continue
		}
		if m := defines.FindStringSubmatch(g.opening(n).body); m != nil {
			d.defs[m[1]] = definition{g, file, n}
		}
	}
}

// column is where the outermost keys of a named template stand; -1 where it has none.
func (d definition) column() int {
	column := -1
	d.each(d.node.branches[0].nodes, func(i int) {
		if c := d.lines[i]; c.key != "" && !c.inside && (column < 0 || c.keyAt < column) {
			column = c.keyAt
		}
	})
	return column
}
