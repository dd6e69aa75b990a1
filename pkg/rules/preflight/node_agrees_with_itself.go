package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var nodeAgreesWithItself = &rule.Rule{
	ID: "WR607", Name: "node-agrees-with-its-labels", Category: rule.Preflight, Group: Architecture, Severity: finding.Warning,
	Title: "The labels of a node say what the node itself reports",
	Rationale: "The scheduler goes by the labels kubernetes.io/os and node.kubernetes.io/windows-build, which the kubelet sets and puts back. A node whose " +
		"status says something else was labelled by somebody while its kubelet was away, or its kubelet runs under another operating system " +
		"than it was built for. What the other requirements say of such a node goes by its label.",
	Remedy:     "Restart the node's kubelet, or take the label away.",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-os"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkNodeAgreesWithItself,
}

func checkNodeAgreesWithItself(p *rule.Pass) {
	for _, n := range p.Nodes() {
		label := n.Labels[platform.LabelOS]
		if label != "" && n.System != "" && label != n.System {
			p.Reportf(rule.OnNode(n.Name, "status", "nodeInfo", "operatingSystem"), "it is %q, and the label %s is %q", n.System, platform.LabelOS, label)
			continue
		}
		if n.OS != platform.Windows || n.Kernel == "" {
			continue
		}
		build, _, err := platform.ParseKernel(n.Kernel)
		switch {
		case err != nil:
			p.Unknownf("node %s: reading its kernelVersion: %v", n.Name, err)
		case n.Labels[platform.LabelWindowsBuild] != "" && platform.Build(n.Labels[platform.LabelWindowsBuild]) != build:
			p.Reportf(rule.OnNode(n.Name, "status", "nodeInfo", "kernelVersion"), "it is %s, and the label %s is %q", n.Kernel,
				platform.LabelWindowsBuild, n.Labels[platform.LabelWindowsBuild])
		}
	}
	p.Sawf("%s", count(len(p.Nodes()), "node"))
}
