package knob

import (
	"maps"
	"slices"
	"strings"
)

// wild stands for every key of a map or every index of a list.
type wild struct{}

// anyPath is a path through the values that may hold wild steps.
type anyPath []any

func (p anyPath) key() string {
	var b strings.Builder
	for _, s := range p {
		if k, ok := s.(string); ok {
			b.WriteString(k)
		} else {
			b.WriteByte('*')
		}
		b.WriteByte(0)
	}
	return b.String()
}

// matches says that p, with its wild steps, covers a path.
func (p anyPath) matches(q []any) bool {
	if len(p) != len(q) {
		return false
	}
	for i, s := range p {
		if _, ok := s.(wild); !ok && s != q[i] {
			return false
		}
	}
	return true
}

// matchesKey is matches for a path written by key.
func matchesKey(key string, q []any) bool {
	steps := strings.Split(strings.TrimSuffix(key, "\x00"), "\x00")
	if len(steps) != len(q) {
		return false
	}
	for i, s := range steps {
		if s != "*" && any(s) != q[i] {
			return false
		}
	}
	return true
}

func (p anyPath) child(step any) anyPath { return append(slices.Clip(p), step) }

// kind says what an alternative of an abstract value is.
type kind int

const (
	unknown kind = iota
	root         // the context a template file starts with
	path         // a place in the values
	derived      // a string made of a place in the values
	dict         // made by dict
	list         // made by list
	text         // a constant
	keyOf        // some key of a place in the values
)

// alternative is one of the things a template expression may stand for.
type alternative struct {
	kind  kind
	path  anyPath // root: where the chart's values are; path, derived, keyOf
	dict  map[string]abstract
	items []abstract
	text  string
}

// abstract is what is known about the value of a template expression: it is one of the alternatives, or anything.
type abstract []alternative

const maxAlternatives = 12

func constant(s string) abstract { return abstract{{kind: text, text: s}} }

func (a abstract) union(b abstract) abstract {
	if len(b) == 0 {
		return a
	}
	out := slices.Clip(a)
	for _, x := range b {
		if x.kind == dict || !slices.ContainsFunc(out, func(y alternative) bool { return y.same(x) }) {
			out = append(out, x)
		}
		if len(out) >= maxAlternatives {
			break
		}
	}
	return out
}

func (x alternative) same(y alternative) bool {
	return x.kind == y.kind && x.text == y.text && x.path.key() == y.path.key() && len(x.dict) == 0 && len(y.dict) == 0 &&
		len(x.items) == 0 && len(y.items) == 0
}

// fingerprint identifies what is known, so that a template is walked once for the same knowledge.
func (a abstract) fingerprint(depth int) string {
	if depth > 6 {
		return "…"
	}
	var b strings.Builder
	for _, x := range a {
		b.WriteByte(byte('A' + int(x.kind)))
		b.WriteString(x.text)
		b.WriteString(x.path.key())
		for _, k := range slices.Sorted(maps.Keys(x.dict)) {
			b.WriteString(k + "=" + x.dict[k].fingerprint(depth+1) + ";")
		}
		for _, i := range x.items {
			b.WriteString(i.fingerprint(depth+1) + ",")
		}
		b.WriteByte('|')
	}
	return b.String()
}

// constants are the strings the value may be.
func (a abstract) constants() []string {
	var out []string
	for _, x := range a {
		if x.kind == text {
			out = append(out, x.text)
		}
	}
	return out
}

// at is what a lookup by name finds.
func (a abstract) at(name string) abstract {
	var out abstract
	for _, x := range a {
		switch x.kind {
		case root:
			if name == "Values" {
				out = out.union(abstract{{kind: path, path: x.path}})
			}
		case path:
			if name == "AsMap" { // a method of Helm's values that returns them
				out = out.union(abstract{x})
				continue
			}
			p := x.path.child(name)
			if name == globals {
				p = anyPath{name} // every chart sees the globals of the whole, and setting them at the top reaches all
			}
			out = out.union(abstract{{kind: path, path: p}})
		case dict:
			if v, ok := x.dict[name]; ok {
				out = out.union(v)
			} else {
				out = out.union(x.dict[anyKey])
			}
		case unknown, derived, list, text, keyOf:
		}
	}
	return out
}

// anyKey holds what was set in a dict under a name that is not known.
const anyKey = "\x00any"

// elements is what a range over the value, or a lookup by an unknown name, may find.
func (a abstract) elements() abstract {
	var out abstract
	for _, x := range a {
		switch x.kind {
		case path:
			out = out.union(abstract{{kind: path, path: x.path.child(wild{})}})
		case dict:
			for _, k := range slices.Sorted(maps.Keys(x.dict)) {
				out = out.union(x.dict[k])
			}
		case list:
			for _, i := range x.items {
				out = out.union(i)
			}
		case unknown, root, derived, text, keyOf:
		}
	}
	return out
}

// end is the first or the last element of a list.
func (a abstract) end(last bool) abstract {
	var out abstract
	for _, x := range a {
		switch {
		case x.kind != list:
			out = out.union(abstract{x}.elements())
		case len(x.items) == 0:
		case last:
			out = out.union(x.items[len(x.items)-1])
		default:
			out = out.union(x.items[0])
		}
	}
	return out
}

// globals is the key of the values that all charts of a tree share.
const globals = "global"

// keys is what the key of a range over the value may be.
func (a abstract) keys() abstract {
	var out abstract
	for _, x := range a {
		switch x.kind {
		case path:
			out = out.union(abstract{{kind: keyOf, path: x.path}})
		case dict:
			for _, k := range slices.Sorted(maps.Keys(x.dict)) {
				out = out.union(constant(k))
			}
		case unknown, root, derived, list, text, keyOf:
		}
	}
	return out
}

// lookup follows one index argument.
func (a abstract) lookup(key abstract) abstract {
	names := key.constants()
	if len(names) == 0 {
		return a.elements()
	}
	var out abstract
	for _, n := range names {
		out = out.union(a.at(n))
	}
	return out
}
