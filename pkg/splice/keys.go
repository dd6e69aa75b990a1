package splice

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// keyChanges are the changes of a map, put in terms of its pairs.
type keyChanges struct {
	edits  []keyEdit
	gone   map[int]bool     // pairs that go
	adds   []newKey         // behind the last pair
	expand map[int][]newKey // merge keys that are written out, because one of their keys goes
}

// asTree is a map of new keys.
func asTree(keys []newKey) *tree {
	t := &tree{kind: yaml.MappingNode}
	for _, k := range keys {
		t.add(k.key, k.value)
		t.name(k.key, k.name)
		t.comment(k.key, k.comment)
	}
	return t
}

// keyEdit is a pair that stays, with another value.
type keyEdit struct {
	pair   int
	change *change
	path   []any
}

type newKey struct {
	key     string
	name    string // of a key that is no string
	value   *tree
	comment string
}

func (w *writer) keyChanges(n *yaml.Node, c *change, path []any) keyChanges {
	out := keyChanges{gone: map[int]bool{}, expand: map[int][]newKey{}}
	es := w.entries(n)
	hidden := map[string]bool{} // keys that may not come from a merge key any more
	for _, k := range c.order {
		child, at := c.keys[k], extended(path, k)
		have, ok := es.by[k]
		switch {
		case child.gone:
			hidden[k] = true
			out.drop(es.pairs[k], -1)
		case !ok:
			out.adds = append(out.adds, newKey{key: k, value: w.changed(nil, child, at), comment: w.comments[pathKey(at)]})
		case have.merged:
			t := w.changed(have.value, child, at)
			if !same(t.data(), decoded(have.value)) {
				out.drop(es.pairs[k], -1)
				out.adds = append(out.adds, newKey{key: k, name: have.name(), value: t})
			}
		default:
			out.drop(es.pairs[k], have.pair)
			out.edits = append(out.edits, keyEdit{have.pair, child, at})
		}
	}
	w.expand(n, hidden, &out)
	return out
}

// drop notes that pairs go, all but one.
func (k *keyChanges) drop(pairs []int, keep int) {
	for _, i := range pairs {
		if i != keep {
			k.gone[i] = true
		}
	}
}

// expand writes out the merge keys that bring what is to be hidden: there is no other way to be rid of it.
func (w *writer) expand(n *yaml.Node, hidden map[string]bool, out *keyChanges) {
	if len(hidden) == 0 {
		return
	}
	es := w.entries(n)
	added := map[string]bool{}
	for _, add := range out.adds {
		added[add.key] = true
	}
	for _, i := range es.merges {
		if !slices.ContainsFunc(slices.Sorted(maps.Keys(hidden)), func(k string) bool { return w.brings(n, i, k) }) {
			continue
		}
		out.gone[i] = true
		for _, k := range es.order {
			if e := es.by[k]; e.merged && e.pair == i && !hidden[k] && !added[k] {
				out.drop(es.pairs[k], -1) // the merge key won over them
				out.expand[i] = append(out.expand[i], newKey{key: k, name: e.name(), value: w.treeOfNode(e.value)})
				delete(out.gone, i)
			}
		}
	}
}

// rest is how many of the pairs of a map stay.
func (k *keyChanges) rest(n *yaml.Node) int { return len(n.Content)/2 - len(k.gone) }

// mapping carries out the changes of a map.
func (w *writer) mapping(n *yaml.Node, c *change, at slot) {
	changes := w.keyChanges(n, c, at.path)
	moves := len(changes.adds)+len(changes.gone)+len(changes.expand) > 0
	flow := n.Style&yaml.FlowStyle != 0
	bare := flow && w.byteAt(w.props(n).content) != '{'
	switch {
	case moves && !flow && changes.rest(n) == 0 && len(changes.adds) > 0:
		w.renew(n, changes, at)
	case moves && !flow && changes.rest(n) == 0:
		w.clear(n, "{}", at)
	case moves && (changes.rest(n) == 0 || bare):
		w.replace(n, w.changed(n, c, at.path), at)
	case flow:
		w.flowMap(n, changes, at)
	default:
		w.blockMap(n, changes, at)
	}
}

// list carries out the changes of a list.
func (w *writer) list(n *yaml.Node, c *change, at slot) {
	stays := map[int]bool{}
	for _, it := range c.items {
		stays[it.from] = true
	}
	delete(stays, -1)
	flow := n.Style&yaml.FlowStyle != 0
	switch {
	case len(stays) == 0 && len(c.items) == 0 && !flow:
		w.clear(n, "[]", at)
	case len(stays) == 0:
		w.replace(n, w.changed(n, c, at.path), at)
	case flow:
		w.flowList(n, c, stays, at)
	default:
		w.blockList(n, c, stays, at)
	}
}
