package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var refusedByPodSecurity = &rule.Rule{
	ID: "WR218", Name: "pods-refused-by-pod-security", Category: rule.HostProcess, Severity: finding.Error,
	Title: "The API server refuses the pods of a workload by the Pod Security Standards",
	Rationale: "The workload is there and its pods are not: nothing shows it but an event of its controller. HostProcess pods are refused by the " +
		"standard baseline, and by restricted every pod that does not set what it asks for; a Windows pod is spared the settings of Linux " +
		"only with os.name windows.",
	Remedy: "For HostProcess pods label the namespace pod-security.kubernetes.io/enforce: privileged. For others set what the message asks for, and " +
		"os.name: windows on pods for Windows.",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/concepts/security/pod-security-standards/", "https://kubernetes.io/docs/concepts/security/pod-security-admission/"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Refusals},
	Uses:       []inventory.Kind{inventory.Nodes, inventory.Namespaces}, // which tell what was mended
	Behind:     []string{"WR208"},                                       // which says what is so, where it can be told without the event
	Check:      checkRefusedByPodSecurity,
}

// checkRefusedByPodSecurity leaves out what was mended since the event.
func checkRefusedByPodSecurity(p *rule.Pass) {
	workloads := p.Workloads()
	namespaces, _ := p.KnownObjects(inventory.Namespaces)
	admission := hostprocess.AdmissionOf(namespaces, p.Version(), p.KnownNodes())
	for _, r := range p.Refusals() {
		w := &workloads[r.Workload]
		if !admission.Admits(w.Object.Namespace, &w.Spec) {
			p.Reportf(rule.On(w), "the API server refused its pods: %s", r.Message)
		}
	}
}
