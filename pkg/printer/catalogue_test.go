package printer_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
)

func twoRules() []*rule.Rule {
	return []*rule.Rule{
		{
			ID: "WR701", Name: "no-roof", Category: rule.Placement, Severity: finding.Error, Title: "Pods may get wet when it rains on them for long",
			Rationale: "It rains, and a pod without a roof is not told of it by anybody, so that it stays where it is and gets wet all the same.",
			Remedy:    "Set a roof.", Since: "v0.2.0", References: []string{"https://example.com/rain", "a book"},
			Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods}, Behind: []string{"WR702"},
		},
		{
			ID: "WR702", Name: "dry-node", Category: rule.Cluster, Severity: finding.Info, Title: "A node is dry", Rationale: "It is.",
			Remedy: "None.", Since: "v0.2.0", References: []string{"https://example.com"}, Needs: []inventory.Kind{inventory.Nodes},
		},
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	all := twoRules()
	roof := printer.Documented{
		Rule: all[0], Bad: "kind: Pod\nspec:\n  roof: none\n", Want: "error Pod/web spec.roof 3:9: none\nfix: roof: tin\n", Good: "kind: Pod\nspec:\n  roof: tin\n",
	}
	node := printer.Documented{Rule: all[1], Bad: "kind: Node\n", Want: "info Node/n: dry\n", Good: "kind: Node\n"}
	for _, f := range printer.CatalogueFormats() {
		for name, s := range map[string]printer.Style{"pipe": {}, "terminal": {Columns: 60, Color: true}} {
			if f.Name != "text" && name == "terminal" {
				continue // as in a pipe
			}
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				var b bytes.Buffer
				for _, err := range []error{f.Catalogue(&b, all, s), f.Rule(&b, roof, s), f.Rule(&b, node, s)} {
					if err != nil {
						t.Fatal(err)
					}
				}
				golden.Check(t, filepath.Join("testdata", "catalogue-"+f.Name+"-"+name+".golden"), b.Bytes())
			})
		}
	}
}

// TestCatalogueFits holds that nothing is wider than the terminal but what is there to be copied.
func TestCatalogueFits(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{60, 80, 200} {
		var b bytes.Buffer
		s := printer.Style{Columns: columns}
		if err := printer.Catalogue(&b, twoRules(), s); err != nil {
			t.Fatal(err)
		}
		if err := printer.RuleDoc(&b, printer.Documented{Rule: twoRules()[0]}, s); err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(b.String()) {
			if utf8.RuneCountInString(strings.TrimRight(l, "\n")) > columns {
				t.Errorf("wider than %d: %s", columns, l)
			}
		}
	}
}
