package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/symptom"
)

var refusedByKubelet = &rule.Rule{
	ID: "WR405", Name: "refused-by-kubelet", Category: rule.Cluster, Severity: finding.Error,
	Title: "Kubelets refuse pods for the operating system that they name",
	Rationale: "The scheduler looks neither at os.name nor at the labels of a pod, but a kubelet does: it fails a pod whose os.name, or " +
		"whose own label kubernetes.io/os, is not that of its node. The controller makes another pod, which the scheduler may well put " +
		"on the same node, and so on: failed pods pile up, and the workload does not come to be.",
	Remedy: "Set the nodeSelector kubernetes.io/os beside os.name, which does not steer the scheduler. Do not label pods with kubernetes.io/os. " +
		"The failed pods may be deleted.",
	Since: "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/workloads/pods/#pod-os",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/predicate.go",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Check: checkRefusedByKubelet,
}

func checkRefusedByKubelet(p *rule.Pass) {
	is := func(b *bound) bool {
		// Failed pods stay for long: those of a template that has been corrected tell nothing of the present one.
		switch b.symptom.ID {
		case symptom.OSRefused:
			return b.verdict.Fits && b.at.Spec.OS != nil && string(b.at.Spec.OS.Name) != string(b.os())
		case symptom.LabelRefused:
			return b.verdict.Fits
		default:
			return false
		}
	}
	reportPods(p, is, func(pods []bound) {
		b := pods[0]
		what := "os.name is"
		if b.symptom.ID == symptom.LabelRefused {
			what = "the pod's own label " + platform.LabelOS + " is"
		}
		target := rule.On(b.at.Workload, "nodeSelector").Fix("nodeSelector: {%s: %s}", platform.LabelOS, other(b.os()))
		p.Reportf(target, "%s failed: %s %s", who(pods), what, other(b.os()))
	})
}
