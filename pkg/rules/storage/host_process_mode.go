package storage

import (
	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var hostProcessMode = &rule.Rule{
	ID: "WR311", Name: "azurefile-driver-mode", Category: rule.Storage, Severity: finding.Warning,
	Title: "The Azure File driver runs on Windows in a way that its nodes are not made for",
	Rationale: "The driver mounts shares as a HostProcess pod, which wants containerd 1.6 or newer, or has the service csi-proxy of the node do it, which " +
		"has to be installed there and which Kubernetes no longer needs. The chart takes HostProcess pods by default since its version 1.31.0.",
	Remedy: "With containerd 1.6 or newer on all Windows nodes, set windows.useHostProcessContainers: true in the values of the driver's chart; with an " +
		"older one set it to false and install csi-proxy on the nodes.",
	Since:      "v0.1.0",
	References: []string{chartValues, "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/#before-you-begin", "https://github.com/kubernetes-csi/csi-proxy"},
	Needs:      []inventory.Kind{inventory.Nodes, inventory.Workloads, inventory.Pools},
	Check:      checkHostProcessMode,
}

func checkHostProcessMode(p *rule.Pass) {
	sets := nodeSets(p.Survey())
	var old, all []string
	for _, n := range p.Nodes() {
		if n.OS != platform.Windows {
			continue
		}
		all = append(all, n.Name)
		if !azurefile.RunsHostProcess(n.Runtime) {
			old = append(old, n.Name+" ("+n.Runtime+")")
		}
	}
	for _, at := range sets {
		switch {
		case len(all) == 0:
		case !placement.HostProcess(at.Spec):
			p.Reportf(rule.On(at.Workload, "securityContext"), "the driver has csi-proxy mount shares, which has to run on %s (%s)", counted(len(all), "Windows node"), few(all))
		case len(old) > 0:
			p.Reportf(rule.On(at.Workload, "securityContext", "windowsOptions", "hostProcess").As(finding.Error), "the driver runs as HostProcess pods, and %s without containerd 1.6 or newer: %s", counted(len(old), "Windows node"), few(old))
		}
	}
}
