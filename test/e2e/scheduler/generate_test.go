package scheduler_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// The words that nodes and pods are made of: few enough for them to meet.
func labelValues() map[string][]string {
	return map[string][]string{
		"kubernetes.io/os":                 {"linux", "windows"},
		"beta.kubernetes.io/os":            {"linux", "windows"},
		"node.kubernetes.io/windows-build": {"10.0.17763", "10.0.20348", "10.0.26100"},
		"disk":                             {"ssd", "hdd"},
		"zone":                             {"a", "b", "c"},
		"cores":                            {"4", "8", "16", "many"},
		"example.com/empty":                {""},
	}
}

func taintKeys() []string { return []string{"os", "cattle.io/os", "dedicated", "example.com/gpu"} }

func taintValues() []string { return []string{"linux", "windows", "Windows", ""} }

func effects() []corev1.TaintEffect {
	return []corev1.TaintEffect{corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// chance is true once in n.
func chance(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }

// fleet is 42 nodes of 14 kinds: of both systems and several builds, with labels and taints of all effects. Some are cordoned.
func fleet(r *rand.Rand) []*corev1.Node {
	const kinds, each = 14, 3
	var nodes []*corev1.Node
	for kind := range kinds {
		os, build := "linux", pick(r, labelValues()["node.kubernetes.io/windows-build"])
		if kind%2 == 1 {
			os = "windows"
		}
		labels, taints := nodeLabels(r), nodeTaints(r)
		for i := range each {
			name := fmt.Sprintf("%s-%d", os, kind*each+i)
			n := controlplane.Linux(name, taints...)
			if os == "windows" {
				n = controlplane.Windows(name, build, taints...)
			}
			maps.Copy(n.Labels, labels)
			n.Spec.Unschedulable = chance(r, 9)
			for _, resources := range []corev1.ResourceList{n.Status.Capacity, n.Status.Allocatable} {
				resources[corev1.ResourcePods] = resource.MustParse("100000")
			}
			nodes = append(nodes, n)
		}
	}
	return nodes
}

func nodeLabels(r *rand.Rand) map[string]string {
	labels := map[string]string{}
	for _, key := range []string{"disk", "zone", "cores", "example.com/empty"} {
		if !chance(r, 3) {
			labels[key] = pick(r, labelValues()[key])
		}
	}
	return labels
}

func nodeTaints(r *rand.Rand) []corev1.Taint {
	var taints []corev1.Taint
	seen := map[string]bool{}
	for range r.IntN(3) {
		t := corev1.Taint{Key: pick(r, taintKeys()), Value: pick(r, taintValues()), Effect: pick(r, effects())}
		if id := t.Key + string(t.Effect); !seen[id] {
			seen[id] = true
			taints = append(taints, t)
		}
	}
	return taints
}

// nodeName is the name of some node of the fleet, of either system.
func nodeName(r *rand.Rand) string {
	i := r.IntN(42)
	if i/3%2 == 1 {
		return fmt.Sprintf("windows-%d", i)
	}
	return fmt.Sprintf("linux-%d", i)
}

// randomPod is a pod with random wishes. Now and then one of them is such that the API server refuses the pod.
func randomPod(r *rand.Rand, name string) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}}
	pod.Spec.Containers = []corev1.Container{{Name: "c", Image: "registry.k8s.io/pause:3.10"}}
	pod.Spec.TerminationGracePeriodSeconds = new(int64)
	for range r.IntN(3) {
		key, value := label(r)
		if pod.Spec.NodeSelector == nil {
			pod.Spec.NodeSelector = map[string]string{}
		}
		pod.Spec.NodeSelector[key] = value
	}
	if chance(r, 2) {
		pod.Spec.Affinity = affinity(r)
	}
	for range r.IntN(5) {
		pod.Spec.Tolerations = append(pod.Spec.Tolerations, toleration(r))
	}
	if chance(r, 12) {
		pod.Spec.NodeName = nodeName(r)
	}
	return pod
}

// label is one that nodes may have; once in a while one that none has, or that is no label.
func label(r *rand.Rand) (key, value string) {
	key = pick(r, slices.Sorted(maps.Keys(labelValues())))
	value = pick(r, labelValues()[key])
	switch {
	case chance(r, 30):
		return "kubernetes.io/hostname", nodeName(r)
	case chance(r, 40):
		return "nobody-has-it", value
	case chance(r, 60):
		return key, "not a value!"
	}
	return key, value
}

func affinity(r *rand.Rand) *corev1.Affinity {
	required := &corev1.NodeSelector{}
	for range r.IntN(4) { // none is refused
		term := corev1.NodeSelectorTerm{}
		for range r.IntN(3) { // none matches nothing
			term.MatchExpressions = append(term.MatchExpressions, expression(r))
		}
		if chance(r, 8) {
			term.MatchFields = append(term.MatchFields, field(r))
		}
		required.NodeSelectorTerms = append(required.NodeSelectorTerms, term)
	}
	a := &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}}
	if !chance(r, 10) {
		a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = required
	}
	if chance(r, 4) {
		a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution = []corev1.PreferredSchedulingTerm{
			{Weight: 50, Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{
				{Key: "zone", Operator: corev1.NodeSelectorOpIn, Values: []string{"a"}},
			}}},
		}
	}
	return a
}

func expression(r *rand.Rand) corev1.NodeSelectorRequirement {
	operators := []corev1.NodeSelectorOperator{
		corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist,
		corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt,
	}
	key, value := label(r)
	e := corev1.NodeSelectorRequirement{Key: key, Operator: pick(r, operators)}
	switch e.Operator {
	case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist:
		if chance(r, 40) {
			e.Values = []string{value} // refused
		}
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		e.Key, e.Values = "cores", []string{pick(r, []string{"0", "4", "7", "16"})}
		if chance(r, 30) {
			e.Values = []string{"few"} // refused, or never matched
		}
	default:
		e.Values = []string{value}
		if chance(r, 3) {
			e.Values = append(e.Values, pick(r, labelValues()["zone"]))
		}
		if chance(r, 60) {
			e.Values = nil // refused
		}
	}
	return e
}

func field(r *rand.Rand) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{
		Key: "metadata.name", Values: []string{nodeName(r)},
		Operator: pick(r, []corev1.NodeSelectorOperator{corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn}),
	}
}

func toleration(r *rand.Rand) corev1.Toleration {
	t := corev1.Toleration{Key: pick(r, taintKeys()), Operator: corev1.TolerationOpEqual, Value: pick(r, taintValues())}
	switch {
	case chance(r, 3):
		t.Operator, t.Value = corev1.TolerationOpExists, ""
	case chance(r, 4):
		t.Operator = "" // Equal
	case chance(r, 40):
		t.Operator = corev1.TolerationOpExists // with a value: refused
	}
	if !chance(r, 3) {
		t.Effect = pick(r, effects())
	}
	switch {
	case chance(r, 25):
		t.Key, t.Operator, t.Value = "", corev1.TolerationOpExists, ""
	case chance(r, 60):
		t.Key = "" // with Equal: refused
	case chance(r, 40):
		t.Key, t.Operator, t.Value, t.Effect = corev1.TaintNodeUnschedulable, corev1.TolerationOpExists, "", ""
	}
	if t.Effect == corev1.TaintEffectNoExecute && chance(r, 3) {
		seconds := int64(3600)
		t.TolerationSeconds = &seconds
	}
	return t
}
