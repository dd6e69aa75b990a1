package manifest

import "go.yaml.in/yaml/v3"

// Locate is the line and column of the value at a path, as they count in the stream that the document was read from; of a value
// that is not there those of the nearest key or value around it. They count from 1, and are 0 for a document without content.
func (d *Document) Locate(path []any) (line, column int) {
	if d.root == nil {
		return 0, 0
	}
	at := position{d.root, d.root}
	for _, step := range path {
		next, ok := at.step(step)
		if !ok {
			break
		}
		at = next
	}
	return at.shown.Line + d.line, at.shown.Column
}

// position is a value, and the node that stands for it in the eyes of a reader: the key, where it has one.
type position struct{ value, shown *yaml.Node }

func (p position) step(step any) (position, bool) {
	n := resolve(p.value)
	switch s := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && s >= 0 && s < len(n.Content) {
			return position{n.Content[s], n.Content[s]}, true
		}
	case string:
		if n.Kind != yaml.MappingNode {
			return p, false
		}
		for i := len(n.Content) - 2; i >= 0; i -= 2 {
			if keyText(n.Content[i]) == s {
				return position{n.Content[i+1], n.Content[i]}, true
			}
		}
	}
	return p, false
}

// Repeated is a key that occurs more than once in one map.
type Repeated struct {
	Path         []any // of the value
	Line, Column int   // of the last occurrence, which is the one that counts
	Values       []string
}

// Repeated are the keys that occur more than once in one map, in document order.
func (d *Document) Repeated() []Repeated {
	if len(d.dups) == 0 {
		return nil
	}
	var out []Repeated
	repeated(d.root, nil, &out, 0)
	for i := range out {
		out[i].Line += d.line
	}
	return out
}

func repeated(n *yaml.Node, path []any, out *[]Repeated, depth int) {
	if depth > maxDepth || n.Kind == yaml.AliasNode {
		return
	}
	if n.Kind == yaml.SequenceNode {
		for i, c := range n.Content {
			repeated(c, append(path, i), out, depth+1)
		}
		return
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	seen := map[string][]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := keyText(n.Content[i])
		seen[key] = append(seen[key], resolve(n.Content[i+1]).Value)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := keyText(n.Content[i])
		at := append(append([]any{}, path...), key)
		if values := seen[key]; len(values) > 1 && lastKey(n, key) == i {
			*out = append(*out, Repeated{Path: at, Line: n.Content[i].Line, Column: n.Content[i].Column, Values: values})
		}
		repeated(n.Content[i+1], at, out, depth+1)
	}
}

// lastKey is the index of the last occurrence of a key in a map.
func lastKey(n *yaml.Node, key string) int {
	last := -1
	for i := 0; i+1 < len(n.Content); i += 2 {
		if keyText(n.Content[i]) == key {
			last = i
		}
	}
	return last
}
