package manifest

import "go.yaml.in/yaml/v3"

// Decode is a node as plain values, as Kubernetes and Helm decode it but for integers, which are int64. Of a key that
// occurs twice the last one counts.
func Decode(n *yaml.Node) (any, error) {
	c := converter{left: maxAliased}
	return c.value(n, nil)
}

// Key is the key that a node is, as JSON has it: true for yes, 16 for 0x10.
func Key(n *yaml.Node) string { return keyText(n) }
