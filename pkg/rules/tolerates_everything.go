package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var toleratesEverything = &rule.Rule{
	ID: "WR105", Name: "tolerates-everything", Category: rule.Placement, Severity: finding.Error,
	Title: "Pods that tolerate every taint name no operating system",
	Rationale: "Where taints guard the nodes of one operating system, a toleration with operator Exists and no key undoes them: the pods " +
		"land on either, in every cluster. Agents and operators have it to get onto the control plane.",
	Remedy: "Set the nodeSelector kubernetes.io/os, or tolerate only the taints that are meant.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
		"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	// These say the same of a chart that no value helps, and of pods that did land where they cannot run, or land nowhere.
	Behind: []string{"WR118", "WR121", "WR401", "WR402", "WR405"},
	Check:  checkToleratesEverything,
}

func checkToleratesEverything(p *rule.Pass) {
	s := p.Survey()
	if !s.Mixed() {
		return
	}
	for i := range s.Placements {
		at := &s.Placements[i]
		// Hooks and DaemonSets have rules of their own; what an unknown RuntimeClass adds is not known.
		if unscheduled(at) || at.Workload.Hook() || daemonSet(at) || at.ClassUnknown || !toleratesAll(at.Spec) {
			continue
		}
		if how, severity := stray(at); how != "" {
			p.Reportf(onSelector(at).As(severity), "tolerates every taint and %s", how)
		}
	}
}
