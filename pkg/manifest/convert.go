package manifest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/object"
)

const (
	// maxAliased bounds the nodes that come from following aliases; of a real manifest they are a few hundred.
	maxAliased = 1_000_000
	// maxDepth bounds nesting, and with it an anchor that contains itself.
	maxDepth = 1000
)

// converter turns nodes into plain values, as sigs.k8s.io/yaml does for Kubernetes and Helm. That one reads YAML 1.1 with
// go-yaml v2; what it refuses is refused here, or, where that is easier, read as the text that stands there.
type converter struct {
	left    int // nodes that aliases may still bring
	aliases int // how many are being followed
	dups    []string
}

func (c *converter) value(n *yaml.Node, path []any) (any, error) {
	if len(path) > maxDepth {
		return nil, errorAt(n, "nested more than %d levels deep", maxDepth)
	}
	if c.aliases > 0 {
		c.left--
	}
	if c.left < 0 {
		return nil, errorAt(n, "aliases expand to more than %d values", maxAliased)
	}
	switch n.Kind {
	case yaml.AliasNode:
		c.aliases++
		v, err := c.value(n.Alias, path)
		c.aliases--
		return v, err
	case yaml.MappingNode:
		return c.mapping(n, path)
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			v, err := c.value(item, append(path, i))
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case yaml.ScalarNode:
		return scalar(n), nil
	default:
		return nil, nil //nolint:nilnil // an empty node is null
	}
}

func (c *converter) mapping(n *yaml.Node, path []any) (any, error) {
	out := make(map[string]any, len(n.Content)/2)
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		node := n.Content[i]
		if k := resolve(node); k.Kind != yaml.ScalarNode || k.ShortTag() == "!!null" {
			return nil, errorAt(node, "a key must be text, a number or a truth value")
		}
		key, merge := keyText(node), node.Tag == "!!merge"
		if seen[key] && !merge {
			c.dups = append(c.dups, object.Path(path).String()+": "+key)
		}
		v, err := c.value(n.Content[i+1], append(path, key))
		if err != nil {
			return nil, err
		}
		if merge {
			if !mergeInto(out, v) {
				return nil, errorAt(node, "<< takes a map or a list of maps")
			}
			continue
		}
		seen[key] = true
		out[key] = v
	}
	return out, nil
}

// mergeInto does what the merge key << asks for, as go-yaml v2 does it: what is merged replaces the keys above it and is
// replaced by those below, and of a list of maps the first one wins. It says whether v could be merged.
func mergeInto(out map[string]any, v any) bool {
	switch v := v.(type) {
	case map[string]any:
		maps.Copy(out, v)
		return true
	case []any:
		for _, item := range slices.Backward(v) {
			m, ok := item.(map[string]any)
			if !ok || !mergeInto(out, m) {
				return false
			}
		}
		return true
	}
	return false
}

func errorAt(n *yaml.Node, format string, args ...any) error {
	return &SyntaxError{Line: n.Line, Column: n.Column, Reason: fmt.Sprintf(format, args...)}
}

// keyText is a key as JSON has it: a number or a truth value in its usual spelling.
func keyText(n *yaml.Node) string {
	n = resolve(n)
	switch v := scalar(n).(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		// sigs.k8s.io/yaml keeps 32 bits of a key, and has its own spelling for what does not fit.
		return strings.Replace(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 32), "+"), "Inf", ".inf", 1)
	default:
		return n.Value
	}
}

// scalar decodes as Kubernetes does, which reads YAML 1.1: yes, no, on and off are booleans.
func scalar(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!int", "!!float":
		return number(n.Value)
	case "!!binary":
		if data, err := base64.StdEncoding.DecodeString(n.Value); err == nil {
			return strings.ToValidUTF8(string(data), "\ufffd")
		}
		return n.Value
	case "!!bool":
		if b, ok := boolean(n.Value); ok {
			return b
		}
		return n.Value
	}
	if n.Style == 0 {
		if b, ok := boolean(n.Value); ok {
			return b
		}
	}
	return n.Value
}

func boolean(text string) (value, ok bool) {
	switch text {
	case "true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON":
		return true, true
	case "false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return false, true
	}
	return false, false
}

// number is an int64 where one holds it, else a float64; infinities, which JSON does not have, stay text.
func number(text string) any {
	plain := strings.ReplaceAll(text, "_", "")
	if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return i
	}
	if u, err := strconv.ParseUint(plain, 0, 64); err == nil {
		return float64(u)
	}
	if f, err := strconv.ParseFloat(plain, 64); err == nil && f-f == 0 {
		return f
	}
	return text
}
