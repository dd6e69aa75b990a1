package rules

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var misplacedWindowsOptions = &rule.Rule{
	ID: "WR111", Name: "misplaced-windows-options", Category: rule.Placement, Severity: finding.Error,
	Title: "A pod for Linux sets windowsOptions",
	Rationale: "With os.name linux the API server refuses the pod, and what has it as its template: windows options cannot be set for a " +
		"linux pod. Without os.name the options are without effect on a Linux node: the user that they name is not the one that runs.",
	Remedy: "Leave windowsOptions out for Linux.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/workloads/pods/#pod-os",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	Check: checkMisplacedWindowsOptions,
}

func checkMisplacedWindowsOptions(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		refused := at.Spec.OS != nil && at.Spec.OS.Name == corev1.Linux
		if !refused && at.Named != platform.Linux {
			continue
		}
		for _, path := range windowsOptions(at.Spec) {
			if refused {
				p.Reportf(rule.On(at.Workload, path...), "windowsOptions beside os.name linux: the API server refuses it, %q", "windows options cannot be set for a linux pod")
				continue
			}
			p.Reportf(rule.On(at.Workload, path...).As(finding.Warning), "windowsOptions of a pod that names linux (%s) are without effect", at.By)
		}
	}
}

// windowsOptions are the paths at which a pod spec sets windowsOptions.
func windowsOptions(spec *corev1.PodSpec) []object.Path {
	var out []object.Path
	if sc := spec.SecurityContext; sc != nil && sc.WindowsOptions != nil {
		out = append(out, object.Path{"securityContext", "windowsOptions"})
	}
	for _, c := range containersOf(spec) {
		if c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil {
			out = append(out, object.Path{c.list, c.index, "securityContext", "windowsOptions"})
		}
	}
	return out
}
