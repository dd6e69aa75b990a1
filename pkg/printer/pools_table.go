package printer

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

func writePools(w io.Writer, target string, p *survey.Summary, s Style, all bool) error {
	var b strings.Builder
	topLine(&b, s, target, poolsHeadline(p))
	if len(p.Pools) > 0 {
		b.WriteByte('\n')
		writePoolTable(&b, p, s, all)
	}
	writeUnread(&b, p, s)
	_, err := io.WriteString(w, b.String())
	return err
}

// poolsHeadline is "3 pools, 7 nodes, 1 not ready".
func poolsHeadline(p *survey.Summary) string {
	nodes, ready, cordoned := 0, 0, 0
	for _, pool := range p.Pools {
		nodes, ready, cordoned = nodes+pool.Nodes, ready+pool.Ready, cordoned+pool.Cordoned
	}
	if len(p.Pools) == 0 {
		return "no nodes"
	}
	return count(len(p.Pools), "pool") + ", " + count(nodes, "node") + strings.Join(nodeTroubles(nodes, ready, cordoned), "")
}

// nodeTroubles are ", 1 not ready" and ", 1 cordoned", where it is so.
func nodeTroubles(nodes, ready, cordoned int) []string {
	var out []string
	if ready < nodes {
		out = append(out, fmt.Sprintf(", %d not ready", nodes-ready))
	}
	if cordoned > 0 {
		out = append(out, fmt.Sprintf(", %d cordoned", cordoned))
	}
	return out
}

// poolTable has a row for each pool, with its taints at the end.
func poolTable(p *survey.Summary, all bool) reach {
	r := reach{header: []string{"POOL", "OS", "BUILD", "SUPPORT", "NODES", "WORKLOADS", "PODS"}}
	if all {
		r.header = append(r.header, "PRODUCT", "CPU", "MEMORY", "MAX PODS", "KUBELET", "RUNTIME")
	}
	r.header = append(r.header, "TAINTS")
	for _, pool := range p.Pools {
		row := []cell{
			line(plain, printable(pool.Name)), platformCell(pool), orDash(string(pool.Build)), supportCell(pool), nodesCell(pool),
			line(plain, atLeast(p, pool.Workloads, inventory.Pods)), line(plain, atLeast(p, pool.Pods, inventory.Pods)),
		}
		if all {
			row = append(row, orDash(pool.Product), line(plain, pool.CPU.String()), line(plain, binary(pool.Memory)),
				line(plain, strconv.FormatInt(pool.MaxPods, 10)), paths(pool.Kubelets), paths(pool.Runtimes))
		}
		r.table = append(r.table, append(row, taintsCell(pool)))
	}
	return r
}

// writePoolTable writes less beside and more below each other where there is no room, and a block for each pool where there is none
// for that either.
func writePoolTable(b *strings.Builder, p *survey.Summary, s Style, all bool) {
	whole := poolTable(p, all)
	var short table
	var below []cell
	for i, row := range append(table{headerRow(whole.header)}, whole.table...) {
		short = append(short, []cell{row[0], row[1], row[4], row[5], row[6]})
		if i > 0 {
			below = append(below, belowPool(p.Pools[i-1], all))
		}
	}
	if s.Columns == 0 || whole.width() <= s.Columns || short.width("") > s.Columns {
		whole.write(b, s)
		return
	}
	widths := short.widths()
	for i, row := range short {
		writeRow(b, s, "", row, widths)
		if i > 0 {
			writeBelowPool(b, s, below[i-1])
		}
	}
}

func headerRow(names []string) []cell {
	var row []cell
	for _, n := range names {
		row = append(row, line(bold, n))
	}
	return row
}

// width is that of the table with its header.
func (r reach) width() int { return append(table{headerRow(r.header)}, r.table...).width("") }

// belowPool is what else there is to know of a pool.
func belowPool(p survey.PoolSummary, all bool) cell {
	var c cell
	if p.Build != "" {
		c.lines = append(c.lines, strings.Join([]string{string(p.Build), cmp.Or(p.Product, "not known"), supportSentence(p)}, ", "))
	}
	if all {
		c.lines = append(c.lines, fmt.Sprintf("%s CPU, %s memory, %d pods at most", p.CPU.String(), binary(p.Memory), p.MaxPods))
		c.lines = append(c.lines, strings.Join(append(slices.Clone(p.Kubelets), p.Runtimes...), ", "))
	}
	for _, t := range p.Taints {
		c.lines = append(c.lines, "taint "+printable(t.ToString()))
	}
	return c
}

