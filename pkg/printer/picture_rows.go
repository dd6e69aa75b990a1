package printer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// grid is the table of a picture: workloads down, pools across.
type grid struct {
	columns []column
	keyed   bool // pools go by letters
	notes   bool // there is a last column for the rules that found something
	pending bool // there is a column for pods that are bound to no node
	rows    []gridRow
}

// gridRow is a row, or the title of those below it.
type gridRow struct {
	title string
	cells []cell
}

const (
	mostInterest = 4
	fewRows      = 20 // up to which every workload gets a row
	manyRows     = 50 // from which on only the more urgent get one
	leastFor     = 26 // columns for the names of workloads
)

// fill makes the rows: those of the workloads that are worth a look, by namespace, and then what the others come to. Where even
// those are too many, each namespace is a row.
func (g *grid) fill(d drawing) {
	g.pending = slices.ContainsFunc(d.Workloads, func(w survey.WorkloadSummary) bool { return w.Pending > 0 })
	least, tooMany := d.leastInterest()
	var rest []survey.WorkloadSummary
	quiet := 0
	for _, in := range byNamespace(d.Workloads) {
		name := cmp.Or(in[0].Namespace, "no namespace")
		shown, others := d.partition(in, least)
		switch {
		case len(shown) == 0:
			quiet++
			rest = append(rest, others...)
		case tooMany:
			g.rows = append(g.rows, gridRow{cells: g.row(printable(name)+", "+count(len(in), "workload"), in, d)})
		default:
			g.rows = append(g.rows, gridRow{title: name})
			for _, w := range shown {
				g.rows = append(g.rows, gridRow{cells: g.row(rowName(w), []survey.WorkloadSummary{w}, d)})
			}
			if len(others) > 0 {
				g.rows = append(g.rows, gridRow{cells: g.row(fmt.Sprintf("%d more", len(others)), others, d)})
			}
		}
	}
	if len(rest) > 0 {
		g.rows = append(g.rows, gridRow{title: restTitle(quiet, len(g.rows) > 0)},
			gridRow{cells: g.row(count(len(rest), "workload"), rest, d)})
	}
}

// partition tells the workloads that get a row from the others.
func (d drawing) partition(in []survey.WorkloadSummary, least int) (shown, others []survey.WorkloadSummary) {
	for _, w := range in {
		if d.interest(w) >= least {
			shown = append(shown, w)
		} else {
			others = append(others, w)
		}
	}
	return shown, others
}

func restTitle(namespaces int, more bool) string {
	if more {
		return count(namespaces, "other namespace")
	}
	return count(namespaces, "namespace")
}

// byNamespace cuts workloads that are sorted by it.
func byNamespace(list []survey.WorkloadSummary) [][]survey.WorkloadSummary {
	var out [][]survey.WorkloadSummary
	for i, w := range list {
		if i == 0 || w.Namespace != list[i-1].Namespace {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], w)
	}
	return out
}

// rowName is what a workload goes by below its namespace.
func rowName(w survey.WorkloadSummary) string {
	name := w.Kind + "/" + w.Name
	switch {
	case w.Static:
		name += " (static)"
	case w.Field != "" && w.Field != "spec":
		name += " " + w.Field
	}
	return printable(name)
}

// leastInterest is the interest from which on a workload gets a row of its own. In a wide picture or a small cluster all do, else
// those that run on an operating system that is not theirs, or on both, that are pending, or that something was found about; of
// these the more urgent when they are many. It tells when even those are too many.
func (d drawing) leastInterest() (least int, tooMany bool) {
	if d.all || len(d.Workloads) <= fewRows {
		return 0, false
	}
	enough := make([]int, mostInterest+1)
	for _, w := range d.Workloads {
		for i := range d.interest(w) {
			enough[i+1]++
		}
	}
	least = 1
	for least < mostInterest && enough[least] > manyRows {
		least++
	}
	return least, enough[least] > manyRows
}

// interest is how much a workload is worth a look: 0 when all is as it should be.
func (d drawing) interest(w survey.WorkloadSummary) int {
	switch {
	case d.strays(w):
		return mostInterest
	case w.Pending > 0 || len(d.systems(w)) > 1:
		return 3
	case worstOf(d.findings[w.Ref]) > finding.Info:
		return 2
	case len(d.findings[w.Ref]) > 0:
		return 1
	default:
		return 0
	}
}

// strays tells a workload that has pods on nodes of an operating system that it is not for.
func (d drawing) strays(w survey.WorkloadSummary) bool {
	return w.OS != "" && slices.ContainsFunc(d.systems(w), func(os platform.OS) bool { return os != w.OS })
}

// systems are the operating systems that a workload runs on.
func (d drawing) systems(w survey.WorkloadSummary) []platform.OS {
	var out []platform.OS
	for _, p := range d.Pools {
		if w.Pools.Runs[p.Name] > 0 && !slices.Contains(out, p.OS) {
			out = append(out, p.OS)
		}
	}
	return out
}

func worstOf(list []finding.Finding) finding.Severity {
	worst, _ := finding.Report{Findings: list}.Worst()
	return worst
}

// row is the cells of one workload, or of several together.
func (g *grid) row(name string, list []survey.WorkloadSummary, d drawing) []cell {
	row := []cell{line(plain, name), forCell(list)}
	pending := 0
	for _, c := range g.columns {
		row = append(row, c.look(list).cell())
	}
	for _, w := range list {
		pending += w.Pending
	}
	if g.pending {
		row = append(row, pendingCell(pending))
	}
	if g.notes {
		row = append(row, notesCell(list, d))
	}
	return row
}

// forCell is the operating system that workloads are for.
func forCell(list []survey.WorkloadSummary) cell {
	os := list[0].OS
	if slices.ContainsFunc(list, func(w survey.WorkloadSummary) bool { return w.OS != os }) {
		return line(plain, "")
	}
	if os == "" {
		return line(dim, "?")
	}
	return osCell(string(os))
}

func pendingCell(n int) cell {
	if n == 0 {
		return line(plain, "")
	}
	return line(yellow, strconv.Itoa(n))
}

// notesCell names the rules that found something.
func notesCell(list []survey.WorkloadSummary, d drawing) cell {
	var ids []string
	worst := finding.Info
	for _, w := range list {
		for _, f := range d.findings[w.Ref] {
			ids = append(ids, f.RuleID)
			worst = max(worst, f.Severity)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	const few = 3
	if len(ids) > few {
		ids = append(ids[:few], fmt.Sprintf("+%d", len(ids)-few))
	}
	return line(severityColor(worst), strings.Join(ids, " "))
}
