package patch_test

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/patch"
)

// lines are the outcomes of a report: "deployment/rel-web placed nodeSelector tolerations", sorted.
func lines(r patch.Report) []string {
	var out []string
	for _, w := range r.Workloads {
		name := string(maskRandom([]byte(w.Name)))
		out = append(out, strings.TrimSpace(strings.ToLower(w.Kind)+"/"+name+" "+string(w.Status)+" "+strings.Join(w.Paths, " ")))
	}
	slices.Sort(out)
	return out
}

// unplaced are the workloads that no value places on Windows, by chart and pools: what each chart's trap.txt says. All others are
// to be placed.
var unplaced = map[string]map[string][]string{
	"tainted": {
		"hooks":                        {"job/rel-prepare", "pod/rel-connection"},
		"knob-idle":                    {"deployment/rel-worker"},
		"knob-in-list":                 {"statefulset/rel-zone-b"},
		"knob-misdirected":             {"deployment/rel-operator", "deployment/rel-resolver"},
		"library":                      {"deployment/rel-sync"},
		"os-beside-knob":               {"daemonset/rel-helper", "deployment/rel-literal"},
		"os-by-affinity":               {"deployment/rel-in", "deployment/rel-notin"},
		"os-by-runtime-class":          {"deployment/rel-sandboxed"},
		"os-hard-coded":                {"deployment/rel-pinned"},
		"os-legacy-label":              {"deployment/rel-legacy"},
		"os-merged-sticky":             {"deployment/rel-sticky"},
		"schema-strict":                {"deployment/rel-web"},
		"selector-without-tolerations": {"deployment/rel-untolerant"},
	},
	"rke2": {
		"hooks":                        {"job/rel-prepare", "pod/rel-connection"},
		"knob-breaks-yaml":             {"daemonset/rel-logger"},
		"knob-in-list":                 {"statefulset/rel-zone-b"},
		"knob-misdirected":             {"deployment/rel-operator", "deployment/rel-resolver"},
		"library":                      {"deployment/rel-sync"},
		"os-beside-knob":               {"daemonset/rel-helper", "deployment/rel-literal"},
		"os-by-affinity":               {"deployment/rel-in", "deployment/rel-notin"},
		"os-by-runtime-class":          {"deployment/rel-sandboxed"},
		"os-hard-coded":                {"deployment/rel-pinned"},
		"os-legacy-label":              {"deployment/rel-legacy"},
		"os-merged-sticky":             {"deployment/rel-sticky"},
		"schema-type":                  {"deployment/rel-web"},
		"tolerate-everything":          {"daemonset/rel-exporter"},
		"tolerations-without-selector": {"daemonset/rel-agent"},
	},
}

// TestTraps keeps what trap.txt promises for Windows apart from the goldens, which -update rewrites.
func TestTraps(t *testing.T) {
	t.Parallel()
	for _, dir := range chartDirs(t) {
		name := filepath.Base(dir)
		switch name {
		case "mixed-shop", "pod-os-label", "os-by-runtime-class-default", "checksum":
			continue // see below
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for pools, q := range map[string]aim.Request{
				"tainted": {OS: "windows", Pools: poolsFile(t)},
				"rke2":    {OS: "windows", Pools: preset(t, "rke2")},
			} {
				var got []string
				for _, w := range run(t, dir, patch.Request{Request: q}).Report.Workloads {
					if w.Status != patch.Placed {
						got = append(got, strings.ToLower(w.Kind)+"/"+w.Name)
					}
				}
				slices.Sort(got)
				if diff := cmp.Diff(got, unplaced[pools][name]); diff != "" {
					t.Errorf("not placed on Windows, pools %s (-got +want):\n%s", pools, diff)
				}
			}
		})
	}
}

// TestFalseClaims: no overlay without these is enough, so whoever says placed with less is wrong.
func TestFalseClaims(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		// The kubelet of a Windows node rejects a pod that is labelled kubernetes.io/os: linux.
		"pod-os-label": "podLabels:",
		// Admission adds the selector of the RuntimeClass, kubernetes.io/os: linux, to the pod.
		"os-by-runtime-class-default": "runtimeClassName: null",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := run(t, filepath.Join(charts, name), patch.Request{Request: aim.Request{OS: "windows", Pools: poolsFile(t)}})
			overlay, err := result.Overlay.YAML()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(overlay), want) {
				return
			}
			for _, w := range result.Report.Workloads {
				if w.Status == patch.Placed {
					t.Errorf("%s/%s is said to be placed by an overlay without %s:\n%s", w.Kind, w.Name, want, overlay)
				}
			}
		})
	}
}

