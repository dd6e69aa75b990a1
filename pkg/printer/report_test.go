package printer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/survey"
)

func write(t *testing.T, format string, c *printer.Checked, s printer.Style) []byte {
	t.Helper()
	f, ok := printer.LookupReport(format)
	if !ok {
		t.Fatalf("there is no format %q", format)
	}
	var got bytes.Buffer
	if err := f.Report(&got, c, s); err != nil {
		t.Fatal(err)
	}
	return got.Bytes()
}

func TestReportFormats(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range printer.ReportFormats() {
		names = append(names, f.Name)
		if f.Doc == "" {
			t.Errorf("format %s has no Doc", f.Name)
		}
		if len(write(t, f.Name, &printer.Checked{}, printer.Style{})) == 0 && f.Name != "github" {
			t.Errorf("%s writes nothing when nothing was found", f.Name)
		}
	}
	if diff := cmp.Diff(names, []string{"github", "html", "json", "junit", "openreports", "policyreport", "prometheus", "sarif", "text", "wide", "yaml"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	if _, ok := printer.LookupReport("pdf"); ok {
		t.Error(`LookupReport("pdf") found something`)
	}
}

func TestReportText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited()} {
		golden.Check(t, filepath.Join("testdata", "report", name+".text"), write(t, "text", c, printer.Style{}))
		golden.Check(t, filepath.Join("testdata", "report", name+".wide"), write(t, "wide", c, printer.Style{}))
		golden.Check(t, filepath.Join("testdata", "report", name+"-terminal.text"), write(t, "text", c, printer.Style{Columns: 110, Color: true}))
		golden.Check(t, filepath.Join("testdata", "report", name+"-narrow.wide"), write(t, "wide", c, printer.Style{Columns: 64}))
	}
}

func TestReportTextOfNothing(t *testing.T) {
	t.Parallel()
	silent := clean()
	silent.Results[0].Status, silent.Results[0].Reason = finding.Incomplete, "no chart"
	for want, c := range map[string]*printer.Checked{
		"no findings\n": clean(),
		"chart ./shop: not checked: no chart [WR101 no-operating-system]\nno findings, but 1 rule could not look\n": silent,
	} {
		if diff := cmp.Diff(string(write(t, "text", c, printer.Style{})), want); diff != "" {
			t.Errorf("-got +want:\n%s", diff)
		}
	}
}

// TestReportDocuments: a script finds lists where lists are promised, and reads back what was found.
func TestReportDocuments(t *testing.T) {
	t.Parallel()
	golden.Check(t, filepath.Join("testdata", "report", "audit.json"), write(t, "json", audited(), printer.Style{}))
	golden.Check(t, filepath.Join("testdata", "report", "clean.json"), write(t, "json", clean(), printer.Style{}))
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited(), "empty": {}} {
		data := write(t, "json", c, printer.Style{})
		if bytes.Contains(data, []byte("null")) {
			t.Errorf("%s has a null:\n%s", name, data)
		}
		fromYAML, err := yaml.YAMLToJSON(write(t, "yaml", c, printer.Style{}))
		if err != nil {
			t.Fatal(err)
		}
		var compact bytes.Buffer
		var fromJSON any
		if err := json.Unmarshal(data, &fromJSON); err != nil {
			t.Fatal(err)
		}
		if err := json.NewEncoder(&compact).Encode(fromJSON); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(fromYAML)+"\n", compact.String()); diff != "" {
			t.Errorf("%s: YAML and JSON differ (-yaml +json):\n%s", name, diff)
		}
	}
	var got struct {
		finding.Report
		survey.Summary
	}
	if err := json.Unmarshal(write(t, "json", audited(), printer.Style{}), &got); err != nil {
		t.Fatal(err)
	}
	want := audited()
	if diff := cmp.Diff(got.Report, want.Report); diff != "" {
		t.Errorf("read back (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(&got.Summary, want.Picture); diff != "" {
		t.Errorf("read back (-got +want):\n%s", diff)
	}
}

// TestReportHTML leaves out what is the same on every page; test/browser looks at pages as a reader does.
func TestReportHTML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited()} {
		data := write(t, "html", c, printer.Style{})
		data = regexp.MustCompile(`(?s)(<(?:style|script)>).*?(</(?:style|script)>)`).ReplaceAll(data, []byte("$1$2"))
		data = regexp.MustCompile(`sha256-.*?&#39;`).ReplaceAll(data, []byte("sha256-&#39;"))
		golden.Check(t, filepath.Join("testdata", "report", name+".html"), data)
	}
}

