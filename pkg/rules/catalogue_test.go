package rules_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rules"
)

// TestREADME keeps README.md of this package: a table of the rules, and what the command rules writes of each.
func TestREADME(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	b.WriteString("# Rules of kubectl winready\n\n" +
		"Made of the rules and their examples by `make update`; `make unit` fails when it is out of date, and when an example does not give " +
		"what is written below it.\n\n| ID | severity | name | reports |\n|---|---|---|---|\n")
	for _, r := range rules.All() {
		anchor := strings.ToLower(r.ID + "-" + r.Name)
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, anchor, r.Severity, r.Name, r.Title)
	}
	for _, r := range rules.All() {
		bad, want, good := rules.Examples(r.ID)
		b.WriteByte('\n')
		if err := printer.RuleDoc(&b, printer.Documented{Rule: r, Bad: bad, Want: want, Good: good}, printer.Style{}); err != nil {
			t.Fatal(err)
		}
	}
	golden.Check(t, "README.md", b.Bytes())
}

func TestExamplesOf(t *testing.T) {
	t.Parallel()
	for _, r := range rules.All() {
		if bad, want, good := rules.Examples(r.ID); bad == "" || want == "" || good == "" {
			t.Errorf("%s: an example is missing: %q, %q, %q", r.ID, bad, want, good)
		}
	}
	if bad, want, good := rules.Examples("WR000"); bad+want+good != "" {
		t.Errorf("an unknown rule has the examples %q, %q, %q", bad, want, good)
	}
	if bad, _, _ := rules.Examples("WR122"); !strings.HasPrefix(bad, "# Chart.yaml\n") || !strings.Contains(bad, "\n# templates/web.yaml\n") {
		t.Errorf("a chart does not name its files:\n%s", bad)
	}
}
