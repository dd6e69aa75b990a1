package printer

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/patch"
)

// placementFields are the columns of a wide table, in this order; further fields that values steer follow.
func placementFields() []string {
	return []string{"nodeSelector", "tolerations", "affinity", "runtimeClassName"}
}

func text(w io.Writer, in *patch.Inspection, s Style) error { return inspection(w, in, s, false) }

func wide(w io.Writer, in *patch.Inspection, s Style) error { return inspection(w, in, s, true) }

func inspection(w io.Writer, in *patch.Inspection, s Style, all bool) error {
	var b strings.Builder
	b.WriteString(s.paint(bold, title(in.Chart)) + ": " + headline(in) + "\n")
	if len(in.Workloads) > 0 {
		b.WriteByte('\n')
		reachTable(in, all).write(&b, s)
	}
	outOfReach(&b, in, s)
	falseKnobs(&b, in, s)
	_, err := io.WriteString(w, b.String())
	return err
}

func title(c patch.ChartName) string { return strings.TrimSpace(c.Name + " " + c.Version) }

func headline(in *patch.Inspection) string {
	reached := 0
	for _, w := range in.Workloads {
		if w.Reason == "" {
			reached++
		}
	}
	switch {
	case len(in.Workloads) == 0:
		return "no workloads"
	case reached == len(in.Workloads):
		return count(reached, "workload") + ", values choose the OS of every one"
	}
	return fmt.Sprintf("%s, values choose the OS of %d", count(len(in.Workloads), "workload"), reached)
}

// count is "1 workload" or "2 workloads".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// reach is the path-by-workload table. It is written as a block per workload on a terminal that is too narrow for it.
type reach struct {
	table  table
	header []string
}

func reachTable(in *patch.Inspection, all bool) reach {
	columns := []string{"VALUES"}
	fields := extraFields(in)
	if all {
		columns = fields
	}
	r := reach{header: []string{"WORKLOAD", "OS"}}
	for _, c := range columns {
		r.header = append(r.header, columnTitle(c))
	}
	for _, w := range in.Workloads {
		row := []cell{line(plain, workload(w)), osCell(w.OS)}
		if all {
			for _, f := range fields {
				row = append(row, paths(w.Paths[f]))
			}
		} else {
			c := paths(choosers(w, fields))
			if w.Reason != "" {
				c.color = dim
			}
			row = append(row, c)
		}
		r.table = append(r.table, row)
	}
	return r
}

// columnTitle is the field in capitals. A value that names the OS in a chart's own way steers the field "os", which must not
// look like the column of the OS that the pod names now.
func columnTitle(field string) string {
	if field == "os" {
		return "OS VALUE"
	}
	return strings.ToUpper(field)
}

// extraFields are the placement fields, and whatever else some value steers.
func extraFields(in *patch.Inspection) []string {
	fields := placementFields()
	extra := map[string]bool{}
	for _, w := range in.Workloads {
		for f := range w.Paths {
			if !slices.Contains(fields, f) {
				extra[f] = true
			}
		}
	}
	return append(fields, slices.Sorted(maps.Keys(extra))...)
}

// choosers are the paths that can choose the OS of w: those of its nodeSelector, else of what stands in for one.
func choosers(w patch.InspectedWorkload, fields []string) []string {
	if w.Reason != "" {
		return noted(w.Paths["nodeSelector"], "not the OS")
	}
	if list := w.Paths["nodeSelector"]; len(list) > 0 {
		return list
	}
	var list []string
	for _, f := range fields {
		list = append(list, noted(w.Paths[f], f)...)
	}
	return list
}

// noted adds a remark to every path.
func noted(paths []string, note string) []string {
	var list []string
	for _, p := range paths {
		list = append(list, p+" ("+note+")")
	}
	return list
}

func workload(w patch.InspectedWorkload) string {
	return label(w.Kind, w.Namespace, w.Name, w.Hook, w.Test, w.Field)
}

// label names a workload as a user would, and says what is particular about it.
func label(kind, namespace, name string, hook, test bool, field string) string {
	b := kind + "/"
	if namespace != "" {
		b += namespace + "/"
	}
	b += name
	// Most custom resources have one pod; where it is in them is in the JSON. A second one is told apart by its field.
	switch field {
	case "", "spec", "spec.template.spec":
	default:
		b += " " + field
	}
	switch {
	case test:
		b += " (test)"
	case hook:
		b += " (hook)"
	}
	return b
}

func osCell(os string) cell {
	switch os {
	case "":
		return line(dim, "any")
	case "windows":
		return line(cyan, os)
	}
	return line(yellow, os)
}

func paths(list []string) cell {
	if len(list) == 0 {
		return line(dim, "-")
	}
	return cell{lines: list, color: green}
}

func (r reach) write(b *strings.Builder, s Style) {
	var header []cell
	for _, h := range r.header {
		header = append(header, line(bold, h))
	}
	t := append(table{header}, r.table...)
	if s.Columns == 0 || t.width("") <= s.Columns {
		t.write(b, s, "")
		return
	}
	for _, row := range r.table {
		b.WriteString(s.paint(bold, row[0].lines[0]) + "\n")
		var block table
		for i, c := range row[1:] {
			block = append(block, []cell{line(dim, strings.ToLower(r.header[i+1])), c})
		}
		block.write(b, s, "  ")
	}
}

// outOfReach lists the workloads whose OS no value can choose, and why.
func outOfReach(b *strings.Builder, in *patch.Inspection, s Style) {
	title := false
	for _, w := range in.Workloads {
		if w.Reason == "" {
			continue
		}
		if !title {
			b.WriteString("\n" + s.paint(bold, "Out of reach of any value") + "\n")
			title = true
		}
		b.WriteString("  " + workload(w) + "  " + s.paint(dim, w.Source) + "\n")
		for _, l := range wrap(w.Reason, s.prose()-6) {
			b.WriteString("      " + l + "\n")
		}
	}
}
