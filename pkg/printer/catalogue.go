package printer

import (
	"io"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// Documented is a rule with the first examples of its archive.
type Documented struct {
	*rule.Rule
	Bad, Want, Good string // what it reports something about, what it reports, and how it is right
}

// CatalogueFormat is one way to write the catalogue of rules, and one rule of it.
type CatalogueFormat struct {
	Name, Doc string
	Catalogue func(io.Writer, []*rule.Rule, Style) error
	Rule      func(io.Writer, Documented, Style) error
}

// CatalogueFormats are all formats for rules, sorted by name.
func CatalogueFormats() []CatalogueFormat {
	return []CatalogueFormat{
		{Name: "json", Doc: "for scripts", Catalogue: catalogueIn(JSON), Rule: ruleIn(JSON)},
		{Name: "text", Doc: "for people; a rule as Markdown where there is no terminal", Catalogue: Catalogue, Rule: RuleDoc},
		{Name: "yaml", Doc: "as json", Catalogue: catalogueIn(yaml.Marshal), Rule: ruleIn(yaml.Marshal)},
	}
}

// LookupCatalogue is the format for rules of that name.
func LookupCatalogue(name string) (CatalogueFormat, bool) {
	for _, f := range CatalogueFormats() {
		if f.Name == name {
			return f, true
		}
	}
	return CatalogueFormat{}, false
}

// Catalogue writes a line for each rule.
func Catalogue(w io.Writer, rules []*rule.Rule, s Style) error {
	rows := table{{line(bold, "ID"), line(bold, "SEVERITY"), line(bold, "NAME"), line(bold, "REPORTS")}}
	for _, r := range rules {
		rows = append(rows, []cell{
			line(plain, r.ID), line(severityColor(r.Severity), r.Severity.String()), line(plain, r.Name), line(plain, r.Title),
		})
	}
	if s.Columns > 0 && rows.width("") > s.Columns {
		widths := rows.widths()
		room := max(s.Columns-(rows.width("")-widths[3]), 30)
		for i, row := range rows {
			rows[i][3].lines = wrap(row[3].lines[0], room)
		}
	}
	var b strings.Builder
	rows.write(&b, s, "")
	_, err := io.WriteString(w, b.String())
	return err
}

// ruleEntry is the JSON of a rule.
type ruleEntry struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Category   rule.Category    `json:"category"`
	Severity   finding.Severity `json:"severity"`
	Title      string           `json:"title"`
	Rationale  string           `json:"rationale"`
	Remedy     string           `json:"remedy"`
	Since      string           `json:"since"`
	References []string         `json:"references"`
	Needs      []inventory.Kind `json:"needs"`
	Behind     []string         `json:"behind,omitempty"`
}

func entryOf(r *rule.Rule) ruleEntry {
	return ruleEntry{
		ID: r.ID, Name: r.Name, Category: r.Category, Severity: r.Severity, Title: r.Title, Rationale: r.Rationale, Remedy: r.Remedy,
		Since: r.Since, References: r.References, Needs: r.Needs, Behind: r.Behind,
	}
}

func catalogueIn(marshal func(any) ([]byte, error)) func(io.Writer, []*rule.Rule, Style) error {
	return func(w io.Writer, rules []*rule.Rule, _ Style) error {
		list := struct {
			APIVersion string      `json:"apiVersion"`
			Kind       string      `json:"kind"`
			Rules      []ruleEntry `json:"rules"`
		}{patch.APIVersion, "RuleList", make([]ruleEntry, 0, len(rules))}
		for _, r := range rules {
			list.Rules = append(list.Rules, entryOf(r))
		}
		return writeDocument(w, list, marshal)
	}
}

func ruleIn(marshal func(any) ([]byte, error)) func(io.Writer, Documented, Style) error {
	return func(w io.Writer, d Documented, _ Style) error {
		return writeDocument(w, struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			ruleEntry
			Bad  string `json:"bad"`
			Want string `json:"want"`
			Good string `json:"good"`
		}{patch.APIVersion, "Rule", entryOf(d.Rule), d.Bad, d.Want, d.Good}, marshal)
	}
}
