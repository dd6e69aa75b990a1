package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var calicoNoIPIP = &rule.Rule{
	ID: "WR629", Name: "calico-no-ipip", Category: rule.Preflight, Group: Network, Severity: finding.Error,
	Title:      "No pool of Calico uses IP in IP",
	Rationale:  "Windows has no IP in IP. A pool that uses it leaves Windows pods without traffic to other nodes.",
	Remedy:     "Set ipipMode: Never and vxlanMode: Always, or no encapsulation with BGP, in the Installation or the IPPool.",
	Since:      "v0.1.0",
	References: []string{calicoWindows},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(inventory.IPPools),
	Check:      checkCalicoNoIPIP,
}

func checkCalicoNoIPIP(p *rule.Pass) {
	if !with(p, platform.Calico) {
		return
	}
	pools := ipPools(p)
	for _, o := range pools {
		if mode := text(o, "spec", "ipipMode"); mode != "" && mode != "Never" {
			p.Reportf(rule.At(o, "spec", "ipipMode").Fix("ipipMode: Never"), "ipipMode is %s, and Windows has no IP in IP", mode)
		}
	}
	if len(pools) > 0 {
		p.Sawf("%s (%s)", count(len(pools), "IPPool"), names(pools))
	}
}

// ipPools are Calico's pools that are not disabled.
func ipPools(p *rule.Pass) []inventory.Object {
	var out []inventory.Object
	for _, o := range objects(p, inventory.IPPools) {
		if disabled, _ := o.Field("spec", "disabled").(bool); !disabled {
			out = append(out, o)
		}
	}
	return out
}
