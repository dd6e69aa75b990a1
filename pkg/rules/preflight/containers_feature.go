package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var containersFeature = &rule.Rule{
	ID: "WR676", Name: "containers-feature", Category: rule.Preflight, Group: Environment, Severity: finding.Warning,
	Title: "Windows machines have the feature Containers",
	Rationale: "RKE2's agent needs the Windows feature Containers, which takes a restart of the machine. Without it the agent cannot make a " +
		"network, and the node does not become ready.",
	Remedy:     "Run Enable-WindowsOptionalFeature -Online -FeatureName containers -All on the machine, and restart it.",
	Since:      "v0.1.0",
	References: []string{"https://docs.rke2.io/install/quickstart#windows-agent-worker-node-installation"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkContainersFeature,
}

func checkContainersFeature(p *rule.Pass) {
	if !concerns(p, platform.RKE2) {
		return
	}
	nodes := of(p.Nodes(), platform.Windows)
	if len(nodes) == 0 {
		p.Manualf(rule.OnCluster(), "Get-WindowsOptionalFeature -Online -FeatureName containers shows Enabled on each Windows machine that is to join")
		return
	}
	for _, n := range nodes {
		if !n.Ready {
			p.Manualf(rule.OnNode(n.Name), "is not ready: Get-WindowsOptionalFeature -Online -FeatureName containers shows Enabled on the node")
		}
	}
	// The agent makes the node's network by the Host Networking Service, which comes with the feature: pkg/windows of rancher/rke2.
	if ready := filter(nodes, func(n inventory.Node) bool { return n.Ready }); len(ready) > 0 {
		p.Sawf("%s ready, which the feature takes", counted(ready))
	}
}
