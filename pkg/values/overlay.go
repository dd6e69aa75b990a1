package values

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/splice"
)

// Edit sets one value. A map is merged into the map that is there, as Helm does it, and a nil in it removes a key;
// everything else replaces what is there. The path begins with a key, and its indexes are of items that are there: an edit
// of anything else does nothing.
type Edit struct {
	Path   Path
	New    any
	Steers []string // what it is for, named in the comment above it
}

// Overlay is a values file in the making.
type Overlay struct {
	tree   map[string]any
	edits  []Edit
	steers map[string][]string // what the value at a path is for, by Path.String
	order  *yaml.Node          // the chart's values.yaml, for the order of keys; nil when it cannot be read
}

// Build makes the overlay that carries out edits on top of base, the values the chart has now. Helm replaces lists whole,
// so an edit inside a list carries that list. defaults is the text of the chart's values.yaml and gives the order of keys.
func Build(base map[string]any, edits []Edit, defaults []byte) Overlay {
	o := Overlay{tree: map[string]any{}, steers: map[string][]string{}, edits: edits}
	for _, e := range edits {
		o.apply(base, e)
	}
	var doc yaml.Node
	if yaml.Unmarshal(defaults, &doc) == nil && len(doc.Content) > 0 {
		o.order = doc.Content[0]
	}
	return o
}

func (o Overlay) apply(base map[string]any, e Edit) {
	at := e.Path
	if i := slices.IndexFunc(e.Path, isIndex); i >= 0 {
		at = e.Path[:i]
	}
	if len(at) == 0 {
		return
	}
	inList := len(at) < len(e.Path)
	if _, ok := Lookup(o.tree, at); inList && !ok {
		list, _ := Lookup(base, at)
		if !reaches(list, e.Path[len(at):]) {
			return
		}
		insert(o.tree, at, list, false)
	}
	if inList {
		if list, _ := Lookup(o.tree, at); !reaches(list, e.Path[len(at):]) {
			return
		}
	}
	for _, name := range e.Steers {
		if key := at.String(); !slices.Contains(o.steers[key], name) {
			o.steers[key] = append(o.steers[key], name)
		}
	}
	insert(o.tree, e.Path, e.New, inList)
}

// reaches says whether every index of p leads to an item that is there.
func reaches(list any, p Path) bool {
	last := len(p)
	for last > 0 && !isIndex(p[last-1]) {
		last--
	}
	_, ok := Lookup(list, p[:last])
	return ok
}

func isIndex(step any) bool {
	_, ok := step.(int)
	return ok
}

// insert sets the value at p. merge says that what is there is no default of Helm's but a list carried whole, in which
// nobody but us merges maps and drops nulls.
func insert(tree map[string]any, p Path, v any, merge bool) {
	var node any = tree
	for i, step := range p[:len(p)-1] {
		next, _ := Lookup(node, Path{step})
		_, isMap := next.(map[string]any)
		_, isList := next.([]any)
		if !isMap && !isList {
			next = map[string]any{}
			set(node, p[i], next)
		}
		node = next
	}
	last := p[len(p)-1]
	have, _ := Lookup(node, Path{last})
	hm, hok := have.(map[string]any)
	vm, vok := v.(map[string]any)
	if hok && vok {
		mergeMap(hm, vm, merge)
		return
	}
	set(node, last, copied(v, merge))
}

func copied(v any, dropNull bool) any {
	v = Copy(v)
	if m, ok := v.(map[string]any); ok && dropNull {
		dropNulls(m)
	}
	return v
}

func mergeMap(into, from map[string]any, dropNull bool) {
	for k, v := range from {
		im, iok := into[k].(map[string]any)
		vm, vok := v.(map[string]any)
		switch {
		case iok && vok:
			mergeMap(im, vm, dropNull)
		case v == nil && dropNull:
			delete(into, k)
		default:
			into[k] = copied(v, dropNull)
		}
	}
}

func dropNulls(m map[string]any) {
	for k, v := range m {
		if v == nil {
			delete(m, k)
		} else if sub, ok := v.(map[string]any); ok {
			dropNulls(sub)
		}
	}
}

func set(node, step, v any) {
	switch s := step.(type) {
	case string:
		if m, ok := node.(map[string]any); ok {
			m[s] = v
		}
	case int:
		if l, ok := node.([]any); ok && s >= 0 && s < len(l) {
			l[s] = v
		}
	}
}

// Empty says that there is nothing to set.
func (o Overlay) Empty() bool { return len(o.tree) == 0 }

// Tree is the overlay as values. The caller must not change it.
func (o Overlay) Tree() map[string]any { return o.tree }

// YAML is the overlay as a values file: keys in the chart's order, above each edit a comment that says what it steers.
func (o Overlay) YAML() ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(o.node(o.tree, o.order, nil)); err != nil {
		return nil, fmt.Errorf("writing the overlay: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("writing the overlay: %w", err)
	}
	return out.Bytes(), nil
}

const namesInComment = 4

// comment names what a value steers, and counts where that would be long. A name that a chart's bug made unprintable may not
// end the comment.
func comment(names []string) string {
	names = slices.Clone(names)
	for i := range names {
		names[i] = strings.Map(printable, names[i])
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > namesInComment:
		return fmt.Sprintf("steers %s and %d more", strings.Join(names[:namesInComment-1], ", "), len(names)-namesInComment+1)
	default:
		return "steers " + strings.Join(names, ", ")
	}
}

func printable(r rune) rune {
	if unicode.IsPrint(r) && r != unicode.ReplacementChar {
		return r
	}
	return '?'
}

func (o Overlay) node(v any, order *yaml.Node, at Path) *yaml.Node {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if len(v) == 0 {
			n.Style = yaml.FlowStyle
		}
		for _, k := range keysInOrder(v, order) {
			path := at.Child(k)
			key := splice.Scalar(k)
			key.HeadComment = comment(o.steers[path.String()])
			n.Content = append(n.Content, key, o.node(v[k], childNode(order, k), path))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		if len(v) == 0 {
			n.Style = yaml.FlowStyle
		}
		for i, x := range v {
			n.Content = append(n.Content, o.node(x, itemNode(order, i), at.Child(i)))
		}
		return n
	default:
		return splice.Scalar(v)
	}
}

// keysInOrder are the keys of m as the chart's values.yaml lists them, then the others by name. The parts of a toleration
// come in the API's order.
func keysInOrder(m map[string]any, order *yaml.Node) []string {
	rank := map[string]int{}
	for k := range m {
		rank[k] = splice.Rank(k)
	}
	if order != nil && order.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(order.Content); i += 2 {
			rank[order.Content[i].Value] = i - len(order.Content)
		}
	}
	keys := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(keys, func(a, b string) int { return rank[a] - rank[b] })
	return keys
}

func childNode(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func itemNode(n *yaml.Node, i int) *yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode || i >= len(n.Content) {
		return nil
	}
	return n.Content[i]
}
