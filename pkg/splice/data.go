package splice

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"
)

// applied is what becomes of a decoded document, which is used up. It knows nothing of the text, so that it can tell whether the
// text was edited rightly.
func applied(doc any, edits []Edit) (any, error) {
	for _, e := range edits {
		v, err := plain(e.Value)
		if err != nil {
			return nil, refusal(e.Path, len(e.Path), "%v", err)
		}
		e.Value = v
		if doc, err = edited(doc, e, 0); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

// edited is v with the edit carried out in it, at being how much of its path leads to v.
func edited(v any, e Edit, at int) (any, error) {
	if at == len(e.Path) {
		if e.Remove {
			return nil, &Error{Reason: "the document as a whole cannot be removed"}
		}
		return e.Value, nil
	}
	switch step := e.Path[at].(type) {
	case string:
		return editedMap(v, step, e, at)
	case int:
		return editedList(v, step, e, at)
	default:
		return nil, refusal(e.Path, at, "a path is made of keys and indexes, not of %T", step)
	}
}

func editedMap(v any, key string, e Edit, at int) (any, error) {
	have, ok := v.(map[string]any)
	if !ok && !e.creates() {
		return v, nil
	}
	if !ok && v != nil {
		return nil, refusal(e.Path, at, "is %s, want a map", describe(v))
	}
	child, ok := have[key]
	if !ok && !e.creates() {
		return v, nil
	}
	last := at+1 == len(e.Path)
	switch {
	case last && e.Mend:
		return v, nil
	case last && e.Remove:
		delete(have, key)
		return have, nil
	case have == nil:
		have = map[string]any{}
	}
	child, err := edited(child, e, at+1)
	if err != nil {
		return nil, err
	}
	have[key] = child
	return have, nil
}

func editedList(v any, index int, e Edit, at int) (any, error) {
	have, ok := v.([]any)
	switch {
	case !ok && !e.creates():
		return v, nil
	case !ok && v != nil:
		return nil, refusal(e.Path, at, "is %s, want a list", describe(v))
	case index < 0 || index > len(have) || !e.creates() && index == len(have):
		return nil, refusal(e.Path, at, "has %d items, none at %d", len(have), index)
	}
	last := at+1 == len(e.Path)
	switch {
	case last && e.Mend:
		return v, nil
	case last && e.Remove:
		return slices.Delete(have, index, index+1), nil
	case index == len(have):
		have = append(have, nil)
	}
	child, err := edited(have[index], e, at+1)
	if err != nil {
		return nil, err
	}
	have[index] = child
	return have, nil
}

// refusal is an error about the value to which the first steps of a path lead.
func refusal(path []any, steps int, format string, args ...any) *Error {
	return &Error{Path: slices.Clone(path[:steps]), Reason: fmt.Sprintf(format, args...)}
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("the string %.40q", v)
	default:
		return fmt.Sprint(v)
	}
}

// plain is a copy of a value that is made of what decoding makes: int64 for int. The error is a value that has no text.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64:
		return v, nil
	case int:
		return int64(v), nil
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, fmt.Errorf("%v is not a number that JSON has", v)
		}
		return v, nil
	case string:
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("%.40q is not UTF-8", v)
		}
		return v, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			x, err := plain(v[k])
			if err != nil {
				return nil, err
			}
			out[k] = x
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			var err error
			if out[i], err = plain(x); err != nil {
				return nil, err
			}
		}
		return out, nil
	default:
		return nil, fmt.Errorf("a %T has no form in YAML here", v)
	}
}

// difference is the path to the first value in which two decoded values differ.
func difference(a, b any, path []any) []any {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if aok && bok && len(am) == len(bm) {
		for _, k := range slices.Sorted(maps.Keys(am)) {
			if v, ok := bm[k]; ok && !same(am[k], v) {
				return difference(am[k], v, append(path, k))
			}
		}
		return path
	}
	al, aok := a.([]any)
	bl, bok := b.([]any)
	if aok && bok && len(al) == len(bl) {
		for i := range al {
			if !same(al[i], bl[i]) {
				return difference(al[i], bl[i], append(path, i))
			}
		}
	}
	return path
}

// same compares decoded values, numbers by what they are worth: 1 and 1.0 are one.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		m, ok := b.(map[string]any)
		if !ok || len(a) != len(m) {
			return false
		}
		for k, v := range a {
			w, ok := m[k]
			if !ok || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		l, ok := b.([]any)
		return ok && slices.EqualFunc(a, l, same)
	case int64:
		if f, ok := b.(float64); ok {
			return float64(a) == f
		}
	case float64:
		if i, ok := b.(int64); ok {
			return float64(i) == a
		}
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}
