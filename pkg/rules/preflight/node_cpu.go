package preflight

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var nodeCPU = &rule.Rule{
	ID: "WR641", Name: "node-cpu", Category: rule.Preflight, Group: Size, Severity: finding.Error,
	Title: "Every node has 2 CPUs or more",
	Rationale: "Rancher does not set up a node that does not meet the requirement of its guide. RKE2's page asks for 2 as well, and recommends 4, of " +
		"which another requirement tells.",
	Remedy:     "Give the machine more CPUs.",
	Since:      "v0.1.0",
	References: []string{guide, rke2Minimum},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkNodeCPU,
}

func checkNodeCPU(p *rule.Pass) {
	size(p, "cpu", func(n inventory.Node) resource.Quantity { return n.CPU }, func(_ inventory.Node, at rule.Target, q resource.Quantity) {
		if q.MilliValue() < 2000 {
			p.Reportf(at, "the node has %s of the 2 CPUs that Rancher's guide asks for", q.String())
		}
	})
}
