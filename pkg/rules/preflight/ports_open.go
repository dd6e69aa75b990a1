package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var portsOpen = &rule.Rule{
	ID: "WR635", Name: "ports-open", Category: rule.Preflight, Group: Network, Severity: finding.Warning,
	Title: "The ports of RKE2 and its network are open between all nodes",
	Rationale: "Windows nodes register at TCP 9345 and 6443 of the servers; the kubelet answers at TCP 10250. VXLAN of Calico and Flannel " +
		"takes UDP 4789, Calico's BGP TCP 179. A firewall between Linux and Windows nodes shows as pods that reach nothing on the other " +
		"side.",
	Remedy:     "Open the ports in the firewall of each node and in the security groups between them.",
	Since:      "v0.1.0",
	References: []string{rke2Minimum},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkPortsOpen,
}

func checkPortsOpen(p *rule.Pass) {
	if concerns(p, platform.RKE2) {
		p.Manualf(rule.OnCluster(), "between all nodes UDP 4789 for VXLAN, or TCP 179 for BGP, and TCP 10250 are open; to the servers TCP 9345 and 6443: "+
			"Test-NetConnection SERVER -Port 9345 on a Windows node")
	}
}
