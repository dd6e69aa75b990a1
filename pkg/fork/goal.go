package fork

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/values"
)

// want is a pod and what is to become of it.
type want struct {
	pod     chart.Pod
	number  int // of the document in the output of its template
	goals   []goal
	done    int           // how many of them have to be reached; those that follow may be
	taken   []alternative // the edits that place it
	name    string        // what is the same in each render of the pod's
	problem string        // why it is not placed, as far as it was tried
}

// way is the least simple way in which the pod is placed.
func (w *want) way() Way {
	order := []Way{Inserted, Replaced, Merged, Wrapped}
	worst := 0
	for _, a := range w.taken {
		worst = max(worst, slices.Index(order, a.way))
	}
	return order[worst]
}

// goal is what has to change in one field of a pod spec.
type goal struct {
	field   string
	changes []steer.Change
}

func newWant(p chart.Pod, number int, plan steer.Plan) *want {
	w := &want{pod: p, number: number}
	for _, c := range plan.Changes {
		field, _ := c.Path[0].(string)
		i := slices.IndexFunc(w.goals, func(g goal) bool { return g.field == field })
		if i < 0 {
			i = len(w.goals)
			w.goals = append(w.goals, goal{field: field})
		}
		w.goals[i].changes = append(w.goals[i].changes, c)
	}
	return w
}

// extension is what a goal puts into a field that is a map or a list, and the keys that it takes out.
type extension struct {
	value any // a map or a list
	drop  []string
}

// extension is the goal where it does nothing else than that.
func (g goal) extension() (extension, bool) {
	m, list := map[string]any{}, []any{}
	var drop []string
	for _, c := range g.changes {
		var step any
		key := ""
		if len(c.Path) == 2 {
			step = c.Path[1]
			key, _ = step.(string)
		}
		switch {
		case c.Remove && key != "":
			drop = append(drop, key)
		case c.Remove:
			return extension{}, false
		case len(c.Path) == 1:
			return extension{value: c.Value}, len(g.changes) == 1
		case key != "":
			m[key] = c.Value
		case len(c.Path) == 2:
			list = append(list, c.Value)
		default:
			return extension{value: nest(c.Path[1:], c.Value)}, len(g.changes) == 1
		}
	}
	if len(list) > 0 {
		return extension{value: list}, len(m) == 0 && len(drop) == 0
	}
	return extension{m, drop}, len(m) > 0
}

// nest is a value below the steps of a path.
func nest(path object.Path, v any) any {
	for _, step := range slices.Backward(path) {
		if key, ok := step.(string); ok {
			v = map[string]any{key: v}
		} else {
			v = []any{v}
		}
	}
	return v
}

// carryOut makes the changes of a goal in a decoded object, below the pod spec at a path. It says false where there is no such place.
// Tolerations are put to those that are there, however many those are.
func (g goal) carryOut(obj map[string]any, at []any) bool {
	for _, c := range g.changes {
		path := slices.Concat(at, []any(c.Path))
		if c.Remove {
			removeAt(obj, path)
			continue
		}
		value := values.Copy(c.Value)
		if g.field == "tolerations" && len(c.Path) <= 2 {
			more, all := value.([]any)
			if !all {
				more = []any{value}
			}
			path = path[:len(at)+1]
			have, _ := object.Path(path).In(obj).([]any)
			value = slices.Concat(have, more)
		}
		if !setAt(obj, path, value) {
			return false
		}
	}
	return true
}

// appends says that a change puts another toleration to those that are there, however many those are.
func (g goal) appends(c steer.Change) bool {
	_, index := c.Path[len(c.Path)-1].(int)
	return index && g.field == "tolerations" && len(c.Path) == 2
}

// setAt puts a value into a decoded object and makes the maps and lists that lead there.
func setAt(obj any, path []any, v any) bool {
	switch step := path[0].(type) {
	case string:
		m, ok := obj.(map[string]any)
		if !ok {
			return false
		}
		if len(path) == 1 {
			m[step] = v
			return true
		}
		m[step] = grown(m[step], path[1:])
		return setAt(m[step], path[1:], v)
	case int:
		list, ok := obj.([]any)
		if !ok || step >= len(list) {
			return false
		}
		if len(path) == 1 {
			list[step] = v
			return true
		}
		list[step] = grown(list[step], path[1:])
		return setAt(list[step], path[1:], v)
	}
	return false
}

// grown is a map or list with room for the first step of a path.
func grown(have any, path []any) any {
	step, index := path[0].(int)
	if !index {
		if have == nil {
			return map[string]any{}
		}
		return have
	}
	list, _ := have.([]any)
	if step == len(list) {
		return append(list, nil)
	}
	return list
}

func removeAt(obj map[string]any, path []any) {
	parent := object.Path(path[:len(path)-1]).In(obj)
	switch step := path[len(path)-1].(type) {
	case string:
		if m, ok := parent.(map[string]any); ok {
			delete(m, step)
		}
	case int:
		if list, ok := parent.([]any); ok && step < len(list) && len(path) > 1 {
			setAt(obj, path[:len(path)-1], slices.Delete(slices.Clone(list), step, step+1))
		}
	}
}

// inOrder sorts the tolerations of a pod spec: the order has no meaning.
func inOrder(spec map[string]any) {
	list, ok := spec["tolerations"].([]any)
	if !ok {
		return
	}
	list = slices.Clone(list)
	text := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(data)
	}
	slices.SortFunc(list, func(a, b any) int { return cmp.Compare(text(a), text(b)) })
	spec["tolerations"] = list
}
