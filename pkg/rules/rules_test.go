package rules_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// example is one case of a rule's archive: bad.yaml or good.yaml, or a folder bad/ or good/ that is a chart; with "-2" and so on
// for further ones. "pools-2" is a preset or a list of pools for bad-2, "version-2" the version of its server; a file that has
// nodes needs no pools.
type example struct {
	name  string // "bad-2"
	files map[string]string
	pools string
	// server is the version of the API server.
	server string
	want   string
}

var exampleFile = regexp.MustCompile(`^((bad|good)(-\d+)?)(\.yaml|/.+)$`)

func examples(t *testing.T, id string) []example {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", id+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	extra := map[string]string{}
	for _, f := range archive.Files {
		m := exampleFile.FindStringSubmatch(f.Name)
		if m == nil {
			extra[f.Name] = string(f.Data)
			continue
		}
		i := slices.IndexFunc(out, func(e example) bool { return e.name == m[1] })
		if i < 0 {
			i = len(out)
			out = append(out, example{name: m[1], files: map[string]string{}})
		}
		out[i].files[strings.TrimPrefix(f.Name, m[1]+"/")] = string(f.Data)
	}
	for i := range out {
		e := &out[i]
		number := strings.TrimLeft(e.name, "badgo")
		take := func(name string) string {
			text := extra[name]
			delete(extra, name)
			return text
		}
		if strings.HasPrefix(e.name, "bad") {
			e.want = take("want" + number)
		}
		suffix := "-" + e.name
		e.pools, e.server = strings.TrimSpace(extra["pools"+suffix]), strings.TrimSpace(extra["version"+suffix])
		delete(extra, "pools"+suffix)
		delete(extra, "version"+suffix)
	}
	for name := range extra {
		t.Errorf("%s: file %q of the archive is not used", id, name)
	}
	return out
}

// inventory is what the source that fits the example makes of it.
func (e example) inventory(t *testing.T) *inventory.Inventory {
	t.Helper()
	var inv *inventory.Inventory
	if _, isChart := e.files["Chart.yaml"]; isChart {
		inv = e.chart(t)
	} else {
		r := dump.New(dump.Scope{})
		if err := r.Read(strings.NewReader(e.files[e.name+".yaml"]), e.name+".yaml"); err != nil {
			t.Fatal(err)
		}
		inv = r.Inventory("example")
	}
	inv.Today = "2026-11-23"
	if inv.Version = e.server; e.server != "" {
		delete(inv.Gaps, inventory.Server)
	}
	if len(inv.Nodes) > 0 {
		return inv
	}
	delete(inv.Gaps, inventory.Pools)
	pools, preset := placement.Preset(e.pools)
	switch {
	case e.pools == "":
		pools, _ = placement.Preset(placement.Presets()[0])
		inv.PoolsAssumed = true
	case !preset:
		var err error
		if pools, err = placement.ReadPools([]byte(e.pools), "pools"); err != nil {
			t.Fatal(err)
		}
	default:
		inv.PoolsAssumed = true
	}
	inv.Pools = pools
	return inv
}

