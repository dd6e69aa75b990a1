package rule_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// TestVerdicts: a rule that cannot tell never passes, whatever else it says, and neither does one that leaves work to a person.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	manual := []finding.Manual{{Object: object.Ref{APIVersion: "v1", Kind: "Node", Name: "win-1"}, Field: "spec", How: "look"}}
	for name, tc := range map[string]struct {
		check func(*rule.Pass)
		want  finding.Result
	}{
		"passes, and says what it saw": {func(p *rule.Pass) { p.Sawf("b"); p.Sawf("a"); p.Sawf("b") }, finding.Result{Status: finding.Pass, Reason: "a; b"}},
		"does not apply":               {func(p *rule.Pass) { p.Sawf("x"); p.Skipf("is about %s", "RKE1") }, finding.Result{Status: finding.Skip, Reason: "is about RKE1"}},
		"cannot tell":                  {func(p *rule.Pass) { p.Skipf("x"); p.Unknownf("no build") }, finding.Result{Status: finding.Incomplete, Reason: "no build"}},
		"is for a person": {
			func(p *rule.Pass) { p.Sawf("x"); p.Manualf(rule.OnNode("win-1", "spec"), "look") },
			finding.Result{Status: finding.Skip, Manual: manual},
		},
		"found something": {
			func(p *rule.Pass) {
				p.Sawf("x")
				p.Skipf("y")
				p.Reportf(rule.OnCluster(), "wrong")
			},
			finding.Result{Status: finding.Fail},
		},
		"found something and cannot tell the rest": {
			func(p *rule.Pass) { p.Reportf(rule.OnCluster(), "wrong"); p.Unknownf("no build") },
			finding.Result{Status: finding.Incomplete, Reason: "no build"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &rule.Rule{ID: "WR601", Severity: finding.Error, Needs: []inventory.Kind{inventory.Workloads}, Check: tc.check}
			tc.want.RuleID = "WR601"
			if diff := cmp.Diff(run(withPods("a"), r).Results, []finding.Result{tc.want}); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

// TestMergedResultsKeepWhatIsToBeDone: of several clusters the worst status counts, and nothing that a person has to do is lost.
func TestMergedResultsKeepWhatIsToBeDone(t *testing.T) {
	t.Parallel()
	one := finding.Manual{Object: object.Ref{Kind: "Node", Name: "a"}, How: "look"}
	two := finding.Manual{Object: object.Ref{Kind: "Node", Name: "b"}, How: "look"}
	of := func(s finding.Status, reason string, m ...finding.Manual) finding.Report {
		return finding.Report{Results: []finding.Result{{RuleID: "WR601", Status: s, Reason: reason, Manual: m}}}
	}
	got := finding.Merge("all", []finding.Report{of(finding.Skip, "", one), of(finding.Skip, "no nodes", two), of(finding.Incomplete, "forbidden")})
	want := []finding.Result{{RuleID: "WR601", Status: finding.Incomplete, Reason: "forbidden", Manual: []finding.Manual{one, two}}}
	if diff := cmp.Diff(got.Results, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
