package census

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
)

// fold makes the pools of the nodes, by the labels that some workload looks at, and tells the pool of each node. Where there are no
// workloads it is not known what they would look at, and every label counts.
func (c *Census) fold(inv *inventory.Inventory) map[string]int {
	mentioned := map[string]bool{}
	note := func(label string) { mentioned[label] = true }
	for i := range inv.Workloads {
		placement.Mentions(&inv.Workloads[i].Spec, note)
		if a := inv.Workloads[i].Admitted; a != nil {
			placement.Mentions(&corev1.PodSpec{NodeSelector: a.NodeSelector}, note)
		}
	}
	for _, class := range c.classes {
		if class.Scheduling != nil {
			placement.Mentions(&corev1.PodSpec{NodeSelector: class.Scheduling.NodeSelector}, note)
		}
	}
	counts := func(label string) bool { return mentioned[label] || len(inv.Workloads) == 0 }
	inv.Pools = placement.Fold(c.placements(), counts)
	pool := map[string]int{}
	for i, p := range inv.Pools {
		for _, name := range p.Nodes {
			pool[name] = i
		}
	}
	for _, n := range c.nodes {
		n.facts.Pool = pool[n.facts.Name]
		inv.Nodes = append(inv.Nodes, n.facts)
	}
	slices.SortFunc(inv.Nodes, func(a, b inventory.Node) int { return cmp.Compare(a.Name, b.Name) })
	return pool
}

// placements are the nodes that were counted, as placement looks at them.
func (c *Census) placements() []placement.Node {
	nodes := make([]placement.Node, 0, len(c.nodes))
	for _, n := range c.nodes {
		nodes = append(nodes, n.placement)
	}
	return nodes
}
