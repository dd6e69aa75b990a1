package printer

import (
	"unicode/utf8"

	"github.com/winready/kubectl-winready/pkg/checklist"
)

// leastTitle is how narrow the text of a requirement may get before columns give way to names.
const leastTitle = 44

// columns writes a column for each cluster; false when there is no room for them.
func (a acrossText) columns(sections []checklist.Section) bool {
	lead := len("  WR600  ")
	room := a.style.prose() - lead
	header := []cell{{}, {}}
	for _, c := range a.clusters {
		name := printable(c.Name)
		room -= max(utf8.RuneCountInString(name), len("fail")) + 2
		header = append(header, line(bold, name))
	}
	if room < leastTitle {
		return false
	}
	t := table{header}
	for _, s := range sections {
		for _, r := range s.Rows {
			row := []cell{line(plain, r.RuleID), wrapped(r.Title, room)}
			for i, e := range r.In {
				c := stateColor(e.State)
				if a.clusters[i].Lost && e.State == checklist.Unknown {
					c = dim // it is not what is wrong there
				}
				row = append(row, line(c, stateMark(e.State)))
			}
			t = append(t, row)
		}
	}
	widths := t.widths()
	writeRow(a.b, a.style, "  ", header, widths)
	at := 1
	for _, s := range sections {
		a.b.WriteString(a.style.paint(bold, s.Name) + "\n")
		for range s.Rows {
			writeRow(a.b, a.style, "  ", t[at], widths)
			at++
		}
	}
	hanging(a.b, a.style, "  ", "· met, ? cannot tell, hand to be checked by hand, - does not apply")
	return true
}

// stateMark is a state in a narrow column.
func stateMark(s checklist.State) string {
	switch s {
	case checklist.Unknown:
		return "?"
	case checklist.Manual:
		return "hand"
	case checklist.Pass, checklist.Note:
		return "·"
	case checklist.Skip:
		return "-"
	default:
		return string(s)
	}
}
