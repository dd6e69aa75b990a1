package placement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// specOf decodes a pod spec.
func specOf(t *testing.T, text string) *corev1.PodSpec {
	t.Helper()
	var spec corev1.PodSpec
	if err := yaml.UnmarshalStrict([]byte(text), &spec); err != nil {
		t.Fatal(err)
	}
	return &spec
}

// required is a pod spec with these terms of required node affinity.
func required(terms string) string {
	return "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: " + terms + "}}}"
}

// tainted are the pools of Rancher's RKE1 on one side and of OpenShift on the other.
func tainted() (linux, windows placement.Pool) {
	linux = placement.Pool{
		Name:   "lin",
		Labels: map[string]string{"kubernetes.io/os": "linux", "cores": "8"},
		Taints: []corev1.Taint{
			{Key: "cattle.io/os", Value: "linux", Effect: "NoSchedule"},
			{Key: "slow", Effect: "PreferNoSchedule"},
		},
	}
	windows = placement.Pool{
		Name:   "win",
		Labels: map[string]string{"kubernetes.io/os": "windows", "beta.kubernetes.io/os": "windows", "cores": "8"},
		Taints: []corev1.Taint{{Key: "os", Value: "Windows", Effect: "NoSchedule"}, {Key: "gone", Effect: "NoExecute"}},
	}
	return linux, windows
}

