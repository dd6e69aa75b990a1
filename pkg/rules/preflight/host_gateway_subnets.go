package preflight

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var hostGatewaySubnets = &rule.Rule{
	ID: "WR627", Name: "host-gateway-subnets", Category: rule.Preflight, Group: Network, Severity: finding.Warning,
	Title: "With host-gw the nodes' addresses are near each other",
	Rationale: "Addresses that differ in the first 24 bits are a hint that nodes are in several networks, which host-gw takes only with " +
		"routes. It is no more than a hint: subnets may be larger.",
	Remedy:     "Look at the subnets of the nodes, and add routes where they differ.",
	Since:      "v0.1.0",
	References: []string{hostGWGuide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(),
	Check:      checkHostGatewaySubnets,
}

func checkHostGatewaySubnets(p *rule.Pass) {
	if _, ok := hostGateway(p); !ok {
		return
	}
	subnets := map[string]bool{}
	for _, n := range p.Nodes() {
		for _, a := range n.Addresses {
			if network, ok := network24(a.Address); ok && a.Type == corev1.NodeInternalIP {
				subnets[network] = true
			}
		}
	}
	var all []string
	for s := range subnets {
		all = append(all, s)
	}
	switch {
	case len(all) == 0:
		p.Unknownf("no node tells its InternalIP")
	case len(all) > 1:
		p.Reportf(rule.OnCluster(), "nodes are in %d networks of 24 bits: %s", len(all), few(all))
	default:
		p.Sawf("%s", all[0])
	}
}

// network24 is the network of 24 bits of an IPv4 address; false for another.
func network24(address string) (string, bool) {
	at := strings.LastIndexByte(address, '.')
	if at < 0 || strings.Contains(address, ":") {
		return "", false
	}
	return address[:at] + ".0/24", true
}
