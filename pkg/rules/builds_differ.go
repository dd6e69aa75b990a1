package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var buildsDiffer = &rule.Rule{
	ID: "WR409", Name: "builds-differ", Category: rule.Cluster, Severity: finding.Info,
	Title: "Windows nodes are of several builds",
	Rationale: "A Windows image runs on some builds and not on others. The nodeSelector kubernetes.io/os leaves a pod all of them, so that " +
		"it starts or not by where it happens to land, unless its image has a variant for each.",
	Remedy: "Publish images for each build, or choose nodes by node.kubernetes.io/windows-build, in the pods or in a RuntimeClass for each build.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/windows/user-guide/#handling-multiple-windows-versions-in-the-same-cluster",
		"https://learn.microsoft.com/en-us/virtualization/windowscontainers/deploy-containers/version-compatibility",
	},
	Needs: []inventory.Kind{inventory.Nodes},
	Check: checkBuildsDiffer,
}

func checkBuildsDiffer(p *rule.Pass) {
	nodes := windowsNodes(p)
	switch len(nodes) {
	case 0:
		p.Skipf("there is no Windows node")
		return
	case 1:
		return
	}
	// The fewest nodes first: they are the odd ones out, and the finding is about the first of them.
	builds := slices.SortedFunc(maps.Keys(nodes), func(a, b platform.Build) int {
		return cmp.Or(cmp.Compare(len(nodes[a]), len(nodes[b])), cmp.Compare(a, b))
	})
	var texts []string
	for _, b := range builds {
		texts = append(texts, fmt.Sprintf("%s on %s (%s)", named(b), counted(len(nodes[b]), "node"), few(nodes[b], len(nodes[b]))))
	}
	p.Reportf(rule.OnNode(nodes[builds[0]][0]), "Windows nodes are of %d builds: %s", len(builds), strings.Join(texts, "; "))
}

// windowsNodes are the names of the Windows nodes by build, sorted; those of an unknown build left out.
func windowsNodes(p *rule.Pass) map[platform.Build][]string {
	nodes := map[platform.Build][]string{}
	for _, n := range p.Nodes() {
		if n.OS == platform.Windows && n.Build != "" {
			nodes[n.Build] = append(nodes[n.Build], n.Name)
		}
	}
	return nodes
}
