package workload

import (
	"slices"
	"strconv"
	"strings"
)

// Path leads through an object: string keys of maps and int indexes of lists. The empty path is the object itself.
type Path []any

// String is the path as the API's errors spell it: spec.nodeSets[0].podTemplate.spec.
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		}
	}
	return b.String()
}

// then is the path one step further on. It shares nothing with other paths that were made from p.
func (p Path) then(steps ...any) Path {
	return append(slices.Clip(p), steps...)
}

// in is what the path leads to in an object, nil when nothing is there.
func (p Path) in(obj any) any {
	for _, step := range p {
		switch step := step.(type) {
		case string:
			m, _ := obj.(map[string]any)
			obj = m[step]
		case int:
			l, _ := obj.([]any)
			if step >= len(l) {
				return nil
			}
			obj = l[step]
		}
	}
	return obj
}

// places are the paths in an object to the maps with the placement fields that a row stands for. The maps need not exist, but
// what the row says has to be there does.
func (t template) places(obj map[string]any) []Path {
	found := []Path{{}}
	for step := range steps(t.pods) {
		key, each := strings.CutSuffix(step, "[]")
		var next []Path
		for _, at := range found {
			next = append(next, branches(obj, at.then(key), each)...)
		}
		found = next
	}
	var places []Path
	for _, at := range found {
		if _, ok := at.in(obj).(map[string]any); !ok && !t.emptySpec(obj, at) {
			continue
		}
		for step := range steps(t.spec) {
			at = at.then(step)
		}
		places = append(places, at)
	}
	return places
}

// emptySpec tells that an object has a spec with nothing in it. Templates write such where every field is optional: the custom
// resource is there, and a value may fill it.
func (t template) emptySpec(obj map[string]any, at Path) bool {
	if len(at) != 1 || !t.custom() {
		return false
	}
	key, _ := at[0].(string)
	spec, has := obj[key]
	return has && spec == nil
}

// steps are the parts of a path of the table.
func steps(path string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' })
}

// branches is the path itself, or the paths to every element of the list it leads to.
func branches(obj any, at Path, each bool) []Path {
	if !each {
		return []Path{at}
	}
	list, _ := at.in(obj).([]any)
	paths := make([]Path, 0, len(list))
	for i := range list {
		paths = append(paths, at.then(i))
	}
	return paths
}
