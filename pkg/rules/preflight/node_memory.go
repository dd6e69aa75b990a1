package preflight

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var nodeMemory = &rule.Rule{
	ID: "WR642", Name: "node-memory", Category: rule.Preflight, Group: Size, Severity: finding.Error,
	Title: "Every node has 5 GB of memory or more",
	Rationale: "Rancher does not set up a node that does not meet the requirement of its guide, 5 GB. RKE2's page asks for 4 GB, and recommends 8. The " +
		"verdict follows the guide; 5% less is taken for as much, for a node reports what its operating system has left of it.",
	Remedy:     "Give the machine more memory.",
	Since:      "v0.1.0",
	References: []string{guide, rke2Minimum},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkNodeMemory,
}

func checkNodeMemory(p *rule.Pass) {
	size(p, "memory", func(n inventory.Node) resource.Quantity { return n.Memory }, func(_ inventory.Node, at rule.Target, q resource.Quantity) {
		if q.Value() >= bytes(5) {
			return
		}
		rke2 := "less than the 4 GB"
		if q.Value() >= bytes(4) {
			rke2 = "enough for the 4 GB"
		}
		p.Reportf(at, "the node has %s, and Rancher's guide asks for 5 GB; it is %s of RKE2's page", gigabytes(q), rke2)
	})
}
