package printer

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/patch"
)

// shortReason is the length up to which a reason stands in the table; a longer one goes below.
const shortReason = 45

// Outcome writes for a person what became of each workload: where it is and by which value; then which ones are
// not placed, why not, and what would place them.
func Outcome(w io.Writer, r *patch.Report, s Style) error {
	var b strings.Builder
	b.WriteString(s.paint(bold, title(r.Chart)) + tally(r) + "\n")
	placed, unplaced := split(r)
	rows := outcomeRows(placed, unplaced)
	stacked := s.Columns > 0 && rows.width("  ") > s.Columns
	if stacked {
		rows = narrow(rows)
	}
	widths := rows.widths()
	for i, o := range slices.Concat(placed, unplaced) {
		writeRow(&b, s, "  ", rows[i], widths)
		if stacked {
			writeBelow(&b, s, lastCell(o))
		}
		explain(&b, o, s)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// split puts the unplaced workloads last: what is at the end is what is read.
func split(r *patch.Report) (placed, unplaced []patch.Outcome) {
	for _, o := range r.Workloads {
		if o.Status == patch.Unplaced {
			unplaced = append(unplaced, o)
		} else {
			placed = append(placed, o)
		}
	}
	return placed, unplaced
}

func outcomeRows(placed, unplaced []patch.Outcome) table {
	var t table
	for _, o := range slices.Concat(placed, unplaced) {
		t = append(t, []cell{line(statusColor(o.Status), string(o.Status)), line(plain, outcome(o)), osOf(o), lastCell(o)})
	}
	return t
}

// lastCell is what put a workload where it is; for one that is nowhere, the template to look into.
func lastCell(o patch.Outcome) cell {
	switch {
	case o.Status == patch.Unplaced:
		return line(dim, o.Source)
	case o.Fallback != "":
		return line(plain, "by "+o.Fallback)
	case len(o.Paths) > 0:
		return cell{lines: o.Paths}
	case len(o.OSReason) <= shortReason:
		return line(dim, o.OSReason)
	}
	return cell{}
}

// tally is what happened, in one line.
func tally(r *patch.Report) string {
	have := map[patch.Status]int{}
	for _, o := range r.Workloads {
		have[o.Status]++
	}
	if len(r.Workloads) == 0 {
		return ": no workloads, nothing to place"
	}
	var parts []string
	for _, s := range []patch.Status{patch.Placed, patch.Already, patch.Left, patch.Unplaced} {
		if have[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", have[s], words(s)))
		}
	}
	return ", " + count(len(r.Workloads), "workload") + ": " + strings.Join(parts, ", ")
}

func words(s patch.Status) string {
	switch s {
	case patch.Already:
		return "already in place"
	case patch.Left:
		return "left alone"
	case patch.Placed, patch.Unplaced:
	}
	return string(s)
}

func statusColor(s patch.Status) color {
	switch s {
	case patch.Placed:
		return green
	case patch.Unplaced:
		return red
	case patch.Already, patch.Left:
	}
	return dim
}

func outcome(o patch.Outcome) string {
	return label(o.Kind, o.Namespace, o.Name, o.Hook, o.Test, o.Field)
}

func osOf(o patch.Outcome) cell {
	if o.OS == "" {
		return line(dim, "-")
	}
	return osCell(o.OS)
}

// narrow drops the last column, for a terminal that is too narrow for it.
func narrow(t table) table {
	var without table
	for _, row := range t {
		without = append(without, row[:len(row)-1])
	}
	return without
}

// writeBelow writes under its row the cell that narrow dropped.
func writeBelow(b *strings.Builder, s Style, c cell) {
	for _, l := range c.lines {
		b.WriteString(strings.Repeat(" ", 12) + s.paint(c.color, l) + "\n")
	}
}

// explain says why a workload is not placed and what would place it, or why it belongs where it is already.
func explain(b *strings.Builder, o patch.Outcome, s Style) {
	switch {
	case o.Status == patch.Unplaced:
		below(b, s, "", o.Reason, plain)
		below(b, s, "next: ", o.Remedy, plain)
	case o.Fallback != "":
		below(b, s, "", o.Reason, dim)
	case o.Status == patch.Already && len(o.OSReason) > shortReason:
		below(b, s, "", o.OSReason, dim)
	}
}

// below writes text under a row, with lead before its first line; nothing when there is no text.
func below(b *strings.Builder, s Style, lead, text string, c color) {
	if text == "" {
		return
	}
	const indent = "            " // where the second column starts
	for i, l := range wrap(text, s.prose()-len(indent)-len(lead)) {
		before := s.paint(dim, lead)
		if i > 0 {
			before = strings.Repeat(" ", len(lead))
		}
		b.WriteString(indent + before + s.paint(c, l) + "\n")
	}
}
