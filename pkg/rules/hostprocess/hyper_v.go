package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var hyperV = &rule.Rule{
	ID: "WR211", Name: "hostprocess-hyper-v", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A HostProcess pod has a RuntimeClass that isolates by Hyper-V",
	Rationale: "A HostProcess container is a process of the node, and nothing isolates it. The shim of containerd that makes a virtual machine of a " +
		"pod knows no HostProcess containers.",
	Remedy:     "Use no RuntimeClass, or one with the handler runhcs-wcow-process.",
	Since:      "v0.1.0",
	References: []string{docs + "#limitations", kep},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.RuntimeClasses},
	Check: func(p *rule.Pass) {
		handlers := map[string]string{}
		for _, c := range p.RuntimeClasses() {
			handlers[c.Name] = c.Handler
		}
		wanted(p, func(at *survey.Placement) {
			name := at.Workload.Spec.RuntimeClassName
			if name != nil && hostprocess.HyperVHandler(handlers[*name]) {
				p.Reportf(rule.On(at.Workload, "runtimeClassName"), "RuntimeClass %s has the handler %s: HostProcess containers are not isolated by Hyper-V",
					*name, handlers[*name])
			}
		})
	},
}
