package rules

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var hookWithoutOS = &rule.Rule{
	ID: "WR112", Name: "hook-without-os", Category: rule.Placement, Severity: finding.Error,
	Title: "A Helm hook or test may land on nodes of either operating system",
	Rationale: "Helm waits for its hooks: when the pod of one lands on a node that cannot run its image, the install, upgrade or delete " +
		"hangs until it times out, and fails. Charts seldom give hooks the nodeSelector that they give the rest. A post-renderer does not " +
		"help with Helm 3, which gives it no hooks.",
	Remedy: "Set the nodeSelector kubernetes.io/os by the chart's values, or in its template. Where neither can be, an admission policy " +
		"that selects by the annotation helm.sh/hook does; hooks can be turned off with --no-hooks.",
	Since: "v0.1.0",
	References: []string{
		"https://helm.sh/docs/topics/charts_hooks/",
		"https://github.com/helm/helm/issues/7891",
		"https://github.com/helm/helm/blob/v3.22.0/pkg/action/action.go",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	// These say the same of a chart that no value helps, and of pods that did land where they cannot run, or land nowhere.
	Behind: []string{"WR121", "WR401", "WR402", "WR405"},
	Check:  checkHookWithoutOS,
}

func checkHookWithoutOS(p *rule.Pass) {
	s := p.Survey()
	if !s.Mixed() {
		return
	}
	for i := range s.Placements {
		at := &s.Placements[i]
		// What an unknown RuntimeClass adds is not known.
		if unscheduled(at) || !at.Workload.Hook() || at.ClassUnknown {
			continue
		}
		how, severity := stray(at)
		if at.Workload.Test() {
			severity = finding.Warning // nothing waits for it but "helm test"
		}
		if how != "" {
			p.Reportf(onSelector(at).As(severity), "hook (%s) %s", strings.Join(at.Workload.Hooks, ", "), how)
		}
	}
}
