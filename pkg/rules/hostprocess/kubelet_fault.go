package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var kubeletFault = &rule.Rule{
	ID: "WR216", Name: "hostprocess-kubelet", Category: rule.HostProcess, Severity: finding.Error,
	Title: "Only the containers of a pod set hostProcess, and the kubelets look at the pod alone",
	Rationale: "Kubelets before 1.23.10 and 1.24.4 make the sandbox of a pod by its own hostProcess. Where only the containers set it the sandbox is an " +
		"ordinary one, in which HostProcess containers cannot be created.",
	Remedy:     "Set windowsOptions.hostProcess: true in the securityContext of the pod, or upgrade the kubelets.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/kubernetes/kubernetes/pull/110140", kep},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Nodes},
	Check:      checkKubeletFault,
}

func checkKubeletFault(p *rule.Pass) {
	nodes := p.Nodes()
	wanted(p, func(at *survey.Placement) {
		if !hostprocess.OnlyByContainers(at.Spec) {
			return
		}
		var faulty []string
		for _, n := range hostprocess.Accepting(nodes, at) {
			if v, err := platform.ParseVersion(n.Kubelet); err == nil && platform.IgnoresContainerHostProcess(v) {
				faulty = append(faulty, n.Name+" ("+n.Kubelet+")")
			}
		}
		if len(faulty) > 0 {
			t := rule.On(at.Workload, "securityContext", "windowsOptions", "hostProcess").Fix("hostProcess: true")
			p.Reportf(t, "only its containers set hostProcess, and the kubelet of %s looks at the pod alone", few(faulty))
		}
	})
}
