package printer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// drawing is the picture of a cluster in text: its pools, then a table of pools across and workloads down.
type drawing struct {
	*survey.Summary
	target   string
	rancher  *guide.Known
	findings map[object.Ref][]finding.Finding
	all      bool // every workload gets a row
}

func drawingOf(c *Checked, all bool) drawing {
	d := drawing{Summary: c.Picture, target: c.Target, rancher: c.Rancher, findings: map[object.Ref][]finding.Finding{}, all: all}
	for _, f := range c.Findings {
		d.findings[f.Object] = append(d.findings[f.Object], f)
	}
	return d
}

func (d drawing) write(b *strings.Builder, s Style) {
	topLine(b, s, d.target, d.headline())
	writeKnown(b, s, d.rancher)
	g := d.grid(s)
	if len(d.Pools) > 0 {
		b.WriteByte('\n')
		d.legendOfPools(b, s, g)
	}
	writeUnreadParts(b, d.Summary, s)
	if len(d.Workloads) > 0 && len(d.Pools) > 0 {
		b.WriteByte('\n')
		g.write(b, s)
	}
}

// topLine writes what was looked at, and what it has.
func topLine(b *strings.Builder, s Style, target, has string) {
	name := printable(target)
	for i, l := range wrap(name+": "+has, s.prose()) {
		if i == 0 && strings.HasPrefix(l, name) {
			l = s.paint(bold, name) + strings.TrimPrefix(l, name)
		}
		b.WriteString(l + "\n")
	}
}

// headline is "3 pools, 7 nodes, 12 workloads, 30 pods, 2 pending".
func (d drawing) headline() string {
	pods, pending := 0, 0
	for _, w := range d.Workloads {
		pending += w.Pending
	}
	for _, p := range d.Pools {
		pods += p.Pods
	}
	text := fmt.Sprintf("%s, %s, %s", poolsHeadline(d.Summary),
		d.some(len(d.Workloads), "workload", inventory.Workloads), d.some(pods, "pod", inventory.Pods))
	if pending > 0 {
		text += fmt.Sprintf(", %s pending", atLeast(d.Summary, pending, inventory.Pods))
	}
	return text
}

// some is count, with a "+" when not all could be read.
func (d drawing) some(n int, noun string, part inventory.Kind) string {
	return strings.Replace(count(n, noun), strconv.Itoa(n), atLeast(d.Summary, n, part), 1)
}

// key is the letter by which a table knows a pool whose name is too long for it.
func key(i int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if i < len(letters) {
		return letters[i : i+1]
	}
	return letters[i/len(letters)-1:i/len(letters)] + letters[i%len(letters):i%len(letters)+1]
}

// byPool has a column for each pool.
func (d drawing) byPool(title func(int) string) []column {
	var out []column
	for i, p := range d.Pools {
		out = append(out, column{title: title(i), os: p.OS, pools: []string{p.Name}})
	}
	return out
}

// folded has a column for all pools that share a title.
func (d drawing) folded(title func(survey.PoolSummary) string) []column {
	var out []column
	for _, p := range d.Pools {
		name := title(p)
		at := slices.IndexFunc(out, func(c column) bool { return c.title == name })
		if at < 0 {
			at = len(out)
			out = append(out, column{title: name, os: p.OS})
		}
		out[at].pools = append(out[at].pools, p.Name)
	}
	return out
}

// grid picks the columns for which there is room: pools by name, by a letter, or folded by what their nodes run.
func (d drawing) grid(s Style) grid {
	names := d.byPool(func(i int) string { return printable(d.Pools[i].Name) })
	letters := d.byPool(key)
	os := func(p survey.PoolSummary) string { return string(p.OS) }
	var g grid
	for _, try := range []grid{
		{columns: names, notes: true},
		{columns: names},
		{columns: letters, keyed: true, notes: true},
		{columns: letters, keyed: true},
		{columns: d.folded(platformName)},
		{columns: d.folded(os)},
	} {
		g = try
		g.fill(d)
		if s.Columns == 0 || g.fit(s.Columns) {
			break
		}
	}
	return g
}

// shorten cuts the middle out of a name that is longer than width: what tells it from others is mostly at its end.
func shorten(name string, width int) string {
	if utf8.RuneCountInString(name) <= width || width < 5 {
		return name
	}
	runes := []rune(name)
	head := (width - 1) / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(width-1-head):])
}
