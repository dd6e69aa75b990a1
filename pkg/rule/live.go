package rule

import (
	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
)

// Refusals are the workloads whose pods the API server does not take, as events tell.
func (p *Pass) Refusals() []inventory.Refusal {
	p.reads(inventory.Refusals)
	return p.inv.Refusals
}

// RuntimeClasses are those of a cluster, or of what was read.
func (p *Pass) RuntimeClasses() []nodev1.RuntimeClass {
	p.reads(inventory.RuntimeClasses)
	return p.inv.RuntimeClasses
}

// Server is the version of the API server, for a rule that has nothing to look at without one; others ask Version.
func (p *Pass) Server() string {
	p.reads(inventory.Server)
	return p.inv.Version
}

// KnownNodes are the nodes as far as they are known, for a rule that takes them for evidence: see Rule.Uses.
func (p *Pass) KnownNodes() []inventory.Node {
	p.reads(inventory.Nodes)
	return p.inv.Nodes
}
