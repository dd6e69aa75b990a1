package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var hostedByProvider = &rule.Rule{
	ID: "WR615", Name: "hosted-by-provider", Category: rule.Preflight, Group: Kubernetes, Severity: finding.Info,
	Title: "It is known who supports the cluster's Windows nodes",
	Rationale: "Rancher's table of features has Windows as not supported in clusters of AKS, EKS and GKE that it manages; the providers themselves support " +
		"their Windows nodes. Both are shown, and the verdict follows the providers: network, images and updates are theirs.",
	Remedy:     "Ask the provider about Windows nodes, and not Rancher.",
	Since:      "v0.1.0",
	References: []string{parity, "https://learn.microsoft.com/azure/aks/windows-faq", "https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkHostedByProvider,
}

func checkHostedByProvider(p *rule.Pass) {
	if !concerns(p, platform.AKS, platform.EKS, platform.GKE) {
		return
	}
	d, _ := distroOf(p)
	if nodes := of(p.Nodes(), platform.Windows); len(nodes) > 0 {
		p.Reportf(rule.OnNode(nodes[0].Name), "%s of %s: supported by the provider, and not by Rancher's table", counted(nodes), d)
		return
	}
	p.Sawf("%s has no Windows node here", d)
}
