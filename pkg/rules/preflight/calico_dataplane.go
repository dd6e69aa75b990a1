package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var calicoDataplane = &rule.Rule{
	ID: "WR631", Name: "calico-dataplane", Category: rule.Preflight, Group: Network, Severity: finding.Warning,
	Title:      "Calico's data plane on Linux is not eBPF",
	Rationale:  "Calico lists eBPF as not supported with Windows nodes: features of it that need both ends are not there on Windows.",
	Remedy:     "Set linuxDataplane: Iptables in the Installation.",
	Since:      "v0.1.0",
	References: []string{calicoWindows},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(),
	Check:      checkCalicoDataplane,
}

func checkCalicoDataplane(p *rule.Pass) {
	if !with(p, platform.Calico) {
		return
	}
	for _, o := range objects(p, inventory.Installations) {
		plane := text(o, "spec", "calicoNetwork", "linuxDataplane")
		if plane == "BPF" {
			p.Reportf(rule.At(o, path("spec.calicoNetwork.linuxDataplane")...), "linuxDataplane is %s, which Calico does not support with Windows nodes", plane)
		}
		p.Sawf("linuxDataplane is %s", orUnset(plane))
	}
}
