package checklist_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/checklist"
)

// listed is a cluster with a requirement in each of some states.
func listed(name string, lost bool, states ...checklist.State) checklist.Cluster {
	l := &checklist.List{Tally: map[string]int{}, Groups: []checklist.Group{{Name: "one"}, {Name: "two"}}}
	for i, s := range states {
		l.Tally[string(s)]++
		g := &l.Groups[i*2/len(states)]
		g.Entries = append(g.Entries, checklist.Entry{RuleID: string(rune('A' + i)), Title: "requirement", State: s})
	}
	return checklist.Cluster{Name: name, Lost: lost, List: l}
}

// TestUnmet: what some cluster does not meet is told of all. That nothing can be told of a cluster that could not be read makes no
// requirement one that is not met; what somebody else knows against it does.
func TestUnmet(t *testing.T) {
	t.Parallel()
	clusters := []checklist.Cluster{
		listed("a", false, checklist.Pass, checklist.Fail, checklist.Note, checklist.Manual, checklist.Skip, checklist.Pass),
		listed("b", false, checklist.Pass, checklist.Warn, checklist.Unknown, checklist.Manual, checklist.Manual, checklist.Pass),
		listed("lost", true, checklist.Unknown, checklist.Unknown, checklist.Unknown, checklist.Unknown, checklist.Unknown, checklist.Fail),
	}
	got := map[string]map[string][]int{}
	for _, s := range checklist.Unmet(clusters) {
		for _, r := range s.Rows {
			by := map[string][]int{}
			for _, state := range checklist.States() {
				if in := r.Where(state); in != nil {
					by[string(state)] = in
				}
			}
			got[s.Name+" "+r.RuleID] = by
		}
	}
	want := map[string]map[string][]int{
		"one B": {"fail": {0}, "warn": {1}},
		"one C": {"note": {0}, "cannot tell": {1}},
		"two F": {"fail": {2}, "pass": {0, 1}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	byHand := map[string][]int{}
	for _, r := range checklist.ByHand(clusters) {
		byHand[r.RuleID] = r.Where(checklist.Manual)
	}
	if diff := cmp.Diff(byHand, map[string][]int{"D": {0, 1}, "E": {1}}); diff != "" {
		t.Errorf("by hand: got -, want +:\n%s", diff)
	}
	var worst []checklist.State
	for _, c := range append(clusters, listed("fine", false, checklist.Note, checklist.Skip), listed("nothing", false, checklist.Skip)) {
		worst = append(worst, c.Worst())
	}
	if diff := cmp.Diff(worst, []checklist.State{checklist.Fail, checklist.Unknown, checklist.Fail, checklist.Note, checklist.Pass}); diff != "" {
		t.Errorf("worst: got -, want +:\n%s", diff)
	}
	if checklist.Unmet(nil) != nil || checklist.ByHand(nil) != nil {
		t.Error("no clusters have requirements")
	}
}
