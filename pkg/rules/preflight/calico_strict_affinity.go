package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var calicoStrictAffinity = &rule.Rule{
	ID: "WR628", Name: "calico-strict-affinity", Category: rule.Preflight, Group: Network, Severity: finding.Error,
	Title: "Calico's IPAM is strict about the blocks of nodes",
	Rationale: "A Windows node can use the addresses of its own blocks only. Without strict affinity Linux nodes may borrow from them, and " +
		"Windows pods lose their network.",
	Remedy:     "kubectl patch ipamconfigurations default --type merge --patch {\"spec\":{\"strictAffinity\":true}}",
	Since:      "v0.1.0",
	References: []string{calicoWindows, rke2Network},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(inventory.IPAMConfigs),
	Check:      checkCalicoStrictAffinity,
}

func checkCalicoStrictAffinity(p *rule.Pass) {
	if !with(p, platform.Calico) {
		return
	}
	configs := objects(p, inventory.IPAMConfigs)
	if len(configs) == 0 {
		return
	}
	for _, o := range configs {
		if strict, _ := o.Field("spec", "strictAffinity").(bool); !strict {
			p.Reportf(rule.At(o, "spec", "strictAffinity").Fix("strictAffinity: true"), "strictAffinity is %s, and Windows nodes need true", orUnset(text(o, "spec", "strictAffinity")))
		}
	}
	p.Sawf("strictAffinity of %s is true", names(configs))
}

func orUnset(value string) string {
	if value == "" {
		return "not set"
	}
	return value
}
