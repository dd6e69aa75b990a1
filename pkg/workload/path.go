package workload

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
)

// places are the paths in an object to the maps with the placement fields that a row stands for. The maps need not exist, but
// what the row says has to be there does.
func (t template) places(obj map[string]any) []object.Path {
	found := []object.Path{{}}
	for step := range steps(t.pods) {
		key, each := strings.CutSuffix(step, "[]")
		var next []object.Path
		for _, at := range found {
			next = append(next, branches(obj, at.Then(key), each)...)
		}
		found = next
	}
	var places []object.Path
	for _, at := range found {
		if _, ok := at.In(obj).(map[string]any); !ok && !t.emptySpec(obj, at) {
			continue
		}
		for step := range steps(t.spec) {
			at = at.Then(step)
		}
		places = append(places, at)
	}
	return places
}

// emptySpec tells that an object has a spec with nothing in it. Templates write such where every field is optional: the custom
// resource is there, and a value may fill it.
func (t template) emptySpec(obj map[string]any, at object.Path) bool {
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
func branches(obj any, at object.Path, each bool) []object.Path {
	if !each {
		return []object.Path{at}
	}
	list, _ := at.In(obj).([]any)
	paths := make([]object.Path, 0, len(list))
	for i := range list {
		paths = append(paths, at.Then(i))
	}
	return paths
}
