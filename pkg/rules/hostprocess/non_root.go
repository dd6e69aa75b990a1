package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var nonRoot = &rule.Rule{
	ID: "WR206", Name: "hostprocess-non-root", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A HostProcess pod sets runAsNonRoot",
	Rationale: "HostProcess containers have rights on the node, and the documentation rules out runAsNonRoot true for them. The API server takes " +
		"it. The kubelet refuses no user but ContainerAdministrator, so that for NT AUTHORITY\\SYSTEM the field promises what is not so.",
	Remedy:     "Leave runAsNonRoot out of the pod and its containers, or set it to false.",
	Since:      "v0.1.0",
	References: []string{docs + "#hostprocess-pod-configuration-requirements", "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/security_context_windows.go"},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check: func(p *rule.Pass) {
		report(p, hostprocess.NonRoot, func(t rule.Target, f hostprocess.Fault) {
			if !f.Certain {
				t = t.As(finding.Warning)
			}
			p.Reportf(t.Fix("runAsNonRoot: false"), "runAsNonRoot true: %s", f.What)
		})
	},
}
