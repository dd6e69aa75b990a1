package fork

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// writeEntry is a map's entry in YAML, as lines without line ends. Lists stand inset spaces to the right of their key.
func writeEntry(key string, value any, indent, inset int) []string {
	pad := strings.Repeat(" ", indent)
	head := pad + scalar(key) + ":"
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			return []string{head + " {}"}
		}
		return append([]string{head}, writeMap(v, indent+2, inset)...)
	case []any:
		if len(v) == 0 {
			return []string{head + " []"}
		}
		return append([]string{head}, writeItems(v, indent+inset, inset)...)
	}
	return []string{head + " " + scalar(value)}
}

func writeMap(m map[string]any, indent, inset int) []string {
	var out []string
	for _, k := range sortedKeys(m) {
		out = append(out, writeEntry(k, m[k], indent, inset)...)
	}
	return out
}

// writeItems is a list's items in YAML.
func writeItems(list []any, indent, inset int) []string {
	pad := strings.Repeat(" ", indent)
	var out []string
	for _, item := range list {
		m, ok := item.(map[string]any)
		if !ok || len(m) == 0 {
			out = append(out, pad+"- "+scalar(item))
			continue
		}
		lines := writeMap(m, indent+2, inset)
		lines[0] = pad + "- " + lines[0][indent+2:]
		out = append(out, lines...)
	}
	return out
}

// scalar is a scalar in YAML, on one line.
func scalar(v any) string {
	text, err := yaml.Marshal(v)
	if err != nil || strings.Count(string(text), "\n") > 1 {
		return strconv.Quote(fmt.Sprint(v))
	}
	return strings.TrimRight(string(text), "\n")
}

// sortedKeys puts keys in the order in which people write them: those of a toleration and of a node selector requirement as the
// API's documentation does, those of a change with its place first, others by name.
func sortedKeys(m map[string]any) []string {
	order := []string{"at", "key", "operator", "value", "values", "effect"}
	rank := func(k string) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(rank(a)-rank(b), strings.Compare(a, b)) })
}

// expression is a value as a template writes it.
func expression(v any) string {
	switch v := v.(type) {
	case map[string]any:
		parts := []string{"dict"}
		for _, k := range sortedKeys(v) {
			parts = append(parts, strconv.Quote(k), operand(v[k]))
		}
		return strings.Join(parts, " ")
	case []any:
		parts := []string{"list"}
		for _, x := range v {
			parts = append(parts, operand(x))
		}
		return strings.Join(parts, " ")
	case string:
		return strconv.Quote(v)
	case nil:
		return `""`
	}
	return fmt.Sprint(v)
}

// operand is an expression as one operand of another.
func operand(v any) string {
	switch v.(type) {
	case map[string]any, []any:
		return "(" + expression(v) + ")"
	}
	return expression(v)
}
