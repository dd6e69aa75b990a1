package finding_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
)

func at(file, name, id string, s finding.Severity) finding.Finding {
	return finding.Finding{
		RuleID: id, Severity: s, Object: object.Ref{Kind: "Pod", Name: name}, Location: object.Location{File: file, Line: 3}, Message: "m",
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	got := finding.Merge("both", []finding.Report{
		{
			Results: []finding.Result{
				{RuleID: "WR2", Status: finding.Skip, Reason: "no nodes"},
				{RuleID: "WR1", Status: finding.Fail},
				{RuleID: "WR3", Status: finding.Pass},
				{RuleID: "WR4", Status: finding.Incomplete, Reason: "listing pods: no"},
				{RuleID: "WR5", Status: finding.Pass},
			},
			Findings: []finding.Finding{at("b", "x", "WR1", finding.Error), at("a", "y", "WR1", finding.Info)},
		},
		{
			Results: []finding.Result{
				{RuleID: "WR1", Status: finding.Pass},
				{RuleID: "WR2", Status: finding.Pass},
				{RuleID: "WR3", Status: finding.Warn},
				{RuleID: "WR4", Status: finding.Incomplete, Reason: "listing nodes: no"},
				{RuleID: "WR5", Status: finding.Skip, Reason: "none"},
			},
			Findings: []finding.Finding{at("a", "x", "WR3", finding.Warning)},
		},
	})
	want := finding.Report{
		Target: "both",
		Results: []finding.Result{
			{RuleID: "WR1", Status: finding.Fail},
			{RuleID: "WR2", Status: finding.Pass},
			{RuleID: "WR3", Status: finding.Warn},
			{RuleID: "WR4", Status: finding.Incomplete, Reason: "listing pods: no; listing nodes: no"},
			{RuleID: "WR5", Status: finding.Pass},
		},
		Findings: []finding.Finding{at("a", "x", "WR3", finding.Warning), at("a", "y", "WR1", finding.Info), at("b", "x", "WR1", finding.Error)},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("merged (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(got.Unknown(), want.Results[3:4]); diff != "" {
		t.Errorf("unknown (-got +want):\n%s", diff)
	}
	if worst, found := got.Worst(); !found || worst != finding.Error {
		t.Errorf("worst is %v, %v", worst, found)
	}
	if _, found := (finding.Report{}).Worst(); found {
		t.Error("a report without findings has a worst one")
	}
}

func TestMergeOfNothingHasLists(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(finding.Merge("none", nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), `{"target":"none","results":[],"findings":[]}`); diff != "" {
		t.Errorf("JSON (-got +want):\n%s", diff)
	}
}

func TestSeverity(t *testing.T) {
	t.Parallel()
	for _, s := range finding.Severities() {
		got, err := finding.ParseSeverity(s.String())
		if err != nil || got != s {
			t.Errorf("%s reads as %v, %v", s, got, err)
		}
	}
	var f finding.Finding
	err := json.Unmarshal([]byte(`{"severity": "bad"}`), &f)
	if err == nil || err.Error() != `got "bad", want one of error, warning, info` {
		t.Errorf("got %v", err)
	}
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	old := []finding.Finding{at("./web/a.yaml", "x", "WR1", finding.Error), at("", "y", "WR2", finding.Error), at("", "gone", "WR2", finding.Error)}
	data, err := finding.WriteBaseline(append(old, old[0]))
	if err != nil {
		t.Fatal(err)
	}
	want := `apiVersion: winready.dev/v1alpha1
findings:
- object: Pod/gone
  ruleID: WR2
- object: Pod/y
  ruleID: WR2
- file: web/a.yaml
  object: Pod/x
  ruleID: WR1
kind: Baseline
`
	if diff := cmp.Diff(string(data), want); diff != "" {
		t.Fatalf("baseline (-got +want):\n%s", diff)
	}
	known, err := finding.ReadBaseline(data, "known.yaml")
	if err != nil {
		t.Fatal(err)
	}
	moved := at("web/a.yaml", "x", "WR1", finding.Error)
	moved.Location.Line, moved.Message = 99, "another message"
	report := finding.Report{
		Results: []finding.Result{
			{RuleID: "WR1", Status: finding.Fail}, {RuleID: "WR2", Status: finding.Fail}, {RuleID: "WR3", Status: finding.Incomplete, Reason: "r"},
		},
		Findings: []finding.Finding{moved, old[1], at("", "new", "WR2", finding.Warning)},
	}
	got, hidden := known.Without(report)
	wantReport := finding.Report{
		Results: []finding.Result{
			{RuleID: "WR1", Status: finding.Pass}, {RuleID: "WR2", Status: finding.Warn}, {RuleID: "WR3", Status: finding.Incomplete, Reason: "r"},
		},
		Findings: []finding.Finding{at("", "new", "WR2", finding.Warning)},
	}
	if diff := cmp.Diff(got, wantReport); diff != "" {
		t.Errorf("report without what is known (-got +want):\n%s", diff)
	}
	if hidden != 2 || known.Stale() != 1 {
		t.Errorf("%d hidden and %d stale, want 2 and 1", hidden, known.Stale())
	}
	if report.Results[0].Status != finding.Fail {
		t.Error("the report that was given is changed")
	}
}

func TestBadBaseline(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                               `known.yaml: want apiVersion winready.dev/v1alpha1 and kind Baseline, got "" and ""`,
		"kind: Baseline\nfindings: true": "known.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal bool into Go struct field baselineFile.findings of type []finding.entry",
	} {
		_, err := finding.ReadBaseline([]byte(text), "known.yaml")
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
