package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var hostNetworkMissing = &rule.Rule{
	ID: "WR201", Name: "hostprocess-host-network", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A HostProcess pod does not set hostNetwork",
	Rationale: "A HostProcess container is a process of the node and has the node's network. The API server refuses a pod that does not say so, " +
		"and the Deployment or DaemonSet that has it as its template.",
	Remedy:     "Set hostNetwork: true in the pod spec.",
	Since:      "v0.1.0",
	References: []string{docs, validation},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check: func(p *rule.Pass) {
		report(p, hostprocess.NoHostNetwork, func(t rule.Target, f hostprocess.Fault) {
			p.Reportf(t.Fix("hostNetwork: true"), "hostNetwork false beside HostProcess containers: the API server refuses it, %q", f.Says)
		})
	},
}
