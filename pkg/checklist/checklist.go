// Package checklist is a report requirement by requirement, in the groups in which a guide has them: what is met and by what, what is not,
// what cannot be told, and what a person has to look at, with what a person found. It must not look at a cluster, nor print.
package checklist

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/answers"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// State is what is known of a requirement.
type State string

// The states, the ones that ask for most first.
const (
	Fail    State = "fail"           // not met
	Unknown State = "cannot tell"    // what it takes to know could not be read
	Warn    State = "warn"           // met in a way that may go wrong
	Manual  State = "manual"         // a person has to look, and nobody has yet
	Note    State = "note"           // met, with something to know
	Pass    State = "pass"           // met
	Skip    State = "does not apply" // the cluster has nothing that it is about
)

// States are all of them, in the order above.
func States() []State { return []State{Fail, Unknown, Warn, Manual, Note, Pass, Skip} }

// Entry is one requirement.
type Entry struct {
	RuleID string `json:"ruleID"`
	Title  string `json:"title"` // what is required
	State  State  `json:"state"`
	// Reason is what was seen of one that is met, why it cannot be told, or why it does not apply.
	Reason string `json:"reason,omitempty"`
	// Unread are why a part of it cannot be told, whatever the rest of it says.
	Unread   []string          `json:"unread,omitempty"`
	Checks   []Check           `json:"checks,omitempty"`
	Findings []finding.Finding `json:"-"` // in the report already
	Rule     *rule.Rule        `json:"-"`
}

// Check is one thing that a person has to look at.
type Check struct {
	Object object.Ref `json:"object"`
	How    string     `json:"how"`
	Answer *Answer    `json:"answer,omitempty"` // nil while nobody has looked
}

// Answer is what a person found.
type Answer struct {
	Result answers.Verdict `json:"result"`
	By     string          `json:"by"`
	Date   string          `json:"date"`
	Note   string          `json:"note,omitempty"`
}

// Group is the requirements under one heading.
type Group struct {
	Name    string  `json:"name"`
	Entries []Entry `json:"requirements"`
}

// List is the requirements of a cluster.
type List struct {
	Distro string `json:"distribution"` // "rke2"
	Why    string `json:"detectedBy"`   // "the server's version is v1.34.1+rke2r1"
	// Product is the distribution and its version as people call it: "RKE2 v1.34.1+rke2r1".
	Product string         `json:"-"`
	Tally   map[string]int `json:"tally"` // how many requirements are in each state
	Groups  []Group        `json:"groups"`
}

// Heading says under which heading a rule is, and what it requires.
type Heading func(*rule.Rule) (group, requirement string)

// Of is the list of a report by rules that ran, under their headings, with answers filled in. Groups come in the order that is given; one that
// is not in it comes last.
func Of(report finding.Report, rules []*rule.Rule, groups []string, heading Heading, given []answers.Answer) List {
	found := map[string][]finding.Finding{}
	for _, f := range report.Findings {
		found[f.RuleID] = append(found[f.RuleID], f)
	}
	list := List{Tally: map[string]int{}, Groups: []Group{}}
	for _, res := range report.Results {
		i := slices.IndexFunc(rules, func(r *rule.Rule) bool { return r.ID == res.RuleID })
		if i < 0 {
			continue
		}
		group, requirement := heading(rules[i])
		e := Entry{RuleID: res.RuleID, Title: requirement, Reason: res.Reason, Findings: found[res.RuleID], Rule: rules[i]}
		if len(res.Manual) > 0 {
			e.Reason = "" // what was found is beside each check
		}
		for _, m := range res.Manual {
			e.Checks = append(e.Checks, Check{Object: m.Object, How: m.How, Answer: answerTo(res.RuleID, m.Object, given)})
		}
		if res.Status == finding.Incomplete {
			e.Unread, e.Reason = strings.Split(res.Reason, "; "), ""
		}
		e.State = stateOf(e, res.Status == finding.Skip)
		list.add(group, e)
	}
	place := func(g Group) int {
		if at := slices.Index(groups, g.Name); at >= 0 {
			return at
		}
		return len(groups)
	}
	slices.SortStableFunc(list.Groups, func(a, b Group) int { return cmp.Compare(place(a), place(b)) })
	return list
}

func (l *List) add(group string, e Entry) {
	l.Tally[string(e.State)]++
	i := slices.IndexFunc(l.Groups, func(g Group) bool { return g.Name == group })
	if i < 0 {
		i = len(l.Groups)
		l.Groups = append(l.Groups, Group{Name: group})
	}
	l.Groups[i].Entries = append(l.Groups[i].Entries, e)
}

// Count is how many requirements are in a state.
func (l *List) Count(s State) int { return l.Tally[string(s)] }

