package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var noSelector = &rule.Rule{
	ID: "WR209", Name: "hostprocess-no-selector", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A HostProcess pod does not choose Windows nodes",
	Rationale: "The scheduler does not look at windowsOptions, nor at os.name. Linux nodes accept the pod, and there its image does not start: it " +
		"is for Windows.",
	Remedy:     "Set the nodeSelector kubernetes.io/os: windows.",
	Since:      "v0.1.0",
	References: []string{docs + "#hostprocess-pod-configuration-requirements", "https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools},
	Behind:     []string{"WR101", "WR112", "WR113"}, // which say the same of any pod for Windows
	Check: func(p *rule.Pass) {
		wanted(p, func(at *survey.Placement) {
			if hostprocess.Astray(at) && at.Spec.NodeName == "" && !at.Workload.Static && !at.ClassUnknown {
				p.Reportf(rule.On(at.Workload, "nodeSelector").Fix("nodeSelector: {%s: windows}", platform.LabelOS),
					"a HostProcess pod, and Linux nodes accept it: the scheduler does not look at windowsOptions")
			}
		})
	},
}
