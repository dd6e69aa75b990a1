package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/symptom"
)

var noVariant = &rule.Rule{
	ID: "WR403", Name: "no-variant", Category: rule.Cluster, Severity: finding.Error,
	Title: "An image has no variant for the platform of the nodes",
	Rationale: "A registry holds an image for some platforms, each an operating system, an architecture and for Windows a build. " +
		"Where the node's is not among them the image cannot be pulled, and the pod stays in ImagePullBackOff. The runtime says the same " +
		"for each of the three. Here the operating system is as wanted, or the pod does not tell which it is for.",
	Remedy: "Publish the image for that platform, use one that is, or choose nodes of another by kubernetes.io/arch or " +
		"node.kubernetes.io/windows-build. Where it is for the other operating system, set the nodeSelector kubernetes.io/os.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/containerd/containerd/issues/6989",
		"https://learn.microsoft.com/en-us/virtualization/windowscontainers/deploy-containers/version-compatibility",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Check: checkNoVariant,
}

func checkNoVariant(p *rule.Pass) {
	is := func(b *bound) bool {
		wrong := b.symptom.ID == symptom.NoVariant || b.symptom.ID == symptom.OtherSystem
		return wrong && !b.astray() && !b.ofOtherBuild()
	}
	reportPods(p, is, func(pods []bound) {
		image := imageOf(pods)
		p.Reportf(onImage(pods[0].at, image), "%s: %s has no variant for %s; %s",
			who(pods), calledImage(image), nodesOf(pods[0].verdict.Pool), pods[0].symptom.Said)
	})
}

// ofOtherBuild tells pods that cannot start because their image is of a Windows build that their nodes do not run: by what was
// said, or because the name of the image that cannot be pulled tells its build.
func (b *bound) ofOtherBuild() bool {
	if b.symptom.ID == symptom.NoVariant && b.os() == platform.Windows {
		return !b.verdict.Pool.Build().Runs(platform.ImageBuild(imageOf([]bound{*b})))
	}
	return b.symptom.ID == symptom.OtherBuild
}
