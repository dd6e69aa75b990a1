package placement

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// node is what placement looks at of a Node.
type node struct {
	name   string
	labels map[string]string
	taints []corev1.Taint
}

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
		return fold([]node{n}), nil
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
	nodes := make([]node, 0, len(items))
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
	return fold(nodes), nil
}

// nodeOf reads what is looked at of a Node; the rest is not checked.
func nodeOf(m map[string]any) (node, error) {
	meta, _ := m["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if name == "" {
		return node{}, fmt.Errorf("metadata.name: want the node's name, got %s", shape(meta["name"]))
	}
	labels, err := labelsOf(meta["labels"])
	if err != nil {
		return node{}, fmt.Errorf("node %s: metadata.labels: %w", name, err)
	}
	spec, _ := m["spec"].(map[string]any)
	taints, err := taintsOf(spec["taints"])
	if err != nil {
		return node{}, fmt.Errorf("node %s: spec.taints: %w", name, err)
	}
	taints = slices.DeleteFunc(taints, func(t corev1.Taint) bool { return slices.Contains(passing(), t.Key) })
	return node{name: name, labels: labels, taints: taints}, nil
}

// passing are the taints that come and go with a node's condition. They say nothing of where a pod may run for good: a node
// that was cordoned or short of memory while it was read is the node of its pool it was before. From well_known_taints.go of
// k8s.io/api and api/well_known_taints.go of k8s.io/cloud-provider.
func passing() []string {
	return []string{
		corev1.TaintNodeNotReady,
		corev1.TaintNodeUnreachable,
		corev1.TaintNodeUnschedulable,
		corev1.TaintNodeMemoryPressure,
		corev1.TaintNodeDiskPressure,
		corev1.TaintNodePIDPressure,
		corev1.TaintNodeNetworkUnavailable,
		corev1.TaintNodeOutOfService,
		"node.cloudprovider.kubernetes.io/uninitialized",
		"node.cloudprovider.kubernetes.io/shutdown",
	}
}

// ownLabel tells a label that is there to tell a node from all others: kubernetes.io/hostname, the machine of Rancher's
// provisioning (machinePoolNameLabel's neighbour rke.cattle.io/machine in pkg/capr of rancher/rancher), eksctl's instance, and
// whatever has the node's own name as its value.
func (n node) ownLabel(key string) bool {
	own := []string{corev1.LabelHostname, "rke.cattle.io/machine", "alpha.eksctl.io/instance-id"}
	return slices.Contains(own, key) || n.labels[key] == n.name
}

// sameness is a text that two nodes share when placement cannot tell them apart: all labels but those of the node's own, and
// all taints. The OS, the Windows build and the architecture are among the labels.
func (n node) sameness() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(n.labels)) {
		if !n.ownLabel(k) {
			fmt.Fprintf(&b, "%s=%s\n", k, n.labels[k])
		}
	}
	for _, t := range sortedTaints(n.taints) {
		fmt.Fprintf(&b, "%s=%s:%s\n", t.Key, t.Value, t.Effect)
	}
	return b.String()
}

// sortedTaints is the taints in an order of their own: on a node they are in the order in which they came.
func sortedTaints(taints []corev1.Taint) []corev1.Taint {
	return slices.SortedFunc(slices.Values(taints), func(a, b corev1.Taint) int {
		return strings.Compare(a.Key+"\n"+string(a.Effect), b.Key+"\n"+string(b.Effect))
	})
}

// fold makes pools of nodes, in the order of each pool's first node. A pool has the labels on which all its nodes agree.
func fold(nodes []node) []Pool {
	var pools []Pool
	index := map[string]int{}
	names := map[string]int{}
	for _, n := range nodes {
		same := n.sameness()
		at, seen := index[same]
		if !seen {
			p := Pool{Labels: maps.Clone(n.labels), Taints: sortedTaints(n.taints)}
			p.Name = poolName(string(p.OS()), names)
			at = len(pools)
			index[same] = at
			pools = append(pools, p)
		}
		pools[at].Nodes = append(pools[at].Nodes, n.name)
		maps.DeleteFunc(pools[at].Labels, func(k, v string) bool { return n.labels[k] != v })
	}
	return pools
}

// poolName names pools by their OS: windows, windows-2, windows-3.
func poolName(os string, names map[string]int) string {
	names[os]++
	if names[os] == 1 {
		return os
	}
	return os + "-" + strconv.Itoa(names[os])
}
