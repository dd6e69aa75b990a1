package rules

import (
	"fmt"
	"slices"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var runtimePullsOwnBuild = &rule.Rule{
	ID: "WR413", Name: "runtime-pulls-own-build", Category: rule.Cluster, Severity: finding.Error,
	Title: "Windows runs the image, and the container runtime of its nodes does not pull it",
	Rationale: "Windows Server 2025 runs images for 2022. containerd before 1.6.23 and 1.7.6 pulls only images whose build is that of the node: no " +
		"match for platform in manifest. The pod waits with ErrImagePull although the image is one that the node can run.",
	Remedy: "Upgrade containerd of the nodes to 1.7.6 or newer, use an image for their build, or keep the pod to nodes of the image's build by " +
		"node.kubernetes.io/windows-build.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/containerd/containerd/issues/6508", "https://github.com/containerd/containerd/pull/8854",
		"https://github.com/containerd/containerd/pull/9069",
		"https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility",
	},
	Needs:  []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Nodes, inventory.Images},
	Behind: []string{"WR116"},
	Check:  checkRuntimePullsOwnBuild,
}

func checkRuntimePullsOwnBuild(p *rule.Pass) {
	s, nodes := p.Survey(), p.Nodes()
	for i := range s.Placements {
		at := &s.Placements[i]
		if at.OS != platform.Windows || at.Done {
			continue
		}
		for _, c := range ofEachBuild(p, at.Spec) {
			var unable []string
			for _, n := range hostprocess.Accepting(nodes, at) {
				if !pulls(n, c.builds) {
					unable = append(unable, fmt.Sprintf("%s %s (%s)", n.Name, named(n.Build), n.Runtime))
				}
			}
			if len(unable) > 0 {
				p.Reportf(onImageOf(at, c.container), "image %s is of Windows build %s, and the container runtime pulls images of the node's own build alone: %s",
					c.Image, c.called(), few(unable, len(unable)))
			}
		}
	}
}

// pulls tells whether a node pulls an image of some builds, or does not run it in the first place.
func pulls(n inventory.Node, builds []platform.Build) bool {
	runtime, _ := platform.ParseRuntime(n.Runtime) // of one that does not parse nothing is known
	return !slices.ContainsFunc(builds, n.Build.Runs) ||
		slices.ContainsFunc(builds, func(b platform.Build) bool { return n.Build.RunsWith(b, runtime) })
}
