package printer_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// workflowCommand is a command as GitHub's runner takes it from a line. Source: TryParseV2, UnescapeProperty and UnescapeData in
// src/Runner.Common/ActionCommand.cs of actions/runner.
type workflowCommand struct {
	name, data string
	properties map[string]string
}

func readCommand(t *testing.T, line string) workflowCommand {
	t.Helper()
	m := regexp.MustCompile(`^::([a-z]+) (.*?)::(.*)$`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("not a workflow command: %q", line)
	}
	c := workflowCommand{name: m[1], properties: map[string]string{}}
	for pair := range strings.SplitSeq(m[2], ",") {
		k, v, ok := strings.Cut(pair, "=")
		if !ok {
			t.Errorf("%q in %q is no property", pair, line)
		}
		c.properties[k] = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(v)
	}
	c.data = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(m[3])
	return c
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited(), "clean": clean()} {
		golden.Check(t, filepath.Join("testdata", "report", name+".github"), write(t, "github", c, printer.Style{}))
	}
}

func TestGitHubEscapes(t *testing.T) {
	t.Parallel()
	c := linted()
	c.Findings[1].Fix = "::error::100%,\r\n%0A"
	c.Results[4].Status, c.Results[4].Reason = "error", "a\n::stop-commands::x"
	var got []workflowCommand
	for line := range strings.Lines(string(write(t, "github", c, printer.Style{}))) {
		got = append(got, readCommand(t, strings.TrimSuffix(line, "\n")))
	}
	want := []workflowCommand{
		{"error", "does not parse: yaml: line 3: did not find expected key", map[string]string{
			"file": "shop/crds,100%:x.yaml", "line": "3", "title": "WR101 no-operating-system",
		}},
		{"error", "Deployment/shop/web: names no operating system, and pools linux (linux) and windows (windows) would take it\nfix: ::error::100%,\r\n%0A", map[string]string{
			"file": "shop/templates/web.yaml", "title": "WR101 no-operating-system",
		}},
		{"warning", "Deployment/shop/web: tolerates os=windows:NoSchedule", map[string]string{
			"file": "shop/templates/web.yaml", "title": "WR102 tolerates-other-system",
		}},
		{"notice", "Chart/shop: 50% of\nit\x1b[31m, is <odd> & \"quoted\"", map[string]string{
			"file": "shop/values.yaml", "line": "2", "col": "3", "title": "WR403 build-out-of-support",
		}},
		{"error", "not checked: a\n::stop-commands::x", map[string]string{"title": "WR403 build-out-of-support"}},
	}
	if diff := cmp.Diff(got, want, cmp.AllowUnexported(workflowCommand{})); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}
