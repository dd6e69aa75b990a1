package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var outOfReach = &rule.Rule{
	ID: "WR121", Name: "out-of-reach", Category: rule.Placement, Severity: finding.Error,
	Title: "Pods may land on nodes of either operating system, and no value of the chart changes that",
	Rationale: "The template of the workload names no operating system, and none of the chart's values gets as far as its nodeSelector: that " +
		"was tried by rendering. Its pods land on nodes of either system, and whoever installs the chart cannot change that with values. It " +
		"is said in place of what WR101 and its like say of workloads that a value reaches.",
	Remedy: "In a chart of one's own, add a nodeSelector from the values to the template. For another's, place the workload after it is rendered: " +
		"with a post-renderer, with an admission policy, or in a fork of the chart.",
	Since: "v0.1.0",
	References: []string{
		"https://helm.sh/docs/topics/advanced/#post-rendering",
		"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	Check: checkOutOfReach,
}

func checkOutOfReach(p *rule.Pass) {
	s := p.Survey()
	if !s.Mixed() {
		return
	}
	for i := range s.Placements {
		at := &s.Placements[i]
		reach := at.Workload.Reach
		// A RuntimeClass that the cluster has may choose; static pods nobody schedules; only helm test runs a test.
		if reach == nil || reach.Reason == "" || at.ClassUnknown || unscheduled(at) || at.Workload.Test() {
			continue
		}
		how, severity := stray(at)
		if at.Named == "" && at.ForBoth {
			severity = finding.Warning
		}
		if how != "" {
			p.Reportf(onSelector(at).As(severity), "%s, and %s", how, reach.Reason)
		}
	}
}
