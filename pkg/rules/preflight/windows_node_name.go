package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var windowsNodeName = &rule.Rule{
	ID: "WR606", Name: "windows-node-name", Category: rule.Preflight, Group: Architecture, Severity: finding.Info,
	Title: "The names of Windows nodes have 15 characters or less",
	Rationale: "A NetBIOS name has 15 characters. Windows cuts a longer host name for everything that uses NetBIOS, and two machines whose names agree in the " +
		"first 15 cannot be in one domain. Rancher can cut the names of the machines it makes, when the cluster is created and not later.",
	Remedy: "Give new Windows machines names of 15 characters or less; with Rancher's machine pools set the limit when the cluster is created.",
	Since:  "v0.1.0",
	References: []string{
		"https://ranchermanager.docs.rancher.com/reference-guides/cluster-configuration/rancher-server-configuration/rke2-cluster-configuration",
	},
	Needs: []inventory.Kind{inventory.Nodes},
	Check: checkWindowsNodeName,
}

// netBIOS is the length of a NetBIOS name: reference-guides/.../rke2-cluster-configuration.md of rancher/rancher-docs.
const netBIOS = 15

func checkWindowsNodeName(p *rule.Pass) {
	if !concerns(p, platform.RKE1, platform.RKE2, platform.Generic) {
		return
	}
	nodes := windowsNodes(p)
	for _, n := range nodes {
		if len(n.Name) > netBIOS {
			p.Reportf(rule.OnNode(n.Name, "metadata", "name"), "its name has %d characters, and NetBIOS takes %d", len(n.Name), netBIOS)
		}
	}
	if len(nodes) > 0 {
		p.Sawf("%s", counted(nodes))
	}
}
