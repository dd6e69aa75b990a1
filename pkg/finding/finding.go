// Package finding is what a check says: one thing that is wrong, what became of each rule, and the report of a run.
// It must not decide anything, nor know how a report is printed.
package finding

import (
	"cmp"
	"slices"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Finding is one thing that is wrong with one object.
type Finding struct {
	RuleID   string          `json:"ruleID"`
	Severity Severity        `json:"severity"`
	Object   object.Ref      `json:"object"`
	Field    string          `json:"field,omitempty"` // as the API's errors spell it: spec.template.spec.hostNetwork
	Location object.Location `json:"location,omitzero"`
	Message  string          `json:"message"`       // what is the case, with the value seen; without capital and period
	Fix      string          `json:"fix,omitempty"` // what to set; empty when there is no one answer
}

// Compare orders findings for a reader: by file and place, then object, then the worst first, then rule.
func Compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Location.File, b.Location.File),
		cmp.Compare(a.Object.Cluster, b.Object.Cluster),
		cmp.Compare(a.Object.Namespace, b.Object.Namespace),
		cmp.Compare(a.Object.Kind, b.Object.Kind),
		cmp.Compare(a.Object.Name, b.Object.Name),
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.RuleID, b.RuleID),
		cmp.Compare(a.Location.Line, b.Location.Line),
		cmp.Compare(a.Field, b.Field),
		cmp.Compare(a.Message, b.Message),
	)
}

// Status is what became of a rule: the five words of the PolicyReport of the Kubernetes policy working group.
type Status string

// The statuses, from the one that outranks all others to the one that any other outranks.
const (
	Incomplete Status = "error" // it could not look: something it needs could not be read
	Fail       Status = "fail"  // it found an error
	Warn       Status = "warn"  // it found something less than an error
	Pass       Status = "pass"  // it looked and found nothing
	Skip       Status = "skip"  // there was nothing to look at: a chart has no nodes
)

func (s Status) rank() int {
	return slices.Index([]Status{Skip, Pass, Warn, Fail, Incomplete}, s)
}

// Result is what became of one rule.
type Result struct {
	RuleID string `json:"ruleID"`
	Status Status `json:"status"`
	// Reason is why it was skipped, could not look, or what is known in part; of a rule that passed what it saw, where that is worth telling.
	Reason string `json:"reason,omitempty"`
	// Manual are the things that only a person can check, each with how; of one that was skipped for that.
	Manual []Manual `json:"manual,omitempty"`
}

// Manual is one thing that no API shows.
type Manual struct {
	Object object.Ref `json:"object"`
	Field  string     `json:"field,omitempty"`
	How    string     `json:"how"` // how a person checks it, and what is right
}

// Report is the outcome of a run.
type Report struct {
	Target   string    `json:"target"` // what was checked: "context prod", "chart ./web"
	Results  []Result  `json:"results"`
	Findings []Finding `json:"findings"`
}

// Worst is the highest severity of the findings; false without findings.
func (r Report) Worst() (Severity, bool) {
	if len(r.Findings) == 0 {
		return Info, false
	}
	worst := Info
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
	}
	return worst, true
}

// Settle sets the status of every rule that looked, by what it found.
func (r *Report) Settle() {
	worst := map[string]Status{}
	for _, f := range r.Findings {
		switch {
		case f.Severity == Error:
			worst[f.RuleID] = Fail
		case worst[f.RuleID] == "":
			worst[f.RuleID] = Warn
		}
	}
	for i := range r.Results {
		res := &r.Results[i]
		if res.Status == Incomplete || res.Status == Skip {
			continue
		}
		if res.Status = Pass; worst[res.RuleID] != "" {
			res.Status = worst[res.RuleID]
		}
	}
}

// Unknown are the results of the rules that could not look.
func (r Report) Unknown() []Result {
	var out []Result
	for _, res := range r.Results {
		if res.Status == Incomplete {
			out = append(out, res)
		}
	}
	return out
}

// Merge is one report about several targets: all findings in order, and for each rule the status that outranks the others,
// with its reasons.
func Merge(target string, reports []Report) Report {
	out := Report{Target: target, Results: []Result{}, Findings: []Finding{}}
	at := map[string]int{}
	for _, r := range reports {
		out.Findings = append(out.Findings, r.Findings...)
		for _, res := range r.Results {
			i, seen := at[res.RuleID]
			if !seen {
				at[res.RuleID] = len(out.Results)
				out.Results = append(out.Results, res)
				continue
			}
			out.Results[i] = outranking(out.Results[i], res)
		}
	}
	slices.SortFunc(out.Results, func(a, b Result) int { return cmp.Compare(a.RuleID, b.RuleID) })
	slices.SortStableFunc(out.Findings, Compare)
	out.Settle()
	return out
}

func outranking(a, b Result) Result {
	manual := slices.Concat(a.Manual, b.Manual)
	switch {
	case b.Status.rank() > a.Status.rank():
		a = b
	case b.Status != a.Status, b.Reason == "", b.Reason == a.Reason:
	case a.Reason == "":
		a.Reason = b.Reason
	default:
		a.Reason += "; " + b.Reason
	}
	a.Manual = manual
	return a
}
