package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var podSecurity = &rule.Rule{
	ID: "WR208", Name: "hostprocess-pod-security", Category: rule.HostProcess, Severity: finding.Error,
	Title: "The Pod Security Standard of a namespace does not admit a HostProcess pod",
	Rationale: "The standards baseline and restricted forbid HostProcess and hostNetwork, in every version. The API server takes a Deployment or " +
		"DaemonSet all the same and refuses each of its pods, so that there are none and only an event of the controller says why.",
	Remedy: "Label the namespace pod-security.kubernetes.io/enforce: privileged, or install to a namespace that is; keep what else runs there " +
		"apart from it.",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/concepts/security/pod-security-standards/", "https://github.com/kubernetes/pod-security-admission/blob/v0.37.2/policy/check_windowsHostProcess.go", "https://docs.rke2.io/security/pod_security_standards"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Namespaces},
	Uses:       []inventory.Kind{inventory.Nodes}, // which tell how RKE2 was started
	Check:      checkPodSecurity,
}

func checkPodSecurity(p *rule.Pass) {
	admission := hostprocess.AdmissionOf(p.Objects(inventory.Namespaces), p.Version(), p.KnownNodes())
	wanted(p, func(at *survey.Placement) {
		why := admission.Refuses(at.Workload.Object.Namespace, at.Spec)
		if why == "" {
			return
		}
		if at.Workload.Object.Kind == "Pod" {
			p.Reportf(rule.On(at.Workload), "the API server refuses it: %s", why)
			return
		}
		p.Reportf(rule.On(at.Workload), "the API server refuses its pods: %s", why)
	})
}
