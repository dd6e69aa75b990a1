package rules

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var osFieldContradicts = &rule.Rule{
	ID: "WR107", Name: "os-field-contradicts", Category: rule.Placement, Severity: finding.Error,
	Title: "os.name and the node selection disagree",
	Rationale: "The scheduler does not look at os.name and binds the pod by its selector; the kubelet of that node then fails the pod with " +
		"PodOSNotSupported. The controller makes another, which fares the same: failed pods pile up.",
	Remedy: "Set both to the operating system of the image.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/workloads/pods/#pod-os",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/predicate.go",
	},
	Needs:  []inventory.Kind{inventory.Workloads, inventory.Pools},
	Behind: []string{"WR103", "WR405"},
	Check:  checkOSFieldContradicts,
}

func checkOSFieldContradicts(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		if at.Spec.OS == nil {
			continue
		}
		led, by := ledTo(at)
		if led != "" && led != platform.OS(at.Spec.OS.Name) {
			p.Reportf(rule.On(at.Workload, "os", "name"), "os.name is %s, and %s leads to %s nodes, where the kubelet fails the pod", at.Spec.OS.Name, by, led)
		}
	}
}

// ledTo is the operating system whose nodes the selector, the required affinity or the RuntimeClass of a workload choose; empty
// when they choose none.
func ledTo(at *survey.Placement) (os platform.OS, by string) {
	steers := func(spec corev1.PodSpec) (platform.OS, string) {
		// Without what only tells what the pod is for.
		return placement.NamedOS(&corev1.PodSpec{NodeSelector: spec.NodeSelector, Affinity: spec.Affinity})
	}
	os, by = steers(*at.Spec)
	if itself, _ := steers(at.Workload.Spec); itself != os {
		by = "what its RuntimeClass or an admission policy adds"
	}
	return os, by
}
