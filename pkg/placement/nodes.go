package placement

import (
	"errors"
	"fmt"
)

// nodesIn reads a Node or a List of Nodes.
func nodesIn(top map[string]any) ([]Pool, error) {
	kind, _ := top["kind"].(string)
	items, isList := top["items"].([]any)
	switch {
	case kind == "Node":
		n, err := nodeOf(top)
		if err != nil {
			return nil, err
		}
		return Fold([]Node{n}, nil), nil
	case (kind == "List" || kind == "NodeList") && isList:
		return nodeList(items)
	case kind == "List" || kind == "NodeList":
		return nil, fmt.Errorf("items: want a list of Nodes, got %s", shape(top["items"]))
	default:
		return nil, fmt.Errorf("%s, got a map of kind %s", wantedShapes, shape(top["kind"]))
	}
}

func nodeList(items []any) ([]Pool, error) {
	if len(items) == 0 {
		return nil, errors.New("items: want at least one Node, got an empty list")
	}
	nodes := make([]Node, 0, len(items))
	for i, item := range items {
		m, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("item %d: want a Node, got %s", i+1, shape(item))
		}
		// The items of a NodeList come without a kind from the API.
		if kind, given := m["kind"]; given && kind != "Node" {
			return nil, fmt.Errorf("item %d: kind: want Node, got %s", i+1, shape(kind))
		}
		n, err := nodeOf(m)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		nodes = append(nodes, n)
	}
	return Fold(nodes, nil), nil
}

// nodeOf reads what is looked at of a Node; the rest is not checked.
func nodeOf(m map[string]any) (Node, error) {
	meta, _ := m["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if name == "" {
		return Node{}, fmt.Errorf("metadata.name: want the node's name, got %s", shape(meta["name"]))
	}
	labels, err := labelsOf(meta["labels"])
	if err != nil {
		return Node{}, fmt.Errorf("node %s: metadata.labels: %w", name, err)
	}
	spec, _ := m["spec"].(map[string]any)
	taints, err := taintsOf(spec["taints"])
	if err != nil {
		return Node{}, fmt.Errorf("node %s: spec.taints: %w", name, err)
	}
	return Node{Name: name, Labels: labels, Taints: taints}, nil
}
