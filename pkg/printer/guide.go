package printer

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/rancher"
)

// Guide writes a cluster held against Rancher's guide in a format: text, json or yaml.
func Guide(w io.Writer, format string, r *guide.Report, s Style) error {
	switch format {
	case "json":
		return writeDocument(w, r, JSON)
	case "yaml":
		return writeDocument(w, r, yaml.Marshal)
	}
	var b strings.Builder
	c := r.Cluster
	fmt.Fprintf(&b, "%s\n\n", s.paint(bold, printable(fmt.Sprintf("cluster %s (%s) of %s", c.Name, c.ID, r.Rancher.URL))))
	facts := table{
		{line(dim, "found by"), line(plain, printable(fmt.Sprintf("%s (step %d)", r.Rancher.How, r.Rancher.Step)))},
		{line(dim, "made by"), line(plain, madeBy(c))},
		{line(dim, "network"), line(plain, networkText(c.Network))},
		{line(dim, "state"), line(plain, stateText(c))},
		{line(dim, "nodes"), line(plain, nodesText(r.Nodes))},
	}
	for _, p := range c.Pools {
		facts = append(facts, []cell{line(dim, "pool"), line(plain, printable(fmt.Sprintf("%s: %d %s, %s", p.Name, p.Quantity, p.OS, strings.Join(p.Roles, ", "))))})
	}
	for _, g := range c.Gaps {
		facts = append(facts, []cell{line(yellow, "not read"), wrapped(g, s.prose()-12)})
	}
	facts.write(&b, s, "")
	b.WriteByte('\n')
	var checks table
	for _, q := range r.Requirements {
		mark, color := markOf(q.Status)
		checks = append(checks, []cell{line(color, mark), line(plain, q.Name), wrapped(q.Says, max(s.prose()-32, 40))})
	}
	checks.write(&b, s, "")
	_, err := io.WriteString(w, b.String())
	return err
}

func wrapped(text string, width int) cell {
	return cell{lines: wrap(printable(text), width)}
}

// markOf is a status as people read it.
func markOf(s guide.Status) (string, color) {
	switch s {
	case guide.Pass:
		return "ok", green
	case guide.Warn:
		return "warning", yellow
	case guide.Fail:
		return "FAIL", red
	case guide.Waiting:
		return "not yet", cyan
	case guide.Skip:
		return "-", dim
	case guide.Unknown:
		return "unknown", red
	}
	return string(s), plain
}

func madeBy(c *rancher.Cluster) string {
	what, ok := map[rancher.Distribution]string{rancher.RKE1: "RKE1", rancher.K3s: "K3s"}[c.Distribution]
	if !ok {
		what = strings.ToUpper(string(c.Distribution))
	}
	how := map[rancher.Origin]string{
		rancher.Provisioned: "Rancher, on machine pools", rancher.RancherRKE1: "Rancher, with RKE1", rancher.Hosted: "a cloud",
		rancher.Imported: "somebody else, and imported", rancher.Local: "somebody else: Rancher runs in it",
	}[c.Origin]
	if c.Custom {
		how = "Rancher, on nodes that are registered by a command"
	}
	return printable(strings.TrimSpace(strings.Join([]string{how + ":", what, c.Version}, " ")))
}

func networkText(n rancher.Network) string {
	parts := slices.Clone(n.Plugins)
	switch {
	case len(parts) == 0:
		return "not known to Rancher"
	case n.Default:
		parts = append(parts, "the default")
	}
	for _, part := range []struct{ name, value string }{{"backend", n.Backend}, {"port", n.Port}, {"VNI", n.VNI}} {
		if part.value != "" {
			parts = append(parts, part.name+" "+part.value)
		}
	}
	return printable(strings.Join(parts, ", "))
}

func stateText(c *rancher.Cluster) string {
	text := c.State
	if text == "" {
		text = "unknown"
	}
	if c.Message != "" {
		text += ": " + c.Message
	}
	return printable(text)
}

// nodesText is "2 linux, 1 windows, 1 not active".
func nodesText(nodes []rancher.Node) string {
	by := map[string]int{}
	down := 0
	for _, n := range nodes {
		os := n.OS
		if os == "" {
			os = "of no known system"
		}
		by[os]++
		if !n.Active {
			down++
		}
	}
	var parts []string
	for _, os := range []string{"linux", "windows", "of no known system"} {
		if by[os] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", by[os], os))
		}
	}
	if down > 0 {
		parts = append(parts, fmt.Sprintf("%d not active", down))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
