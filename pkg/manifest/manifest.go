// Package manifest reads documents of Kubernetes manifests, keeping what plain decoding loses: keys that occur twice,
// and where each field stands. It must not know what an object means.
package manifest

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is one parsed YAML document.
type Document struct {
	root   *yaml.Node
	object any
	dups   []string
	line   int // how many lines of the stream are before the document
}

// Parse reads the first document of text. A document that is empty or holds only comments has no object.
func Parse(text string) (*Document, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		return nil, fmt.Errorf("parsing YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	d := &Document{}
	if len(node.Content) == 0 {
		return d, nil
	}
	d.root = node.Content[0]
	c := converter{left: maxAliased}
	object, err := c.value(d.root, nil)
	if err != nil {
		return nil, err
	}
	d.object, d.dups = object, c.dups
	return d, nil
}

// Object is the document as a map, as Kubernetes decodes it but for integers, which are int64; nil when it is none.
func (d *Document) Object() map[string]any {
	m, _ := d.object.(map[string]any)
	return m
}

// Duplicates are the keys that occur more than once in one map, as "path: key", in document order.
// Of such keys the last one counts.
func (d *Document) Duplicates() []string { return d.dups }

// Pair is one entry of a map. Value is empty when it is not a scalar.
type Pair struct{ Key, Value string }

// Pairs are the entries of the map at path in document order, repeated keys included; nil when there is no map.
// What a merge key brings in is not followed: << is an entry like any other.
func (d *Document) Pairs(path []any) []Pair {
	n := lookup(d.root, path)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	out := make([]Pair, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, Pair{Key: keyText(n.Content[i]), Value: resolve(n.Content[i+1]).Value})
	}
	return out
}

// Each calls visit for every scalar, keys included, with the path of the value or of the value that the key names.
// The path is only valid during the call.
func (d *Document) Each(visit func(path []any, text string)) {
	if d.root != nil {
		each(d.root, nil, visit, 0)
	}
}

func each(n *yaml.Node, path []any, visit func([]any, string), depth int) {
	if depth > maxDepth {
		return
	}
	n = resolve(n)
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := keyText(n.Content[i])
			p := append(path, key) //nolint:gocritic // the path is shared on purpose
			visit(p, key)
			each(n.Content[i+1], p, visit, depth+1)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			each(c, append(path, i), visit, depth+1)
		}
	case yaml.ScalarNode:
		visit(path, n.Value)
	case yaml.DocumentNode, yaml.AliasNode:
	}
}

func resolve(n *yaml.Node) *yaml.Node {
	for i := 0; n.Kind == yaml.AliasNode && n.Alias != nil && i < maxDepth; i++ {
		n = n.Alias
	}
	return n
}

// lookup finds a node; of a repeated key the last one, as decoding does.
func lookup(n *yaml.Node, path []any) *yaml.Node {
	for _, step := range path {
		if n == nil {
			return nil
		}
		n = child(resolve(n), step)
	}
	if n == nil {
		return nil
	}
	return resolve(n)
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch s := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && s >= 0 && s < len(n.Content) {
			return n.Content[s]
		}
	case string:
		if n.Kind != yaml.MappingNode {
			return nil
		}
		for i := len(n.Content) - 2; i >= 0; i -= 2 {
			if keyText(n.Content[i]) == s {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// NameOf is metadata.name of an object, or its generateName; empty when it has neither.
func NameOf(obj map[string]any) string {
	meta, _ := obj["metadata"].(map[string]any)
	for _, key := range []string{"name", "generateName"} {
		if s, ok := meta[key].(string); ok && s != "" {
			return s
		}
	}
	return ""
}
