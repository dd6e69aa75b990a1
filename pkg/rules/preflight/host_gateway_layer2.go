package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var hostGatewayLayer2 = &rule.Rule{
	ID: "WR626", Name: "host-gateway-network", Category: rule.Preflight, Group: Network, Severity: finding.Warning,
	Title: "With host-gw all nodes are on one layer-2 network, or have routes",
	Rationale: "host-gw sends packets of pods to the other node directly. Nodes in several networks need a route for each node's pod CIDR: " +
		"static routes on GCE, user-defined routes on Azure.",
	Remedy:     "Put the nodes into one subnet, add the routes, or create the cluster again with vxlan.",
	Since:      "v0.1.0",
	References: []string{hostGWGuide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(),
	Check:      checkHostGatewayLayer2,
}

func checkHostGatewayLayer2(p *rule.Pass) {
	if b, ok := hostGateway(p); ok {
		p.Manualf(rule.OnCluster(), "Flannel's backend is %s: all nodes are in one subnet, or each network has a route to the pod CIDR of every node in another", b)
	}
}

// hostGateway tells whether Flannel has no overlay; when it has one the rule is skipped.
func hostGateway(p *rule.Pass) (string, bool) {
	if !with(p, platform.Flannel) {
		return "", false
	}
	b, ok := flannelOf(p)
	if ok && b.Type != hostGW {
		p.Skipf("Flannel's backend is %s: %s", b.Type, b.from)
	}
	return b.Type, ok && b.Type == hostGW
}
