package printer

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
)

func reportText(w io.Writer, c *Checked, s Style) error { return report(w, c, s, false) }

func reportWide(w io.Writer, c *Checked, s Style) error { return report(w, c, s, true) }

// report writes findings by object on a terminal, and else one to a line, in the form of compilers: for grep.
func report(w io.Writer, c *Checked, s Style, all bool) error {
	t := textReport{Checked: c, style: s, all: all}
	if c.Checklist != nil {
		checklistText{c.Checklist, &t.b, s, all}.write(c.Target, c.Rancher)
		_, err := io.WriteString(w, t.b.String())
		return err
	}
	if c.Fleet != nil {
		writeFleet(&t.b, c, s, all)
		writeHosted(&t.b, c, s, all)
		t.b.WriteByte('\n')
	}
	if c.listed() {
		t.acrossClusters()
		_, err := io.WriteString(w, t.b.String())
		return err
	}
	if c.Picture != nil {
		drawingOf(c, all).write(&t.b, s)
		t.b.WriteByte('\n')
	}
	if c.HostProcess != nil {
		hostProcessText{c.HostProcess, &t.b, s, all}.write(c.Target)
		t.b.WriteByte('\n')
	}
	if s.Columns > 0 {
		t.statuses()
		t.groups()
		t.notChecked()
	} else {
		t.lines()
	}
	if all {
		if s.Columns == 0 && len(c.Findings) > 0 {
			t.b.WriteByte('\n')
		}
		t.remedies()
	}
	t.b.WriteString(s.paint(moodColor(c.mood()), c.verdict()) + "\n")
	_, err := io.WriteString(w, t.b.String())
	return err
}

// textReport writes a report for people.
type textReport struct {
	*Checked
	b     strings.Builder
	style Style
	all   bool // wide
}

// lines writes everything one to a line.
func (t *textReport) lines() {
	for _, f := range t.Findings {
		at := ""
		if t.all && f.Field != "" {
			at = " (" + f.Field + ")"
		}
		fmt.Fprintf(&t.b, "%s: %s: %s%s%s [%s]\n", printable(place(f)), f.Severity, printable(subject(f)), printable(f.Message), printable(at), f.RuleID)
		if t.all && f.Fix != "" {
			t.b.WriteString("  fix: " + printable(f.Fix) + "\n")
		}
	}
	for _, u := range unknownByReason(t.Checked) {
		fmt.Fprintf(&t.b, "%s: not checked: %s [%s]\n", printable(t.Target), printable(u.reason), strings.Join(u.rules, ", "))
	}
	for _, r := range t.Results {
		if t.tells(r) && r.Status != finding.Incomplete {
			fmt.Fprintf(&t.b, "%s: %s: %s [%s]\n", printable(t.Target), happened(r), t.tale(r), r.RuleID)
		}
	}
}

// tells is true for the results that are more than the count of findings: what could not be looked at, in a wide report what was not
// there to look at, and, where that is wanted, what is as it should be.
func (t *textReport) tells(r finding.Result) bool {
	switch r.Status {
	case finding.Incomplete:
		return true
	case finding.Skip:
		return t.all
	case finding.Pass:
		return t.ShowPassed
	default:
		return false
	}
}

// tale is the name of a rule, and why what became of it did.
func (t *textReport) tale(r finding.Result) string {
	parts := slices.DeleteFunc([]string{t.rule(r.RuleID).Name, printable(r.Reason)}, func(s string) bool { return s == "" })
	return strings.Join(parts, ": ")
}

// happened says what became of a rule.
func happened(r finding.Result) string {
	switch r.Status {
	case finding.Incomplete:
		return "not checked"
	case finding.Skip:
		return "skipped"
	case finding.Pass:
		return "passed"
	default:
		return string(r.Status)
	}
}

// place is where a finding is: in a file, or which object of a cluster.
func place(f finding.Finding) string {
	if f.Location.File == "" {
		return f.Object.String()
	}
	at := f.Location
	at.Rendered = false
	return at.String()
}

// subject is, for a finding in a file, the object that it is about. What a template rendered to has no line in a file, and so it
// says that the line counts in the object.
func subject(f finding.Finding) string {
	switch {
	case f.Location.File == "" || f.Object.Kind == "":
		return ""
	case f.Location.Rendered:
		return f.Object.String() + " (rendered): "
	default:
		return f.Object.String() + ": "
	}
}

// remedies say, for each rule that found something, what to do about it.
func (t *textReport) remedies() {
	var ids []string
	for _, f := range t.Findings {
		ids = append(ids, f.RuleID)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		r := t.rule(id)
		t.b.WriteString(t.style.paint(bold, strings.TrimSpace(id+" "+r.Name)) + "\n")
		for _, text := range []string{r.Title, r.Remedy} {
			t.indented("  ", text)
		}
		t.b.WriteByte('\n')
	}
}

// indented writes running text.
func (t *textReport) indented(indent, text string) {
	if text == "" {
		return
	}
	for _, l := range wrap(text, t.style.prose()-len(indent)) {
		t.b.WriteString(indent + l + "\n")
	}
}

// group is what findings are put together by: an object, in a file or in a cluster.
type group struct {
	object object.Ref
	file   string
}

func groupOf(f finding.Finding) group { return group{f.Object, f.Location.File} }
