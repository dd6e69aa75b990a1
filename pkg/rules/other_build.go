package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var otherBuild = &rule.Rule{
	ID: "WR404", Name: "other-build", Category: rule.Cluster, Severity: finding.Error,
	Title: "An image is of a Windows build that the nodes do not run",
	Rationale: "Kubernetes runs Windows containers with process isolation, where the container shares the kernel of its node. Windows " +
		"Server 2019 runs images of 2019 and no others; Windows Server 2022 and later run images from 2022 up to their own build. " +
		"Any other image cannot be pulled or does not start, and the pod stays as it is.",
	Remedy: "Use the tag of the image for the build of the nodes, publish the image for several builds under one tag, or choose nodes by " +
		"node.kubernetes.io/windows-build.",
	Since: "v0.1.0",
	References: []string{
		"https://learn.microsoft.com/en-us/virtualization/windowscontainers/deploy-containers/version-compatibility",
		"https://kubernetes.io/docs/concepts/windows/user-guide/#handling-multiple-windows-versions-in-the-same-cluster",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Check: checkOtherBuild,
}

func checkOtherBuild(p *rule.Pass) {
	reportPods(p, func(b *bound) bool { return b.ofOtherBuild() && !b.astray() }, func(pods []bound) {
		image, why := imageOf(pods), pods[0].symptom.Said
		if build := platform.ImageBuild(image); build != "" {
			why = "it is of build " + named(build)
		}
		p.Reportf(onImage(pods[0].at, image), "%s: %s does not run on %s; %s", who(pods), calledImage(image), nodesOf(pods[0].verdict.Pool), why)
	})
}
