// Package rule is what a rule is, and runs rules over an inventory.
// It must not read anything: a rule is a pure function of an inventory.
package rule

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

// Category groups rules by what they look at; it is the hundreds of their IDs.
type Category string

// The categories.
const (
	Placement   Category = "placement"   // WR1xx: on which nodes pods can run
	HostProcess Category = "hostprocess" // WR2xx: what HostProcess pods need
	Storage     Category = "storage"     // WR3xx: volumes that Windows pods can mount
	Cluster     Category = "cluster"     // WR4xx: a live cluster and what runs on it
	Rancher     Category = "rancher"     // WR5xx: what Rancher's catalogue says
	Preflight   Category = "preflight"   // WR6xx: the requirements of a cluster with Windows nodes
	Own         Category = "own"         // WR9xx: the tool's own, about its input
)

// Rule is one thing that can be wrong, with its documentation.
type Rule struct {
	ID, Name   string // "WR101", "no-operating-system"
	Category   Category
	Group      string           // the heading under which preflight shows it; empty for the rules of other categories
	Severity   finding.Severity // of its findings, unless one says otherwise
	Title      string           // what is wrong, in one line, without period
	Rationale  string           // why it matters: what happens to the pods
	Remedy     string           // what to do about it
	Since      string           // the version of this tool that first had it
	References []string         // where the facts are from
	Needs      []inventory.Kind // what it reads and is nothing without: where the source has no such part, the rule is skipped
	Uses       []inventory.Kind // what it takes for evidence as far as it is known, and says itself when that is not enough: see KnownObjects
	// Behind are rules whose findings about an object make those of this one needless: they follow from them.
	Behind []string
	Check  func(*Pass)
}
