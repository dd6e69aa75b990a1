// Package example finds the examples of the rules, and what the rules say of them. It must not ask an API server whether that is true:
// those do that who hold the two against each other.
package example

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Example is a file of manifests in the archive of a rule.
type Example struct {
	Rule *rule.Rule
	// Name is "bad-2.yaml".
	Name string
	Text []byte
	// Pools is the preset that the example is for, or empty.
	Pools string
	// Old tells that the example is about a server of an earlier version, which refuses less.
	Old bool
}

// Of are the examples of some rules. It finds their archives from a folder three below the root of the repository.
func Of(tb testing.TB, of []*rule.Rule) []Example {
	tb.Helper()
	name := regexp.MustCompile(`^(bad|good)(-\d+)?\.yaml$`)
	var out []Example
	for _, r := range of {
		archive, err := txtar.ParseFile(filepath.Join("..", "..", "..", "pkg", "rules", "testdata", r.ID+".txtar"))
		if err != nil {
			tb.Fatal(err)
		}
		extra := map[string]string{}
		for _, f := range archive.Files {
			extra[f.Name] = strings.TrimSpace(string(f.Data))
		}
		for _, f := range archive.Files {
			if name.MatchString(f.Name) {
				base := strings.TrimSuffix(f.Name, ".yaml")
				out = append(out, Example{r, f.Name, f.Data, extra["pools-"+base], extra["version-"+base] != ""})
			}
		}
	}
	return out
}

// Findings are those of all rules: what is an example of one may be refused for what another says.
func (e Example) Findings(tb testing.TB) []finding.Finding {
	tb.Helper()
	r := dump.New(dump.Scope{})
	if err := r.Read(bytes.NewReader(e.Text), e.Name); err != nil {
		tb.Fatal(err)
	}
	inv := r.Inventory("example")
	inv.Today = "2026-11-23"
	if len(inv.Nodes) == 0 {
		preset := e.Pools
		if _, ok := placement.Preset(preset); !ok {
			preset = placement.Presets()[0]
		}
		inv.Pools, _ = placement.Preset(preset)
		inv.Gaps = nil
	}
	return rule.Run(inv, survey.Of(inv), rules.All()).Findings
}
