package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/symptom"
)

var noProcess = &rule.Rule{
	ID: "WR406", Name: "no-process", Category: rule.Cluster, Severity: finding.Error,
	Title: "The program of a container cannot be started on its node",
	Rationale: "An image that has variants for Linux and Windows is pulled on either, but a command written for one system, such as /bin/sh, " +
		"is not there on the other: Windows fails to create the process. On Linux, a program for another architecture fails with " +
		"exec format error. The container never runs, and the pod is restarted for ever.",
	Remedy: "Use a command, its arguments and a workingDir that the image has on that system, or keep the workload on the other one with " +
		"the nodeSelector kubernetes.io/os, or kubernetes.io/arch for the architecture.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/containerd/containerd/issues/6300",
		"https://github.com/Azure/aks-engine/issues/5086",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Check: checkNoProcess,
}

func checkNoProcess(p *rule.Pass) {
	is := func(b *bound) bool {
		return (b.symptom.ID == symptom.NoProcess || b.symptom.ID == symptom.OtherProgram) && !b.astray()
	}
	reportPods(p, is, func(pods []bound) {
		b := pods[0]
		said := b.symptom.Said
		if b.symptom.ID == symptom.OtherProgram {
			said += " on " + nodesOf(b.verdict.Pool)
		}
		p.Reportf(onImage(b.at, imageOf(pods)), "%s: %s; %s", who(pods), b.symptom.Meaning, said)
	})
}
