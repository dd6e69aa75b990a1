package rule

import "github.com/winready/kubectl-winready/pkg/inventory"

// KnownObjects are the objects of a part as far as they are known, and why that is not all; the reason is empty when it is. A rule that
// takes one of several parts for evidence asks for each so: none of them is a need, and what is to be said when all are missing is its own.
func (p *Pass) KnownObjects(part inventory.Kind) (objects []inventory.Object, lacking string) {
	p.reads(part)
	return p.inv.Objects[part], p.inv.Gaps[part].Reason
}

// Lacks tells whether a part is there and could not be read, as against one that the source has not.
func (p *Pass) Lacks(part inventory.Kind) bool { return p.inv.Gaps[part].Unread }

// KnownWorkloads are the workloads as far as they are known, and why that is not all.
func (p *Pass) KnownWorkloads() (workloads []inventory.Workload, lacking string) {
	p.reads(inventory.Workloads)
	return p.inv.Workloads, p.inv.Gaps[inventory.Workloads].Reason
}
