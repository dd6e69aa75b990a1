package manifest

import (
	"maps"
	"slices"
)

// Difference is one value, or one whole tree that is on one side only, in which two objects differ.
type Difference struct {
	Path     []any
	Old, New any
}

// Diff lists the differences of two decoded objects in the order of their keys. Nothing, null and the empty map or list
// are the same; lists of unlike length differ as a whole.
func Diff(a, b map[string]any) []Difference {
	var out []Difference
	diff(a, b, nil, &out)
	return out
}

func diff(a, b any, path []any, out *[]Difference) {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if aok && bok {
		keys := slices.Collect(maps.Keys(am))
		for k := range bm {
			if _, ok := am[k]; !ok {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			diff(am[k], bm[k], append(slices.Clip(path), k), out)
		}
		return
	}
	al, aok := a.([]any)
	bl, bok := b.([]any)
	if aok && bok && len(al) == len(bl) {
		for i := range al {
			diff(al[i], bl[i], append(slices.Clip(path), i), out)
		}
		return
	}
	if !same(a, b) {
		*out = append(*out, Difference{Path: path, Old: a, New: b})
	}
}

func same(a, b any) bool {
	if empty(a) && empty(b) {
		return true
	}
	switch a.(type) {
	case map[string]any, []any:
		return false
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b || sameNumber(a, b) || sameNumber(b, a)
}

// sameNumber says whether an integer and a float are one number: 1 and 1.0.
func sameNumber(a, b any) bool {
	i, ok := a.(int64)
	f, also := b.(float64)
	return ok && also && float64(i) == f
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}
