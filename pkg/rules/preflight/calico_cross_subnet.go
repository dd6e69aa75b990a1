package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var calicoCrossSubnet = &rule.Rule{
	ID: "WR630", Name: "calico-no-cross-subnet", Category: rule.Preflight, Group: Network, Severity: finding.Warning,
	Title:      "No pool of Calico encapsulates across subnets only",
	Rationale:  "Calico's VXLAN across subnets only, CrossSubnet, is not supported with Windows nodes: they encapsulate always, or never.",
	Remedy:     "Set vxlanMode: Always.",
	Since:      "v0.1.0",
	References: []string{calicoWindows},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(inventory.IPPools),
	Check:      checkCalicoCrossSubnet,
}

func checkCalicoCrossSubnet(p *rule.Pass) {
	if !with(p, platform.Calico) {
		return
	}
	pools := ipPools(p)
	for _, o := range pools {
		if mode := text(o, "spec", "vxlanMode"); mode == "CrossSubnet" {
			p.Reportf(rule.At(o, "spec", "vxlanMode").Fix("vxlanMode: Always"), "vxlanMode is %s, and Windows nodes take Always or Never", mode)
		}
	}
	if len(pools) > 0 {
		p.Sawf("%s (%s)", count(len(pools), "IPPool"), names(pools))
	}
}
