package printer

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/patch"
)

// falseKnobs lists the values that look as if they placed something and do not.
func falseKnobs(b *strings.Builder, in *patch.Inspection, s Style) {
	var t table
	for _, k := range in.Knobs {
		if k.Status != "steers" {
			t = append(t, []cell{line(yellow, k.Status), line(plain, k.Path)})
		}
	}
	if len(t) == 0 {
		return
	}
	b.WriteString("\n" + s.paint(bold, "Values that place nothing") + "\n")
	room := max(s.prose()-t.width("  ")-2, 30)
	row := 0
	for _, k := range in.Knobs {
		if k.Status != "steers" {
			t[row] = append(t[row], cell{lines: wrap(problem(k), room)})
			row++
		}
	}
	t.write(b, s, "  ")
}

// problem says why a value does not place anything.
func problem(k patch.KnobReport) string {
	switch {
	case k.Problem != "":
		return k.Problem
	case len(k.LandsAt) > 0:
		return "lands at " + strings.Join(k.LandsAt, ", ")
	}
	return "turns up nowhere in the render"
}
