package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var selectorsContradict = &rule.Rule{
	ID: "WR103", Name: "selectors-contradict", Category: rule.Placement, Severity: finding.Error,
	Title: "nodeSelector, node affinity and RuntimeClass contradict each other",
	Rationale: "A node has to meet the nodeSelector, one term of the required node affinity with all of its expressions, and what the " +
		"RuntimeClass adds. Where no node can, whatever its labels, the pods stay Pending for ever; a RuntimeClass that contradicts the " +
		"nodeSelector makes the API server refuse the pods. It happens when a value adds a nodeSelector for Windows to a chart whose " +
		"templates pin Linux by affinity.",
	Remedy: "Leave one of the two. kubectl winready inspect says which value sets which.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/runtimeclass/admission.go",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	Check: checkSelectorsContradict,
}

func checkSelectorsContradict(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		if at.Conflict != "" {
			pods := "its pods"
			if at.Workload.Object.Kind == "Pod" {
				pods = "the pod"
			}
			p.Reportf(rule.On(at.Workload, "runtimeClassName"), "the API server refuses %s: %s", pods, at.Conflict)
			continue
		}
		// A pod that names its node never meets the scheduler.
		if why := placement.Contradiction(at.Spec); why != "" && !unscheduled(at) {
			field := "affinity"
			if a := at.Workload.Spec.Affinity; a == nil || a.NodeAffinity == nil {
				field = "nodeSelector"
			}
			p.Reportf(rule.On(at.Workload, field), "no node can match %s", why)
		}
	}
}
