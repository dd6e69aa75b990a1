package printer

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/winready/kubectl-winready/pkg/finding"
)

// groups writes the findings by object.
func (t *textReport) groups() {
	var last group
	for i, f := range t.Findings {
		if g := groupOf(f); i == 0 || g != last {
			if i > 0 {
				t.b.WriteByte('\n')
			}
			t.heading(f)
			last = g
		}
		t.grouped(f)
	}
	if len(t.Findings) > 0 {
		t.b.WriteByte('\n')
	}
}

// heading names the object of findings, and its file.
func (t *textReport) heading(f finding.Finding) {
	where := printable(f.Location.File)
	if f.Location.Rendered {
		where += " (rendered)"
	}
	name := ""
	if f.Object.Kind != "" || f.Object.Name != "" {
		name = printable(f.Object.String())
	}
	text := t.style.paint(bold, name)
	if where != "" && name != "" {
		text += "  "
	}
	t.b.WriteString(text + t.style.paint(dim, where) + "\n")
}

// grouped writes one finding below its object: what is wrong, where in the object, and what to set.
func (t *textReport) grouped(f finding.Finding) {
	lead := fmt.Sprintf("  %s  %s  ", pad(f.Severity.String(), 7), f.RuleID)
	room := max(t.style.prose()-len(lead), 30)
	lines := wrap(printable(f.Message), room)
	at := whereabouts(f)
	last := len(lines) - 1
	beside := at == "" || utf8.RuneCountInString(lines[last])+2+utf8.RuneCountInString(at) <= room
	for i, l := range lines {
		before := strings.Repeat(" ", len(lead))
		if i == 0 {
			before = "  " + t.style.paint(severityColor(f.Severity), pad(f.Severity.String(), 7)) + "  " + f.RuleID + "  "
		}
		if i == last && beside && at != "" {
			l += "  " + t.style.paint(dim, at)
		}
		t.b.WriteString(before + l + "\n")
	}
	if !beside {
		t.b.WriteString(strings.Repeat(" ", len(lead)) + t.style.paint(dim, at) + "\n")
	}
	if f.Fix != "" {
		t.fix(len(lead), f.Fix)
	}
}

// fix writes what to set. It is not broken: it is there to be copied.
func (t *textReport) fix(indent int, text string) {
	t.b.WriteString(strings.Repeat(" ", indent) + t.style.paint(green, "fix:") + " " + printable(text) + "\n")
}

// whereabouts is where in its object a finding is.
func whereabouts(f finding.Finding) string {
	var parts []string
	if f.Field != "" {
		parts = append(parts, printable(f.Field))
	}
	if f.Location.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", f.Location.Line))
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func severityColor(s finding.Severity) color {
	switch s {
	case finding.Error:
		return red
	case finding.Warning:
		return yellow
	default:
		return cyan
	}
}

// pad is text followed by spaces up to a width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-utf8.RuneCountInString(text), 0))
}

// statuses lists what passed, where that is wanted, and in a wide report what was skipped.
func (t *textReport) statuses() {
	var rows table
	for _, r := range t.Results {
		if r.Status == finding.Incomplete || !t.tells(r) {
			continue
		}
		c := green
		if r.Status == finding.Skip {
			c = dim
		}
		text := t.tale(r)
		rows = append(rows, []cell{line(c, happened(r)), line(plain, r.RuleID), {lines: wrap(text, max(t.style.prose()-18, 30))}})
	}
	if len(rows) == 0 {
		return
	}
	rows.write(&t.b, t.style, "  ")
	t.b.WriteByte('\n')
}

// notChecked says what could not be looked at, the rules with the same reason together.
func (t *textReport) notChecked() {
	for _, u := range unknownByReason(t.Checked) {
		for i, l := range wrap("not checked: "+printable(u.reason), t.style.prose()) {
			if i == 0 {
				l = t.style.paint(red, "not checked") + strings.TrimPrefix(l, "not checked")
			}
			t.b.WriteString(l + "\n")
		}
		t.indented("  ", strings.Join(u.rules, ", "))
		t.b.WriteByte('\n')
	}
}
