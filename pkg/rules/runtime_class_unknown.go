package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var runtimeClassUnknown = &rule.Rule{
	ID: "WR119", Name: "runtime-class-unknown", Category: rule.Placement, Severity: finding.Info,
	Title: "Where the pods run hangs on a RuntimeClass that is not known",
	Rationale: "A RuntimeClass adds a nodeSelector and tolerations to its pods when they are created. Without it nothing can be said of a pod " +
		"that names no operating system itself. In a cluster that has no RuntimeClass of that name the API server refuses the pods: " +
		"RuntimeClass not found.",
	Remedy: "Read the RuntimeClass along: kubectl winready lint web.yaml runtimeclasses.yaml. Or name the operating system in the pod itself, " +
		"which does no harm beside a RuntimeClass that names the same.",
	Since: "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/containers/runtime-class/#scheduling",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/runtimeclass/admission.go",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	Check: checkRuntimeClassUnknown,
}

func checkRuntimeClassUnknown(p *rule.Pass) {
	s := p.Survey()
	if !s.Mixed() {
		return
	}
	for i := range s.Placements {
		at := &s.Placements[i]
		// A class can only take away from where a pod fits that chooses for itself, and a pod that runs has been let in.
		if !at.ClassUnknown || unscheduled(at) || running(at) > 0 {
			continue
		}
		name := *at.Workload.Spec.RuntimeClassName
		where := rule.On(at.Workload, "runtimeClassName")
		switch how, _ := stray(at); {
		case how != "":
			p.Reportf(where.As(finding.Warning), "%s, unless its RuntimeClass %s chooses, which is not known here", how, name)
		case !at.FitsAny():
			p.Reportf(where, "no pool accepts it unless its RuntimeClass %s tolerates their taints, which is not known here", name)
		}
	}
}
