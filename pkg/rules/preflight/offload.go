package preflight

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var offload = &rule.Rule{
	ID: "WR671", Name: "vmxnet3-offload", Category: rule.Preflight, Group: Environment, Severity: finding.Warning,
	Title: "Linux machines on vSphere do not offload what overlay networks encapsulate",
	Rationale: "On ESXi 6.7 update 2 and later the vmxnet3 adapter of a machine with RHEL 8.3, CentOS 8.3 or SLES 15 SP2, or later, drops what " +
		"an overlay network encapsulates. Traffic of pods between nodes times out, so that pods on Windows reach no DNS. Neither the " +
		"version of ESXi nor the adapter shows in the API.",
	Remedy: "Turn off tx-udp_tnl-segmentation and tx-udp_tnl-csum-segmentation on every such machine: kubectl winready preflight fix " +
		"vmxnet3 writes the systemd unit.",
	Since:      "v0.1.0",
	References: []string{guide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkOffload,
}

func checkOffload(p *rule.Pass) {
	var told, affected, others []inventory.Node
	for _, n := range of(p.Nodes(), platform.Linux) {
		switch cloud := platform.CloudOf(n.ProviderID); {
		case cloud != "" && cloud != platform.VSphere:
			told = append(told, n)
		case n.Image == "":
			p.Unknownf("node %s: it reports no osImage", n.Name)
		case platform.DropsOffloaded(n.Image):
			affected = append(affected, n)
		default:
			others = append(others, n)
		}
	}
	for _, n := range affected {
		p.Manualf(rule.OnNode(n.Name, "status", "nodeInfo", "osImage"), "%s, %s: ethtool -k INTERFACE shows %s off, or the machine is not on ESXi", n.Image,
			machineOf(n), strings.Join(platform.OffloadFeatures(), " and "))
	}
	switch {
	case len(affected) > 0:
	case len(others) > 0:
		p.Sawf("no Linux node has a system that the guide names: %s", others[0].Image)
	case len(told) > 0:
		p.Skipf("the machines are of %s", platform.CloudOf(told[0].ProviderID))
	default:
		p.Skipf("there is no Linux node")
	}
}

// machineOf says what a node tells of its machine.
func machineOf(n inventory.Node) string {
	if platform.CloudOf(n.ProviderID) == platform.VSphere {
		return "on vSphere"
	}
	return "nothing tells on which machine"
}
