package workload

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/json"

	"github.com/winready/kubectl-winready/pkg/object"
)

// decode reads the pod spec at a place of an object, and names what of it does not decode.
// Charts render ports as strings and labels as numbers; the API server refuses those, but where the pod is to run can
// still be told, so everything that does decode is kept.
func decode(obj map[string]any, t template, at object.Path) (corev1.PodSpec, []string) {
	value := at.In(obj)
	m, ok := value.(map[string]any)
	if !ok {
		if t.custom() && value == nil {
			return corev1.PodSpec{}, nil // an operator fills in what is not there
		}
		return corev1.PodSpec{}, []string{fmt.Sprintf("%s: want a map, got %s", at, shape(value))}
	}
	if t.placement != "" {
		m = only(m, t.fields())
	}
	d := decoder{}
	spec, err := podSpec(m)
	if err == nil {
		return spec, nil
	}
	sound, _ := d.sound(m, at, func(v any) any { return v }).(map[string]any)
	spec, err = podSpec(sound)
	if err != nil { // it cannot be: every part was tried
		d.problems = append(d.problems, fmt.Sprintf("%s: %s", at, err))
	}
	return spec, d.problems
}

// only is a map's values at the given keys.
func only(m map[string]any, keys []string) map[string]any {
	some := map[string]any{}
	for _, k := range keys {
		if v, ok := m[k]; ok {
			some[k] = v
		}
	}
	return some
}

// podSpec decodes as the API server does: by JSON, with the case of keys.
func podSpec(v any) (corev1.PodSpec, error) {
	var spec corev1.PodSpec
	data, err := json.Marshal(v)
	if err != nil {
		return spec, err
	}
	err = json.Unmarshal(data, &spec)
	return spec, err
}

// decoder collects the problems of one pod spec.
type decoder struct {
	problems []string
}

// sound is a value without those of its parts that do not decode; nil when nothing is left of it. Inside puts a value where
// this one was, in a pod spec that has nothing else, so that it can be tried.
func (d *decoder) sound(value any, at object.Path, inside func(any) any) any {
	_, err := podSpec(inside(value))
	if err == nil {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		if _, err := podSpec(inside(map[string]any{})); err == nil {
			part := d.soundMap(value, at, inside)
			if whole(at) {
				return nil
			}
			return part
		}
	case []any:
		if _, err := podSpec(inside([]any{})); err == nil {
			return d.soundList(value, at, inside)
		}
	}
	d.problems = append(d.problems, fmt.Sprintf("%s: %s, got %s", at, wanted(err, inside), shape(value)))
	return nil
}

func (d *decoder) soundMap(value map[string]any, at object.Path, inside func(any) any) map[string]any {
	kept := map[string]any{}
	for _, k := range slices.Sorted(maps.Keys(value)) {
		v := d.sound(value[k], at.Then(k), func(v any) any { return inside(map[string]any{k: v}) })
		if v != nil {
			kept[k] = v
		}
	}
	return kept
}

func (d *decoder) soundList(value []any, at object.Path, inside func(any) any) []any {
	kept := []any{}
	for i, e := range value {
		v := d.sound(e, at.Then(i), func(v any) any { return inside([]any{v}) })
		if v != nil {
			kept = append(kept, v)
		}
	}
	return kept
}

// whole tells a value that is kept whole or not at all: an element of tolerations or of nodeSelectorTerms. A toleration
// without its effect tolerates more, and a term without one of its requirements matches more.
func whole(at object.Path) bool {
	if len(at) < 2 {
		return false
	}
	_, element := at[len(at)-1].(int)
	list, _ := at[len(at)-2].(string)
	return element && (list == "tolerations" || list == "nodeSelectorTerms")
}

// wanted says what would decode in the place of a value that did not: found by trying, because the error speaks of Go's types.
func wanted(err error, inside func(any) any) string {
	text := strings.TrimPrefix(err.Error(), "json: ")
	if !strings.HasPrefix(text, "cannot unmarshal") {
		return text // the type's own words, as a quantity has them
	}
	for _, try := range []struct {
		value any
		name  string
	}{
		{"", "want a string"},
		{map[string]any{}, "want a map"},
		{[]any{}, "want a list"},
		{true, "want true or false"},
		{1, "want a whole number"},
	} {
		if _, err := podSpec(inside(try.value)); err == nil {
			return try.name
		}
	}
	return text
}

// shape describes a value of an object to somebody who wrote it.
func shape(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("the string %q", v)
	default:
		return fmt.Sprint(v)
	}
}
