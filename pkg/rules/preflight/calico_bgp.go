package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var calicoBGP = &rule.Rule{
	ID: "WR632", Name: "calico-bgp", Category: rule.Preflight, Group: Network, Severity: finding.Warning,
	Title: "Calico's BGP is off, or the Windows nodes are ready for it",
	Rationale: "RKE2's pages differ: that of network options has BGP as unsupported with Windows nodes, another describes how it is done, with " +
		"encapsulation None and the Windows features RemoteAccess and Routing. Both are shown, and the verdict follows the first, as a " +
		"warning.",
	Remedy:     "Set bgp: Disabled and VXLAN in the HelmChartConfig rke2-calico, or follow the page on BGP for Windows.",
	Since:      "v0.1.0",
	References: []string{rke2Network, "https://docs.rke2.io/networking/windows_bgp"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(),
	Check:      checkCalicoBGP,
}

func checkCalicoBGP(p *rule.Pass) {
	if !with(p, platform.Calico) {
		return
	}
	for _, o := range objects(p, inventory.Installations) {
		bgp := text(o, "spec", "calicoNetwork", "bgp")
		if bgp == "Enabled" {
			p.Reportf(rule.At(o, path("spec.calicoNetwork.bgp")...), "bgp is %s: unsupported with Windows nodes by RKE2's page of network options, described by its page on BGP", bgp)
		}
		p.Sawf("bgp is %s", orUnset(bgp))
	}
}
