package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var secondLinuxNode = &rule.Rule{
	ID: "WR604", Name: "second-linux-node", Category: rule.Preflight, Group: Architecture, Severity: finding.Warning,
	Title: "There is a Linux node beside the one of the control plane",
	Rationale: "The reference layout is three nodes: one Linux node with control plane and etcd, a Linux worker for the cluster agent, DNS and ingress, and a " +
		"Windows worker. A single Linux node that is all at once is a single point of failure, and its workloads compete with etcd.",
	Remedy:     "Add a Linux worker.",
	Since:      "v0.1.0",
	References: []string{guide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkSecondLinuxNode,
}

func checkSecondLinuxNode(p *rule.Pass) {
	linux := of(p.Nodes(), platform.Linux)
	if len(linux) == 1 && linux[0].ControlPlane {
		p.Reportf(rule.OnNode(linux[0].Name), "is the only Linux node, with the control plane on it")
		return
	}
	p.Sawf("%s", count(len(linux), "Linux node"))
}
