package knob

import (
	"slices"
	"strings"
	"text/template/parse"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// use says how templates use a place in the values.
type use uint8

const (
	used    use = 1 << iota // read at all
	asYAML                  // given to toYaml or the like
	asTpl                   // given to tpl as it is
	printed                 // printed as it is
	ranged                  // ranged over
	passed                  // given to a function that may do any of this
)

// reads is what templates read: by path key, how it is used and which field the text around it leads up to.
type reads map[string]*read

type read struct {
	path    anyPath
	use     use
	context Field
	rivals  map[string]anyPath // the paths that may be read in its stead: a, in a | default b
}

// walker evaluates templates abstractly. It proposes; only rendering decides, so it may be wrong in both directions, but it
// must end: steps bounds its work.
type walker struct {
	named map[string]*parse.Tree
	hot   map[string]bool // named templates that can reach a placement field
	seen  map[string]abstract
	found reads
	steps int
	field Field // what the text so far leads up to
	depth int
}

const (
	maxSteps  = 1_500_000
	maxCalls  = 24
	maxRivals = 4
)

// readsOf walks the templates of a chart.
func readsOf(templates []chart.Template) reads {
	w := &walker{named: map[string]*parse.Tree{}, seen: map[string]abstract{}, found: reads{}}
	templates = relevant(templates)
	files := w.parse(templates)
	w.findHot()
	for _, t := range templates {
		tree := files[t.Name]
		if t.Library || tree == nil || !w.hot[t.Name] {
			continue
		}
		at := make(anyPath, len(t.Scope))
		for i, s := range t.Scope {
			at[i] = s
		}
		dot := abstract{{kind: root, path: at}}
		w.field = none
		w.list(tree.Root, dot, newScope(dot))
	}
	return w.found
}

// parse reads all templates, shallow ones last, so that they redefine names as Helm's order has it.
func (w *walker) parse(templates []chart.Template) map[string]*parse.Tree {
	files := map[string]*parse.Tree{}
	ordered := slices.Clone(templates)
	slices.SortStableFunc(ordered, func(a, b chart.Template) int {
		if d := strings.Count(b.Name, "/") - strings.Count(a.Name, "/"); d != 0 {
			return d
		}
		return strings.Compare(b.Name, a.Name)
	})
	for _, t := range ordered {
		tree := parse.New(t.Name)
		tree.Mode = parse.SkipFuncCheck
		set := map[string]*parse.Tree{}
		if _, err := tree.Parse(t.Text, "", "", set); err != nil {
			continue // Helm's own parse says what is wrong with it
		}
		files[t.Name] = tree
		for name, def := range set {
			if def.Root != nil && (name != t.Name || w.named[name] == nil) {
				w.named[name] = def
			}
		}
		w.named[t.Name] = tree
	}
	return files
}

// scope holds the variables of a template and of the blocks in it.
type scope struct {
	outer *scope
	vars  map[string]abstract
}

func newScope(dot abstract) *scope {
	return &scope{vars: map[string]abstract{"$": dot}}
}

func (s *scope) inner() *scope { return &scope{outer: s, vars: map[string]abstract{}} }

func (s *scope) get(name string) abstract {
	for ; s != nil; s = s.outer {
		if v, ok := s.vars[name]; ok {
			return v
		}
	}
	return nil
}

// assign keeps what the variable was as well: the assignment may be in a branch not taken.
func (s *scope) assign(name string, v abstract) {
	for ; s != nil; s = s.outer {
		if have, ok := s.vars[name]; ok {
			s.vars[name] = have.union(v)
			return
		}
	}
}

func (w *walker) list(l *parse.ListNode, dot abstract, s *scope) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		if w.steps++; w.steps > maxSteps {
			return
		}
		w.node(n, dot, s)
	}
}

func (w *walker) node(n parse.Node, dot abstract, s *scope) {
	switch n := n.(type) {
	case *parse.TextNode:
		if f, ok := contextOf(string(n.Text)); ok {
			w.field = f
		}
	case *parse.ActionNode:
		v := w.pipe(n.Pipe, dot, s)
		if len(n.Pipe.Decl) == 0 {
			w.record(v, printed)
		}
	case *parse.IfNode:
		w.condition(n.Pipe, dot, s)
		w.branches(n.List, n.ElseList, dot, dot, s)
	case *parse.WithNode:
		in := s.inner()
		v := w.condition(n.Pipe, dot, in)
		w.branches(n.List, n.ElseList, v, dot, in)
	case *parse.RangeNode:
		w.rangeOver(n, dot, s)
	case *parse.TemplateNode:
		var arg abstract
		if n.Pipe != nil {
			arg = w.pipe(n.Pipe, dot, s)
		}
		w.call(n.Name, arg)
	}
}

