package printer

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

//go:embed page/fleet.html
var fleetTemplate string

//go:embed page/fleet.css
var fleetStyle string

// fleetPage is what the template of the requirements of several clusters shows.
type fleetPage struct {
	Generator, Address, Tool string
	Target, Verdict          string
	Mood                     mood
	Clusters                 []fleetCluster
	Sections                 []fleetSection
	Columns                  int // of the table of requirements by clusters
	Many                     bool
	Manual                   []fleetRow
	Style                    template.CSS
	Policy                   string
}

type fleetCluster struct {
	Name, Product, Why, Known, Nodes string
	Lost                             string // why it could not be read
	Tally                            []fleetCell
}

type fleetSection struct {
	Name string
	Rows []fleetRow
}

type fleetRow struct {
	ID, Title         string
	Cells             []fleetCell
	Sayings           []fleetSaying
	Rationale, Remedy string
	References        []pageReference
}

// fleetCell is a state; without a class it asks for nothing.
type fleetCell struct{ Class, Text string }

type fleetSaying struct{ Class, State, Who, Text string }

// manyClusters is from how many on their names stand on end.
const manyClusters = 9

// reportFleet writes the requirements of several clusters as a page, which needs nothing else and runs no script.
func reportFleet(w io.Writer, c *Checked) error {
	return writePage(w, fleetTemplate, acrossOnPage(c))
}

func acrossOnPage(c *Checked) fleetPage {
	style := pageStyle + checklistStyle + fleetStyle
	clusters := c.lists()
	a := acrossText{clusters: clusters}
	p := fleetPage{
		Generator: toolName, Address: toolAddress, Tool: c.Tool, Target: printable(c.Target), Verdict: acrossVerdict(clusters),
		Mood: map[color]mood{red: bad, yellow: meh, green: good}[a.mood()], Columns: len(clusters) + 1, Many: len(clusters) >= manyClusters,
		Style:  template.CSS(style),
		Policy: fmt.Sprintf("default-src 'none'; img-src data:; style-src '%s'; base-uri 'none'; form-action 'none'", integrity(style)),
	}
	for _, m := range c.Fleet {
		p.Clusters = append(p.Clusters, fleetClusterOf(m))
	}
	for _, s := range checklist.Unmet(clusters) {
		section := fleetSection{Name: s.Name}
		for _, r := range s.Rows {
			section.Rows = append(section.Rows, a.onPage(r))
		}
		p.Sections = append(p.Sections, section)
	}
	for _, r := range checklist.ByHand(clusters) {
		row := fleetRow{ID: r.RuleID, Title: printable(r.Title)}
		for _, said := range openChecks(r) {
			row.Sayings = append(row.Sayings, fleetSaying{Who: a.called(said.in), Text: said.text})
		}
		p.Manual = append(p.Manual, row)
	}
	return p
}

func fleetClusterOf(m Member) fleetCluster {
	out := fleetCluster{Name: printable(m.Name), Lost: printable(m.Unreachable)}
	if m.Rancher != nil {
		out.Known = knownText(m.Rancher)
	}
	if m.Unreachable != "" || m.Checklist == nil {
		return out
	}
	out.Product, out.Why = printable(m.Checklist.Product), printable(m.Checklist.Why)
	out.Nodes = fmt.Sprintf("%s Linux, %s Windows", atLeast(m.Summary, m.Nodes(platform.Linux), inventory.Nodes), atLeast(m.Summary, m.Nodes(platform.Windows), inventory.Nodes))
	for _, s := range tallied() {
		if n := m.Checklist.Count(s); n > 0 {
			out.Tally = append(out.Tally, fleetCell{stateClass(s), fmt.Sprintf("%d %s", n, s)})
		}
	}
	return out
}

// onPage is a requirement that some cluster does not meet.
func (a acrossText) onPage(r checklist.Row) fleetRow {
	row := fleetRow{ID: r.RuleID, Title: printable(r.Title)}
	for i, e := range r.In {
		cell := fleetCell{stateClass(e.State), stateMark(e.State)}
		switch {
		case e.State == checklist.Pass, e.State == checklist.Note, e.State == checklist.Unknown && a.clusters[i].Lost:
			cell.Class = ""
		case e.State == checklist.Skip:
			cell = fleetCell{Text: "–"}
		}
		row.Cells = append(row.Cells, cell)
	}
	for _, said := range sayings(a.clusters, r) {
		text := strings.TrimPrefix(said.text, "cannot tell: ")
		row.Sayings = append(row.Sayings, fleetSaying{stateClass(said.state), string(said.state), a.called(said.in), text})
	}
	if r.Rule != nil {
		row.Rationale, row.Remedy, row.References = r.Rule.Rationale, r.Rule.Remedy, referencesOf(r.Rule)
	}
	return row
}

func referencesOf(r *rule.Rule) []pageReference {
	var out []pageReference
	for _, ref := range r.References {
		out = append(out, pageReference{Text: ref, Link: strings.HasPrefix(ref, "https://") && !strings.Contains(ref, " ")})
	}
	return out
}

// openChecks are what a person has to look at, the clusters and nodes for which it is the same together.
func openChecks(r checklist.Row) []saying {
	var out []saying
	for _, i := range r.Where(checklist.Manual) {
		for _, check := range r.In[i].Checks {
			if check.Answer == nil {
				out = together(out, i, checklist.Manual, printable(check.How))
			}
		}
	}
	return out
}
