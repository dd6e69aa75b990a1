package printer

import (
	"fmt"
	"strings"

	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/guide"
)

// checklistText writes requirements one by one, in their groups.
type checklistText struct {
	*checklist.List
	b     *strings.Builder
	style Style
	all   bool // what does not apply, remedies and sources too
}

func (c checklistText) write(target string, known *guide.Known) {
	fmt.Fprintf(c.b, "%s\n%s (%s)\n", c.style.paint(bold, printable(target)), printable(c.Product), printable(c.Why))
	writeKnown(c.b, c.style, known)
	for _, g := range c.Groups {
		c.group(g)
	}
	fmt.Fprintf(c.b, "\n%s\n", c.style.paint(c.mood(), c.tally()))
}

func (c checklistText) group(g checklist.Group) {
	said := false
	for _, e := range g.Entries {
		if e.State == checklist.Skip && !c.all {
			continue
		}
		if !said {
			c.b.WriteString("\n" + c.style.paint(bold, g.Name) + "\n")
			said = true
		}
		c.entry(e)
	}
}

// stateColumn is as wide as the longest state of those that are always shown.
const stateColumn = len("cannot tell")

func (c checklistText) entry(e checklist.Entry) {
	lead := "  " + pad(shortState(e.State), stateColumn) + "  " + e.RuleID + "  "
	title := e.Title
	if oneLine := e.Reason != "" && (e.State == checklist.Pass || e.State == checklist.Skip); oneLine {
		title += ": " + e.Reason
	}
	for i, l := range wrap(printable(title), max(c.style.prose()-len(lead), 40)) {
		before := strings.Repeat(" ", len(lead))
		if i == 0 {
			before = "  " + c.style.paint(stateColor(e.State), pad(shortState(e.State), stateColumn)) + "  " + e.RuleID + "  "
		}
		c.b.WriteString(before + l + "\n")
	}
	for _, f := range e.Findings {
		c.below(len(lead), foundWhere(f)+f.Message)
	}
	for _, reason := range e.Unread {
		c.below(len(lead), notTold(e)+reason)
	}
	for _, check := range e.Checks {
		c.check(len(lead), check)
	}
	if c.all && e.Rule != nil && e.State != checklist.Pass && e.State != checklist.Skip {
		c.below(len(lead), "remedy: "+e.Rule.Remedy)
		for _, ref := range e.Rule.References {
			c.below(len(lead), "see "+ref)
		}
	}
}

// notTold tells why something cannot be told from what was found, where there is both.
func notTold(e checklist.Entry) string {
	if e.State == checklist.Unknown && len(e.Findings) == 0 {
		return ""
	}
	return "cannot tell: "
}

// check writes what a person has to look at, as a box to tick, and what was found.
func (c checklistText) check(indent int, check checklist.Check) {
	box, answer := "[ ] ", ""
	if a := check.Answer; a != nil {
		box, answer = "[x] ", fmt.Sprintf(" (%s, %s on %s", a.Result, a.By, a.Date)
		if a.Note != "" {
			answer += ": " + a.Note
		}
		answer += ")"
	}
	where := ""
	if check.Object.Kind == "Node" {
		where = check.Object.Name + ": "
	}
	c.below(indent, box+where+check.How+answer)
}

// below writes running text below an entry.
func (c checklistText) below(indent int, text string) {
	for i, l := range wrap(printable(text), max(c.style.prose()-indent-2, 40)) {
		hang := ""
		if i > 0 {
			hang = "  "
		}
		c.b.WriteString(strings.Repeat(" ", indent) + hang + l + "\n")
	}
}

// foundWhere is the object of a finding, empty for the cluster itself.
func foundWhere(f finding.Finding) string {
	switch f.Object.Kind {
	case "", "Cluster":
		return ""
	case "Node":
		if strings.Contains(f.Message, "("+f.Object.Name) {
			return "" // the message counts nodes, and names them
		}
		return f.Object.Name + ": "
	default:
		return f.Object.String() + ": "
	}
}

// shortState is a state as the column has it.
func shortState(s checklist.State) string {
	if s == checklist.Skip {
		return "-"
	}
	return string(s)
}

func stateColor(s checklist.State) color {
	switch s {
	case checklist.Fail:
		return red
	case checklist.Unknown, checklist.Warn:
		return yellow
	case checklist.Manual, checklist.Note:
		return cyan
	case checklist.Pass:
		return green
	default:
		return dim
	}
}

// tally is "2 fail, 1 warn, 12 pass; 3 to check by hand; 9 do not apply".
func (c checklistText) tally() string { return checklistTally(c.List) }

func checklistTally(l *checklist.List) string {
	var parts []string
	for _, s := range checklist.States() {
		n := l.Count(s)
		switch {
		case n == 0:
		case s == checklist.Manual:
			parts = append(parts, fmt.Sprintf("%d to check by hand", n))
		case s == checklist.Note:
			parts = append(parts, fmt.Sprintf("%d with a note", n))
		case s == checklist.Skip:
			parts = append(parts, fmt.Sprintf("%d not applicable", n))
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		return "no requirements were looked at"
	}
	return strings.Join(parts, ", ")
}

func (c checklistText) mood() color {
	switch {
	case c.Count(checklist.Fail)+c.Count(checklist.Unknown) > 0:
		return red
	case c.Count(checklist.Warn)+c.Count(checklist.Manual) > 0:
		return yellow
	default:
		return green
	}
}
