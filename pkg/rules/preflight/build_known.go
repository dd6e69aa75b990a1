package preflight

import (
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var buildKnown = &rule.Rule{
	ID: "WR651", Name: "build-known", Category: rule.Preflight, Group: Windows, Severity: finding.Info,
	Title: "The builds of Windows nodes are known",
	Rationale: "A build that is newer than this tool has requirements that it cannot know: how long it is supported, which updates it needs, " +
		"whether RKE2 and Calico are tested on it. What follows from the order of builds is still decided: that it is not too old, and " +
		"which images it runs.",
	Remedy:     "Look for a newer version of this tool, and ask the makers of the distribution and of the network provider about the build.",
	Since:      "v0.1.0",
	References: []string{"https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/base-image-lifecycle"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkBuildKnown,
}

func checkBuildKnown(p *rule.Pass) {
	var seen []string
	for _, build := range slices.Sorted(maps.Keys(builds(p))) {
		seen = append(seen, called(build))
	}
	for build, nodes := range builds(p) {
		switch {
		case build.Release() != "":
		case build.Newer(platform.Newest()):
			p.Reportf(onKernel(nodes[0]), "%s of build %s, newer than %s, the last one this tool knows: its support and updates are not known, images of "+
				"10.0.20348 (2022) up to it run", counted(nodes), build, called(platform.Newest()))
		default:
			p.Reportf(onKernel(nodes[0]).As(finding.Warning), "%s of build %s, which is no Windows Server that containers are made for", counted(nodes), build)
		}
	}
	if len(seen) > 0 {
		p.Sawf("%s", strings.Join(seen, ", "))
	}
}

// onKernel is where a Windows node tells its build.
func onKernel(n inventory.Node) rule.Target {
	return rule.OnNode(n.Name, "status", "nodeInfo", "kernelVersion")
}
