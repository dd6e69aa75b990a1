package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var rke1LinuxTaint = &rule.Rule{
	ID: "WR681", Name: "rke1-linux-taint", Category: rule.Preflight, Group: Taints, Severity: finding.Info,
	Title: "Linux nodes of an RKE1 cluster with Windows have the taint cattle.io/os",
	Rationale: "Rancher taints every Linux node of an RKE1 cluster that was created with Windows support: cattle.io/os=linux:NoSchedule, those " +
		"of the control plane too, though the guide speaks of workers. The setting cannot be changed afterwards. A cluster without the " +
		"taint on any Linux node was created without.",
	Remedy:     "Nothing when one node lacks it: Rancher adds it. When all do, create the cluster again with Windows support enabled.",
	Since:      "v0.1.0",
	References: []string{guide, "https://github.com/rancher/rancher/issues/29117"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRke1LinuxTaint,
}

func checkRke1LinuxTaint(p *rule.Pass) {
	if !concerns(p, platform.RKE1) {
		return
	}
	linux := of(p.Nodes(), platform.Linux)
	without := filter(linux, func(n inventory.Node) bool { return !taintedLinux(n) })
	switch {
	case len(linux) == 0:
		p.Skipf("there is no Linux node")
	case len(without) == len(linux):
		p.Reportf(rule.OnCluster().As(finding.Warning), "no Linux node has the taint %s: the cluster was not created with Windows support, which cannot be enabled later", osTaint)
	case len(without) > 0:
		p.Reportf(rule.OnNode(without[0].Name, "spec", "taints"), "%s without the taint %s, which Rancher adds", counted(without), osTaint)
	default:
		p.Sawf("%s with the taint %s", counted(linux), osTaint)
	}
}

// osTaint is what Rancher adds to Linux nodes when windowsPreferedCluster is set: pkg/controllers/managementuser/windows/linux_node_taints.go
// of rancher/rancher.
const osTaint = "cattle.io/os=linux:NoSchedule"

func taintedLinux(n inventory.Node) bool {
	for _, t := range n.Taints {
		if t.ToString() == osTaint {
			return true
		}
	}
	return false
}
