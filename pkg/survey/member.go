package survey

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Member is one of several clusters that are looked at together.
type Member struct {
	Name string `json:"name"`
	// Unreachable is why nothing of it could be read; empty when it could. Nothing is counted then.
	Unreachable string `json:"unreachable,omitempty"`
	Version     string `json:"version,omitempty"` // of its API server
	Errors      int    `json:"errors"`
	Warnings    int    `json:"warnings"`
	Infos       int    `json:"infos"`
	*Summary
}

// NewMember sums one of several clusters up.
func NewMember(inv *inventory.Inventory, s *Survey, findings []finding.Finding) Member {
	m := Member{Name: inv.Cluster, Unreachable: inv.Unreachable, Version: inv.Version, Summary: Summarize(inv, s)}
	for _, f := range findings {
		switch f.Severity {
		case finding.Error:
			m.Errors++
		case finding.Warning:
			m.Warnings++
		default:
			m.Infos++
		}
	}
	return m
}

// Nodes counts the nodes of an operating system.
func (m Member) Nodes(os platform.OS) int {
	n := 0
	for _, p := range m.Pools {
		if p.OS == os {
			n += p.Nodes
		}
	}
	return n
}

// Pending counts the pods that are bound to no node.
func (m Member) Pending() int {
	n := 0
	for _, w := range m.Workloads {
		n += w.Pending
	}
	return n
}
