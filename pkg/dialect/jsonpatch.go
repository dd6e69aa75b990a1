package dialect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/values"
)

// operation is one of a JSON patch (RFC 6902).
type operation struct {
	op, path string
	value    any // of add and replace
}

func (o operation) node() (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	add := func(key string, v any) error {
		k, value := &yaml.Node{}, &yaml.Node{}
		k.SetString(key)
		if err := value.Encode(v); err != nil {
			return fmt.Errorf("writing a patch: %w", err)
		}
		n.Content = append(n.Content, k, value)
		return nil
	}
	if err := add("op", o.op); err != nil {
		return nil, err
	}
	if err := add("path", o.path); err != nil {
		return nil, err
	}
	if o.op == "remove" {
		return n, nil
	}
	return n, add("value", o.value)
}

// operationOf is the operation for a change of an object. add wants the parent to be there: what is missing goes into its value.
func operationOf(obj map[string]any, at object.Path, c steer.Change) (operation, error) {
	value := c.Value
	if c.Remove {
		return operation{op: "remove", path: pointer(at)}, nil
	}
	depth := 0 // how much of the path is there
	for depth < len(at) && present(obj, at[:depth+1]) && at[:depth+1].In(obj) != nil {
		depth++
	}
	if depth == len(at) {
		return operation{op: "replace", path: pointer(at), value: value}, nil
	}
	for i := len(at) - 1; i > depth; i-- {
		switch step := at[i].(type) {
		case string:
			value = map[string]any{step: value}
		case int:
			if step != 0 {
				return operation{}, fmt.Errorf("%s is beyond the list", at)
			}
			value = []any{value}
		}
	}
	path := pointer(at[:depth+1])
	if _, ok := at[depth].(int); ok {
		path = pointer(at[:depth]) + "/-" // behind the last, however many there are
	}
	return operation{op: "add", path: path, value: value}, nil
}

// pointer is a path as a JSON pointer (RFC 6901).
func pointer(at object.Path) string {
	var b strings.Builder
	for _, step := range at {
		switch s := step.(type) {
		case string:
			b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(s))
		case int:
			b.WriteString("/" + strconv.Itoa(s))
		}
	}
	return b.String()
}

// present tells whether there is something at a path, null included.
func present(obj map[string]any, at object.Path) bool {
	_, ok := values.Lookup(obj, values.Path(at))
	return ok
}

// carryOut changes an object as a patch would.
func carryOut(obj map[string]any, at object.Path, c steer.Change) error {
	if _, err := changed(obj, at, c.Value, c.Remove); err != nil { // in place, because it is a map
		return fmt.Errorf("%s: %w", at, err)
	}
	return nil
}

// changed is a node with the value at a path set or removed. A map is changed in place.
func changed(node any, at object.Path, value any, remove bool) (any, error) {
	if len(at) == 0 {
		return values.Copy(value), nil
	}
	last := remove && len(at) == 1
	if key, ok := at[0].(string); ok {
		m, ok := node.(map[string]any)
		switch {
		case !ok && node != nil:
			return nil, fmt.Errorf("%s is in no map", key)
		case last:
			delete(m, key)
			return m, nil
		case m == nil:
			m = map[string]any{}
		}
		child, err := changed(m[key], at[1:], value, remove)
		m[key] = child
		return m, err
	}
	index, _ := at[0].(int)
	l, ok := node.([]any)
	switch {
	case !ok && node != nil || index > len(l) || remove && index == len(l):
		return nil, fmt.Errorf("[%d] is in no list", index)
	case last:
		return slices.Delete(slices.Clone(l), index, index+1), nil
	case index == len(l):
		l = append(slices.Clone(l), nil)
	}
	child, err := changed(l[index], at[1:], value, remove)
	l[index] = child
	return l, err
}
