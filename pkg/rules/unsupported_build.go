package rules

import (
	"fmt"
	"maps"
	"slices"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var unsupportedBuild = &rule.Rule{
	ID: "WR410", Name: "unsupported-build", Category: rule.Cluster, Severity: finding.Error,
	Title: "The Windows build of nodes is out of support",
	Rationale: "Out of support, a build gets no security updates, and neither do the base images for it: Microsoft publishes those no longer. " +
		"In extended support it gets security updates and nothing else. Kubernetes and Rancher take no nodes before build 10.0.17763, " +
		"which is Windows Server 2019.",
	Remedy: "Add nodes of a build in mainstream support, rebuild the images for it, move the pods, and take the old nodes away. A node cannot " +
		"be upgraded in place without its images.",
	Since: "v0.1.0",
	References: []string{
		"https://learn.microsoft.com/en-us/virtualization/windowscontainers/deploy-containers/base-image-lifecycle",
		"https://kubernetes.io/docs/concepts/windows/intro/#windows-os-version-support",
	},
	Needs: []inventory.Kind{inventory.Nodes},
	Check: checkUnsupportedBuild,
}

// oldestBuild is the first that Kubernetes supports: Windows Server 2019, in content/en/docs/concepts/windows/intro.md of
// kubernetes/website. Builds compare as text, for all have five digits.
const oldestBuild platform.Build = "10.0.17763"

func checkUnsupportedBuild(p *rule.Pass) {
	nodes := windowsNodes(p)
	if len(nodes) == 0 {
		p.Skipf("there is no Windows node")
	}
	for _, build := range slices.Sorted(maps.Keys(nodes)) {
		names := nodes[build]
		target := rule.OnNode(names[0], "status", "nodeInfo", "kernelVersion")
		which := fmt.Sprintf("%s (%s) of build %s", counted(len(names), "node"), few(names, len(names)), named(build))
		support := build.Support(p.Today())
		switch {
		case build < oldestBuild:
			p.Reportf(target, "%s: Kubernetes supports %s and later", which, named(oldestBuild))
		case support.State == platform.OutOfSupport:
			p.Reportf(target, "%s: support of %s ended on %s", which, support.Product, until(support))
		case support.State == platform.Extended:
			p.Reportf(target.As(finding.Info), "%s: %s is in extended support, until %s", which, support.Product, until(support))
		case support.State == platform.Mainstream:
			p.Sawf("%s: %s is in mainstream support, until %s", which, support.Product, until(support))
		}
	}
}

// until is the last day of support, with what another page says.
func until(s platform.Support) string {
	if s.Otherwise.Day == "" {
		return s.Until
	}
	return fmt.Sprintf("%s (%s by %s)", s.Until, s.Otherwise.Day, s.Otherwise.Source)
}
