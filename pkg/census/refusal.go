package census

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
)

// failedCreate is the reason of the events with which controllers tell of pods that the API server does not take: FailedCreatePodReason in
// pkg/controller/controller_utils.go of k8s.io/kubernetes v1.37.2.
const failedCreate = "FailedCreate"

// byPodSecurity is how the API server begins to say that it refuses a pod by the Pod Security Standards: EvaluatePod in
// admission/admission.go of k8s.io/pod-security-admission v0.37.2.
const byPodSecurity = "violates PodSecurity"

// Refusal counts an event about what makes pods: of those that Pod Security refuses the newest is kept, for each controller. To count one
// again changes nothing.
func (c *Census) Refusal(e *corev1.Event) {
	at := strings.Index(e.Message, byPodSecurity)
	if e.Type != corev1.EventTypeWarning || e.Reason != failedCreate || at < 0 {
		return
	}
	o := e.InvolvedObject
	k := keyOf(object.Ref{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name})
	c.refused[k] = c.refused[k].orNewer(happening{when(e), strings.Clone(e.Message[at:])})
}

// refusals are those of workloads of the inventory, of each the newest.
func (c *Census) refusals(index map[key]int) []inventory.Refusal {
	newest := map[int]happening{}
	for k, h := range c.refused {
		if i, known := index[c.top(k)]; known {
			newest[i] = newest[i].orNewer(h)
		}
	}
	out := make([]inventory.Refusal, 0, len(newest))
	for _, i := range slices.SortedFunc(maps.Keys(newest), cmp.Compare[int]) {
		out = append(out, inventory.Refusal{Workload: i, Message: newest[i].text})
	}
	return out
}
