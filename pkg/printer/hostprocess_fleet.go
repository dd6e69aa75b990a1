package printer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/hostprocess"
)

// hostedRow is the verdict on the HostProcess pods of a cluster, in numbers.
func hostedRow(m Member) []cell {
	h := m.HostProcess
	if h == nil {
		return nil
	}
	of := func(list []hostprocess.Judgement, verb string) cell {
		if len(list) == 0 {
			return line(dim, "-")
		}
		return line(verdictColor(worstVerdict(list)), fmt.Sprintf("%d of %d %s", ranOf(list), len(list), verb))
	}
	return []cell{
		line(verdictColor(h.Server.Verdict), string(h.Server.Verdict)), of(nodeJudgements(h), "run"), of(workloadJudgements(h), "run"),
		of(judgements(h.Namespaces, func(n hostprocess.Namespace) hostprocess.Judgement { return n.Judgement }), "admit"),
		number(m.Errors, red), number(m.Warnings, yellow),
	}
}

func judgements[T any](list []T, of func(T) hostprocess.Judgement) []hostprocess.Judgement {
	out := make([]hostprocess.Judgement, 0, len(list))
	for _, x := range list {
		out = append(out, of(x))
	}
	return out
}

func nodeJudgements(h *hostprocess.Report) []hostprocess.Judgement {
	return judgements(h.Nodes, func(n hostprocess.Node) hostprocess.Judgement { return n.Judgement })
}

func workloadJudgements(h *hostprocess.Report) []hostprocess.Judgement {
	return judgements(h.Workloads, func(w hostprocess.Workload) hostprocess.Judgement { return w.Judgement })
}

func ranOf(list []hostprocess.Judgement) int {
	n := 0
	for _, j := range list {
		if j.Verdict == hostprocess.Runs {
			n++
		}
	}
	return n
}

// worstVerdict is the verdict that outranks the others: that something does not run.
func worstVerdict(list []hostprocess.Judgement) hostprocess.Verdict {
	for _, v := range []hostprocess.Verdict{hostprocess.RunsNot, hostprocess.CannotTell} {
		if slices.ContainsFunc(list, func(j hostprocess.Judgement) bool { return j.Verdict == v }) {
			return v
		}
	}
	return hostprocess.Runs
}

// writeHosted writes what does not run in each cluster, and why; a wide report has all of each.
func writeHosted(b *strings.Builder, c *Checked, s Style, all bool) {
	for _, m := range c.Fleet {
		if m.HostProcess == nil {
			continue
		}
		t := hostProcessText{m.HostProcess, b, s, all}
		if all {
			b.WriteByte('\n')
			t.write(m.Name)
			continue
		}
		if rows := t.trouble(); len(rows) > 0 {
			t.section(printable(m.Name)+": "+t.headline(), rows)
			continue
		}
		b.WriteString("\n" + s.paint(bold, printable(m.Name)) + ": " + t.headline() + "\n")
	}
}

// trouble is what does not run, or of what that cannot be told: the server, nodes that have it for the same reason together, and
// workloads. Namespaces that refuse HostProcess pods are as they are to be, unless a workload is there, which says it.
func (h hostProcessText) trouble() table {
	var rows table
	if h.Server.Verdict != hostprocess.Runs {
		rows = append(rows, h.row([]string{"API server"}, h.Server.Judgement))
	}
	names := map[string][]string{}
	for _, n := range h.Nodes {
		why := string(n.Verdict) + strings.Join(n.Reasons, "; ")
		names[why] = append(names[why], n.Name)
	}
	for _, n := range h.Nodes {
		why := string(n.Verdict) + strings.Join(n.Reasons, "; ")
		if same := names[why]; n.Verdict != hostprocess.Runs && same[0] == n.Name {
			rows = append(rows, h.row([]string{"Node/" + someNames(same)}, n.Judgement))
		}
	}
	for _, w := range h.Workloads {
		if w.Verdict != hostprocess.Runs {
			rows = append(rows, h.row([]string{w.Object.String()}, w.Judgement))
		}
	}
	return rows
}

// hostedOnPage is the verdict on HostProcess pods by cluster; none where nobody asked.
func hostedOnPage(c *Checked) []pageDecided {
	if !c.hosted() {
		return nil
	}
	all := pageDecided{ID: "hostprocess", Name: "HostProcess pods by cluster", What: "Cluster"}
	for _, m := range c.Fleet {
		if m.HostProcess == nil {
			continue
		}
		h := hostProcessText{Report: m.HostProcess}
		verdict := worstVerdict(slices.Concat([]hostprocess.Judgement{m.HostProcess.Server.Judgement}, nodeJudgements(m.HostProcess), workloadJudgements(m.HostProcess)))
		v := pageVerdictOf(m.Name, m.Version, hostprocess.Judgement{Verdict: verdict})
		v.Why = h.headline()
		for _, row := range h.trouble() {
			v.Notes = append(v.Notes, strings.Join(row[0].lines, " ")+": "+strings.Join(row[1].lines, " "))
		}
		all.Rows = append(all.Rows, v)
	}
	return []pageDecided{all}
}
