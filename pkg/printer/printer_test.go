package printer_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// shop has one workload of each sort: reached by one value, by two, by another field than nodeSelector, and not at all.
func shop() *patch.Inspection {
	return &patch.Inspection{
		APIVersion: patch.APIVersion,
		Kind:       "Inspection",
		Chart:      patch.ChartName{Name: "shop", Version: "1.2.0"},
		Renders:    2,
		Workloads: []patch.InspectedWorkload{
			{
				Kind: "DaemonSet", Name: "shop-agent", Source: "shop/templates/agent.yaml", OS: "linux",
				OSBy: "nodeSelector kubernetes.io/os", Images: []string{"agent:1"}, Paths: map[string][]string{"tolerations": {"agent.tolerations"}},
				Reason: `the template names kubernetes.io/os: linux beside the value agent.nodeSelector, which gives the key twice; ` +
					`Helm keeps the last and stricter readers refuse`,
			},
			{
				Kind: "Deployment", Namespace: "web", Name: "shop-front", Source: "shop/templates/front.yaml", OS: "windows",
				Images: []string{"iis:1"}, Paths: map[string][]string{
					"nodeSelector": {"front.nodeSelector", "global.nodeSelector"},
					"tolerations":  {"front.tolerations"},
				},
			},
			{
				Kind: "Job", Name: "shop-migrate", Source: "shop/templates/migrate.yaml", Hook: true,
				Images: []string{"migrate:1"}, Paths: map[string][]string{}, Reason: "its template reads no placement value",
			},
			{
				Kind: "Kafka", Name: "shop", Source: "shop/templates/kafka.yaml", Field: "spec.kafka.template.pod",
				Images: []string{}, Paths: map[string][]string{"affinity": {"kafka.affinity"}},
			},
			{
				Kind: "Pod", Name: "shop-test", Source: "shop/templates/tests/test.yaml", Hook: true, Test: true,
				Images: []string{"busybox"}, Paths: map[string][]string{"os": {"targetOS"}},
			},
		},
		Knobs: []patch.KnobReport{
			{Path: "agent.nodeSelector", Field: "nodeSelector", Shape: "map", Status: "refused", Problem: "gives kubernetes.io/os twice"},
			{Path: "dns.nodeSelector", Field: "nodeSelector", Shape: "map", Status: "misdirected", LandsAt: []string{"Deployment/shop-front spec.template.spec.dnsConfig"}},
			{Path: "front.nodeSelector", Field: "nodeSelector", Shape: "map", Status: "steers"},
			{Path: "extra.nodeSelector", Field: "nodeSelector", Shape: "map", Status: "idle"},
		},
	}
}

func outcome() *patch.Report {
	return &patch.Report{
		APIVersion: patch.APIVersion,
		Kind:       "PatchReport",
		Chart:      patch.ChartName{Name: "shop", Version: "1.2.0"},
		Renders:    3,
		Workloads: []patch.Outcome{
			{Kind: "DaemonSet", Name: "shop-agent", OS: "linux", OSReason: "nodeSelector names it", Status: patch.Already},
			{
				Kind: "Deployment", Namespace: "web", Name: "shop-front", OS: "windows", OSReason: "--os windows",
				Status: patch.Placed, Paths: []string{"front.nodeSelector", "front.tolerations"},
			},
			{
				Kind: "Job", Name: "shop-migrate", Hook: true, Source: "shop/templates/migrate.yaml", OS: "windows", Status: patch.Unplaced,
				Reason: "its template reads no placement value", Remedy: "Helm 4's post-renderer, a fork of the chart, or an admission policy",
			},
			{Kind: "Pod", Name: "shop-test", Hook: true, Test: true, Status: patch.Left, OSReason: "--leave pod/*"},
		},
	}
}

