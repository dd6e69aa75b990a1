package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var rke2NoLinuxTaint = &rule.Rule{
	ID: "WR682", Name: "rke2-no-linux-taint", Category: rule.Preflight, Group: Taints, Severity: finding.Warning,
	Title: "Linux nodes of RKE2 have no taint cattle.io/os",
	Rationale: "In RKE2 clusters operating systems are chosen by nodeSelector, and nothing of Rancher sets the taint " +
		"cattle.io/os=linux:NoSchedule. Its page for RKE2 still speaks of it; the verdict follows Rancher's code. Where somebody set it " +
		"by hand, Linux workloads without the toleration stay pending.",
	Remedy:     "Take the taint away: kubectl taint nodes --selector kubernetes.io/os=linux cattle.io/os-.",
	Since:      "v0.1.0",
	References: []string{guide, "https://github.com/rancher/dashboard/issues/3921"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRke2NoLinuxTaint,
}

func checkRke2NoLinuxTaint(p *rule.Pass) {
	if !concerns(p, platform.RKE2, platform.K3s, platform.Harvester) {
		return
	}
	d, _ := distroOf(p)
	linux := of(p.Nodes(), platform.Linux)
	if tainted := filter(linux, taintedLinux); len(tainted) > 0 {
		p.Reportf(rule.OnNode(tainted[0].Name, "spec", "taints"), "%s with the taint %s, which neither %s nor Rancher sets", counted(tainted), osTaint, d)
	}
	if len(linux) > 0 {
		p.Sawf("%s", counted(linux))
	}
}
