package printer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Member is one of several clusters that are looked at together, with what was decided about it alone.
type Member struct {
	survey.Member
	// Rancher is what Rancher knows of it; nil where it was not asked, or did not tell.
	Rancher *guide.Known `json:"rancher,omitempty"`
	// HostProcess and Checklist are as those of Checked.
	HostProcess *hostprocess.Report `json:"hostProcess,omitempty"`
	Checklist   *checklist.List     `json:"checklist,omitempty"`
}

// writeFleet writes the clusters that were looked at together as a table, for people; below it why some could not be read, and in a wide
// report what Rancher knows of each.
func writeFleet(b *strings.Builder, c *Checked, s Style, all bool) {
	has := count(len(c.Fleet), "cluster")
	if lost := c.lost(); lost > 0 {
		has += fmt.Sprintf(", %d not read", lost)
	}
	topLine(b, s, c.Target, has)
	b.WriteByte('\n')
	t := fleetTable(c)
	if s.Columns > 0 && t.width("") > s.Columns {
		t = t.without("VERSION", "NOTE", "PENDING")
	}
	t.write(b, s, "")
	var said []string
	for _, m := range c.Fleet {
		var parts []string
		if m.Unreachable != "" {
			parts = append(parts, "not read: "+printable(m.Unreachable))
		}
		if m.Rancher != nil && (all || m.Unreachable != "") {
			parts = append(parts, knownText(m.Rancher))
		}
		if len(parts) > 0 {
			said = append(said, printable(m.Name)+": "+strings.Join(parts, "; "))
		}
	}
	for i, text := range said {
		if i == 0 {
			b.WriteByte('\n')
		}
		hanging(b, s, "", text)
	}
}

// lost counts the clusters of which nothing could be read.
func (c *Checked) lost() int {
	n := 0
	for _, m := range c.Fleet {
		if m.Unreachable != "" {
			n++
		}
	}
	return n
}

// listed tells whether the clusters have a list of requirements each, and hosted whether they have a verdict on HostProcess pods.
func (c *Checked) listed() bool {
	return slices.ContainsFunc(c.Fleet, func(m Member) bool { return m.Checklist != nil })
}

func (c *Checked) hosted() bool {
	return slices.ContainsFunc(c.Fleet, func(m Member) bool { return m.HostProcess != nil })
}

// fleetTable has a row for each cluster, with what was asked of it.
func fleetTable(c *Checked) table {
	names := []string{"CLUSTER", "VERSION", "LINUX", "WINDOWS", "WORKLOADS", "PENDING", "ERRORS", "WARNINGS"}
	row := func(m Member) []cell {
		return []cell{
			line(plain, atLeast(m.Summary, len(m.Workloads), inventory.Workloads)), number(m.Pending(), yellow), number(m.Errors, red), number(m.Warnings, yellow),
		}
	}
	switch {
	case c.listed():
		names = append(names[:4:4], "DISTRIBUTION")
		for _, state := range tallied() {
			names = append(names, strings.ToUpper(string(state)))
		}
		row = talliedRow
	case c.hosted():
		names = append(names[:4:4], "SERVER", "NODES", "WORKLOADS", "NAMESPACES", "ERRORS", "WARNINGS")
		row = hostedRow
	case slices.ContainsFunc(c.Fleet, func(m Member) bool { return m.Rancher != nil }):
		names = append(names, "MADE BY", "NETWORK")
	}
	t := table{{}}
	for _, name := range names {
		t[0] = append(t[0], line(bold, name))
	}
	for _, m := range c.Fleet {
		if m.Unreachable != "" {
			t = append(t, []cell{line(plain, printable(m.Name)), line(red, "not read")})
			continue
		}
		cells := append([]cell{
			line(plain, printable(m.Name)), orDash(printable(m.Version)), memberNodes(m, platform.Linux), memberNodes(m, platform.Windows),
		}, row(m)...)
		if m.Rancher != nil && names[len(names)-1] == "NETWORK" {
			cells = append(cells, line(plain, maker(m.Rancher.Cluster)), orDash(printable(m.Rancher.Cluster.Network.Plugin())))
		}
		t = append(t, cells)
	}
	return t
}

// without drops the columns of some names: those that are missed least. A row that ends early says why in its second cell, and keeps it.
func (t table) without(names ...string) table {
	out := make(table, len(t))
	for i, row := range t {
		for k, c := range row {
			if len(row) == 2 || !slices.Contains(names, t[0][k].lines[0]) {
				out[i] = append(out[i], c)
			}
		}
	}
	return out
}

// tallied are the states that are counted: the requirements of other clusters are nobody's.
func tallied() []checklist.State {
	return slices.DeleteFunc(checklist.States(), func(s checklist.State) bool { return s == checklist.Skip })
}

func talliedRow(m Member) []cell {
	if m.Checklist == nil {
		return nil
	}
	row := []cell{line(plain, platform.Distro(m.Checklist.Distro).String())}
	for _, state := range tallied() {
		n := m.Checklist.Count(state)
		if n == 0 {
			row = append(row, line(dim, "-"))
			continue
		}
		row = append(row, line(stateColor(state), strconv.Itoa(n)))
	}
	return row
}

func memberNodes(m Member, os platform.OS) cell {
	return line(plain, atLeast(m.Summary, m.Nodes(os), inventory.Nodes))
}

// fleetOnPage is the table of the clusters that were looked at together; none where it was one.
func fleetOnPage(c *Checked) []pageDecided {
	if c.Fleet == nil {
		return nil
	}
	d := pageDecided{ID: "clusters", Name: "Clusters", What: "Cluster"}
	for _, m := range c.Fleet {
		v := pageVerdict{What: m.Name, More: m.Version, Mood: good, Verdict: "nothing found"}
		if m.Rancher != nil {
			v.Notes = append(v.Notes, knownText(m.Rancher))
		}
		switch {
		case m.Unreachable != "":
			v.Mood, v.Verdict, v.Why = bad, "not read", m.Unreachable
			d.Rows = append(d.Rows, v)
			continue
		case m.Errors > 0:
			v.Mood, v.Verdict = bad, count(m.Errors, "error")
		case m.Warnings > 0:
			v.Mood, v.Verdict = meh, count(m.Warnings, "warning")
		}
		v.Why = fmt.Sprintf("nodes: %s Linux, %s Windows; workloads: %s; pending pods: %d; warnings: %d",
			atLeast(m.Summary, m.Nodes(platform.Linux), inventory.Nodes), atLeast(m.Summary, m.Nodes(platform.Windows), inventory.Nodes),
			atLeast(m.Summary, len(m.Workloads), inventory.Workloads), m.Pending(), m.Warnings)
		for _, u := range m.Unread {
			v.Notes = append(v.Notes, "not read: "+u.Reason)
		}
		d.Rows = append(d.Rows, v)
	}
	return append([]pageDecided{d}, hostedOnPage(c)...)
}

// kindOnPage is the kind of an object, behind the cluster that it is in where there are several.
func kindOnPage(o object.Ref) string {
	if o.Cluster == "" {
		return o.Kind
	}
	return o.Cluster + ":" + o.Kind
}
