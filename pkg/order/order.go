// Package order says in which order releases are upgraded. It knows nothing of how.
package order

import (
	"cmp"
	"slices"
)

// Release is what the order hangs on.
type Release struct {
	Name          string   // NAMESPACE/NAME
	Defines, Uses []string // kinds, as GROUP/KIND: of its CustomResourceDefinitions, and of its objects
	Misplaced     int      // how many of its pods are on a system that is not theirs
}

// Rule says the rule in words.
const Rule = "a chart that defines kinds before those that use them, then those with most pods on the wrong system, then by name"

// Of is the order, as indexes into releases. Releases that use each other's kinds go by the rest of the rule.
func Of(releases []Release) []int {
	left := make([]int, len(releases))
	for i := range left {
		left[i] = i
	}
	slices.SortFunc(left, func(i, j int) int {
		a, b := releases[i], releases[j]
		return cmp.Or(cmp.Compare(b.Misplaced, a.Misplaced), cmp.Compare(a.Name, b.Name))
	})
	var out []int
	for len(left) > 0 {
		next := max(0, slices.IndexFunc(left, func(i int) bool { return !waits(releases, i, left) }))
		out = append(out, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return out
}

// waits says that one of the others defines a kind that release i uses and does not define itself.
func waits(releases []Release, i int, others []int) bool {
	return slices.ContainsFunc(others, func(j int) bool {
		return j != i && slices.ContainsFunc(releases[j].Defines, func(kind string) bool {
			return slices.Contains(releases[i].Uses, kind) && !slices.Contains(releases[i].Defines, kind)
		})
	})
}
