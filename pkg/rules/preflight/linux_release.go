package preflight

import (
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var recommendedLinux = &rule.Rule{
	ID: "WR677", Name: "linux-release", Category: rule.Preflight, Group: Environment, Severity: finding.Info,
	Title: "Linux nodes are of a release that is still maintained",
	Rationale: "Rancher's guide recommends Ubuntu 18.04 for the Linux nodes, whose standard support ended in 2023. Both are shown, and the " +
		"verdict follows the maker.",
	Remedy:     "Take a release that Rancher's support matrix has and its maker maintains.",
	Since:      "v0.1.0",
	References: []string{guide, "https://ubuntu.com/about/release-cycle"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRecommendedLinux,
}

func checkRecommendedLinux(p *rule.Pass) {
	old := filter(of(p.Nodes(), platform.Linux), func(n inventory.Node) bool { return strings.HasPrefix(n.Image, "Ubuntu 18.04") })
	if len(old) > 0 {
		p.Reportf(rule.OnNode(old[0].Name, "status", "nodeInfo", "osImage"), "%s of %s: recommended by Rancher's guide, out of standard support by its maker",
			counted(old), old[0].Image)
	}
	var images []string
	for _, n := range of(p.Nodes(), platform.Linux) {
		if n.Image == "" {
			p.Unknownf("node %s: it reports no osImage", n.Name)
		}
		images = append(images, n.Image)
	}
	slices.Sort(images)
	p.Sawf("%s", few(slices.Compact(images)))
}
