package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var rke2FlannelVersion = &rule.Rule{
	ID: "WR622", Name: "rke2-flannel-version", Category: rule.Preflight, Group: Network, Severity: finding.Error,
	Title: "RKE2's version has Flannel for Windows",
	Rationale: "Flannel came to RKE2's Windows agent in February 2024, with 1.26.14, 1.27.11, 1.28.7 and 1.29.2. Older agents do not start " +
		"with it. Rancher's own dashboard offers it from 1.29.2 on; the verdict follows RKE2.",
	Remedy:     "Upgrade RKE2.",
	Since:      "v0.1.0",
	References: []string{rke2Network},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(),
	Check:      checkRke2FlannelVersion,
}

func checkRke2FlannelVersion(p *rule.Pass) {
	if !concerns(p, platform.RKE2) || !with(p, platform.Flannel) {
		return
	}
	v, text, ok := serverVersion(p)
	if !ok {
		return
	}
	first := map[int]int{26: 14, 27: 11, 28: 7, 29: 2}
	patch, backported := first[v.Minor]
	switch {
	case v.Minor < 26, backported && v.Patch < patch:
		p.Reportf(rule.OnCluster(), "%s: Flannel for Windows is in 1.26.14, 1.27.11, 1.28.7, 1.29.2 and later", text)
	default:
		p.Sawf("%s", text)
	}
}
