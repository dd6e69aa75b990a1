package rule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Run runs rules over an inventory and its survey, in the order of their IDs. A rule that needs a part that the source has not by
// nature is skipped. One that needs a part that could not be read, or not wholly, looks at what there is and is reported as
// incomplete: it never passes.
func Run(inv *inventory.Inventory, s *survey.Survey, rules []*Rule) finding.Report {
	rules = slices.SortedFunc(slices.Values(rules), func(a, b *Rule) int { return cmp.Compare(a.ID, b.ID) })
	r := run{inv: inv, survey: s, marks: marksOf(inv), marked: map[about]int{}, ran: map[string]bool{}}
	for i, m := range r.marks {
		if m.Reason != "" {
			r.marked[about{m.RuleID, m.Object, m.Location.File}] = i
		}
	}
	report := finding.Report{Target: inv.Source, Results: make([]finding.Result, 0, len(rules)), Findings: []finding.Finding{}}
	for _, rule := range rules {
		report.Results = append(report.Results, r.look(rule))
	}
	said := r.said()
	behind := map[string][]string{}
	for _, rule := range rules {
		behind[rule.ID] = rule.Behind
	}
	for _, f := range r.findings {
		follows := slices.ContainsFunc(behind[f.RuleID], func(id string) bool { return said[about{id, f.Object, f.Location.File}] })
		if !follows && r.markFor(f) < 0 {
			report.Findings = append(report.Findings, f)
		}
	}
	slices.SortStableFunc(report.Findings, finding.Compare)
	report.Settle()
	return report
}

// Reads runs one rule and tells which parts of the inventory it looked at, in the order of inventory.Kinds: for the test that
// a rule declares what it reads.
func Reads(inv *inventory.Inventory, rule *Rule) []inventory.Kind {
	r := run{inv: inv, survey: survey.Of(inv), ran: map[string]bool{}}
	p := r.pass(rule)
	rule.Check(p)
	var out []inventory.Kind
	for _, k := range inventory.Kinds() {
		if p.read[k] {
			out = append(out, k)
		}
	}
	return out
}

// run is the state of one run.
type run struct {
	inv      *inventory.Inventory
	survey   *survey.Survey
	marks    []Mark
	marked   map[about]int   // the index of the mark that has a reason, by what it is about
	ran      map[string]bool // the rules that looked
	findings []finding.Finding
}

func (r *run) pass(rule *Rule) *Pass {
	return &Pass{rule: rule, inv: r.inv, survey: r.survey, read: map[inventory.Kind]bool{}, run: r}
}

// look runs a rule, unless there is nothing for it to look at.
func (r *run) look(rule *Rule) finding.Result {
	var unread []string
	for _, kind := range rule.Needs {
		gap, missing := r.inv.Gaps[kind]
		switch {
		case missing && gap.Unread:
			unread = append(unread, strings.Split(gap.Reason, "; ")...)
		case missing:
			return finding.Result{RuleID: rule.ID, Status: finding.Skip, Reason: gap.Reason}
		}
	}
	p := r.pass(rule)
	rule.Check(p)
	r.ran[rule.ID] = true
	r.findings = append(r.findings, p.findings...)
	return p.verdict(unread)
}

// about is what makes a finding follow from another: what it is about.
type about struct {
	ruleID string
	object object.Ref
	file   string
}

// said is about which objects each rule found something.
func (r *run) said() map[about]bool {
	out := make(map[about]bool, len(r.findings))
	for _, f := range r.findings {
		out[about{f.RuleID, f.Object, f.Location.File}] = true
	}
	return out
}

// Mark is one entry of an annotation winready.dev/ignore.
type Mark struct {
	Object   object.Ref
	Location object.Location // of the object
	RuleID   string
	Reason   string // empty when the annotation gives none, which is itself a finding
	Matched  bool   // a finding was not reported because of it
	Ran      bool   // the rule looked
}

// Marks are the annotations that ask for findings not to be reported, with what came of them. Only rules of the category Own may
// ask: they run last.
func (p *Pass) Marks() []Mark {
	p.reads(inventory.Workloads)
	for i := range p.run.marks {
		p.run.marks[i].Ran = p.run.ran[p.run.marks[i].RuleID]
	}
	for _, f := range p.run.findings {
		if i := p.run.markFor(f); i >= 0 {
			p.run.marks[i].Matched = true
		}
	}
	return p.run.marks
}

// markFor is the index of the mark that keeps a finding from being reported, -1 when there is none. A mark without a reason does
// not, nor can one silence what is said about marks.
func (r *run) markFor(f finding.Finding) int {
	i, marked := r.marked[about{f.RuleID, f.Object, f.Location.File}]
	if !marked {
		return -1
	}
	return i
}

// marksOf reads the annotations of an inventory. An annotation has an entry in each line, or between semicolons.
func marksOf(inv *inventory.Inventory) []Mark {
	var marks []Mark
	seen := map[Mark]bool{}
	add := func(o object.Ref, at object.Location, text string) {
		for entry := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == ';' }) {
			id, reason, _ := strings.Cut(strings.TrimSpace(entry), " ")
			m := Mark{Object: o, Location: at, RuleID: id, Reason: strings.TrimSpace(reason)}
			if id != "" && !seen[m] {
				seen[m] = true
				marks = append(marks, m)
			}
		}
	}
	for _, w := range inv.Workloads {
		add(w.Object, w.Location, w.Ignore)
	}
	for _, t := range inv.Texts {
		add(t.Object, t.Location, t.Ignore)
	}
	return marks
}
