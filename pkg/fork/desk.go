package fork

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/template"
)

// desk holds the templates as they are edited.
type desk struct {
	sources map[string]template.Source // by path in the chart's folder
	groves  map[string]*template.Tree  // of the sources as they are; made when asked for
	defs    map[string]definition
}

// definition is a named template.
type definition struct {
	*template.Tree
	file string
	node *template.Node
}

func newDesk(texts map[string]string) *desk {
	d := &desk{sources: map[string]template.Source{}, groves: map[string]*template.Tree{}}
	for name, text := range texts {
		d.sources[name] = template.New(text)
	}
	return d
}

func (d *desk) grove(file string) *template.Tree {
	g := d.groves[file]
	if g == nil {
		g = template.Parse(d.sources[file])
		d.groves[file] = g
	}
	return g
}

// with is a desk on which edits are carried out as well; false where one of them no longer fits.
func (d *desk) with(edits []template.Edit) (*desk, bool) {
	out := &desk{sources: maps.Clone(d.sources), groves: maps.Clone(d.groves)}
	for _, e := range edits {
		s, ok := out.sources[e.File].Apply(e)
		if !ok {
			return nil, false
		}
		out.sources[e.File] = s
		delete(out.groves, e.File)
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
	for _, n := range g.Root.Nodes {
		if n.Word != "define" && n.Word != "block" {
			continue
		}
		if m := defines.FindStringSubmatch(g.Opening(n).Body); m != nil {
			d.defs[m[1]] = definition{g, file, n}
		}
	}
}

// column is where the outermost keys of a named template stand; -1 where it has none.
func (d definition) column() int {
	column := -1
	d.Each(d.node.Branches[0].Nodes, func(i int) {
		if c := d.Lines[i]; c.Key != "" && !c.Inside && (column < 0 || c.KeyAt < column) {
			column = c.KeyAt
		}
	})
	return column
}
