package printer

import (
	"fmt"
	"io"
	"strings"

	"github.com/winready/kubectl-winready/pkg/postrender"
)

// PostRendered writes for a person what became of a stream: how many workloads are where, then those of which there is something to
// say. What needs no word gets none: Helm shows all of it, or nothing.
func PostRendered(w io.Writer, r *postrender.Report, s Style) error {
	var b strings.Builder
	b.WriteString(s.paint(bold, "post-render") + postTally(r) + "\n")
	var rows table
	var notes []func()
	for _, o := range r.Workloads {
		if o.Status != postrender.Unplaced && len(o.Notes) == 0 {
			continue
		}
		name := label(o.Kind, o.Namespace, o.Name, o.Hook, o.Test, o.Field)
		rows = append(rows, []cell{line(postColor(o.Status), string(o.Status)), line(plain, name), osCell(o.OS)})
		notes = append(notes, func() {
			below(&b, s, "", o.Reason, plain)
			below(&b, s, "next: ", o.Remedy, plain)
			for _, note := range o.Notes {
				below(&b, s, "", note, dim)
			}
		})
	}
	for _, u := range r.Unseen {
		rows = append(rows, []cell{line(yellow, "unseen"), line(plain, label(u.Kind, u.Namespace, u.Name, u.Hook, false, u.Field)), osCell(u.OS)})
		notes = append(notes, func() {
			below(&b, s, "", u.Reason, plain)
			below(&b, s, "next: ", u.Remedy, plain)
		})
	}
	widths := rows.widths()
	for i, row := range rows {
		writeRow(&b, s, "  ", row, widths)
		notes[i]()
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// postTally is what happened, in one line.
func postTally(r *postrender.Report) string {
	if len(r.Workloads) == 0 {
		return ": no workloads, nothing to place"
	}
	have := map[postrender.Status]int{}
	for _, o := range r.Workloads {
		have[o.Status]++
	}
	var parts []string
	for _, s := range []postrender.Status{postrender.Placed, postrender.Already, postrender.Left, postrender.Unplaced} {
		if have[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", have[s], postWords(s)))
		}
	}
	return ", " + count(len(r.Workloads), "workload") + ": " + strings.Join(parts, ", ")
}

func postWords(s postrender.Status) string {
	switch s {
	case postrender.Already:
		return "already in place"
	case postrender.Left:
		return "left alone"
	case postrender.Placed, postrender.Unplaced:
	}
	return string(s)
}

func postColor(s postrender.Status) color {
	switch s {
	case postrender.Placed:
		return green
	case postrender.Unplaced:
		return red
	case postrender.Already, postrender.Left:
	}
	return dim
}
