package printer

import (
	"fmt"
	"strings"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// writeFleet writes the clusters that were looked at together as a table, for people.
func writeFleet(b *strings.Builder, c *Checked, s Style) {
	lost := 0
	t := table{{}}
	for _, name := range []string{"CLUSTER", "VERSION", "LINUX", "WINDOWS", "WORKLOADS", "PENDING", "ERRORS", "WARNINGS"} {
		t[0] = append(t[0], line(bold, name))
	}
	for _, m := range c.Fleet {
		if m.Unreachable != "" {
			lost++
			t = append(t, []cell{line(plain, printable(m.Name)), line(red, "not read")})
			continue
		}
		t = append(t, []cell{
			line(plain, printable(m.Name)), orDash(m.Version), memberNodes(m, platform.Linux), memberNodes(m, platform.Windows),
			line(plain, atLeast(m.Summary, len(m.Workloads), inventory.Workloads)), number(m.Pending(), yellow), number(m.Errors, red), number(m.Warnings, yellow),
		})
	}
	has := count(len(c.Fleet), "cluster")
	if lost > 0 {
		has += fmt.Sprintf(", %d not read", lost)
	}
	topLine(b, s, c.Target, has)
	b.WriteByte('\n')
	t.write(b, s, "")
}

func memberNodes(m survey.Member, os platform.OS) cell {
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
	return []pageDecided{d}
}

// kindOnPage is the kind of an object, behind the cluster that it is in where there are several.
func kindOnPage(o object.Ref) string {
	if o.Cluster == "" {
		return o.Kind
	}
	return o.Cluster + ":" + o.Kind
}