func TestInspection(t *testing.T) {
	styles := map[string]printer.Style{
		"pipe":     {},
		"terminal": {Columns: 120, Color: true},
		"narrow":   {Columns: 60},
	}
	for _, format := range printer.Formats() {
		for look, style := range styles {
			t.Run(format.Name+" "+look, func(t *testing.T) {
				var got bytes.Buffer
				if err := format.Inspection(&got, shop(), style); err != nil {
					t.Fatal(err)
				}
				name := format.Name
				if name == "text" || name == "wide" {
					name += "-" + look
				}
				golden.Check(t, filepath.Join("testdata", name+".golden"), got.Bytes())
			})
		}
	}
}

func TestOutcome(t *testing.T) {
	for look, style := range map[string]printer.Style{"pipe": {}, "terminal": {Columns: 120, Color: true}, "narrow": {Columns: 50}} {
		t.Run(look, func(t *testing.T) {
			var got bytes.Buffer
			if err := printer.Outcome(&got, outcome(), style); err != nil {
				t.Fatal(err)
			}
			golden.Check(t, filepath.Join("testdata", "outcome-"+look+".golden"), got.Bytes())
		})
	}
}

func TestChartWithoutWorkloads(t *testing.T) {
	chart := patch.ChartName{Name: "crds", Version: "1.0.0"}
	var got bytes.Buffer
	format, _ := printer.Lookup("text")
	if err := format.Inspection(&got, &patch.Inspection{Chart: chart}, printer.Style{}); err != nil {
		t.Fatal(err)
	}
	if err := printer.Outcome(&got, &patch.Report{Chart: chart}, printer.Style{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got.String(), "crds 1.0.0: no workloads\ncrds 1.0.0: no workloads, nothing to place\n"); diff != "" {
		t.Error(diff)
	}
}

func TestTextIsTidy(t *testing.T) {
	for _, columns := range []int{0, 40, 60, 80, 100, 120, 200} {
		for _, name := range []string{"text", "wide"} {
			format, _ := printer.Lookup(name)
			var got bytes.Buffer
			if err := format.Inspection(&got, shop(), printer.Style{Columns: columns}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(got.String()) {
				line = strings.TrimSuffix(line, "\n")
				if strings.ContainsRune(line, '\t') || strings.TrimRight(line, " ") != line {
					t.Errorf("%s at %d columns: %q has a tab or ends in a space", name, columns, line)
				}
				if columns >= 80 && utf8.RuneCountInString(line) > columns {
					t.Errorf("%s at %d columns: %q is wider", name, columns, line)
				}
			}
		}
	}
}

func TestColorChangesNothingElse(t *testing.T) {
	format, _ := printer.Lookup("wide")
	var plain, colored bytes.Buffer
	if err := format.Inspection(&plain, shop(), printer.Style{Columns: 200}); err != nil {
		t.Fatal(err)
	}
	if err := format.Inspection(&colored, shop(), printer.Style{Columns: 200, Color: true}); err != nil {
		t.Fatal(err)
	}
	var stripped strings.Builder
	for i, part := range strings.Split(colored.String(), "\x1b[") {
		if i > 0 {
			_, part, _ = strings.Cut(part, "m")
		}
		stripped.WriteString(part)
	}
	if diff := cmp.Diff(stripped.String(), plain.String()); diff != "" {
		t.Error(diff)
	}
}

func TestFormats(t *testing.T) {
	var names []string
	for _, f := range printer.Formats() {
		names = append(names, f.Name)
		if f.Doc == "" {
			t.Errorf("format %s has no Doc", f.Name)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("formats are not sorted: %v", names)
	}
	if _, ok := printer.Lookup("html"); ok {
		t.Error(`Lookup("html") found something`)
	}
}

func TestJSONReadsBack(t *testing.T) {
	format, _ := printer.Lookup("json")
	var out bytes.Buffer
	if err := format.Inspection(&out, shop(), printer.Style{}); err != nil {
		t.Fatal(err)
	}
	got := new(patch.Inspection)
	if err := json.Unmarshal(out.Bytes(), got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, shop()); diff != "" {
		t.Error(diff)
	}
}
