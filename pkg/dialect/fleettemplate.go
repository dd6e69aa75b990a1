package dialect

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/values"
)

// Fleet takes the values as a whole, keys included, for a Go template with the delimiters ${ and }, and replaces a value that begins
// with global.fleet.clusterLabels. by a label (processLabelValues and processTemplateValues in
// internal/cmd/controller/target/builder.go). A raw string in an action escapes both, as docs/ref-fleet-yaml.md of
// github.com/rancher/fleet-docs has it; it needs no character that YAML would quote.
const labelPrefix = "global.fleet.clusterLabels."

func escapeText(s string) string {
	s = strings.ReplaceAll(s, "${", "${`${`}")
	if strings.HasPrefix(s, labelPrefix) {
		return "${`global.`}" + strings.TrimPrefix(s, "global.")
	}
	return s
}

var escape = regexp.MustCompile("\\$\\{\\s*`([^`]*)`\\s*\\}")

func unescapeText(s string) string { return escape.ReplaceAllString(s, "$1") }

// escaped escapes the texts of a tree, but for those that raw has in the same place, escaped or as a template.
func escaped(v, raw any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[escapeKey(k, raw)] = escaped(x, below(raw, k))
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = escaped(x, object.Path{i}.In(raw))
		}
		return out
	case string:
		if s, ok := raw.(string); ok && unescapeText(s) == v {
			return s
		}
		return escapeText(v)
	default:
		return v
	}
}

// escapeKey keeps a key that raw has as it is.
func escapeKey(key string, raw any) string {
	if m, ok := raw.(map[string]any); ok {
		if _, ok := m[key]; ok {
			return key
		}
	}
	return escapeText(key)
}

// below is what a map has at a key, which may stand there escaped.
func below(raw any, key string) any {
	m, _ := raw.(map[string]any)
	if v, ok := m[key]; ok {
		return v
	}
	return m[escapeText(key)]
}

// escapeNode is escaped for nodes.
func escapeNode(n *yaml.Node, raw any) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			n.Content[i].Value = escapeKey(key, raw)
			escapeNode(n.Content[i+1], below(raw, key))
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			escapeNode(c, object.Path{i}.In(raw))
		}
	case yaml.ScalarNode:
		if n.ShortTag() == "!!str" {
			n.Value, _ = escaped(n.Value, raw).(string)
		}
	case yaml.DocumentNode, yaml.AliasNode:
	}
}

// unescaped undoes the escapes of a tree. Other templates stay.
func unescaped(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[unescapeText(k)] = unescaped(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = unescaped(x)
		}
		return out
	case string:
		return unescapeText(v)
	default:
		return v
	}
}

// usesEscape tells whether an escaped tree has escapes.
func usesEscape(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if escape.MatchString(k) || usesEscape(x) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, usesEscape)
	case string:
		return escape.MatchString(v)
	}
	return false
}

// labelled finds a value of a map that Fleet would replace by a label.
func labelled(v any, at values.Path) (values.Path, bool) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if s, ok := v[k].(string); ok && strings.HasPrefix(s, labelPrefix) {
				return at.Child(k), true
			}
			if p, ok := labelled(v[k], at.Child(k)); ok {
				return p, true
			}
		}
	case []any:
		for i, x := range v {
			if p, ok := labelled(x, at.Child(i)); ok {
				return p, true
			}
		}
	}
	return nil, false
}
