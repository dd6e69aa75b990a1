// Package values addresses, changes and writes Helm values: an overlay is the smallest tree that carries a set of edits.
// It must not know what a value does.
package values

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Path leads to a value: string keys, and int indexes into lists.
type Path []any

// String writes the path as charts' documentation does: web.zones[0].nodeSelector. A key with a dot, a bracket, a quote, a
// blank or something unprintable in it is quoted: nodeSelector."kubernetes.io/os".
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch s := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(s) + "]")
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			if q := strconv.Quote(s); s == "" || strings.ContainsAny(s, ".[] ") || len(q) > len(s)+2 {
				s = q
			}
			b.WriteString(s)
		}
	}
	return b.String()
}

// Last is the last key, empty when the path is empty or ends in an index.
func (p Path) Last() string {
	if len(p) == 0 {
		return ""
	}
	s, _ := p[len(p)-1].(string)
	return s
}

// Child is the path of a key or index below p; p is not changed.
func (p Path) Child(step any) Path { return append(slices.Clip(p), step) }

// Compare orders paths: by step, indexes as numbers and before keys, a prefix first.
func Compare(a, b Path) int {
	for i := range min(len(a), len(b)) {
		if c := compareSteps(a[i], b[i]); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func compareSteps(a, b any) int {
	x, xi := a.(int)
	y, yi := b.(int)
	switch {
	case xi && yi:
		return x - y
	case xi:
		return -1
	case yi:
		return 1
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// Lookup finds the value at p; false when a step leads nowhere.
func Lookup(tree any, p Path) (any, bool) {
	for _, step := range p {
		switch s := step.(type) {
		case string:
			m, _ := tree.(map[string]any)
			v, ok := m[s]
			if !ok {
				return nil, false
			}
			tree = v
		case int:
			l, _ := tree.([]any)
			if s < 0 || s >= len(l) {
				return nil, false
			}
			tree = l[s]
		}
	}
	return tree, true
}

// Copy is a deep copy of maps and lists.
func Copy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = Copy(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = Copy(x)
		}
		return out
	default:
		return v
	}
}
