package retaint_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/retaint"
	"github.com/winready/kubectl-winready/pkg/workload"
)

var (
	taint = corev1.Taint{Key: "cattle.io/os", Value: "linux", Effect: corev1.TaintEffectNoSchedule}
	other = corev1.Taint{Key: "cattle.io/os", Value: "other", Effect: corev1.TaintEffectNoSchedule}
)

func pool(os string, taints []corev1.Taint, nodes ...string) placement.Pool {
	return placement.Pool{Name: nodes[0], Labels: map[string]string{"kubernetes.io/os": os}, Taints: taints, Nodes: nodes}
}

func deployment(name string, spec corev1.PodSpec) inventory.Workload {
	return inventory.Workload{Workload: workload.Workload{Object: object.Ref{Kind: "Deployment", Namespace: "n", Name: name}, Spec: spec}}
}

func TestLook(t *testing.T) {
	t.Parallel()
	onLinux := map[string]string{"kubernetes.io/os": "linux"}
	onWindows := map[string]string{"kubernetes.io/os": "windows"}
	tolerates := []corev1.Toleration{{Key: "cattle.io/os", Operator: corev1.TolerationOpExists}}
	workloads := []inventory.Workload{
		deployment("any", corev1.PodSpec{}), deployment("linux", corev1.PodSpec{NodeSelector: onLinux}), deployment("windows", corev1.PodSpec{NodeSelector: onWindows}),
		deployment("tolerant", corev1.PodSpec{NodeSelector: onLinux, Tolerations: tolerates}),
	}
	static := deployment("static", corev1.PodSpec{})
	static.Static = true
	pods := []inventory.PodGroup{{Workload: 1, Pool: 0, Count: 2, Phase: corev1.PodRunning}, {Workload: 1, Pool: -1, Count: 1, Phase: corev1.PodPending}}
	for name, test := range map[string]struct {
		pools          []placement.Pool
		with, bare     []string
		added, removed map[string]retaint.Outcome
	}{
		"no node has it": {
			[]placement.Pool{pool("linux", nil, "b", "a"), pool("windows", nil, "w")},
			[]string{},
			[]string{"a", "b"},
			map[string]retaint.Outcome{"any": retaint.Elsewhere, "linux": retaint.Pending},
			map[string]retaint.Outcome{},
		},
		"every node has it": {
			[]placement.Pool{pool("linux", []corev1.Taint{taint}, "a"), pool("windows", nil, "w")},
			[]string{"a"},
			[]string{},
			map[string]retaint.Outcome{},
			map[string]retaint.Outcome{"any": retaint.Strays, "linux": retaint.Again},
		},
		"some have it": {
			[]placement.Pool{pool("linux", []corev1.Taint{taint}, "a"), pool("linux", nil, "b")},
			[]string{"a"},
			[]string{"b"},
			map[string]retaint.Outcome{"any": retaint.Pending, "linux": retaint.Pending},
			map[string]retaint.Outcome{},
		},
		"another value of the key": {
			[]placement.Pool{pool("linux", []corev1.Taint{other}, "a")},
			[]string{},
			[]string{"a"},
			map[string]retaint.Outcome{},
			map[string]retaint.Outcome{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inv := &inventory.Inventory{Pools: test.pools, Workloads: append(append([]inventory.Workload{}, workloads...), static), Pods: pods}
			got := retaint.Look(inv, taint)
			if diff := cmp.Diff([][]string{got.With, got.Bare}, [][]string{test.with, test.bare}); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]map[string]retaint.Outcome{outcomes(got.Added), outcomes(got.Removed)}, []map[string]retaint.Outcome{test.added, test.removed}); diff != "" {
				t.Error(diff)
			}
			for _, e := range append(got.Added, got.Removed...) {
				if want := map[string]int{"linux": 3}[e.Name]; e.Pods != want {
					t.Errorf("%s has %d pods, want %d", e.Name, e.Pods, want)
				}
			}
		})
	}
}

func outcomes(list []retaint.Effect) map[string]retaint.Outcome {
	out := map[string]retaint.Outcome{}
	for _, e := range list {
		out[e.Name] = e.Outcome
	}
	return out
}

// TestUnread: an outlook of which something could not be read says so.
func TestUnread(t *testing.T) {
	t.Parallel()
	inv := &inventory.Inventory{Gaps: map[inventory.Kind]inventory.Gap{
		inventory.Workloads: {Reason: "listing deployments: forbidden", Unread: true}, inventory.Pods: {Reason: "listing deployments: forbidden", Unread: true},
		inventory.Chart: {Reason: "a cluster is not a chart"}, inventory.Nodes: {Reason: "listing nodes: forbidden", Unread: true},
	}}
	if diff := cmp.Diff(retaint.Look(inv, taint).Unread, []string{"listing nodes: forbidden", "listing deployments: forbidden"}); diff != "" {
		t.Error(diff)
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	keep := corev1.Taint{Key: "k", Effect: corev1.TaintEffectNoExecute}
	have := []corev1.Taint{keep, other}
	if diff := cmp.Diff(retaint.Add(have, taint), []corev1.Taint{keep, taint}); diff != "" {
		t.Errorf("a node has one taint of a key and an effect: %s", diff)
	}
	if diff := cmp.Diff(retaint.Remove(have, taint), have); diff != "" {
		t.Errorf("that of another value is another: %s", diff)
	}
	if diff := cmp.Diff(retaint.Remove([]corev1.Taint{taint, keep}, taint), []corev1.Taint{keep}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(have, []corev1.Taint{keep, other}); diff != "" {
		t.Errorf("what was given is changed: %s", diff)
	}
}
