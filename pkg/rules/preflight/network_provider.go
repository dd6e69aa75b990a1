package preflight

import (
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var networkProvider = &rule.Rule{
	ID: "WR621", Name: "network-provider", Category: rule.Preflight, Group: Network, Severity: finding.Error,
	Title: "The network provider supports Windows nodes",
	Rationale: "RKE1 takes Windows nodes with Flannel alone, RKE2 with Calico and, since February 2024, with Flannel. Rancher's guide says to " +
		"choose Calico for RKE2, RKE2's own page names both: the verdict follows RKE2. Canal, RKE2's own choice where nobody makes one, " +
		"and Cilium refuse to start on Windows. The provider of a running cluster cannot be changed.",
	Remedy:     "Create the cluster again with cni: calico, or flannel.",
	Since:      "v0.1.0",
	References: []string{guide, rke2Network},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(),
	Check:      checkNetworkProvider,
}

func checkNetworkProvider(p *rule.Pass) {
	d, _ := distroOf(p)
	c, why, ok := cniOf(p)
	switch {
	case d == platform.K3s:
		p.Skipf("%s has no Windows nodes, see %s", d, distributionWithWindowsID)
		return
	case !ok && d.Hosted():
		p.Skipf("the network of %s is the provider's", d)
		return
	case !ok && why != "":
		p.Unknownf("nothing tells the network provider: %s", why)
		return
	case !ok:
		p.Unknownf("nothing tells the network provider")
		return
	}
	accepted := windowsProviders(d)
	if len(accepted) == 0 {
		p.Sawf("%s: %s; no page says which ones %s takes for Windows", c, why, d)
		return
	}
	if !slices.Contains(accepted, c) {
		p.Reportf(rule.OnCluster(), "the network provider is %s, and %s takes Windows nodes with %s: %s", c, d, listed(accepted), why)
	}
	p.Sawf("%s: %s", c, why)
}

// windowsProviders are the network providers that a distribution has for Windows; none where no page names them. Sources: use-windows-clusters.md
// of rancher/rancher-docs for RKE1, docs/networking/basic_network_options.md of rancher/rke2-docs for RKE2, calico/getting-started/kubernetes/
// windows-calico of projectcalico/calico, pkg/network of openshift/windows-machine-config-operator.
func windowsProviders(d platform.Distro) []platform.CNI {
	switch d {
	case platform.RKE1:
		return []platform.CNI{platform.Flannel}
	case platform.RKE2:
		return []platform.CNI{platform.Calico, platform.Flannel}
	case platform.OpenShift:
		return []platform.CNI{platform.OVNKubernetes}
	default:
		return nil
	}
}

func listed(all []platform.CNI) string {
	var names []string
	for _, c := range all {
		names = append(names, string(c))
	}
	return strings.Join(names, " or ")
}