func (e example) chart(t *testing.T) *inventory.Inventory {
	t.Helper()
	dir := t.TempDir()
	for name, text := range e.files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	chart.LogTo(io.Discard)
	c, err := chart.Load(t.Context(), chart.Source{Ref: dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Renderer(chart.Release{Name: "release", Namespace: "default"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := patch.Inventory(t.Context(), r, func(source string) string { return source })
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// lines is a report as the archives have it.
func lines(report finding.Report) string {
	var b strings.Builder
	for _, f := range report.Findings {
		fmt.Fprintf(&b, "%s %s", f.Severity, f.Object)
		if f.Field != "" {
			b.WriteString(" " + f.Field)
		}
		at := object.Location{Line: f.Location.Line, Column: f.Location.Column}
		b.WriteString(strings.Replace(at.String(), ":", " ", 1))
		b.WriteString(": " + f.Message + "\n")
		if f.Fix != "" {
			b.WriteString("fix: " + f.Fix + "\n")
		}
	}
	for _, r := range report.Results {
		if r.Status == finding.Incomplete {
			b.WriteString("cannot tell: " + r.Reason + "\n")
		}
		for _, m := range r.Manual {
			b.WriteString("by hand " + m.Object.String() + ": " + m.How + "\n")
		}
	}
	return b.String()
}

func TestExamples(t *testing.T) {
	t.Parallel()
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			run := []*rule.Rule{r}
			if r.Category == rule.Own {
				run = rules.All() // it looks at what became of the others
			}
			for _, e := range examples(t, r.ID) {
				t.Run(e.name, func(t *testing.T) {
					t.Parallel()
					inv := e.inventory(t)
					report := rule.Run(inv, survey.Of(inv), run)
					report.Findings = slices.DeleteFunc(report.Findings, func(f finding.Finding) bool { return f.RuleID != r.ID })
					report.Results = slices.DeleteFunc(report.Results, func(res finding.Result) bool { return res.RuleID != r.ID })
					if golden.Update() && strings.HasPrefix(e.name, "bad") {
						rewrite(t, r.ID, "want"+strings.TrimPrefix(e.name, "bad"), lines(report))
					} else if diff := cmp.Diff(lines(report), e.want); diff != "" {
						t.Errorf("%s (-got +want):\n%s", r.Name, diff)
					}
					if strings.HasPrefix(e.name, "bad") != (lines(report) != "") {
						t.Errorf("%d findings", len(report.Findings))
					}
				})
			}
		})
	}
}

// rewriting keeps two examples of one archive from being written at the same time.
var rewriting sync.Mutex

// rewrite puts what an example gives into its archive, to be reviewed there.
func rewrite(t *testing.T, id, file, text string) {
	t.Helper()
	rewriting.Lock()
	defer rewriting.Unlock()
	name := filepath.Join("testdata", id+".txtar")
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range archive.Files {
		if archive.Files[i].Name == file {
			archive.Files[i].Data = []byte(text)
		}
	}
	if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestNeeds holds what a rule declares against what it reads: a rule that reads more would say nothing of a part that was missing.
func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			var read []inventory.Kind
			for _, e := range examples(t, r.ID) {
				read = append(read, rule.Reads(e.inventory(t), r)...)
			}
			slices.Sort(read)
			declared := slices.Sorted(slices.Values(slices.Concat(r.Needs, r.Uses)))
			if diff := cmp.Diff(slices.Compact(read), declared); diff != "" {
				t.Errorf("read -, declared +:\n%s", diff)
			}
		})
	}
}

// TestCatalogue holds the set to what a reader of it expects.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	hundreds := map[rule.Category]string{
		rule.Placement: "1", rule.HostProcess: "2", rule.Storage: "3", rule.Cluster: "4", rule.Rancher: "5", rule.Preflight: "6", rule.Own: "9",
	}
	names := map[string]bool{}
	last := ""
	for _, r := range rules.All() {
		if r.ID <= last {
			t.Errorf("%s comes after %s", r.ID, last)
		}
		last = r.ID
		if !strings.HasPrefix(r.ID, "WR"+hundreds[r.Category]) || len(r.ID) != 5 {
			t.Errorf("%s is of category %s", r.ID, r.Category)
		}
		if names[r.Name] {
			t.Errorf("%s: the name %s is taken", r.ID, r.Name)
		}
		names[r.Name] = true
		for field, text := range map[string]string{"Title": r.Title, "Rationale": r.Rationale, "Remedy": r.Remedy, "Since": r.Since} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: no %s", r.ID, field)
			}
		}
		if strings.HasSuffix(r.Title, ".") || len(r.References) == 0 || r.Check == nil || len(r.Needs) == 0 {
			t.Errorf("%s: the title ends in a period, or there are no references, no needs or no check", r.ID)
		}
		for _, id := range r.Behind {
			if _, known := rules.Lookup(id); !known {
				t.Errorf("%s is behind %s, which there is not", r.ID, id)
			}
		}
		has := map[string]bool{}
		for _, e := range examples(t, r.ID) {
			has[e.name] = true
			for line := range strings.Lines(e.want) {
				if strings.HasSuffix(strings.TrimSpace(line), ".") {
					t.Errorf("%s: a message ends in a period: %s", r.ID, line)
				}
			}
		}
		if !has["bad"] || !has["good"] {
			t.Errorf("%s: the archive lacks bad or good", r.ID)
		}
	}
}
