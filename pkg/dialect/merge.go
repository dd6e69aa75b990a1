package dialect

import (
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/values"
)

// Merge lays values over others as Helm does it with several --values (mergeMaps in pkg/cli/values/options.go of Helm
// v3.22.0): maps are merged, everything else is replaced, and null stays, because it is what takes a default of the chart away.
func Merge(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	if out == nil {
		out = map[string]any{}
	}
	for k, v := range over {
		have, ok := out[k].(map[string]any)
		if m, isMap := v.(map[string]any); isMap && ok {
			v = Merge(have, m)
		}
		out[k] = v
	}
	return out
}

// differs finds a value that two trees do not agree on. Numbers are what they are worth.
func differs(a, b any, at values.Path) (values.Path, bool) {
	switch a := a.(type) {
	case map[string]any:
		m, ok := b.(map[string]any)
		if !ok {
			return at, true
		}
		return mapsDiffer(a, m, at)
	case []any:
		l, ok := b.([]any)
		if !ok || len(a) != len(l) {
			return at, true
		}
		for i := range a {
			if path, differ := differs(a[i], l[i], at.Child(i)); differ {
				return path, true
			}
		}
		return nil, false
	}
	switch b.(type) {
	case map[string]any, []any:
		return at, true
	}
	return at, number(a) != number(b)
}

func mapsDiffer(a, b map[string]any, at values.Path) (values.Path, bool) {
	for _, k := range slices.Sorted(maps.Keys(Merge(a, b))) {
		v, inA := a[k]
		w, inB := b[k]
		if inA != inB {
			return at.Child(k), true
		}
		if path, differ := differs(v, w, at.Child(k)); differ {
			return path, true
		}
	}
	return nil, false
}

// number makes numbers comparable; other scalars stay as they are. Values are float64 as JSON decodes them, or int64.
func number(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	default:
		return v
	}
}

// hasNull finds a null in maps, at any depth.
func hasNull(tree any) bool {
	switch v := tree.(type) {
	case nil:
		return true
	case map[string]any:
		for _, x := range v {
			if hasNull(x) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasNull)
	}
	return false
}

// sets tells whether a tree sets the value at a path of helm's --set, or something above or below it.
func sets(tree map[string]any, setPath string) bool {
	var node any = tree
	for _, key := range setKeys(setPath) {
		m, ok := node.(map[string]any)
		if !ok {
			return true // a list or a scalar above it
		}
		if node, ok = m[key]; !ok {
			return false
		}
	}
	return true
}

// setKeys are the keys of a path as --set has them, up to the first index: a.b\.c[0].d is a and b.c.
func setKeys(path string) []string {
	var keys []string
	var key strings.Builder
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '\\':
			if i++; i < len(path) {
				key.WriteByte(path[i])
			}
		case '.':
			keys = append(keys, key.String())
			key.Reset()
		case '[':
			return append(keys, key.String())
		default:
			key.WriteByte(path[i])
		}
	}
	return append(keys, key.String())
}

// overlapping are the paths at which two trees both set something, as far as they are not both maps; sorted.
func overlapping(a, b map[string]any, at values.Path) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(a)) {
		other, ok := b[k]
		if !ok {
			continue
		}
		am, aIs := a[k].(map[string]any)
		bm, bIs := other.(map[string]any)
		if aIs && bIs {
			out = append(out, overlapping(am, bm, at.Child(k))...)
			continue
		}
		out = append(out, at.Child(k).String())
	}
	return out
}
