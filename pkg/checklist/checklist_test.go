package checklist_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/answers"
	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var cluster = object.Ref{Kind: "Cluster"}

func node(name string) object.Ref { return object.Ref{APIVersion: "v1", Kind: "Node", Name: name} }

func rules(ids ...string) []*rule.Rule {
	var out []*rule.Rule
	for _, id := range ids {
		out = append(out, &rule.Rule{ID: id, Title: "requirement " + id, Group: "group " + id[:3], Severity: finding.Warning})
	}
	return out
}

func heading(r *rule.Rule) (group, requirement string) { return r.Group, r.Title }

// TestStates has each state and which of two counts: what was found and what cannot be told outranks what a person says, and nothing
// that a person has yet to look at passes.
func TestStates(t *testing.T) {
	t.Parallel()
	byHand := []finding.Manual{{Object: node("a"), How: "look"}, {Object: node("b"), How: "look"}}
	say := func(severity finding.Severity) []finding.Finding {
		return []finding.Finding{{RuleID: "WR1", Severity: severity, Message: "said"}}
	}
	pass := func(node string) answers.Answer { return answers.Answer{Rule: "WR1", Node: node, Result: answers.Pass} }
	none := func(node string) answers.Answer {
		return answers.Answer{Rule: "WR1", Node: node, Result: answers.NotApplicable}
	}
	for name, tc := range map[string]struct {
		result   finding.Result
		findings []finding.Finding
		given    []answers.Answer
		want     checklist.State
	}{
		"met":                               {finding.Result{Status: finding.Pass}, nil, nil, checklist.Pass},
		"does not apply":                    {finding.Result{Status: finding.Skip, Reason: "why"}, nil, nil, checklist.Skip},
		"could not be read":                 {finding.Result{Status: finding.Incomplete, Reason: "forbidden"}, nil, nil, checklist.Unknown},
		"an error":                          {finding.Result{Status: finding.Fail}, say(finding.Error), nil, checklist.Fail},
		"a warning":                         {finding.Result{Status: finding.Warn}, say(finding.Warning), nil, checklist.Warn},
		"to know":                           {finding.Result{Status: finding.Warn}, say(finding.Info), nil, checklist.Note},
		"an error of what was read":         {finding.Result{Status: finding.Incomplete, Reason: "forbidden"}, say(finding.Error), nil, checklist.Fail},
		"a warning of what was read":        {finding.Result{Status: finding.Incomplete, Reason: "forbidden"}, say(finding.Warning), nil, checklist.Unknown},
		"by hand":                           {finding.Result{Status: finding.Skip, Manual: byHand}, nil, nil, checklist.Manual},
		"answered in part":                  {finding.Result{Status: finding.Skip, Manual: byHand}, nil, []answers.Answer{pass("a")}, checklist.Manual},
		"answered":                          {finding.Result{Status: finding.Skip, Manual: byHand}, nil, []answers.Answer{pass("a"), none("b")}, checklist.Pass},
		"answered for all":                  {finding.Result{Status: finding.Skip, Manual: byHand}, nil, []answers.Answer{pass("")}, checklist.Pass},
		"answered as not applicable":        {finding.Result{Status: finding.Skip, Manual: byHand}, nil, []answers.Answer{none("")}, checklist.Skip},
		"an answer does not undo an error":  {finding.Result{Status: finding.Fail, Manual: byHand}, say(finding.Error), []answers.Answer{pass("")}, checklist.Fail},
		"an answer does not read for us":    {finding.Result{Status: finding.Incomplete, Reason: "x", Manual: byHand}, nil, []answers.Answer{pass("")}, checklist.Unknown},
		"a note beside what is yet to do":   {finding.Result{Status: finding.Warn, Manual: byHand}, say(finding.Info), nil, checklist.Manual},
		"an answer about another rule":      {finding.Result{Status: finding.Skip, Manual: byHand}, nil, []answers.Answer{{Rule: "WR2", Result: answers.Pass}}, checklist.Manual},
		"a warning beside what is answered": {finding.Result{Status: finding.Warn, Manual: byHand}, say(finding.Warning), []answers.Answer{pass("")}, checklist.Warn},
	} {
		tc.result.RuleID = "WR1"
		list := checklist.Of(finding.Report{Results: []finding.Result{tc.result}, Findings: tc.findings}, rules("WR1"), nil, heading, tc.given)
		if got := list.Groups[0].Entries[0].State; got != tc.want || list.Count(tc.want) != 1 {
			t.Errorf("%s: got %q, want %q; tally %v", name, got, tc.want, list.Tally)
		}
	}
}

