// Package retaint says what a taint on the Linux nodes of a cluster does: which nodes have it, and which workloads would be placed
// otherwise if all of them had it, or none. It is a pure function of an inventory.
// It must not change anything, and knows nothing of who manages the taint.
package retaint

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Outlook is a cluster with a taint, as it is and as it could be.
type Outlook struct {
	Taint string   `json:"taint"`
	With  []string `json:"with"`    // the Linux nodes that have it, sorted
	Bare  []string `json:"without"` // those that have not
	// Added is what would be placed otherwise if every Linux node had it, and Removed if none had.
	Added   []Effect `json:"ifAdded"`
	Removed []Effect `json:"ifRemoved"`
	// Unread is why the picture is not whole; empty when it is.
	Unread []string `json:"unread,omitempty"`
}

// Effect is what becomes of one workload.
type Effect struct {
	object.Ref
	OS   platform.OS `json:"os,omitempty"` // that it is for; empty when nothing tells
	Pods int         `json:"pods"`
	// Outcome is what its next pods do.
	Outcome Outcome `json:"outcome"`
}

// Outcome is what the next pods of a workload do.
type Outcome string

// The outcomes that matter.
const (
	Pending   Outcome = "no node accepts its pods any more"
	Elsewhere Outcome = "only windows nodes accept its pods any more"
	Again     Outcome = "linux nodes accept its pods, which no node did"
	Strays    Outcome = "linux nodes accept its pods too"
)

// Bad tells an outcome by which pods stop running, or run where they were kept from.
func (o Outcome) Bad() bool { return o != Again }

// Look makes the outlook of a cluster.
func Look(inv *inventory.Inventory, taint corev1.Taint) *Outlook {
	out := &Outlook{Taint: taint.ToString(), With: []string{}, Bare: []string{}}
	for _, p := range inv.Pools {
		switch {
		case p.OS() != platform.Linux:
		case has(p.Taints, taint):
			out.With = append(out.With, p.Nodes...)
		default:
			out.Bare = append(out.Bare, p.Nodes...)
		}
	}
	slices.Sort(out.With)
	slices.Sort(out.Bare)
	now := survey.Of(inv)
	out.Added = effects(now, changed(inv, func(list []corev1.Taint) []corev1.Taint { return Add(list, taint) }))
	out.Removed = effects(now, changed(inv, func(list []corev1.Taint) []corev1.Taint { return Remove(list, taint) }))
	for _, kind := range []inventory.Kind{inventory.Nodes, inventory.Workloads, inventory.Pods} {
		if gap, missing := inv.Gaps[kind]; missing && gap.Unread && !slices.Contains(out.Unread, gap.Reason) {
			out.Unread = append(out.Unread, gap.Reason)
		}
	}
	return out
}

func has(list []corev1.Taint, t corev1.Taint) bool {
	return slices.ContainsFunc(list, func(other corev1.Taint) bool { return t.MatchTaint(&other) && t.Value == other.Value })
}

// Add is a list of taints with one more, in the place of one of the same key and effect: a node has but one of those.
func Add(list []corev1.Taint, t corev1.Taint) []corev1.Taint {
	if has(list, t) {
		return list
	}
	return append(slices.DeleteFunc(slices.Clone(list), func(other corev1.Taint) bool { return t.MatchTaint(&other) }), t)
}

// Remove is a list of taints without one. One of another value is another one.
func Remove(list []corev1.Taint, t corev1.Taint) []corev1.Taint {
	return slices.DeleteFunc(slices.Clone(list), func(other corev1.Taint) bool { return t.MatchTaint(&other) && t.Value == other.Value })
}

// changed is the survey of a cluster whose Linux nodes have other taints.
func changed(inv *inventory.Inventory, edit func([]corev1.Taint) []corev1.Taint) *survey.Survey {
	other := *inv
	other.Pools = make([]placement.Pool, len(inv.Pools))
	for i, p := range inv.Pools {
		if p.OS() == platform.Linux {
			p.Taints = edit(p.Taints)
		}
		other.Pools[i] = p
	}
	return survey.Of(&other)
}

// effects are the workloads that Linux nodes accept in one case and not in the other, by name.
func effects(now, then *survey.Survey) []Effect {
	out := []Effect{}
	for i := range now.Placements {
		a, b := &now.Placements[i], &then.Placements[i]
		if a.Workload.Static || a.Done || a.Fits(platform.Linux) == b.Fits(platform.Linux) {
			continue
		}
		e := Effect{Ref: a.Workload.Object, OS: a.OS, Pods: a.Unbound, Outcome: Pending}
		for _, n := range a.Runs {
			e.Pods += n
		}
		switch {
		case !a.Fits(platform.Linux) && !a.FitsAny():
			e.Outcome = Again
		case !a.Fits(platform.Linux):
			e.Outcome = Strays
		case b.FitsAny():
			e.Outcome = Elsewhere
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return out
}
