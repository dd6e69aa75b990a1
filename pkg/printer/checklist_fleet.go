package printer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/checklist"
)

// acrossText writes the requirements that some cluster does not meet, and in which.
type acrossText struct {
	clusters []checklist.Cluster
	b        *strings.Builder
	style    Style
	all      bool // remedies and sources, too
}

// lists are the requirements of each cluster.
func (c *Checked) lists() []checklist.Cluster {
	var out []checklist.Cluster
	for _, m := range c.Fleet {
		if m.Checklist != nil {
			out = append(out, checklist.Cluster{Name: m.Name, Lost: m.Unreachable != "", List: m.Checklist})
		}
	}
	return out
}

// acrossClusters writes what is not met, then why: to a pipe one finding to a line, as in every report, and else by requirement.
func (t *textReport) acrossClusters() {
	a := acrossText{t.lists(), &t.b, t.style, t.all}
	a.unmet()
	a.byHand()
	if t.style.Columns > 0 || t.all {
		a.why()
	} else if len(t.Findings)+len(t.Unknown()) > 0 {
		t.lines()
		t.b.WriteByte('\n')
	}
	t.b.WriteString(t.style.paint(a.mood(), acrossVerdict(a.clusters)) + "\n")
}

// acrossVerdict counts the clusters by the worst of their requirements: "5 clusters: 1 not read, 2 fail, 1 to check by hand".
func acrossVerdict(clusters []checklist.Cluster) string {
	lost, by := 0, map[checklist.State]int{}
	for _, c := range clusters {
		if c.Lost {
			lost++
		} else {
			by[c.Worst()]++
		}
	}
	var parts []string
	if lost > 0 {
		parts = append(parts, fmt.Sprintf("%d not read", lost))
	}
	for _, s := range checklist.States() {
		if by[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", by[s], stateOfCluster(s)))
		}
	}
	return count(len(clusters), "cluster") + ": " + strings.Join(parts, ", ")
}

// stateOfCluster is the worst state of its requirements, in a word about the cluster.
func stateOfCluster(s checklist.State) string {
	switch s {
	case checklist.Manual:
		return "to check by hand"
	case checklist.Note, checklist.Pass:
		return "pass"
	default:
		return string(s)
	}
}

func (a acrossText) mood() color {
	worst := green
	for _, c := range a.clusters {
		switch {
		case c.Lost, c.Count(checklist.Fail)+c.Count(checklist.Unknown) > 0:
			return red
		case c.Count(checklist.Warn)+c.Count(checklist.Manual) > 0:
			worst = yellow
		}
	}
	return worst
}

// unmet writes the requirements: with a column for each cluster where there is room, and else with the clusters' names by state.
func (a acrossText) unmet() {
	sections := checklist.Unmet(a.clusters)
	if len(sections) == 0 {
		return
	}
	if !a.columns(sections) {
		a.names(sections)
	}
	a.b.WriteByte('\n')
}

// names writes below each requirement the clusters that are in a state.
func (a acrossText) names(sections []checklist.Section) {
	for i, s := range sections {
		if i > 0 {
			a.b.WriteByte('\n')
		}
		a.b.WriteString(a.style.paint(bold, s.Name) + "\n")
		for _, r := range s.Rows {
			a.title(r)
			for _, state := range []checklist.State{checklist.Fail, checklist.Unknown, checklist.Warn} {
				if in := r.Where(state); len(in) > 0 {
					a.labeled(string(state), stateColor(state), a.called(in))
				}
			}
		}
	}
}

func (a acrossText) title(r checklist.Row) {
	const lead = "         "
	for i, l := range wrap(printable(r.Title), max(a.style.prose()-len(lead), 40)) {
		if i == 0 {
			a.b.WriteString("  " + r.RuleID + "  " + l + "\n")
			continue
		}
		a.b.WriteString(lead + l + "\n")
	}
}

// labeled writes running text behind a word in a color.
func (a acrossText) labeled(label string, c color, text string) {
	lead := strings.Repeat(" ", 9)
	width := stateColumn + 2
	for i, l := range wrap(text, max(a.style.prose()-len(lead)-width, 40)) {
		before := strings.Repeat(" ", width)
		if i == 0 {
			before = a.style.paint(c, label) + before[min(len(label), width):]
		}
		a.b.WriteString(lead + before + l + "\n")
	}
}

// called are the names of clusters; "all 12" where it is every one that could be read.
func (a acrossText) called(in []int) string {
	read := 0
	for _, c := range a.clusters {
		if !c.Lost {
			read++
		}
	}
	lost := slices.ContainsFunc(in, func(i int) bool { return a.clusters[i].Lost })
	if len(in) == read && read > 3 && !lost {
		return fmt.Sprintf("all %d", read)
	}
	var names []string
	for _, i := range in {
		names = append(names, printable(a.clusters[i].Name))
	}
	text := strings.Join(names, ", ")
	if len(names) > 5 {
		text = fmt.Sprintf("%d of %d: %s", len(names), len(a.clusters), text)
	}
	return text
}

// byHand writes what a person has to look at, and in which clusters.
func (a acrossText) byHand() {
	rows := checklist.ByHand(a.clusters)
	if len(rows) == 0 {
		return
	}
	a.b.WriteString(a.style.paint(bold, "To check by hand") + "\n")
	for _, r := range rows {
		a.title(r)
		a.labeled(string(checklist.Manual), cyan, a.called(r.Where(checklist.Manual)))
	}
	a.b.WriteByte('\n')
}

// why writes what was found of each requirement, the clusters of which the same is said together.
func (a acrossText) why() {
	for _, s := range checklist.Unmet(a.clusters) {
		for _, r := range s.Rows {
			for _, l := range wrap(r.RuleID+" "+printable(r.Title), a.style.prose()) {
				a.b.WriteString(a.style.paint(bold, l) + "\n")
			}
			for _, said := range sayings(a.clusters, r) {
				hanging(a.b, a.style, "  ", a.called(said.in)+": "+said.text)
			}
			if a.all && r.Rule != nil {
				hanging(a.b, a.style, "  ", "remedy: "+r.Rule.Remedy)
				for _, ref := range r.Rule.References {
					hanging(a.b, a.style, "  ", "see "+ref)
				}
			}
			a.b.WriteByte('\n')
		}
	}
}
