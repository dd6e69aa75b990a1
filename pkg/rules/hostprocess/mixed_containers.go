package hostprocess

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var mixedContainers = &rule.Rule{
	ID: "WR202", Name: "hostprocess-mixed-containers", Category: rule.HostProcess, Severity: finding.Error,
	Title: "Some containers of a pod are HostProcess containers and others are not",
	Rationale: "Windows cannot share the network of the node with an ordinary container, so that the containers of a pod are all HostProcess " +
		"containers or none is, init containers included. The API server refuses the pod. It is often an injected sidecar, or an init " +
		"container that was forgotten.",
	Remedy:     "Set windowsOptions.hostProcess: true in the securityContext of the pod, and leave it out of the containers.",
	Since:      "v0.1.0",
	References: []string{docs, validation},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check:      checkMixedContainers,
}

func checkMixedContainers(p *rule.Pass) {
	workloads := p.Workloads()
	for i := range workloads {
		w := &workloads[i]
		for _, f := range hostprocess.Faults(&w.Spec) {
			if f.Kind == hostprocess.MixedContainers {
				p.Reportf(rule.On(w), "%s are HostProcess containers, and not %s: the API server refuses it, %q",
					f.Value, strings.Join(hostprocess.Ordinary(&w.Spec), ", "), f.Says)
			}
		}
	}
}
