package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var valuesDiffer = &rule.Rule{
	ID: "WR203", Name: "hostprocess-values-differ", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A container sets hostProcess to another value than its pod",
	Rationale: "Unlike other options for Windows, hostProcess of a container does not outrank that of the pod: the API server refuses a pod in " +
		"which the two differ.",
	Remedy:     "Set hostProcess in the securityContext of the pod, and leave it out of the containers.",
	Since:      "v0.1.0",
	References: []string{docs, validation},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check: func(p *rule.Pass) {
		report(p, hostprocess.ValuesDiffer, func(t rule.Target, f hostprocess.Fault) {
			p.Reportf(t, "hostProcess %s differs from the pod's: the API server refuses it, %q", f.Value, f.Says)
		})
	},
}