// Open are the checks that nobody has answered, with those that somebody has, as questions.
func (l *List) Open() []answers.Question {
	out := []answers.Question{}
	for _, g := range l.Groups {
		for _, e := range g.Entries {
			for _, c := range e.Checks {
				q := answers.Question{Rule: e.RuleID, Node: nodeOf(c.Object), Text: e.Title + ":\n" + c.How}
				if c.Answer != nil {
					q.Given = &answers.Answer{Result: c.Answer.Result, By: c.Answer.By, Date: c.Answer.Date, Note: c.Answer.Note}
				}
				out = append(out, q)
			}
		}
	}
	return out
}

// stateOf is the state of a requirement: what was found and what could not be told outranks what a person says.
func stateOf(e Entry, skipped bool) State {
	worst := finding.Severity(-1)
	for _, f := range e.Findings {
		worst = max(worst, f.Severity)
	}
	open := slices.ContainsFunc(e.Checks, func(c Check) bool { return c.Answer == nil })
	switch {
	case worst == finding.Error:
		return Fail
	case len(e.Unread) > 0:
		return Unknown
	case worst == finding.Warning:
		return Warn
	case open:
		return Manual
	case worst == finding.Info:
		return Note
	case len(e.Checks) > 0:
		return answered(e.Checks)
	case skipped:
		return Skip
	default:
		return Pass
	}
}

// answered is the state of a requirement that persons have looked at in all its parts and found nothing wrong with.
func answered(checks []Check) State {
	if slices.ContainsFunc(checks, func(c Check) bool { return c.Answer.Result == answers.Pass }) {
		return Pass
	}
	return Skip
}

// answerTo is the answer about an object: one about that node, or else one about the cluster.
func answerTo(id string, o object.Ref, given []answers.Answer) *Answer {
	var out *Answer
	for _, a := range given {
		if a.Rule == id && (a.Node == nodeOf(o) || a.Node == "" && out == nil) {
			out = &Answer{Result: a.Result, By: a.By, Date: a.Date, Note: a.Note}
		}
	}
	return out
}

func nodeOf(o object.Ref) string {
	if o.Kind == "Node" {
		return o.Name
	}
	return ""
}

// Apply adds to a report what persons found wrong, and tells which answers are about nothing that is to be looked at: the cluster has
// changed, or something could be told without them.
func Apply(report *finding.Report, rules []*rule.Rule, given []answers.Answer) (unused []answers.Answer) {
	for _, res := range report.Results {
		severity := finding.Error
		if i := slices.IndexFunc(rules, func(r *rule.Rule) bool { return r.ID == res.RuleID }); i >= 0 {
			severity = rules[i].Severity
		}
		for _, m := range res.Manual {
			if a := answerTo(res.RuleID, m.Object, given); a != nil && a.Result == answers.Fail {
				report.Findings = append(report.Findings, finding.Finding{
					RuleID: res.RuleID, Severity: severity, Object: m.Object, Field: m.Field, Message: saidFailed(a),
				})
			}
		}
	}
	for _, a := range given {
		if !slices.ContainsFunc(report.Results, func(r finding.Result) bool { return asks(r, a) }) {
			unused = append(unused, a)
		}
	}
	slices.SortStableFunc(report.Findings, finding.Compare)
	settle(report, given)
	return unused
}

// asks tells whether a result has something to check by hand that an answer is about.
func asks(res finding.Result, a answers.Answer) bool {
	return a.Rule == res.RuleID && slices.ContainsFunc(res.Manual, func(m finding.Manual) bool { return a.Node == "" || a.Node == nodeOf(m.Object) })
}

func saidFailed(a *Answer) string {
	text := "does not meet it, found by " + a.By + " on " + a.Date
	if a.Note != "" {
		text += ": " + a.Note
	}
	return text
}

// settle sets the status of what was skipped for a person to look at by what persons found, and says how much is left.
func settle(report *finding.Report, given []answers.Answer) {
	for i := range report.Results {
		if res := &report.Results[i]; res.Status == finding.Skip && len(res.Manual) > 0 {
			res.Status, res.Reason = answeredAs(*res, given)
		}
	}
	report.Settle()
}

// answeredAs is the status of a rule of which a person has to look at something. One that failed is settled by its finding.
func answeredAs(res finding.Result, given []answers.Answer) (finding.Status, string) {
	var said []string
	verdicts := map[answers.Verdict]int{}
	for _, m := range res.Manual {
		if a := answerTo(res.RuleID, m.Object, given); a != nil {
			verdicts[a.Result]++
			said = append(said, answers.Answer{Result: a.Result, By: a.By, Date: a.Date, Note: a.Note}.String())
		}
	}
	slices.Sort(said)
	text := strings.Join(slices.Compact(said), "; ")
	switch {
	case verdicts[answers.Fail] > 0:
		return finding.Pass, ""
	case len(said) < len(res.Manual) && len(res.Manual) == 1:
		return finding.Skip, "to be checked by hand"
	case len(said) < len(res.Manual):
		return finding.Skip, fmt.Sprintf("to be checked by hand: %d of %d", len(res.Manual)-len(said), len(res.Manual))
	case verdicts[answers.Pass] > 0:
		return finding.Pass, text
	default:
		return finding.Skip, text
	}
}