// condition evaluates what decides on a block; it writes nothing, so it stands behind no key.
func (w *walker) condition(p *parse.PipeNode, dot abstract, s *scope) abstract {
	at := w.field
	w.field = none
	v := w.pipe(p, dot, s)
	w.field = at
	return v
}

// branches walks both sides of a block. A key that a side writes leads to nothing behind the block.
func (w *walker) branches(then, otherwise *parse.ListNode, in, dot abstract, s *scope) {
	at := w.field
	w.list(then, in, s.inner())
	w.field = at
	w.list(otherwise, dot, s.inner())
	w.field = at
}

func (w *walker) rangeOver(n *parse.RangeNode, dot abstract, s *scope) {
	in := s.inner()
	over := w.pipeValue(n.Pipe, dot, in)
	w.record(over, ranged)
	elem := over.elements()
	switch len(n.Pipe.Decl) {
	case 1:
		in.vars[n.Pipe.Decl[0].Ident[0]] = elem
	case 2:
		in.vars[n.Pipe.Decl[0].Ident[0]] = over.keys()
		in.vars[n.Pipe.Decl[1].Ident[0]] = elem
	}
	w.branches(n.List, n.ElseList, elem, dot, in)
}

// pipe evaluates a pipeline and declares or assigns its variables.
func (w *walker) pipe(p *parse.PipeNode, dot abstract, s *scope) abstract {
	v := w.pipeValue(p, dot, s)
	for _, d := range p.Decl {
		if p.IsAssign {
			s.assign(d.Ident[0], v)
		} else {
			s.vars[d.Ident[0]] = v
		}
	}
	return v
}

func (w *walker) pipeValue(p *parse.PipeNode, dot abstract, s *scope) abstract {
	if p == nil {
		return nil
	}
	var v abstract
	for i, c := range p.Cmds {
		v = w.command(c, dot, s, v, i > 0)
	}
	return v
}

// command evaluates one command; piped says that v is its last argument.
func (w *walker) command(c *parse.CommandNode, dot abstract, s *scope, v abstract, piped bool) abstract {
	if w.steps++; w.steps > maxSteps {
		return nil
	}
	id, ok := c.Args[0].(*parse.IdentifierNode)
	if !ok {
		return w.operand(c.Args[0], dot, s)
	}
	args := make([]abstract, 0, len(c.Args))
	for _, a := range c.Args[1:] {
		args = append(args, w.operand(a, dot, s))
	}
	if piped {
		args = append(args, v)
	}
	return w.function(id.Ident, args)
}

func (w *walker) operand(n parse.Node, dot abstract, s *scope) abstract {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return w.fields(dot, n.Ident)
	case *parse.VariableNode:
		return w.fields(s.get(n.Ident[0]), n.Ident[1:])
	case *parse.ChainNode:
		return w.fields(w.operand(n.Node, dot, s), n.Field)
	case *parse.PipeNode:
		return w.pipe(n, dot, s.inner())
	case *parse.StringNode:
		return constant(n.Text)
	case *parse.IdentifierNode:
		return w.function(n.Ident, nil)
	}
	return nil
}

func (w *walker) fields(v abstract, names []string) abstract {
	for _, name := range names {
		v = v.at(name)
	}
	if len(names) > 0 {
		w.record(v, used)
	}
	return v
}

// record notes a use of the places a value may come from.
func (w *walker) record(v abstract, u use) {
	for _, x := range v {
		if x.kind != path || len(x.path) == 0 {
			continue
		}
		k := x.path.key()
		r := w.found[k]
		if r == nil {
			r = &read{path: x.path, rivals: map[string]anyPath{}}
			w.found[k] = r
		}
		r.use |= u
		for _, y := range v {
			if y.kind == path && len(v) <= maxRivals && y.path.key() != k {
				r.rivals[y.path.key()] = y.path
			}
		}
		if u&(asYAML|asTpl|printed|ranged) != 0 && w.field != none && r.context == none {
			r.context = w.field
		}
	}
}

// call walks a named template with the given dot. What it returns is a string nobody can tell.
func (w *walker) call(name string, dot abstract) {
	t := w.named[name]
	if t == nil || w.depth > maxCalls || !w.hot[name] {
		return
	}
	key := name + "\x01" + string(w.field) + "\x01" + dot.fingerprint(0)
	if _, ok := w.seen[key]; ok {
		return
	}
	w.seen[key] = nil
	w.depth++
	at := w.field
	w.list(t.Root, dot, newScope(dot))
	w.field = at
	w.depth--
}
