package rules

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/windowspod"
)

var linuxFieldRefused = &rule.Rule{
	ID: "WR109", Name: "linux-field-refused", Category: rule.Placement, Severity: finding.Error,
	Title: "A pod with os.name windows sets a field of Linux that the API server refuses",
	Rationale: "The API server refuses the pod, and the Deployment, DaemonSet or Job that has it as its template: cannot be set for a " +
		"windows pod. It does so for a field that is set at all, even to false or to nothing. Without os.name the same fields are accepted " +
		"and Windows nodes ignore most of them.",
	Remedy: "Leave the field out for Windows, or os.name where a chart cannot. In a namespace that enforces the Pod Security Standard " +
		"restricted os.name has to stay.",
	Since: "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/workloads/pods/#pod-os",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/features/kube_features.go",
	},
	Needs: []inventory.Kind{inventory.Workloads},
	Check: checkLinuxFieldRefused,
}

func checkLinuxFieldRefused(p *rule.Pass) {
	workloads, server := p.Workloads(), minor(p)
	for i := range workloads {
		w := &workloads[i]
		if w.Spec.OS == nil || w.Spec.OS.Name != corev1.Windows {
			continue
		}
		for _, f := range windowspod.Fields(&w.Spec) {
			if f.Refused == 0 || f.Refused > server {
				continue
			}
			since := ""
			if f.Refused > windowspod.FirstRefusal {
				since = fmt.Sprintf(" since Kubernetes 1.%d", f.Refused)
			}
			p.Reportf(rule.On(w, f.Path...), "%s beside os.name windows: the API server refuses it%s, %q", f.Shown(), since, f.Says)
		}
	}
}
