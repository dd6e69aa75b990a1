package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var daemonSetOnBoth = &rule.Rule{
	ID: "WR113", Name: "daemonset-on-both", Category: rule.Placement, Severity: finding.Error,
	Title: "A DaemonSet has pods on nodes of both operating systems",
	Rationale: "A DaemonSet has a pod on every node that accepts it. Where it names no operating system half of them cannot start: their image " +
		"is not for their node, and they stay in ImagePullBackOff or ContainerCreating for good. The rollout never completes, and helm " +
		"--wait times out.",
	Remedy: "Set the nodeSelector kubernetes.io/os. An agent that is there for both operating systems mostly has one DaemonSet for each, " +
		"because paths and mounts differ.",
	Since: "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
		"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	// These say the same of a chart that no value helps, and of pods that did land where they cannot run, or land nowhere.
	Behind: []string{"WR118", "WR121", "WR401", "WR402", "WR405"},
	Check:  checkDaemonSetOnBoth,
}

func checkDaemonSetOnBoth(p *rule.Pass) {
	s := p.Survey()
	if !s.Mixed() {
		return
	}
	for i := range s.Placements {
		at := &s.Placements[i]
		// Hooks have a rule of their own; what an unknown RuntimeClass adds is not known.
		if unscheduled(at) || at.Workload.Hook() || !daemonSet(at) || at.ClassUnknown {
			continue
		}
		how, severity := stray(at)
		if at.Fits(platform.Linux) && at.Fits(platform.Windows) {
			how += ", and each of their nodes gets a pod"
		}
		if at.Named == "" && at.ForBoth {
			severity = finding.Warning // every pod starts; whether its paths and mounts suit both cannot be told
		}
		if how != "" {
			p.Reportf(onSelector(at).As(severity), "%s", how)
		}
	}
}