// TestApply: what a person found wrong is a finding of the rule's severity, and an answer about nothing is told.
func TestApply(t *testing.T) {
	t.Parallel()
	report := finding.Report{
		Results: []finding.Result{
			{RuleID: "WR1", Status: finding.Skip, Reason: "r", Manual: []finding.Manual{{Object: node("a"), How: "look"}, {Object: node("b"), How: "look"}}},
			{RuleID: "WR2", Status: finding.Pass},
		},
		Findings: []finding.Finding{},
	}
	given := []answers.Answer{
		{Rule: "WR1", Result: answers.Pass, By: "J", Date: "2026-11-01", Line: 4},
		{Rule: "WR1", Node: "b", Result: answers.Fail, By: "J", Date: "2026-11-02", Note: "it is on", Line: 5},
		{Rule: "WR1", Node: "c", Result: answers.Fail, By: "J", Date: "2026-11-02", Line: 6},
		{Rule: "WR2", Result: answers.Pass, By: "J", Date: "2026-11-02", Line: 7},
	}
	unused := checklist.Apply(&report, rules("WR1", "WR2"), given)
	if diff := cmp.Diff(unused, given[2:]); diff != "" {
		t.Errorf("unused: got -, want +:\n%s", diff)
	}
	want := []finding.Finding{{
		RuleID: "WR1", Severity: finding.Warning, Object: node("b"), Message: "does not meet it, found by J on 2026-11-02: it is on",
	}}
	if diff := cmp.Diff(report.Findings, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	if got := report.Results[0].Status; got != finding.Warn {
		t.Errorf("got status %s", got)
	}
	if got := checklist.Of(report, rules("WR1", "WR2"), nil, heading, given).Groups[0].Entries[0].State; got != checklist.Warn {
		t.Errorf("got %q", got)
	}
}

func TestGroupsComeInTheirOrder(t *testing.T) {
	t.Parallel()
	report := finding.Report{Results: []finding.Result{
		{RuleID: "WR1", Status: finding.Pass}, {RuleID: "WR2", Status: finding.Pass}, {RuleID: "WR3", Status: finding.Pass}, {RuleID: "XX9", Status: finding.Pass},
	}}
	list := checklist.Of(report, rules("WR1", "WR2", "WR3"), []string{"group WR3", "group WR2"}, heading, nil)
	var got []string
	for _, g := range list.Groups {
		got = append(got, g.Name)
	}
	if diff := cmp.Diff(got, []string{"group WR3", "group WR2", "group WR1"}); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	questions := checklist.Of(finding.Report{Results: []finding.Result{
		{RuleID: "WR1", Status: finding.Skip, Manual: []finding.Manual{{Object: cluster, How: "look"}, {Object: node("a"), How: "there"}}},
	}}, rules("WR1"), nil, heading, []answers.Answer{{Rule: "WR1", Node: "a", Result: answers.Pass, By: "J", Date: "2026-11-01"}})
	want := []answers.Question{
		{Rule: "WR1", Text: "requirement WR1:\nlook"},
		{Rule: "WR1", Node: "a", Text: "requirement WR1:\nthere", Given: &answers.Answer{Result: answers.Pass, By: "J", Date: "2026-11-01"}},
	}
	if diff := cmp.Diff(questions.Open(), want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
