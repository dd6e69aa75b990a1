package printer

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/hostprocess"
)

// pageDecided is a table of what was decided about things of one kind.
type pageDecided struct {
	ID, Name, What string
	Rows           []pageVerdict
}

// pageVerdict is what was decided about one thing, and why.
type pageVerdict struct {
	Verdict, What, More, Why string
	Mood                     mood
	Notes                    []string
}

// decidedOnPage are the tables about HostProcess pods; none where nobody asked.
func decidedOnPage(c *Checked) []pageDecided {
	h := c.HostProcess
	if h == nil {
		return nil
	}
	nodes := pageDecided{ID: "nodes", Name: "HostProcess pods by node", What: "Node"}
	for _, n := range h.Nodes {
		more := strings.Join(strings.Fields(strings.Join([]string{string(n.Build), n.Release, n.Kubelet, n.Runtime}, " ")), " ")
		v := pageVerdictOf(n.Name, more, n.Judgement)
		if n.Probe != nil && n.Probe.Ran {
			v.Notes = append(v.Notes, strings.TrimSuffix("a probe ran: "+n.Probe.Says, ": "))
		}
		nodes.Rows = append(nodes.Rows, v)
	}
	workloads := pageDecided{ID: "hostprocess", Name: "HostProcess workloads", What: "Workload"}
	for _, w := range h.Workloads {
		v := pageVerdictOf(w.Object.String(), "", w.Judgement)
		if w.Verdict == hostprocess.Runs {
			v.Why = "on " + nodeNames(w.Nodes)
		}
		if w.Server != nil {
			v.Notes = append(v.Notes, answered(*w.Server))
		}
		workloads.Rows = append(workloads.Rows, v)
	}
	namespaces := pageDecided{ID: "namespaces", Name: "HostProcess pods by namespace", What: "Namespace"}
	for _, n := range h.Namespaces {
		namespaces.Rows = append(namespaces.Rows, pageVerdictOf(n.Name, "enforces "+n.Enforce, n.Judgement))
	}
	var out []pageDecided
	for _, d := range []pageDecided{workloads, nodes, namespaces} {
		if len(d.Rows) > 0 {
			out = append(out, d)
		}
	}
	return out
}

func pageVerdictOf(what, more string, j hostprocess.Judgement) pageVerdict {
	m := map[hostprocess.Verdict]mood{hostprocess.Runs: good, hostprocess.RunsNot: bad, hostprocess.CannotTell: meh}[j.Verdict]
	return pageVerdict{Verdict: string(j.Verdict), What: what, More: more, Why: strings.Join(j.Reasons, "; "), Mood: m, Notes: append([]string{}, j.Notes...)}
}
