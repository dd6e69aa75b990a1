package splice

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// tree is a value that is to be written: a map with keys in their order, a list, or a scalar.
type tree struct {
	kind     yaml.Kind
	value    any    // of a scalar
	text     string // of a scalar that is no string, as it stood in the document; empty for a new one
	keys     []string
	names    map[string]string // of keys that are no strings
	comments map[string]string // above the keys
	kids     []*tree
}

// treeOf is a new value, found at a path: so its comments are known.
func (p *plan) treeOf(v any, path []any) *tree {
	switch v := v.(type) {
	case map[string]any:
		t := &tree{kind: yaml.MappingNode}
		for _, k := range keysInOrder(v) {
			at := extended(path, k)
			t.add(k, p.treeOf(v[k], at))
			t.comment(k, p.comments[pathKey(at)])
		}
		return t
	case []any:
		t := &tree{kind: yaml.SequenceNode}
		for i, x := range v {
			t.kids = append(t.kids, p.treeOf(x, extended(path, i)))
		}
		return t
	default:
		return &tree{kind: yaml.ScalarNode, value: v}
	}
}

func (t *tree) comment(key, text string) {
	if text == "" {
		return
	}
	if t.comments == nil {
		t.comments = map[string]string{}
	}
	t.comments[key] = text
}

func (t *tree) name(key, text string) {
	if text == "" {
		return
	}
	if t.names == nil {
		t.names = map[string]string{}
	}
	t.names[key] = text
}

// keyText is a key as it is written.
func (t *tree) keyText(i int, q quoting, flow bool) string {
	if name := t.names[t.keys[i]]; name != "" && q == asNeeded {
		return name
	}
	return scalarText(t.keys[i], q, flow)
}

// treeOfNode is a value of the document as it decodes, its aliases and merge keys carried out, its numbers as they stand there.
func (p *plan) treeOfNode(n *yaml.Node) *tree {
	n = resolved(n)
	switch n.Kind {
	case yaml.MappingNode:
		t := &tree{kind: yaml.MappingNode}
		es := p.entries(n)
		for _, k := range es.order {
			t.add(k, p.treeOfNode(es.by[k].value))
			t.name(k, es.by[k].name())
		}
		return t
	case yaml.SequenceNode:
		t := &tree{kind: yaml.SequenceNode}
		for _, item := range n.Content {
			t.kids = append(t.kids, p.treeOfNode(item))
		}
		return t
	default:
		return scalarTree(n)
	}
}

func scalarTree(n *yaml.Node) *tree {
	v, err := manifest.Decode(n)
	if err != nil {
		v = n.Value
	}
	t := &tree{kind: yaml.ScalarNode, value: v}
	if _, ok := v.(string); !ok {
		t.text = n.Value
	}
	return t
}

// add puts a key that is not there at the end.
func (t *tree) add(key string, kid *tree) { t.keys, t.kids = append(t.keys, key), append(t.kids, kid) }

// set gives a key another value, or adds it.
func (t *tree) set(key string, kid *tree) {
	if i := slices.Index(t.keys, key); i >= 0 {
		t.kids[i] = kid
		return
	}
	t.add(key, kid)
}

func (t *tree) remove(key string) {
	if i := slices.Index(t.keys, key); i >= 0 {
		t.keys, t.kids = slices.Delete(t.keys, i, i+1), slices.Delete(t.kids, i, i+1)
	}
}

// data is the value as it decodes.
func (t *tree) data() any {
	switch t.kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(t.kids))
		for i, k := range t.keys {
			m[k] = t.kids[i].data()
		}
		return m
	case yaml.SequenceNode:
		l := make([]any, len(t.kids))
		for i, kid := range t.kids {
			l[i] = kid.data()
		}
		return l
	default:
		return t.value
	}
}

// block tells a value that block style writes on lines of its own.
func (t *tree) block() bool { return t.kind != yaml.ScalarNode && len(t.kids) > 0 }

func resolved(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Rank orders the keys of what Kubernetes reads as its documentation does, a toleration's above all: less than 0 for those that
// come before all others.
func Rank(key string) int {
	switch key {
	case "name":
		return -6
	case "key":
		return -5
	case "operator":
		return -4
	case "value":
		return -3
	case "effect":
		return -2
	}
	return 0
}

func keysInOrder(m map[string]any) []string {
	keys := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(keys, func(a, b string) int { return Rank(a) - Rank(b) })
	return keys
}
