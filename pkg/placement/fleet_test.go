package placement_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/placement"
)

// node is a node of an operating system with further labels, "key=value" each.
func node(name, os string, labels ...string) placement.Node {
	n := placement.Node{Name: name, Labels: map[string]string{"kubernetes.io/os": os, "kubernetes.io/hostname": name}}
	for i := 0; i+1 < len(labels); i += 2 {
		n.Labels[labels[i]] = labels[i+1]
	}
	return n
}

// members are the names of pools and of their nodes.
func members(pools []placement.Pool) map[string][]string {
	out := map[string][]string{}
	for _, p := range pools {
		out[p.Name] = p.Nodes
	}
	return out
}

func TestFoldMakesPoolsOfWhatIsLookedAt(t *testing.T) {
	t.Parallel()
	only := func(want string) func(string) bool { return func(label string) bool { return label == want } }
	never := func(string) bool { return false }
	tainted := node("b", "linux")
	tainted.Taints = []corev1.Taint{{Key: "gpu", Effect: "NoSchedule"}}
	resting := node("b", "linux")
	resting.Unschedulable = true
	resting.Taints = []corev1.Taint{{Key: "node.kubernetes.io/unschedulable", Effect: "NoSchedule"}}
	for name, tc := range map[string]struct {
		nodes     []placement.Node
		mentioned func(string) bool
		want      map[string][]string
	}{
		"a label nobody mentions": {
			[]placement.Node{node("a", "linux", "zone", "1"), node("b", "linux", "zone", "2")},
			never,
			map[string][]string{"linux": {"a", "b"}},
		},
		"a label somebody mentions": {
			[]placement.Node{node("a", "linux", "zone", "1"), node("b", "linux", "zone", "2")},
			only("zone"),
			map[string][]string{"linux": {"a"}, "linux-2": {"b"}},
		},
		"nil mentions all": {
			[]placement.Node{node("a", "linux", "zone", "1"), node("b", "linux")},
			nil,
			map[string][]string{"linux": {"a"}, "linux-2": {"b"}},
		},
		"a label of each node's own, though mentioned": {
			[]placement.Node{node("a", "linux"), node("b", "linux")},
			only("kubernetes.io/hostname"),
			map[string][]string{"linux": {"a", "b"}},
		},
		"a label whose value is the node's name": {
			[]placement.Node{node("a", "linux", "example.com/node", "a"), node("b", "linux", "example.com/node", "b")},
			nil,
			map[string][]string{"linux": {"a", "b"}},
		},
		"systems, Linux first": {
			[]placement.Node{node("a", "windows"), node("b", "linux")},
			never,
			map[string][]string{"linux": {"b"}, "windows": {"a"}},
		},
		"builds, by the name of their release": {
			[]placement.Node{
				node("a", "windows", "node.kubernetes.io/windows-build", "10.0.17763"),
				node("b", "windows", "node.kubernetes.io/windows-build", "10.0.20348"),
			},
			never,
			map[string][]string{"windows-2019": {"a"}, "windows-2022": {"b"}},
		},
		"one build": {
			[]placement.Node{node("a", "windows", "node.kubernetes.io/windows-build", "10.0.17763")},
			never,
			map[string][]string{"windows": {"a"}},
		},
		"the control plane": {
			[]placement.Node{node("a", "linux", "node-role.kubernetes.io/control-plane", "true"), node("b", "linux")},
			never,
			map[string][]string{"control-plane": {"a"}, "linux": {"b"}},
		},
		"a name of the provider's": {
			[]placement.Node{node("a", "windows", "kubernetes.azure.com/agentpool", "npwin"), node("b", "windows", "kubernetes.azure.com/agentpool", "npwin2")},
			never,
			map[string][]string{"npwin": {"a"}, "npwin2": {"b"}},
		},
		"a taint":                    {[]placement.Node{node("a", "linux"), tainted}, never, map[string][]string{"linux": {"a"}, "linux-2": {"b"}}},
		"a taint that will go":       {[]placement.Node{node("a", "linux"), resting}, never, map[string][]string{"linux": {"a", "b"}}},
		"a node that says no system": {[]placement.Node{{Name: "a"}}, never, map[string][]string{"unlabeled": {"a"}}},
		"no nodes":                   {nil, never, map[string][]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(members(placement.Fold(tc.nodes, tc.mentioned)), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

// TestFoldKnowsLabelsThatTellNodesApart: a cloud puts an ID on each instance. A hundred nodes are not a hundred pools for it.
func TestFoldKnowsLabelsThatTellNodesApart(t *testing.T) {
	t.Parallel()
	var nodes []placement.Node
	for i := range 10 {
		nodes = append(nodes, node(fmt.Sprintf("n-%d", i), "linux", "example.com/instance", fmt.Sprintf("i-%d", i)))
	}
	pools := placement.Fold(nodes, nil)
	if len(pools) != 1 || len(pools[0].Nodes) != 10 {
		t.Fatalf("got %v, want one pool", members(pools))
	}
	want := map[string]string{"kubernetes.io/hostname": "n-3", "example.com/instance": "i-3"}
	if diff := cmp.Diff(pools[0].Own[3], want); diff != "" {
		t.Errorf("own labels of the fourth node: got -, want +:\n%s", diff)
	}
	if diff := cmp.Diff(pools[0].Labels, map[string]string{"kubernetes.io/os": "linux"}); diff != "" {
		t.Errorf("labels of the pool: got -, want +:\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	n := node("win-1", "windows", "disk", "ssd")
	n.Unschedulable = true
	n.Taints = []corev1.Taint{{Key: "os", Value: "windows", Effect: "NoSchedule"}}
	const all = "tolerations: [{operator: Exists}]\n"
	for name, tc := range map[string]struct {
		spec string
		want []string
	}{
		"accepts": {all + "nodeSelector: {disk: ssd}", nil},
		"refuses": {"nodeSelector: {disk: hdd}", []string{
			"node(s) were unschedulable",
			"node(s) had untolerated taint {os: windows}: effect NoSchedule",
			`node(s) didn't match Pod's node affinity/selector: nodeSelector disk=hdd, label is "ssd"`,
		}},
		"cordoned, and tolerated": {
			"tolerations: [{key: node.kubernetes.io/unschedulable, operator: Exists}, {key: os, operator: Exists}]", nil,
		},
		"by its name":     {all + required("[{matchFields: [{key: metadata.name, operator: In, values: [win-1]}]}]"), nil},
		"by another name": {all + required("[{matchFields: [{key: metadata.name, operator: In, values: [win-2]}]}]"), []string{"node(s) didn't match Pod's node affinity/selector: required node affinity metadata.name In [win-2]"}},
		"bound to it":     {all + "nodeName: win-1", nil},
		"bound to another": {all + "nodeName: win-2", []string{
			"node(s) didn't match the requested node name: nodeName win-2",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(n.Refusals(specOf(t, tc.spec)), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

// TestCouldAsksEveryNode: what Judge says of a whole pool, Could says of at least one of its nodes.
func TestCouldAsksEveryNode(t *testing.T) {
	t.Parallel()
	pools := placement.Fold([]placement.Node{
		node("lin-1", "linux"), node("lin-2", "linux", "rke.cattle.io/machine", "7a"), node("win-1", "windows"),
	}, func(string) bool { return false })
	for name, tc := range map[string]struct {
		spec  string
		judge []bool // linux, windows
		could []bool
	}{
		"a selector of the pool's labels": {"nodeSelector: {kubernetes.io/os: linux}", []bool{true, false}, []bool{true, false}},
		"a hostname":                      {"nodeSelector: {kubernetes.io/hostname: lin-2}", []bool{false, false}, []bool{true, false}},
		"a hostname there is not":         {"nodeSelector: {kubernetes.io/hostname: lin-3}", []bool{false, false}, []bool{false, false}},
		"a label that one node has":       {"nodeSelector: {rke.cattle.io/machine: 7a}", []bool{false, false}, []bool{true, false}},
		"nodeName":                        {"nodeName: win-1", []bool{false, false}, []bool{false, true}},
		"a field": {
			required("[{matchFields: [{key: metadata.name, operator: In, values: [lin-2]}]}, {matchFields: [{key: metadata.name, operator: In, values: [win-1]}]}]"), []bool{false, false}, []bool{true, true},
		},
		"a field that leaves one out": {
			required("[{matchFields: [{key: metadata.name, operator: NotIn, values: [win-1]}]}]"), []bool{false, false}, []bool{true, false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := specOf(t, tc.spec)
			var judge, could []bool
			for _, p := range pools {
				judge, could = append(judge, placement.Judge(spec, p).Fits), append(could, placement.Could(spec, p).Fits)
			}
			if diff := cmp.Diff([][]bool{judge, could}, [][]bool{tc.judge, tc.could}); diff != "" {
				t.Errorf("judge, could: got -, want +:\n%s", diff)
			}
		})
	}
	named := placement.Could(specOf(t, "nodeSelector: {kubernetes.io/hostname: lin-3}"), pools[0])
	want := []string{"node(s) didn't match Pod's node affinity/selector: nodeSelector kubernetes.io/hostname=lin-3, label not set"}
	if diff := cmp.Diff(named.Reasons, want); diff != "" {
		t.Errorf("reasons: got -, want +:\n%s", diff)
	}
}
