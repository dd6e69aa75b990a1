package census

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Inventory is what was counted. The census must not be used afterwards.
func (c *Census) Inventory() *inventory.Inventory {
	slices.SortStableFunc(c.classes, func(a, b nodev1.RuntimeClass) int { return cmp.Compare(a.Name, b.Name) })
	for _, list := range c.objects {
		slices.SortStableFunc(list, func(a, b inventory.Object) int {
			return cmp.Or(cmp.Compare(a.Ref.Namespace, b.Ref.Namespace), cmp.Compare(a.Ref.Name, b.Ref.Name))
		})
	}
	inv := &inventory.Inventory{RuntimeClasses: c.classes, Objects: c.objects, Gaps: map[inventory.Kind]inventory.Gap{}}
	maps.DeleteFunc(c.groups, func(g group, _ *tally) bool { return !c.wanted(g) })
	c.ensure(c.podOwners())
	index := map[key]int{}
	for _, k := range slices.SortedFunc(maps.Keys(c.workloads), compareKeys) {
		index[k] = len(inv.Workloads)
		for _, w := range c.workloads[k] {
			inv.Workloads = append(inv.Workloads, *w)
		}
	}
	pool := c.fold(inv)
	c.count(inv, index, pool)
	inv.Refusals = c.refusals(index)
	return inv
}

// wanted tells whether pods are of a workload that the selector matches. Where nothing is known of the workload, the labels of
// the pods tell.
func (c *Census) wanted(g group) bool {
	top := c.top(g.owner)
	_, known := c.workloads[top]
	return known || !g.unselected && !c.unselected[top]
}

// podOwners are what controls pods, in order.
func (c *Census) podOwners() []key {
	owners := map[key]bool{}
	for g := range c.groups {
		owners[g.owner] = true
	}
	return slices.SortedFunc(maps.Keys(owners), compareKeys)
}

// ensure makes workloads of pods whose controllers were not counted: of a kind that is not known, or one that may not be read.
// What admission added to the pods of a workload that was counted is added to the workload.
func (c *Census) ensure(owners []key) {
	made := map[key]bool{}
	for _, owner := range owners {
		top := c.top(owner)
		known := c.workloads[top]
		switch {
		case known == nil:
			made[top] = true
			c.workloads[top] = []*inventory.Workload{c.workloadOf(top, c.sample(owner))}
		case len(known) == 1 && !made[top] && known[0].Admitted == nil:
			admitted(known[0], &c.sample(owner).Spec)
		}
		delete(c.samples, owner)
	}
}

// workloadOf is a workload of which only a pod is known.
func (c *Census) workloadOf(k key, pod *corev1.PodTemplateSpec) *inventory.Workload {
	o := object.Ref{APIVersion: c.versions[schemaKind{k.group, k.kind}], Kind: k.kind, Namespace: k.namespace, Name: k.name}
	var annotations map[string]string // those of a controller are not known
	if k.kind == staticPod || k.group == "" && k.kind == "Pod" {
		o.APIVersion, o.Kind, annotations = "v1", "Pod", pod.Annotations
	}
	return &inventory.Workload{Workload: workload.OfTyped(o, annotations, pod, object.Path{"spec"}), Static: k.kind == staticPod}
}

// admitted notes what admission added to the pods of a workload that its template has not.
func admitted(w *inventory.Workload, pod *corev1.PodSpec) {
	for k, v := range w.Spec.NodeSelector {
		if pod.NodeSelector[k] != v {
			return // a pod of an earlier template
		}
	}
	added := func(t corev1.Toleration) bool {
		return !slices.Contains(everywhere(), t.Key) && !slices.ContainsFunc(w.Spec.Tolerations, func(own corev1.Toleration) bool {
			return own.MatchToleration(&t)
		})
	}
	if len(pod.NodeSelector) > len(w.Spec.NodeSelector) || slices.ContainsFunc(pod.Tolerations, added) {
		w.Admitted = &inventory.Admitted{NodeSelector: pod.NodeSelector, Tolerations: pod.Tolerations}
	}
}

// everywhere are the taints that the API server lets any pod tolerate for a while, and the DaemonSet controller its pods for
// good: plugin/pkg/admission/defaulttolerationseconds and pkg/controller/daemon/util of k8s.io/kubernetes.
func everywhere() []string {
	return []string{
		corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable, corev1.TaintNodeDiskPressure, corev1.TaintNodeMemoryPressure,
		corev1.TaintNodePIDPressure, corev1.TaintNodeUnschedulable, corev1.TaintNodeNetworkUnavailable,
	}
}

// count makes the groups of an inventory, putting those together that only differ in a node of the same pool or in which of two
// ReplicaSets they are of.
func (c *Census) count(inv *inventory.Inventory, index map[key]int, pool map[string]int) {
	at := map[alike]*tally{}
	for g, t := range c.groups {
		s := alike{index[c.top(g.owner)], -1, g.phase, g.started, g.ready, g.reason}
		if on, bound := pool[g.node]; bound {
			s.pool = on
		}
		if into := at[s]; into != nil {
			into.add(t)
		} else {
			at[s] = t
		}
	}
	for _, s := range slices.SortedFunc(maps.Keys(at), compareAlike) {
		t := at[s]
		inv.Pods = append(inv.Pods, inventory.PodGroup{
			Workload: s.workload, Pool: s.pool, Phase: s.phase, Started: s.started, Ready: s.ready, Reason: s.reason,
			Message: t.says(), Count: t.count, Names: t.names[:min(len(t.names), fewNames)],
		})
	}
}

// alike is what pods have in common that an inventory counts together.
type alike struct {
	workload, pool int
	phase          corev1.PodPhase
	started, ready bool
	reason         string
}

func compareAlike(a, b alike) int {
	return cmp.Or(cmp.Compare(a.workload, b.workload), cmp.Compare(a.pool, b.pool), cmp.Compare(a.phase, b.phase),
		cmp.Compare(a.reason, b.reason), compareBools(a.started, b.started), compareBools(a.ready, b.ready))
}

func compareKeys(a, b key) int {
	return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name), cmp.Compare(a.group, b.group))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
