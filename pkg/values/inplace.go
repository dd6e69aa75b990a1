package values

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/splice"
)

// InPlace is the text of a values file with the overlay merged into it: Helm reads from it what it reads from the file and an
// overlay file behind it. A null stays one, because that is what takes a default of the chart away. All else in the text stays
// as it is. The error is a *splice.Error, also when there would be nothing to edit.
func InPlace(text []byte, o Overlay) ([]byte, error) {
	root, err := splice.Parse(text)
	if err != nil {
		return nil, templated(text, err)
	}
	have, err := topLevel(root)
	if err != nil {
		return nil, templated(text, err)
	}
	m := merger{overlay: o}
	m.merge(o.tree, have, o.order, nil)
	out, err := splice.ApplyTo(text, root, m.edits)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// topLevel is a values file as Helm reads it, which must be a map.
func topLevel(root *yaml.Node) (map[string]any, error) {
	top, err := splice.Decode(root)
	if err != nil {
		return nil, err
	}
	m, ok := top.(map[string]any)
	if !ok && top != nil {
		return nil, &splice.Error{Line: root.Line, Column: root.Column, Reason: "want a map of values at the top"}
	}
	return m, nil
}

// merger puts an overlay in terms of edits of a text.
type merger struct {
	overlay Overlay
	edits   []splice.Edit
}

// merge adds what makes of the map have, at a path, what Helm makes of it and the map over.
func (m *merger) merge(over, have map[string]any, order *yaml.Node, at Path) {
	for _, k := range keysInOrder(over, order) {
		path := at.Child(k)
		edit := splice.Edit{Path: path, Value: over[k], Comment: comment(m.overlay.steers[path.String()])}
		sub, isMap := over[k].(map[string]any)
		if !isMap {
			m.edits = append(m.edits, edit)
			continue
		}
		below, merges := have[k].(map[string]any)
		if !merges {
			// The map takes the place of what is there. Its keys follow one by one, each with its comment.
			edit.Value = map[string]any{}
			m.edits = append(m.edits, edit)
		}
		m.merge(sub, below, childNode(order, k), path)
	}
}

// templated says of a text that is a template that it is one: values are plain YAML, and only its author knows what it renders to.
func templated(text []byte, err error) error {
	bad, ok := errors.AsType[*splice.Error](err)
	lines := strings.Split(string(text), "\n")
	if !ok || bad.Line < 1 || bad.Line > len(lines) || !strings.Contains(lines[bad.Line-1], "{{") {
		return err
	}
	return &splice.Error{Line: bad.Line, Column: bad.Column, Reason: fmt.Sprintf("the file is a template, want plain values (%s)", bad.Reason)}
}
