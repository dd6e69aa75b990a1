package printer

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"

	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
)

//go:embed page/checklist.html
var checklistTemplate string

//go:embed page/checklist.css
var checklistStyle string

// checklistPage is what the template of a checklist shows.
type checklistPage struct {
	Generator, Address, Tool      string
	Target, Verdict, Product, Why string
	Known                         string // by Rancher
	Mood                          mood
	Facts                         []pageFact
	Groups                        []pageHeading
	Manual                        []pageRequirement // those with something to check by hand
	Style                         template.CSS
	Policy                        string
}

type pageHeading struct {
	Name    string
	Anchor  string
	Tally   string
	Entries []pageRequirement
}

type pageRequirement struct {
	ID, Class, State, Title, Reason string
	Findings                        []string
	Reasons                         []string // why it cannot be told
	Checks                          []pageBox
	Rationale, Remedy               string // of one that is not simply met
	References                      []pageReference
}

type pageBox struct {
	Where, How, Answer string
	Class              string // of the answer; empty while there is none
}

// reportChecklist writes requirements as a page to hand to somebody: it needs nothing else, and runs no script.
func reportChecklist(w io.Writer, c *Checked) error {
	return writePage(w, checklistTemplate, checklistOnPage(c))
}

func checklistOnPage(c *Checked) checklistPage {
	style := pageStyle + checklistStyle
	l := c.Checklist
	p := checklistPage{
		Generator: toolName, Address: toolAddress, Tool: c.Tool, Target: printable(c.Target), Verdict: checklistTally(l), Product: printable(l.Product), Why: printable(l.Why),
		Mood: checklistMood(l), Style: template.CSS(style),
		Policy: fmt.Sprintf("default-src 'none'; img-src data:; style-src '%s'; base-uri 'none'; form-action 'none'", integrity(style)),
	}
	if c.Rancher != nil {
		p.Known = knownText(c.Rancher)
	}
	for _, s := range checklist.States() {
		fact := pageFact{Name: stateHeading(s), Value: strconv.Itoa(l.Count(s))}
		if l.Count(s) > 0 {
			fact.Mood = map[checklist.State]mood{checklist.Fail: bad, checklist.Unknown: bad, checklist.Warn: meh, checklist.Manual: meh}[s]
		}
		p.Facts = append(p.Facts, fact)
	}
	for i, g := range l.Groups {
		group := pageHeading{Name: g.Name, Anchor: fmt.Sprintf("group-%d", i+1)}
		states := checklist.List{Tally: map[string]int{}}
		for _, e := range g.Entries {
			states.Tally[string(e.State)]++
			entry := entryOnPage(e)
			group.Entries = append(group.Entries, entry)
			if len(entry.Checks) > 0 {
				p.Manual = append(p.Manual, entry)
			}
		}
		group.Tally = checklistTally(&states)
		p.Groups = append(p.Groups, group)
	}
	return p
}

func entryOnPage(e checklist.Entry) pageRequirement {
	out := pageRequirement{ID: e.RuleID, Class: stateClass(e.State), State: string(e.State), Title: e.Title}
	switch e.State {
	case checklist.Pass, checklist.Skip:
		out.Reason = printable(e.Reason)
	default:
	}
	for _, reason := range e.Unread {
		out.Reasons = append(out.Reasons, printable(notTold(e)+reason))
	}
	for _, f := range e.Findings {
		text := foundWhere(f) + f.Message
		if f.Severity == finding.Info && e.State != checklist.Note {
			text += " (to know)"
		}
		out.Findings = append(out.Findings, printable(text))
	}
	for _, check := range e.Checks {
		out.Checks = append(out.Checks, checkOnPage(check))
	}
	if e.Rule != nil {
		out.Rationale, out.Remedy, out.References = e.Rule.Rationale, e.Rule.Remedy, referencesOf(e.Rule)
	}
	return out
}

func checkOnPage(c checklist.Check) pageBox {
	out := pageBox{How: printable(c.How)}
	if c.Object.Kind == "Node" {
		out.Where = printable(c.Object.Name)
	}
	if a := c.Answer; a != nil {
		out.Answer, out.Class = fmt.Sprintf("%s: %s, %s", a.Result, a.By, a.Date), string(a.Result)
		if a.Note != "" {
			out.Answer += ": " + a.Note
		}
		out.Answer = printable(out.Answer)
	}
	return out
}

// stateClass is a state as the style names it.
func stateClass(s checklist.State) string {
	return map[checklist.State]string{
		checklist.Fail: "e", checklist.Unknown: "w", checklist.Warn: "w", checklist.Manual: "i", checklist.Note: "i", checklist.Pass: "pass",
		checklist.Skip: "na",
	}[s]
}

// stateHeading is a state above the number of requirements in it.
func stateHeading(s checklist.State) string {
	return map[checklist.State]string{
		checklist.Fail: "Not met", checklist.Unknown: "Cannot be told", checklist.Warn: "Warnings", checklist.Manual: "To check by hand",
		checklist.Note: "Met, with a note", checklist.Pass: "Met", checklist.Skip: "Not applicable",
	}[s]
}

func checklistMood(l *checklist.List) mood {
	switch {
	case l.Count(checklist.Fail)+l.Count(checklist.Unknown) > 0:
		return bad
	case l.Count(checklist.Warn)+l.Count(checklist.Manual) > 0:
		return meh
	default:
		return good
	}
}
