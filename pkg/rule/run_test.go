package rule_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// on is a rule that finds something about the workloads of these names.
func on(id string, names ...string) *rule.Rule {
	return &rule.Rule{ID: id, Severity: finding.Error, Needs: []inventory.Kind{inventory.Workloads}, Check: func(p *rule.Pass) {
		for i, w := range p.Workloads() {
			for _, name := range names {
				if w.Object.Name == name {
					p.Reportf(rule.On(&p.Workloads()[i], "nodeSelector"), "%s is wrong", name)
				}
			}
		}
	}}
}

func withPods(names ...string) *inventory.Inventory {
	inv := &inventory.Inventory{Source: "test", Gaps: map[inventory.Kind]inventory.Gap{}}
	for _, name := range names {
		inv.Workloads = append(inv.Workloads, inventory.Workload{Workload: workload.Workload{
			Object: object.Ref{Kind: "Pod", Name: name}, SpecPath: object.Path{"spec"},
		}})
	}
	return inv
}

func run(inv *inventory.Inventory, rules ...*rule.Rule) finding.Report {
	return rule.Run(inv, survey.Of(inv), rules)
}

func found(r finding.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.RuleID+" "+f.Object.Name+": "+f.Message)
	}
	return out
}

func TestRunOrdersAndJudges(t *testing.T) {
	t.Parallel()
	warns := on("WR103", "a")
	warns.Severity = finding.Warning
	got := run(withPods("b", "a"), on("WR102", "b", "a"), on("WR101"), warns)
	if diff := cmp.Diff(found(got), []string{"WR102 a: a is wrong", "WR103 a: a is wrong", "WR102 b: b is wrong"}); diff != "" {
		t.Errorf("findings (-got +want):\n%s", diff)
	}
	want := []finding.Result{{RuleID: "WR101", Status: finding.Pass}, {RuleID: "WR102", Status: finding.Fail}, {RuleID: "WR103", Status: finding.Warn}}
	if diff := cmp.Diff(got.Results, want); diff != "" {
		t.Errorf("results (-got +want):\n%s", diff)
	}
}

func TestWhatFollowsIsNotReported(t *testing.T) {
	t.Parallel()
	follows := on("WR102", "a", "b")
	follows.Behind = []string{"WR101"}
	got := run(withPods("a", "b"), on("WR101", "a"), follows)
	if diff := cmp.Diff(found(got), []string{"WR101 a: a is wrong", "WR102 b: b is wrong"}); diff != "" {
		t.Errorf("findings (-got +want):\n%s", diff)
	}
	// Alone it says all it has to say.
	if diff := cmp.Diff(found(run(withPods("a", "b"), follows)), []string{"WR102 a: a is wrong", "WR102 b: b is wrong"}); diff != "" {
		t.Errorf("findings of the one rule (-got +want):\n%s", diff)
	}
}

// TestGaps: what has no such part by nature is skipped, what could not be read is looked at as far as it goes and never passes.
func TestGaps(t *testing.T) {
	t.Parallel()
	inv := withPods("a")
	inv.Gaps[inventory.Nodes] = inventory.Gap{Reason: "a chart has no nodes"}
	inv.Gaps[inventory.Workloads] = inventory.Gap{Reason: "listing jobs: forbidden", Unread: true}
	nodes := &rule.Rule{ID: "WR401", Needs: []inventory.Kind{inventory.Workloads, inventory.Nodes}, Check: func(*rule.Pass) { t.Error("it ran") }}
	got := run(inv, on("WR101", "a"), on("WR102"), nodes)
	want := finding.Report{
		Target: "test",
		Results: []finding.Result{
			{RuleID: "WR101", Status: finding.Incomplete, Reason: "listing jobs: forbidden"},
			{RuleID: "WR102", Status: finding.Incomplete, Reason: "listing jobs: forbidden"},
			{RuleID: "WR401", Status: finding.Skip, Reason: "a chart has no nodes"},
		},
		Findings: got.Findings,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("report (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(found(got), []string{"WR101 a: a is wrong"}); diff != "" {
		t.Errorf("findings (-got +want):\n%s", diff)
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	inv := withPods("a", "b", "c")
	inv.Workloads[0].Ignore = "WR101 it is a test\n WR102 there is none; WR103 not looked for"
	inv.Workloads[1].Ignore = "WR101"
	var marks []rule.Mark
	own := &rule.Rule{ID: "WR901", Needs: []inventory.Kind{inventory.Workloads}, Check: func(p *rule.Pass) { marks = p.Marks() }}
	got := run(inv, on("WR101", "a", "b", "c"), on("WR102", "b"), own)
	if diff := cmp.Diff(found(got), []string{"WR101 b: b is wrong", "WR102 b: b is wrong", "WR101 c: c is wrong"}); diff != "" {
		t.Errorf("findings (-got +want):\n%s", diff)
	}
	a, b := inv.Workloads[0].Object, inv.Workloads[1].Object
	want := []rule.Mark{
		{Object: a, RuleID: "WR101", Reason: "it is a test", Matched: true, Ran: true},
		{Object: a, RuleID: "WR102", Reason: "there is none", Ran: true},
		{Object: a, RuleID: "WR103", Reason: "not looked for"},
		{Object: b, RuleID: "WR101", Ran: true},
	}
	if diff := cmp.Diff(marks, want); diff != "" {
		t.Errorf("marks (-got +want):\n%s", diff)
	}
}
