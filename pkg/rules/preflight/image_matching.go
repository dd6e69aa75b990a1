package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var imageMatching = &rule.Rule{
	ID: "WR661", Name: "image-matching", Category: rule.Preflight, Group: Windows, Severity: finding.Warning,
	Title: "The runtime of nodes newer than Windows Server 2022 pulls images of older builds",
	Rationale: "Windows Server 2025 runs images for 2022. containerd before 1.6.23 and 1.7.6 pulls images of the node's own build only, so " +
		"that an image for 2022 fails with no match for platform in manifest.",
	Remedy:     "Upgrade containerd, which comes with the distribution, or take images for the node's own build.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/containerd/platforms/blob/v0.2.1/platform_compat_windows.go", "https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkImageMatching,
}

func checkImageMatching(p *rule.Pass) {
	newer := filter(windowsNodes(p), func(n inventory.Node) bool { return n.Build.Newer("10.0.20348") })
	if len(newer) == 0 {
		p.Skipf("no Windows node is newer than Windows Server 2022")
		return
	}
	for _, n := range newer {
		runtime, err := platform.ParseRuntime(n.Runtime)
		if err != nil {
			p.Unknownf("node %s: reading its runtime: %v", n.Name, err)
			continue
		}
		switch runs, known := runtime.RunsOlderBuilds(); {
		case !known:
			p.Unknownf("node %s: which images %s pulls is not known", n.Name, runtime)
		case !runs:
			p.Reportf(rule.OnNode(n.Name, "status", "nodeInfo", "containerRuntimeVersion"), "%s pulls images of the node's own build %s only", runtime, called(n.Build))
		}
	}
	p.Sawf("%s", counted(newer))
}
