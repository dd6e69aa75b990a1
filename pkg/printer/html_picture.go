package printer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// manyColumns is how many pools a page has room for; with more of them the map scrolls by itself.
const manyColumns = 9

// openRows is how many workloads are open to be read when a page comes up, at most about.
const openRows = 400

type pagePicture struct {
	Pools   []pagePool
	Unread  []string
	Crowded bool
	Groups  []pageGroup
}

type pagePool struct {
	Name, OS, Platform, Product, Nodes, Capacity, Strays string
	NodesMood                                            mood
	Support                                              *pageSupport
	Taints                                               []string
}

type pageSupport struct {
	Text string
	Mood mood
}

// pageGroup is the workloads of a namespace.
type pageGroup struct {
	Name, Value, Count string
	Open               bool
	Cells              []pageCell
	Pending            int
	Tally              []pageTag
	Rows               []pageRow
}

type pageRow struct {
	Kind, Name, Note, OS, By string
	Severity, System         string // letters for the filter
	Cells                    []pageCell
	Pending                  int
	Rules                    []pageTag
}

type pageCell struct{ Class, Text string }

type pageTag struct{ Class, Text string }

func pictureOnPage(c *Checked) *pagePicture {
	d := drawingOf(c, true)
	columns := d.byPool(func(i int) string { return d.Pools[i].Name })
	p := &pagePicture{Crowded: len(columns) > manyColumns}
	for i, pool := range d.Pools {
		p.Pools = append(p.Pools, d.poolOnPage(pool, columns[i]))
	}
	for _, text := range unreadTexts(d.Summary) {
		p.Unread = append(p.Unread, capital(text))
	}
	open := openRows
	for _, in := range byNamespace(d.Workloads) {
		g := d.groupOnPage(in, columns)
		if g.Open && open > 0 {
			open -= len(in)
		} else {
			g.Open = false
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}

func (d drawing) poolOnPage(p survey.PoolSummary, c column) pagePool {
	out := pagePool{
		Name: p.Name, OS: string(p.OS), Platform: platformName(p), Product: p.Product,
		Nodes: nodesOf(p).lines[0],
	}
	switch {
	case p.Ready < p.Nodes:
		out.NodesMood = bad
	case p.Cordoned > 0:
		out.NodesMood = meh
	}
	switch p.Support {
	case platform.Mainstream:
		out.Support = &pageSupport{supportSentence(p), ""}
	case platform.Extended, platform.Unknown:
		out.Support = &pageSupport{supportSentence(p), meh}
	case platform.OutOfSupport:
		out.Support = &pageSupport{supportSentence(p), bad}
	}
	out.Capacity = count(p.Pods, "pod")
	if p.MaxPods > 0 {
		out.Capacity = fmt.Sprintf("%d of %d pods, %s CPU, %s memory", p.Pods, p.MaxPods, p.CPU.String(), binary(p.Memory))
	}
	for _, t := range p.Taints {
		out.Taints = append(out.Taints, t.ToString())
	}
	if strays := c.look(d.Workloads).strays; strays > 0 {
		out.Strays = count(strays, "pod") + " made for the other operating system"
	}
	return out
}

func (d drawing) groupOnPage(in []survey.WorkloadSummary, columns []column) pageGroup {
	g := pageGroup{Name: cmp.Or(in[0].Namespace, "no namespace"), Value: in[0].Namespace, Count: count(len(in), "workload")}
	have := map[finding.Severity]int{}
	in = slices.SortedStableFunc(slices.Values(in), func(a, b survey.WorkloadSummary) int { return cmp.Compare(d.interest(b), d.interest(a)) })
	for _, w := range in {
		g.Rows = append(g.Rows, d.rowOnPage(w, columns))
		g.Pending += w.Pending
		g.Open = g.Open || d.interest(w) > 0
		for _, f := range d.findings[w.Ref] {
			have[f.Severity]++
		}
	}
	for _, c := range columns {
		g.Cells = append(g.Cells, c.look(in).onPage())
	}
	for _, s := range finding.Severities() {
		if have[s] > 0 {
			g.Tally = append(g.Tally, pageTag{letter(s), severities(have[s], s)})
		}
	}
	return g
}

func (d drawing) rowOnPage(w survey.WorkloadSummary, columns []column) pageRow {
	r := pageRow{Kind: w.Kind, Name: w.Name, OS: string(w.OS), By: w.By, System: systemLetter(w.OS), Pending: w.Pending}
	switch {
	case w.Static:
		r.Note = "static"
	case w.Field != "" && w.Field != "spec":
		r.Note = w.Field
	}
	for _, c := range columns {
		r.Cells = append(r.Cells, c.look([]survey.WorkloadSummary{w}).onPage())
	}
	found := d.findings[w.Ref]
	if len(found) > 0 {
		r.Severity = letter(worstOf(found))
	}
	rules := map[string]finding.Severity{}
	for _, f := range found {
		rules[f.RuleID] = max(rules[f.RuleID], f.Severity)
	}
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		r.Rules = append(r.Rules, pageTag{letter(rules[id]), id})
	}
	return r
}

// systemLetter is an operating system as rows carry it for the filter.
func systemLetter(os platform.OS) string {
	if os == "" {
		return "?"
	}
	return string(os[:1])
}

func (l look) onPage() pageCell {
	switch {
	case l.strays > 0 && l.strays < l.runs:
		return pageCell{"w", fmt.Sprintf("! %d of %d", l.strays, l.runs)}
	case l.strays > 0:
		return pageCell{"w", fmt.Sprintf("! %d", l.runs)}
	case l.runs > 0:
		return pageCell{"r", strconv.Itoa(l.runs)}
	case l.fits:
		return pageCell{"f", "could"}
	case l.misfits:
		return pageCell{"m", "! could"}
	default:
		return pageCell{"x", "–"}
	}
}