func TestJudgeSpeaksAsTheScheduler(t *testing.T) {
	t.Parallel()
	const (
		affinity = "node(s) didn't match Pod's node affinity/selector: "
		tolerate = "tolerations: [{key: os, value: Windows, effect: NoSchedule}, {key: gone, operator: Exists}]\n"
		all      = "tolerations: [{operator: Exists}]\n"
	)
	_, windows := tainted()
	for name, tc := range map[string]struct {
		spec string
		want []string
	}{
		"all tolerated, no selector": {tolerate, nil},
		"everything tolerated":       {all, nil},
		"nothing tolerated": {"{}", []string{
			"node(s) had untolerated taint {os: Windows}: effect NoSchedule",
			"node(s) had untolerated taint {gone: }: effect NoExecute",
		}},
		"a value of another case": {
			"tolerations: [{key: os, value: windows}, {key: gone, operator: Exists}]",
			[]string{"node(s) had untolerated taint {os: Windows}: effect NoSchedule"},
		},
		"another effect": {
			"tolerations: [{key: os, value: Windows, effect: NoExecute}, {key: gone, operator: Exists}]",
			[]string{"node(s) had untolerated taint {os: Windows}: effect NoSchedule"},
		},
		"an operator there is not": {
			"tolerations: [{key: os, operator: Is, value: Windows}, {key: gone, operator: Exists}]",
			[]string{"node(s) had untolerated taint {os: Windows}: effect NoSchedule"},
		},
		"no key and no Exists": {
			"tolerations: [{value: Windows}, {key: gone, operator: Exists}]",
			[]string{"node(s) had untolerated taint {os: Windows}: effect NoSchedule"},
		},
		"the selector fits": {all + "nodeSelector: {kubernetes.io/os: windows, beta.kubernetes.io/os: windows}", nil},
		"the selector does not": {all + "nodeSelector: {kubernetes.io/os: linux, disk: ssd}", []string{
			affinity + "nodeSelector disk=ssd, label not set",
			affinity + `nodeSelector kubernetes.io/os=linux, label is "windows"`,
		}},
		"a selector the server refuses": {all + "nodeSelector: {os: 'a b'}", []string{
			affinity + `nodeSelector: values[0][os]: Invalid value: "a b": a valid label must be an empty string or consist of ` +
				`alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  ` +
				`or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
		}},
		"the affinity fits":      {all + required("[{matchExpressions: [{key: kubernetes.io/os, operator: NotIn, values: [linux]}]}]"), nil},
		"one of two terms fits":  {all + required("[{matchExpressions: [{key: a, operator: Exists}]}, {matchExpressions: [{key: cores, operator: Gt, values: ['4']}]}]"), nil},
		"preferences are wishes": {all + "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}", nil},
		"the affinity does not": {
			all + required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}, {key: a, operator: Exists}]}, {matchExpressions: [{key: cores, operator: Lt, values: ['8']}]}]"),
			[]string{affinity + "required node affinity kubernetes.io/os In [linux] and a Exists, or cores Lt [8]"},
		},
		"no terms":      {all + required("[]"), []string{affinity + "required node affinity no terms, which match nothing"}},
		"an empty term": {all + required("[{}]"), []string{affinity + "required node affinity an empty term, which matches nothing"}},
		"an affinity the server refuses": {
			all + required("[{matchExpressions: [{key: kubernetes.io/os, operator: Equals, values: [windows]}]}]"),
			[]string{affinity + `required node affinity: nodeSelectorTerms[0].matchExpressions[0].operator: Unsupported value: "Equals": ` +
				`supported values: "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"`},
		},
		"nodes by field": {
			all + required("[{matchFields: [{key: metadata.name, operator: NotIn, values: [node-1]}]}]"),
			[]string{affinity + "required node affinity metadata.name NotIn [node-1], which chooses nodes by name"},
		},
		"a node by name": {all + "nodeName: node-1", []string{"node(s) didn't match the requested node name: nodeName node-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := placement.Judge(specOf(t, tc.spec), windows)
			want := placement.Verdict{Pool: windows, Fits: len(tc.want) == 0, Reasons: tc.want}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestPlaced(t *testing.T) {
	t.Parallel()
	linux, windows := tainted()
	spare := placement.Pool{Name: "spare", Labels: map[string]string{"kubernetes.io/os": "windows"}}
	open := placement.Pool{Name: "open", Labels: map[string]string{"kubernetes.io/os": "linux"}}
	type answer struct {
		Placed  bool
		Reasons []string
	}
	for name, tc := range map[string]struct {
		spec  string
		pools []placement.Pool
		want  answer
	}{
		"one pool of two is enough": {
			"nodeSelector: {kubernetes.io/os: windows}", []placement.Pool{linux, windows, spare}, answer{true, nil},
		},
		"taints alone can place": {"{}", []placement.Pool{linux, spare}, answer{true, nil}},
		"no pool accepts": {
			"nodeSelector: {kubernetes.io/os: windows}",
			[]placement.Pool{linux, windows},
			answer{false, []string{
				`pool "win" (windows): node(s) had untolerated taint {os: Windows}: effect NoSchedule`,
				`pool "win" (windows): node(s) had untolerated taint {gone: }: effect NoExecute`,
			}},
		},
		"the other OS accepts too": {
			"tolerations: [{operator: Exists}]",
			[]placement.Pool{linux, windows},
			answer{false, []string{`pool "lin" (linux) accepts it too`}},
		},
		"only the other OS accepts": {
			"nodeSelector: {cores: '8'}\ntolerations: [{key: cattle.io/os, value: linux}]",
			[]placement.Pool{linux, spare},
			answer{false, []string{
				`pool "spare" (windows): node(s) didn't match Pod's node affinity/selector: nodeSelector cores=8, label not set`,
				`pool "lin" (linux) accepts it too`,
			}},
		},
		"one node of the other OS could accept": {
			required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}, " +
				"{matchFields: [{key: metadata.name, operator: In, values: [node-1]}]}]"),
			[]placement.Pool{open, spare},
			answer{false, []string{`pool "open" (linux) accepts it too`}},
		},
		"no pool of that OS": {"{}", []placement.Pool{open}, answer{false, []string{
			"there is no pool of windows nodes", `pool "open" (linux) accepts it too`,
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			placed, reasons := placement.Placed(specOf(t, tc.spec), platform.Windows, tc.pools)
			if diff := cmp.Diff(answer{placed, reasons}, tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestPresets(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(placement.Presets(), []string{"rke2", "rancher-rke1", "aks", "eks", "gke", "openshift"}); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	for name, taints := range map[string][2][]corev1.Taint{
		"rke2":         {},
		"aks":          {},
		"eks":          {},
		"rancher-rke1": {{{Key: "cattle.io/os", Value: "linux", Effect: "NoSchedule"}}, nil},
		"gke":          {nil, {{Key: "node.kubernetes.io/os", Value: "windows", Effect: "NoSchedule"}}},
		"openshift":    {nil, {{Key: "os", Value: "Windows", Effect: "NoSchedule"}}},
	} {
		got, ok := placement.Preset(name)
		want := []placement.Pool{
			{Name: "linux", Taints: taints[0], Labels: map[string]string{
				"kubernetes.io/os": "linux", "beta.kubernetes.io/os": "linux",
				"kubernetes.io/arch": "amd64", "beta.kubernetes.io/arch": "amd64",
			}},
			{Name: "windows", Taints: taints[1], Labels: map[string]string{
				"kubernetes.io/os": "windows", "beta.kubernetes.io/os": "windows",
				"kubernetes.io/arch": "amd64", "beta.kubernetes.io/arch": "amd64", "node.kubernetes.io/windows-build": "10.0.20348",
			}},
		}
		if diff := cmp.Diff(got, want); !ok || diff != "" {
			t.Errorf("%s: got -, want +:\n%s", name, diff)
		}
	}
	if pools, ok := placement.Preset("RKE2"); ok {
		t.Errorf("RKE2: got %v, want none", pools)
	}
}