// TestReportHTMLWithoutMap: where no nodes could be read there are no columns to draw.
func TestReportHTMLWithoutMap(t *testing.T) {
	t.Parallel()
	c := audited()
	c.Picture.Pools = nil
	if page := string(write(t, "html", c, printer.Style{})); strings.Contains(page, `id="map"`) || !strings.Contains(page, `id="findings"`) {
		t.Error("want findings and no map")
	}
}

// crowd is a cluster of many pools and workloads, of which each hundredth runs where it should not and each fiftieth waits.
func crowd(pools, workloads int) *printer.Checked {
	c := &printer.Checked{Picture: &survey.Summary{}, Report: finding.Report{Target: "context crowd"}}
	for i := range pools {
		os, build := platform.Linux, platform.Build("")
		if i%2 == 1 {
			os, build = platform.Windows, []platform.Build{"10.0.20348", "10.0.26100"}[i/2%2]
		}
		c.Picture.Pools = append(c.Picture.Pools, survey.PoolSummary{Name: fmt.Sprintf("%s-pool-%d", os, i), OS: os, Build: build, Nodes: 3, Ready: 3})
	}
	for i := range workloads {
		at := c.Picture.Pools[i%pools]
		w := survey.WorkloadSummary{
			Ref: object.Ref{Kind: "Deployment", Namespace: fmt.Sprintf("team-%03d", i/40), Name: fmt.Sprintf("a-service-with-a-long-name-%d", i)},
			OS:  at.OS, Pools: survey.InPools{Fits: []string{at.Name}, Runs: map[string]int{at.Name: 2}},
		}
		switch {
		case i%100 == 99:
			w.Pools.Runs = map[string]int{c.Picture.Pools[(i+1)%pools].Name: 2}
			c.Findings = append(c.Findings, finding.Finding{RuleID: "WR402", Severity: finding.Error, Object: w.Ref, Message: "2 pods that cannot run there"})
		case i%50 == 49:
			w.Pending = 1
		}
		c.Picture.Workloads = append(c.Picture.Workloads, w)
	}
	slices.SortStableFunc(c.Findings, finding.Compare)
	return c
}

// TestPictureOfMany: a picture is one that is seen at once, however large the cluster.
func TestPictureOfMany(t *testing.T) {
	t.Parallel()
	golden.Check(t, filepath.Join("testdata", "report", "crowd-folded.text"), write(t, "text", crowd(30, 100), printer.Style{Columns: 80}))
	for _, size := range []struct{ pools, workloads, lines int }{{4, 20, 40}, {4, 2000, 140}, {12, 2000, 140}, {60, 2000, 140}, {6, 12000, 420}} {
		c := crowd(size.pools, size.workloads)
		c.Findings = nil // the picture alone
		if got := bytes.Count(write(t, "text", c, printer.Style{Columns: 80}), []byte("\n")); got > size.lines {
			t.Errorf("%d pools and %d workloads make a picture of %d lines, want at most %d", size.pools, size.workloads, got, size.lines)
		}
	}
}

func TestReportTextIsTidy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited(), "crowd": crowd(7, 500), "more pools": crowd(30, 500)} {
		for _, columns := range []int{0, 40, 80, 100, 120, 200} {
			for _, format := range []string{"text", "wide"} {
				for line := range strings.Lines(string(write(t, format, c, printer.Style{Columns: columns}))) {
					line = strings.TrimSuffix(line, "\n")
					if strings.ContainsAny(line, "\t\x1b") || strings.TrimRight(line, " ") != line {
						t.Errorf("%s as %s at %d columns: %q has a tab, an escape or ends in a space", name, format, columns, line)
					}
					// What is there to be copied is not broken.
					if columns >= 80 && utf8.RuneCountInString(line) > columns && !strings.Contains(line, "fix: ") {
						t.Errorf("%s as %s at %d columns: %q is wider", name, format, columns, line)
					}
				}
			}
		}
	}
}

func TestReportColorChangesNothingElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited(), "crowd": crowd(7, 500)} {
		for _, columns := range []int{60, 110} {
			colored := write(t, "wide", c, printer.Style{Columns: columns, Color: true})
			stripped := regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAll(colored, nil)
			if diff := cmp.Diff(string(stripped), string(write(t, "wide", c, printer.Style{Columns: columns}))); diff != "" {
				t.Errorf("%s (-colored +plain):\n%s", name, diff)
			}
		}
	}
}