// TestLinux is what trap.txt says of charts that are asked for Linux, on tainted pools.
func TestLinux(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"os-beside-knob":       {"daemonset/rel-helper already", "deployment/rel-literal placed tolerations"},
		"os-by-affinity":       {"deployment/rel-in placed tolerations", "deployment/rel-notin placed tolerations"},
		"os-by-runtime-class":  {"deployment/rel-sandboxed placed tolerations"},
		"os-default-in-values": {"deployment/rel-linux-default already"},
		"os-hard-coded":        {"deployment/rel-pinned already"},
		"os-legacy-label":      {"deployment/rel-legacy placed tolerations"},
		"os-merged-sticky":     {"deployment/rel-sticky placed tolerations"},
		"pod-os-label":         {"deployment/rel-by-value placed tolerations", "deployment/rel-hard-coded placed tolerations"},
		"tolerations-appended": {"daemonset/rel-appended already"},
		"windows-switch":       {"daemonset/rel-manager placed manager.tolerations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := run(t, filepath.Join(charts, name), patch.Request{Request: aim.Request{OS: "linux", Pools: poolsFile(t)}})
			if diff := cmp.Diff(lines(result.Report), want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

// TestOtherRenders is what trap.txt says of charts that render otherwise for another cluster, release or values.
func TestOtherRenders(t *testing.T) {
	t.Parallel()
	with := func(change func(*chart.Release)) chart.Release {
		rel := release()
		change(&rel)
		return rel
	}
	for _, test := range []struct {
		chart, name string
		rel         chart.Release
		values      []string
		want        []string
	}{
		{
			"capabilities", "Prometheus is known", with(func(r *chart.Release) { r.APIVersions = []string{"monitoring.coreos.com/v1/Prometheus"} }), nil,
			[]string{"daemonset/rel-collector placed nodeSelector", "prometheus/rel placed prometheus.nodeSelector"},
		},
		{
			"capabilities", "old cluster", with(func(r *chart.Release) { r.KubeVersion = "1.19" }), nil,
			[]string{"deployment/rel-collector placed nodeSelector", "deployment/rel-scraper placed nodeSelector"},
		},
		{
			"upgrade-only", "upgrade", with(func(r *chart.Release) { r.IsUpgrade = true }), nil,
			[]string{"job/rel-migrate placed migration.nodeSelector"},
		},
		{
			"windows-switch", "switch on", release(),
			[]string{"global.cattle.windowsCluster.enabled=true"},
			[]string{"daemonset/rel-manager placed global.cattle.windowsCluster.nodeSelector"},
		},
		{
			"hooks", "without tests", with(func(r *chart.Release) { r.SkipTests = true }), nil,
			[]string{"deployment/rel-web placed nodeSelector", "job/rel-prepare unplaced", "job/rel-smoke placed smoke.nodeSelector"},
		},
	} {
		t.Run(test.chart+"/"+test.name, func(t *testing.T) {
			t.Parallel()
			result := runOther(t, test.chart, test.rel, test.values)
			if diff := cmp.Diff(lines(result.Report), test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

func runOther(t *testing.T, name string, rel chart.Release, set []string) *patch.Result {
	t.Helper()
	user, err := chart.Values{Set: set}.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := chart.Load(t.Context(), chart.Source{Ref: filepath.Join(charts, name)}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Renderer(rel, user)
	if err != nil {
		t.Fatal(err)
	}
	result, err := patch.Run(t.Context(), r, patch.Request{Request: aim.Request{OS: "windows", Pools: preset(t, "rke2")}})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestDoesNotRender: charts that Helm refuses are refused in Helm's words, by inspect and by patch.
func TestDoesNotRender(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		chart, kube, want string
		values            map[string]any
	}{
		{chart: "needs-values", want: "license.accept"},
		{chart: "needs-values", values: map[string]any{"license": map[string]any{"accept": true}}, want: "domain"},
		{chart: "kube-version", kube: "1.24", want: "chart requires kubeVersion: >=1.25"},
		{chart: "schema-type", values: map[string]any{"web": map[string]any{"nodeSelector": map[string]any{"a": "b"}}}, want: "got object, want string"},
	} {
		t.Run(test.chart+" "+test.want, func(t *testing.T) {
			t.Parallel()
			c, err := chart.Load(t.Context(), chart.Source{Ref: filepath.Join(charts, test.chart)}, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			rel := release()
			rel.KubeVersion = test.kube
			r, err := c.Renderer(rel, test.values)
			if err == nil {
				_, inspectErr := patch.Inspect(t.Context(), r)
				_, err = patch.Run(t.Context(), r, patch.Request{Request: aim.Request{OS: "windows", Pools: poolsFile(t)}})
				if fmt.Sprint(inspectErr) != fmt.Sprint(err) {
					t.Errorf("inspect: %v, patch: %v", inspectErr, err)
				}
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that says %q", err, test.want)
			}
		})
	}
}

// TestWarnings: what was not checked is said.
func TestWarnings(t *testing.T) {
	t.Parallel()
	result := run(t, filepath.Join(charts, "schema-remote-ref"), patch.Request{Request: aim.Request{OS: "windows", Pools: poolsFile(t)}})
	if len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0], "was not fetched") {
		t.Errorf("warnings %q, want one about the schema", result.Warnings)
	}
}
