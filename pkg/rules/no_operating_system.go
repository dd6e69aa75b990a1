package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var noOperatingSystem = &rule.Rule{
	ID: "WR101", Name: "no-operating-system", Category: rule.Placement, Severity: finding.Error,
	Title: "Pods may land on nodes of either operating system",
	Rationale: "The scheduler knows nothing of the operating system an image is for. In a cluster with Linux and Windows nodes a pod " +
		"that does not choose lands on either, and an image for Linux never starts on Windows, nor the other way round. The field " +
		"os.name does not choose: the scheduler ignores it, and the kubelet of the wrong node fails the pod.",
	Remedy: "Set the nodeSelector kubernetes.io/os. For a chart, kubectl winready patch writes the values that do.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host",
		"https://ranchermanager.docs.rancher.com/how-to-guides/new-user-guides/kubernetes-clusters-in-rancher-setup/use-windows-clusters",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	// These say the same of a chart that no value helps, and of pods that did land where they cannot run, or land nowhere.
	Behind: []string{"WR118", "WR121", "WR401", "WR402", "WR405"},
	Check:  checkNoOperatingSystem,
}

func checkNoOperatingSystem(p *rule.Pass) {
	s := p.Survey()
	if !s.Mixed() {
		return
	}
	for i := range s.Placements {
		at := &s.Placements[i]
		// Hooks and DaemonSets have rules of their own, which know their remedies; what an unknown RuntimeClass adds is not known.
		if unscheduled(at) || at.Workload.Hook() || daemonSet(at) || at.ClassUnknown || toleratesAll(at.Spec) {
			continue
		}
		if how, severity := stray(at); how != "" {
			p.Reportf(onSelector(at).As(severity), "%s", how)
		}
	}
}
