package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/symptom"
)

var rootRefused = &rule.Rule{
	ID: "WR408", Name: "root-refused", Category: rule.Cluster, Severity: finding.Error,
	Title: "Kubelets refuse containers that would run as ContainerAdministrator",
	Rationale: "Windows has no root, and the kubelet takes the user ContainerAdministrator for it. A container with runAsNonRoot and that user, " +
		"by its runAsUserName or by its image, is not created: the pod stays in CreateContainerConfigError. runAsUser, by which Linux " +
		"containers name a user, counts for nothing on Windows.",
	Remedy: "Set securityContext.windowsOptions.runAsUserName to ContainerUser or another user of the image, or leave out runAsNonRoot. Where the " +
		"workload is for Linux, set the nodeSelector kubernetes.io/os.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/security_context_windows.go",
		"https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod-spec-containers-securitycontext",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Check: checkRootRefused,
}

func checkRootRefused(p *rule.Pass) {
	reportPods(p, func(b *bound) bool { return b.symptom.ID == symptom.RootRefused && !b.astray() }, func(pods []bound) {
		target := rule.On(pods[0].at.Workload, "securityContext").Fix("securityContext: {windowsOptions: {runAsUserName: ContainerUser}}")
		p.Reportf(target, "%s: %s", who(pods), pods[0].symptom.Meaning)
	})
}
