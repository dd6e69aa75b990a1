package patch

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// Unsettled are the workloads, as KIND/NAME, that a report calls unplaced and whose pods may yet run on other nodes than before: they
// would be moved, and not to where they belong. An overlay that Run has proven leaves none.
func Unsettled(report *Report, before, after []chart.Document) []string {
	was := map[string]corev1.PodSpec{}
	for _, p := range chart.FindPods(before).Pods {
		was[p.Key] = p.Spec
	}
	var out []string
	for _, p := range chart.FindPods(after).Pods {
		unplaced := slices.ContainsFunc(report.Workloads, func(w Outcome) bool {
			return w.Status == Unplaced && w.Kind == p.Object.Kind && w.Name == p.Object.Name && w.Namespace == p.Object.Namespace
		})
		if old, ok := was[p.Key]; ok && unplaced && !samePlacement(old, p.Spec) {
			out = append(out, p.Object.Kind+"/"+p.Object.Name)
		}
	}
	return out
}

func samePlacement(a, b corev1.PodSpec) bool {
	return equality.Semantic.DeepEqual(a.NodeSelector, b.NodeSelector) && equality.Semantic.DeepEqual(a.Tolerations, b.Tolerations) &&
		equality.Semantic.DeepEqual(a.Affinity, b.Affinity) && equality.Semantic.DeepEqual(a.RuntimeClassName, b.RuntimeClassName)
}
