package printer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// legendOfPools lists the pools: each with the key by which the table knows it, if it does, and with what is to be known of it
// beside it where there is room, else below.
func (d drawing) legendOfPools(b *strings.Builder, s Style, g grid) {
	if len(g.columns) < len(d.Pools) && !d.all {
		d.legendOfColumns(b, s, g)
		return
	}
	var t, noted table
	for i, p := range d.Pools {
		row := []cell{line(plain, printable(p.Name)), platformCell(p), nodesOf(p), line(plain, count(p.Pods, "pod"))}
		if g.keyed {
			row = append([]cell{line(bold, key(i))}, row...)
		}
		t = append(t, row)
		noted = append(noted, append(slices.Clip(row), poolNotes(p)))
	}
	if s.Columns == 0 || noted.width("  ") <= s.Columns {
		noted.write(b, s, "  ")
		return
	}
	widths := t.widths()
	for i, p := range d.Pools {
		writeRow(b, s, "  ", t[i], widths)
		for _, note := range poolNotes(p).lines {
			b.WriteString("     " + s.paint(dim, note) + "\n")
		}
	}
}

// legendOfColumns lists the columns that pools were folded to, where a line for each pool would be too much.
func (d drawing) legendOfColumns(b *strings.Builder, s Style, g grid) {
	var t table
	for _, c := range g.columns {
		var sum survey.PoolSummary
		for _, p := range d.Pools {
			if slices.Contains(c.pools, p.Name) {
				sum.Nodes, sum.Ready, sum.Cordoned, sum.Pods = sum.Nodes+p.Nodes, sum.Ready+p.Ready, sum.Cordoned+p.Cordoned, sum.Pods+p.Pods
			}
		}
		name := osCell(string(c.os))
		name.lines[0] = c.title
		t = append(t, []cell{name, line(plain, count(len(c.pools), "pool")), nodesOf(sum), line(plain, count(sum.Pods, "pod"))})
	}
	t.write(b, s, "  ")
}

// platformCell is "windows 2022", or the build where nobody has a shorter name for it.
func platformCell(p survey.PoolSummary) cell {
	c := osCell(string(p.OS))
	c.lines[0] = platformName(p)
	return c
}

func platformName(p survey.PoolSummary) string {
	return strings.TrimSpace(string(p.OS) + " " + cmp.Or(p.Build.Release(), string(p.Build)))
}

// poolNotes are a pool's taints, and whether what its nodes run is still supported.
func poolNotes(p survey.PoolSummary) cell {
	c := cell{color: dim}
	if p.Support == platform.OutOfSupport {
		c.lines = append(c.lines, p.Product+": "+supportSentence(p))
	}
	for _, t := range p.Taints {
		c.lines = append(c.lines, "taint "+printable(t.ToString()))
	}
	return c
}

func nodesOf(p survey.PoolSummary) cell {
	c := nodesCell(p)
	c.lines[0] = count(p.Nodes, "node") + strings.TrimLeft(c.lines[0], "0123456789")
	return c
}
