package placement_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/placement"
)

// read reads a file of testdata.
func read(t *testing.T, name string) []placement.Pool {
	t.Helper()
	file := filepath.Join("testdata", name)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pools, err := placement.ReadPools(data, file)
	if err != nil {
		t.Fatal(err)
	}
	return pools
}

func TestReadPoolsReadsTheBenchmarksPools(t *testing.T) {
	t.Parallel()
	labels := func(os string) map[string]string {
		return map[string]string{
			"kubernetes.io/os": os, "beta.kubernetes.io/os": os, "kubernetes.io/arch": "amd64", "beta.kubernetes.io/arch": "amd64",
		}
	}
	want := []placement.Pool{
		{Name: "linux", Labels: labels("linux"), Taints: []corev1.Taint{{Key: "cattle.io/os", Value: "linux", Effect: "NoSchedule"}}},
		{Name: "windows", Labels: labels("windows"), Taints: []corev1.Taint{{Key: "os", Value: "windows", Effect: "NoSchedule"}}},
	}
	if diff := cmp.Diff(read(t, "pools.json"), want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func TestReadPoolsFoldsNodes(t *testing.T) {
	t.Parallel()
	want := []placement.Pool{
		{
			Name:   "control-plane",
			Labels: map[string]string{"kubernetes.io/os": "linux", "node-role.kubernetes.io/control-plane": ""},
			Taints: []corev1.Taint{{Key: "node-role.kubernetes.io/control-plane", Effect: "NoSchedule"}},
			Nodes:  []string{"cp-1"},
		},
		{Name: "linux", Labels: map[string]string{"kubernetes.io/os": "linux"}, Nodes: []string{"lin-1"}},
		{
			Name: "windows-2022",
			Labels: map[string]string{
				"kubernetes.io/arch": "amd64", "kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348",
				"agentpool": "win",
			},
			Taints: []corev1.Taint{
				{Key: "dedicated", Value: "iis", Effect: "NoExecute"}, {Key: "os", Value: "windows", Effect: "NoSchedule"},
			},
			Nodes: []string{"win-1", "win-2"},
			Own: []map[string]string{
				{"kubernetes.io/hostname": "win-1", "rke.cattle.io/machine": "0f3c"},
				{"kubernetes.io/hostname": "WIN-2", "rke.cattle.io/machine": "77aa", "example.com/node": "win-2"},
			},
		},
		{
			Name: "windows-2025",
			Labels: map[string]string{
				"kubernetes.io/arch": "amd64", "kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.26100",
				"kubernetes.io/hostname": "win-3",
			},
			Nodes: []string{"win-3"},
		},
	}
	if diff := cmp.Diff(read(t, "nodes.yaml"), want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func TestReadPoolsReadsOneNode(t *testing.T) {
	t.Parallel()
	got, err := placement.ReadPools([]byte("# a comment\n---\nkind: Node\nmetadata: {name: x, labels: {kubernetes.io/os: linux}}\n"), "node.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []placement.Pool{{Name: "linux", Labels: map[string]string{"kubernetes.io/os": "linux"}, Nodes: []string{"x"}}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func TestReadPoolsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const (
		shapes = "p.yaml: want a Node, a List of Nodes or a list of {name, labels, taints}, got "
		linux  = "labels: {kubernetes.io/os: linux}"
	)
	for text, want := range map[string]string{
		"":                           shapes + "none",
		"5":                          shapes + "5",
		"kind: Pod":                  shapes + `a map of kind "Pod"`,
		"pools: []":                  shapes + "a map of kind none",
		"[{name: a}]\n---\n[]":       shapes + "more than one document",
		"[]":                         "p.yaml: want at least one pool, got an empty list",
		"kind: List\nitems: []":      "p.yaml: items: want at least one Node, got an empty list",
		"kind: List":                 "p.yaml: items: want a list of Nodes, got none",
		"kind: NodeList\nitems: [5]": "p.yaml: item 1: want a Node, got 5",
		"a: [":                       "p.yaml: yaml: line 1: did not find expected node content",
		"- name: a\n  name: b":       `p.yaml: yaml: unmarshal errors: line 2: key "name" already set in map`,
		"- 5":                        "p.yaml: item 1: want {name, labels, taints}, got 5",
		"- {labels: {}}":             "p.yaml: item 1: name: want the pool's name, got none",
		"- {name: a, lables: {}}":    "p.yaml: item 1: lables: unknown field, want name, labels, taints",
		"- {name: a, " + linux + "}\n- {name: b}":                                            "p.yaml: item 2: labels: want kubernetes.io/os set to linux or windows, got none",
		"- {name: a, labels: {kubernetes.io/os: Windows}}":                                   `p.yaml: item 1: labels: want kubernetes.io/os set to linux or windows, got "Windows"`,
		"- {name: a, labels: [linux]}":                                                       "p.yaml: item 1: labels: want a map, got a list",
		"- {name: a, labels: {gpu: true}}":                                                   "p.yaml: item 1: labels: gpu: want a string, got true",
		"- {name: a, " + linux + "}\n- {name: a, " + linux + "}":                             `p.yaml: item 2: name: want a name of its own, got "a", the name of item 1`,
		"- {name: a, " + linux + ", taints: {}}":                                             "p.yaml: item 1: taints: want a list of {key, value, effect}, got a map",
		"- {name: a, " + linux + ", taints: [os]}":                                           `p.yaml: item 1: taints: item 1: want {key, value, effect}, got "os"`,
		"- {name: a, " + linux + ", taints: [{key: os}]}":                                    "p.yaml: item 1: taints: item 1: effect: want one of [NoSchedule PreferNoSchedule NoExecute], got none",
		"- {name: a, " + linux + ", taints: [{key: os, effect: noSchedule}]}":                `p.yaml: item 1: taints: item 1: effect: want one of [NoSchedule PreferNoSchedule NoExecute], got "noSchedule"`,
		"- {name: a, " + linux + ", taints: [{key: os, value: 1, effect: x}]}":               "p.yaml: item 1: taints: item 1: value: want a string, got 1",
		"- {name: a, " + linux + ", taints: [{key: os, values: 1}]}":                         "p.yaml: item 1: taints: item 1: values: unknown field, want key, value, effect, timeAdded",
		"kind: List\nitems: [{kind: Pod}]":                                                   `p.yaml: item 1: kind: want Node, got "Pod"`,
		"kind: List\nitems: [{kind: Node}]":                                                  "p.yaml: item 1: metadata.name: want the node's name, got none",
		"kind: Node\nmetadata: {name: x}":                                                    "p.yaml: node x: metadata.labels: want kubernetes.io/os set to linux or windows, got none",
		"kind: Node\nmetadata: {name: x, " + linux + "}\nspec: {taints: [{}]}":               "p.yaml: node x: spec.taints: item 1: key: want a key of the API, got none: name part must be non-empty",
		"kind: List\nitems: [{metadata: {name: x, labels: {beta.kubernetes.io/os: linux}}}]": "p.yaml: item 1: node x: metadata.labels: want kubernetes.io/os set to linux or windows, got none",
	} {
		pools, err := placement.ReadPools([]byte(text), "p.yaml")
		if err == nil {
			t.Errorf("%q: got %v, want an error", text, pools)
			continue
		}
		if diff := cmp.Diff(err.Error(), want); diff != "" {
			t.Errorf("%q: got -, want +:\n%s", text, diff)
		}
	}
}

// FuzzReadPools holds what ReadPools accepts to its promises: each pool has an OS and a name of its own, and pools written in
// the list form read back as the same pools.
func FuzzReadPools(f *testing.F) {
	for _, name := range []string{"pools.json", "nodes.yaml"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		pools, err := placement.ReadPools(data, "fuzz")
		if err != nil {
			return
		}
		type taint struct {
			Key    string             `json:"key"`
			Value  string             `json:"value"`
			Effect corev1.TaintEffect `json:"effect"`
		}
		type pool struct {
			Name   string            `json:"name"`
			Labels map[string]string `json:"labels"`
			Taints []taint           `json:"taints"`
		}
		var list []pool
		for _, p := range pools {
			if p.OS() != "linux" && p.OS() != "windows" {
				t.Errorf("pool %q has the OS %q", p.Name, p.OS())
			}
			item := pool{Name: p.Name, Labels: p.Labels}
			for _, t := range p.Taints {
				item.Taints = append(item.Taints, taint{t.Key, t.Value, t.Effect})
			}
			list = append(list, item)
		}
		written, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		again, err := placement.ReadPools(written, "again")
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if diff := cmp.Diff(again, pools, cmpopts.IgnoreFields(placement.Pool{}, "Nodes", "Own")); diff != "" {
			t.Errorf("read again -, read first +:\n%s", diff)
		}
	})
}
