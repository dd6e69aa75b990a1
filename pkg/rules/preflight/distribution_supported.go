package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var distributionWithWindows = &rule.Rule{
	ID: "WR614", Name: "distribution-with-windows", Category: rule.Preflight, Group: Kubernetes, Severity: finding.Error,
	Title: "The distribution has Windows nodes",
	Rationale: "K3s has no agent for Windows: Rancher supports Windows in RKE2 clusters, and Calico does not support Windows nodes of K3s either. A Windows " +
		"host joined to it by hand is supported by nobody.",
	Remedy:     "Build an RKE2 cluster for the Windows nodes.",
	Since:      "v0.1.0",
	References: []string{guide, parity, calicoWindows},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkDistributionWithWindows,
}

func checkDistributionWithWindows(p *rule.Pass) {
	d, why := distroOf(p)
	nodes := of(p.Nodes(), platform.Windows)
	switch {
	case d != platform.K3s:
		p.Sawf("%s: %s", d, why)
	case len(nodes) == 0:
		p.Reportf(rule.OnCluster(), "the cluster is of K3s, which has no Windows nodes: %s", why)
	default:
		p.Reportf(rule.OnNode(nodes[0].Name), "the cluster is of K3s, which has no Windows nodes, and has %s: %s", counted(nodes), why)
	}
}
