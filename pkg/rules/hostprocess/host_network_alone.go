package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var hostNetworkAlone = &rule.Rule{
	ID: "WR210", Name: "host-network-without-hostprocess", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A pod for Windows asks for the network of the node and is no HostProcess pod",
	Rationale: "Only HostProcess pods share the network of a Windows node. The kubelet gives any other pod a network of its own, so that what " +
		"listens on a port of the node does not. The feature gate WindowsHostNetwork was alpha from Kubernetes 1.26 on and is deprecated since 1.33.",
	Remedy:     "Make it a HostProcess pod, or leave out hostNetwork and use a Service or hostPort.",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod", "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_sandbox.go"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools},
	Behind:     []string{"WR110"}, // which says it beside all else that Windows nodes do not have
	Check:      checkHostNetworkAlone,
}

func checkHostNetworkAlone(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		if at.OS == platform.Windows && at.Spec.HostNetwork && !hostprocess.Wanted(at.Spec) {
			p.Reportf(rule.On(at.Workload, "hostNetwork"), "hostNetwork true without HostProcess: a Windows node gives the pod a network of its own")
		}
	}
}
