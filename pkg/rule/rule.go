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
	Placement Category = "placement" // WR1xx: on which nodes pods can run
	Cluster   Category = "cluster"   // WR4xx: a live cluster and what runs on it
	Rancher   Category = "rancher"   // WR5xx: what Rancher's catalogue says
	Own       Category = "own"       // WR9xx: the tool's own, about its input
)

// Rule is one thing that can be wrong, with its documentation.
type Rule struct {
	ID, Name   string // "WR101", "no-operating-system"
	Category   Category
	Severity   finding.Severity // of its findings, unless one says otherwise
	Title      string           // what is wrong, in one line, without period
	Rationale  string           // why it matters: what happens to the pods
	Remedy     string           // what to do about it
	Since      string           // the version of this tool that first had it
	References []string         // where the facts are from
	Needs      []inventory.Kind // what it reads: exactly that
	// Behind are rules whose findings about an object make those of this one needless: they follow from them.
	Behind []string
	Check  func(*Pass)
}
