package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var flannelNetworkPolicy = &rule.Rule{
	ID: "WR634", Name: "flannel-network-policy", Category: rule.Preflight, Group: Network, Severity: finding.Warning,
	Title:      "No NetworkPolicy is left without effect",
	Rationale:  "Flannel does not enforce NetworkPolicies: what they are to keep out gets in.",
	Remedy:     "Take Calico when the policies matter; else delete them, so that nobody relies on them.",
	Since:      "v0.1.0",
	References: []string{rke2Network},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(inventory.NetworkPolicies),
	Check:      checkFlannelNetworkPolicy,
}

func checkFlannelNetworkPolicy(p *rule.Pass) {
	if !with(p, platform.Flannel) {
		return
	}
	policies, lacking := p.KnownObjects(inventory.NetworkPolicies)
	switch {
	case lacking != "" && p.Lacks(inventory.NetworkPolicies):
		p.Unknownf("%s", lacking)
	case lacking != "":
		// Nothing is written of a kind of which there is none, nor of one that was not asked for.
		p.Manualf(rule.OnCluster(), "%s: kubectl get networkpolicies --all-namespaces shows none", lacking)
		return
	}
	if len(policies) > 0 {
		p.Reportf(rule.At(policies[0]), "%s without effect with Flannel: %s", count(len(policies), "NetworkPolicy object"), names(policies))
	}
	p.Sawf("no NetworkPolicy")
}
