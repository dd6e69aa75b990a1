package printer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// hostProcessText writes what was decided about HostProcess pods: a line for the server, each node and each workload, then the namespaces.
type hostProcessText struct {
	*hostprocess.Report
	b     *strings.Builder
	style Style
	all   bool // every namespace, and every note
}

func (h hostProcessText) write(target string) {
	topLine(h.b, h.style, target, h.headline())
	h.section("server", table{h.row(h.server(), h.Server.Judgement)})
	h.section("nodes", h.nodes())
	h.section("workloads", h.workloads())
	h.namespaces()
}

// headline is "HostProcess pods run on 2 of 3 Windows nodes; 1 of 2 HostProcess workloads runs".
func (h hostProcessText) headline() string {
	nodes, workloads := 0, 0
	for _, n := range h.Nodes {
		if n.Verdict == hostprocess.Runs {
			nodes++
		}
	}
	for _, w := range h.Workloads {
		if w.Verdict == hostprocess.Runs {
			workloads++
		}
	}
	var parts []string
	switch {
	case len(h.Nodes) > 0:
		parts = append(parts, fmt.Sprintf("HostProcess pods run on %d of %s", nodes, count(len(h.Nodes), "Windows node")))
	default:
		parts = append(parts, "no Windows node is known")
	}
	switch {
	case len(h.Workloads) > 0:
		verb := "run"
		if len(h.Workloads) == 1 {
			verb = "runs"
		}
		parts = append(parts, fmt.Sprintf("%d of %s %s", workloads, count(len(h.Workloads), "HostProcess workload"), verb))
	default:
		parts = append(parts, "no workload asks for HostProcess")
	}
	return strings.Join(parts, "; ")
}

func (h hostProcessText) section(name string, rows table) {
	if len(rows) == 0 {
		return
	}
	h.b.WriteString("\n" + h.style.paint(bold, name) + "\n")
	last := 0
	widths := rows.widths()
	for _, w := range widths[:len(widths)-1] {
		last += w + 2
	}
	for _, row := range rows {
		verdict := &row[len(row)-1]
		if h.style.Columns > 0 {
			verdict.lines = wrap(strings.Join(verdict.lines, "\n"), max(h.style.prose()-last-2, 40))
		}
		writeRow(h.b, h.style, "  ", row, widths)
	}
}

// row is what something is, and what was decided about it.
func (h hostProcessText) row(what []string, j hostprocess.Judgement) []cell {
	cells := make([]cell, 0, len(what)+1)
	for _, text := range what {
		cells = append(cells, line(plain, printable(text)))
	}
	return append(cells, cell{lines: h.verdict(j), color: verdictColor(j.Verdict)})
}

// verdict is "runs", "does not run because ..." or "cannot tell because ...", with notes below.
func (h hostProcessText) verdict(j hostprocess.Judgement) []string {
	text := string(j.Verdict)
	if len(j.Reasons) > 0 {
		text += " because " + printable(strings.Join(j.Reasons, "; "))
	}
	lines := []string{text}
	for _, note := range j.Notes {
		if h.all || j.Verdict == hostprocess.Runs {
			lines = append(lines, "  "+printable(note))
		}
	}
	return lines
}

func verdictColor(v hostprocess.Verdict) color {
	switch v {
	case hostprocess.Runs:
		return green
	case hostprocess.RunsNot:
		return red
	default:
		return yellow
	}
}

func (h hostProcessText) server() []string {
	if h.Server.Version == "" {
		return []string{"API server"}
	}
	return []string{h.Server.Version}
}

func (h hostProcessText) nodes() table {
	var rows table
	for _, n := range h.Nodes {
		build := string(n.Build)
		if n.Release != "" {
			build += " (" + n.Release + ")"
		}
		j := n.Judgement
		if n.Verdict == hostprocess.Runs && n.Mounts == platform.BindMounts && h.all {
			j.Notes = append([]string{"volumes are at their paths"}, j.Notes...)
		}
		if n.Probe != nil && n.Probe.Ran {
			j.Notes = append([]string{strings.TrimSuffix("a probe ran: "+n.Probe.Says, ": ")}, j.Notes...)
		}
		rows = append(rows, h.row([]string{n.Name, build, n.Kubelet, n.Runtime}, j))
	}
	return rows
}

func (h hostProcessText) workloads() table {
	var rows table
	for _, w := range h.Workloads {
		row := h.row([]string{w.Object.String()}, w.Judgement)
		verdict := &row[len(row)-1]
		if w.Verdict == hostprocess.Runs {
			verdict.lines[0] += " on " + nodeNames(w.Nodes)
		}
		if w.Server != nil {
			verdict.lines = append(verdict.lines, "  "+printable(answered(*w.Server)))
		}
		rows = append(rows, row)
	}
	return rows
}

// nodeNames are the nodes on which a workload runs, the first few, and of how many.
func nodeNames(nodes []hostprocess.On) string {
	const few = 4
	var names []string
	for _, on := range nodes {
		if on.Verdict == hostprocess.Runs {
			names = append(names, printable(on.Node))
		}
	}
	of := ""
	if len(names) < len(nodes) {
		of = fmt.Sprintf(", %d of %s that accept it", len(names), count(len(nodes), "Windows node"))
	}
	if len(names) > few {
		return strings.Join(names[:few], ", ") + fmt.Sprintf(" and %d more", len(names)-few) + of
	}
	return strings.Join(names, ", ") + of
}

// answered is what the API server said.
func answered(a hostprocess.Answer) string {
	switch {
	case a.Unasked != "":
		return "the API server was not asked: " + a.Unasked
	case !a.Accepted:
		return "the API server: " + a.Message
	case a.Message != "":
		return "the API server accepts it and warns: " + a.Message
	default:
		return "the API server accepts it"
	}
}

// namespaces writes how many admit HostProcess pods, and which do not, by what they enforce. A wide report has each with the reason.
func (h hostProcessText) namespaces() {
	if len(h.Namespaces) == 0 {
		return
	}
	var rows table
	refusing, admitting := map[string][]string{}, 0
	for _, n := range h.Namespaces {
		if n.Verdict == hostprocess.Runs {
			admitting++
		} else {
			refusing[n.Enforce] = append(refusing[n.Enforce], printable(n.Name))
		}
		if h.all {
			rows = append(rows, []cell{line(plain, printable(n.Name)), line(plain, "enforces "+n.Enforce), {lines: h.admits(n), color: verdictColor(n.Verdict)}})
		}
	}
	title := fmt.Sprintf("namespaces: %d of %d admit HostProcess pods", admitting, len(h.Namespaces))
	for _, enforce := range slices.Sorted(maps.Keys(refusing)) {
		if !h.all {
			rows = append(rows, []cell{line(plain, "enforce "+enforce), line(red, "do not admit them: "+someNames(refusing[enforce]))})
		}
	}
	if len(rows) == 0 {
		h.b.WriteString("\n" + h.style.paint(bold, title) + "\n")
	}
	h.section(title, rows)
}

// someNames are the first of some names, and how many more there are.
func someNames(names []string) string {
	const few = 6
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

func (h hostProcessText) admits(n hostprocess.Namespace) []string {
	text := "admits them"
	if n.Verdict != hostprocess.Runs {
		text = "does not admit them: " + printable(strings.Join(n.Reasons, "; "))
	}
	lines := []string{text}
	for _, note := range n.Notes {
		if h.all {
			lines = append(lines, "  "+printable(note))
		}
	}
	return lines
}