func writeBelowPool(b *strings.Builder, s Style, c cell) {
	for _, l := range c.lines {
		if l != "" {
			b.WriteString("  " + s.paint(dim, l) + "\n")
		}
	}
}

func orDash(text string) cell {
	if text == "" {
		return line(dim, "-")
	}
	return line(plain, text)
}

// supportCell says which support a pool's build has, and until when.
func supportCell(p survey.PoolSummary) cell {
	text := supportText(p)
	switch p.Support {
	case platform.Mainstream:
		return line(green, text)
	case platform.Extended, platform.Unknown:
		return line(yellow, text)
	case platform.OutOfSupport:
		return line(red, text)
	default:
		return line(dim, cmp.Or(text, "-"))
	}
}

// supportSentence is what supportText says, for where no title says what it is about.
func supportSentence(p survey.PoolSummary) string {
	if p.Support == platform.Mainstream || p.Support == platform.Extended {
		return string(p.Support) + " support until " + p.SupportEnd
	}
	return "support " + supportText(p)
}

// supportText is "mainstream until 2026-10-13" or "ended 2024-01-09"; empty for what Microsoft does not support anyway.
func supportText(p survey.PoolSummary) string {
	switch p.Support {
	case platform.Mainstream, platform.Extended:
		return string(p.Support) + " until " + p.SupportEnd
	case platform.OutOfSupport:
		return "ended " + p.SupportEnd
	default:
		return string(p.Support)
	}
}

func nodesCell(p survey.PoolSummary) cell {
	c := line(plain, strconv.Itoa(p.Nodes)+strings.Join(nodeTroubles(p.Nodes, p.Ready, p.Cordoned), ""))
	if p.Cordoned > 0 {
		c.color = yellow
	}
	if p.Ready < p.Nodes {
		c.color = red
	}
	return c
}

func taintsCell(p survey.PoolSummary) cell {
	if len(p.Taints) == 0 {
		return line(dim, "-")
	}
	var c cell
	for _, t := range p.Taints {
		c.lines = append(c.lines, printable(t.ToString()))
	}
	return c
}

// atLeast writes a number of things of a part: with a "+" when that part could not be read, or not all of it.
func atLeast(p *survey.Summary, n int, part inventory.Kind) string {
	if slices.ContainsFunc(p.Unread, func(u survey.Unread) bool { return u.Part == part }) {
		return strconv.Itoa(n) + "+"
	}
	return strconv.Itoa(n)
}

// writeUnread says what a picture does not show because it could not be read.
func writeUnread(b *strings.Builder, p *survey.Summary, s Style) {
	for i, text := range unreadTexts(p) {
		if i == 0 {
			b.WriteByte('\n')
		}
		for _, l := range wrap(printable(text), s.prose()) {
			b.WriteString(s.paint(yellow, l) + "\n")
		}
	}
}

// writeUnreadParts says in a line what a picture does not show wholly. The report below it says why.
func writeUnreadParts(b *strings.Builder, p *survey.Summary, s Style) {
	var parts []string
	for _, u := range p.Unread {
		if !slices.Contains(parts, string(u.Part)) {
			parts = append(parts, string(u.Part))
		}
	}
	if len(parts) > 0 {
		b.WriteString("\n" + s.paint(yellow, "not all could be read of: "+strings.Join(parts, ", ")) + "\n")
	}
}

// unreadTexts say what could not be read, the parts with the same reason together.
func unreadTexts(p *survey.Summary) []string {
	var reasons []string
	parts := map[string][]string{}
	for _, u := range p.Unread {
		if parts[u.Reason] == nil {
			reasons = append(reasons, u.Reason)
		}
		parts[u.Reason] = append(parts[u.Reason], string(u.Part))
	}
	var out []string
	for _, reason := range reasons {
		out = append(out, fmt.Sprintf("not all %s could be read: %s", strings.Join(parts[reason], " and "), reason))
	}
	return out
}

// binary is a quantity of bytes in Gi, as memory is sold; as Kubernetes writes it when it is small.
func binary(q resource.Quantity) string {
	const gi = 1 << 30
	if q.Value() < gi {
		return q.String()
	}
	return fmt.Sprintf("%dGi", (q.Value()+gi/2)/gi)
}
