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

var unlabeledNode = &rule.Rule{
	ID: "WR411", Name: "unlabeled-node", Category: rule.Cluster, Severity: finding.Warning,
	Title: "Nodes do not say which operating system or Windows build they run",
	Rationale: "Kubelets label their node with kubernetes.io/os, and on Windows with node.kubernetes.io/windows-build. A node without such a " +
		"label, as virtual nodes and hand-made ones may be, is one that no pod lands on that chooses its nodes by it, while pods that choose " +
		"nothing do. This tool cannot tell what runs there.",
	Remedy: "Label the node, or have what registers it do so. A kubelet before Kubernetes 1.17 sets no build: upgrade it.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-os",
		"https://kubernetes.io/docs/reference/labels-annotations-taints/#nodekubernetesiowindows-build",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Nodes},
	Check: checkUnlabeledNode,
}

func checkUnlabeledNode(p *rule.Pass) {
	pools := p.Survey().Pools
	nodes := map[string][]string{} // by what is wrong with them
	for _, n := range p.Nodes() {
		switch {
		case n.OS == "":
			nodes["no label "+platform.LabelOS] = append(nodes["no label "+platform.LabelOS], n.Name)
		case n.OS != platform.Linux && n.OS != platform.Windows:
			value := fmt.Sprintf("the label %s=%s, which is neither linux nor windows", platform.LabelOS, n.OS)
			nodes[value] = append(nodes[value], n.Name)
		case n.OS == platform.Windows && pools[n.Pool].Build() == "":
			nodes["no label "+platform.LabelWindowsBuild] = append(nodes["no label "+platform.LabelWindowsBuild], n.Name)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(nodes)) {
		names := nodes[what]
		have := "have"
		if len(names) == 1 {
			have = "has"
		}
		p.Reportf(rule.OnNode(names[0], "metadata", "labels"), "%s (%s) %s %s", counted(len(names), "node"), few(names, len(names)), have, what)
	}
}
