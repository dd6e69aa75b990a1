package printer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// pageRule is a rule that found something, what to do about it, and what it found.
type pageRule struct {
	ID, Class, Severity, Title, Count string
	Rationale, Remedy                 string
	References                        []pageReference
	Findings                          []pageFinding
}

type pageReference struct {
	Text string
	Link bool
}

type pageFinding struct {
	Class, Severity, System    string
	Kind, Namespace, Name      string
	Place, Message, Field, Fix string
}

// pageResult is a rule that found nothing.
type pageResult struct{ Class, Status, Rule, Title, Reason string }

// rulesOnPage are the rules that found something, the worst first.
func rulesOnPage(c *Checked) []pageRule {
	systems := map[object.Ref]platform.OS{}
	if c.Picture != nil {
		for _, w := range c.Picture.Workloads {
			systems[w.Ref] = w.OS
		}
	}
	byRule := map[string][]finding.Finding{}
	for _, f := range c.Findings {
		byRule[f.RuleID] = append(byRule[f.RuleID], f)
	}
	rules := slices.DeleteFunc(c.allRules(), func(r *rule.Rule) bool { return len(byRule[r.ID]) == 0 })
	slices.SortStableFunc(rules, func(a, b *rule.Rule) int { return cmp.Compare(worstOf(byRule[b.ID]), worstOf(byRule[a.ID])) })
	var out []pageRule
	for _, r := range rules {
		found := byRule[r.ID]
		worst := worstOf(found)
		p := pageRule{
			ID: r.ID, Class: letter(worst), Severity: worst.String(), Title: capital(cmp.Or(r.Title, r.Name)), Count: count(len(found), "finding"),
			Rationale: r.Rationale, Remedy: r.Remedy,
		}
		for _, ref := range r.References {
			p.References = append(p.References, pageReference{Text: ref, Link: strings.HasPrefix(ref, "https://") && !strings.Contains(ref, " ")})
		}
		for _, f := range found {
			p.Findings = append(p.Findings, findingOnPage(f, systems[f.Object]))
		}
		out = append(out, p)
	}
	return out
}

func findingOnPage(f finding.Finding, os platform.OS) pageFinding {
	return pageFinding{
		Class: letter(f.Severity), Severity: f.Severity.String(), System: systemLetter(os),
		Kind: kindOnPage(f.Object), Namespace: f.Object.Namespace, Name: f.Object.Name,
		Place: f.Location.String(), Message: f.Message, Field: f.Field, Fix: f.Fix,
	}
}

// othersOnPage are the rules that found nothing, and why.
func othersOnPage(c *Checked) []pageResult {
	var out []pageResult
	for _, r := range c.Results {
		if slices.ContainsFunc(c.Findings, func(f finding.Finding) bool { return f.RuleID == r.RuleID }) {
			continue
		}
		out = append(out, pageResult{
			Class: string(r.Status), Status: happened(r), Rule: c.heading(r.RuleID), Title: capital(c.rule(r.RuleID).Title), Reason: r.Reason,
		})
	}
	return out
}

// unknown is a reason for which rules could not look, and these.
type unknown struct {
	reason string
	rules  []string
}

// unknownByReason puts the rules together that could not look for the same reason. A rule may have several.
func unknownByReason(c *Checked) []unknown {
	var out []unknown
	for _, r := range c.Unknown() {
		for reason := range strings.SplitSeq(r.Reason, "; ") {
			at := slices.IndexFunc(out, func(u unknown) bool { return u.reason == reason })
			if at < 0 {
				at = len(out)
				out = append(out, unknown{reason: reason})
			}
			if heading := c.heading(r.RuleID); !slices.Contains(out[at].rules, heading) {
				out[at].rules = append(out[at].rules, heading)
			}
		}
	}
	for i := range out {
		out[i].rules = someRules(out[i].rules)
	}
	return out
}

// someRules is a list of rules, or how many they are: that nearly all could not look is said in fewer words.
func someRules(rules []string) []string {
	const few = 6
	if len(rules) <= few {
		return rules
	}
	return []string{count(len(rules), "rule")}
}
