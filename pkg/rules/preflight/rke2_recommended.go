package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var rke2Recommended = &rule.Rule{
	ID: "WR644", Name: "rke2-recommended-size", Category: rule.Preflight, Group: Size, Severity: finding.Info,
	Title:      "Nodes of RKE2 have the recommended 4 CPUs and 8 GB",
	Rationale:  "RKE2's page asks for 2 CPUs and 4 GB, and recommends twice that. Less works, and runs short first on nodes with etcd.",
	Remedy:     "Plan for more when the machines are renewed.",
	Since:      "v0.1.0",
	References: []string{rke2Minimum},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRKE2Recommended,
}

func checkRKE2Recommended(p *rule.Pass) {
	if !concerns(p, platform.RKE2, platform.Harvester) {
		return
	}
	small := filter(p.Nodes(), func(n inventory.Node) bool {
		return !n.CPU.IsZero() && n.CPU.MilliValue() < 4000 || !n.Memory.IsZero() && n.Memory.Value() < bytes(8)
	})
	unread := filter(p.Nodes(), func(n inventory.Node) bool { return n.CPU.IsZero() || n.Memory.IsZero() })
	if len(small) > 0 {
		p.Reportf(rule.OnNode(small[0].Name, "status", "capacity"), "%s of less than 4 CPUs or 8 GB", counted(small))
	}
	if len(unread) > 0 {
		p.Unknownf("%s without a capacity of cpu or memory", counted(unread))
	}
	p.Sawf("%s", count(len(p.Nodes()), "node"))
}
