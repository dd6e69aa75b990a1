package chart_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/release"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// helmTemplate is what helm template does, with Helm's own code: cmd/helm/template.go of Helm's repository.
func helmTemplate(t *testing.T, path string, rel chart.Release, values vals) (string, error) {
	t.Helper()
	c, err := loader.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	install := action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})
	install.DryRun, install.DryRunOption, install.Replace, install.ClientOnly = true, "true", true, true
	install.ReleaseName, install.Namespace, install.IsUpgrade = rel.Name, rel.Namespace, rel.IsUpgrade
	install.APIVersions, install.SkipSchemaValidation = rel.APIVersions, rel.SkipSchemaValidation
	version := rel.KubeVersion
	if version == "" {
		version = chart.DefaultKubeVersion
	}
	if install.KubeVersion, err = chartutil.ParseKubeVersion(version); err != nil {
		t.Fatal(err)
	}
	out, err := install.RunWithContext(t.Context(), c, values)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintln(&b, strings.TrimSpace(out.Manifest))
	for _, h := range out.Hooks {
		if !rel.SkipTests || !slices.Contains(h.Events, release.HookTest) {
			fmt.Fprintf(&b, "---\n# Source: %s\n%s\n", h.Path, h.Manifest)
		}
	}
	return b.String(), nil
}

// template is the same with ours: the whole text, and each document in it.
func template(t *testing.T, path string, rel chart.Release, values vals) (string, []string, error) {
	t.Helper()
	r, err := load(t, path).Renderer(rel, values)
	if err != nil {
		return "", nil, err
	}
	render, err := r.Render(t.Context(), nil)
	if err != nil {
		return "", nil, err
	}
	docs, err := render.Documents()
	if err != nil {
		return "", nil, err
	}
	var whole strings.Builder
	if err := chart.WriteManifest(&whole, docs); err != nil {
		t.Fatal(err)
	}
	var each []string
	for _, d := range docs {
		each = append(each, "# Source: "+d.Source+"\n"+strings.TrimSpace(d.Text))
	}
	return whole.String(), each, nil
}

// documentStart is the line that helm template puts before each document.
var documentStart = regexp.MustCompile(`(?m)^---\n(# Source: )`)

func cut(manifest string) []string {
	var out []string
	for _, d := range strings.Split(documentStart.ReplaceAllString(manifest, "\x00$1"), "\x00")[1:] {
		out = append(out, strings.TrimSpace(d))
	}
	return out
}

// What the charts random and lookup make up anew in each render: these values, and the end of a Job's name.
var (
	randomValue = regexp.MustCompile(`(?m)^(\s+(?:password|token|ca\.crt|tls\.crt|tls\.key|caBundle|rollme|example\.com/deployed-at): ).*$`)
	randomName  = regexp.MustCompile(`-init-[a-z0-9]{5}\b`)
)

func mask(s string) string {
	return randomName.ReplaceAllString(randomValue.ReplaceAllString(s, "${1}random"), "-init-random")
}

// compare renders with both and wants the same bytes, document by document, or the same message.
func compare(t *testing.T, path string, rel chart.Release, values vals, mask func(string) string) {
	t.Helper()
	want, wantErr := helmTemplate(t, path, rel, values)
	got, each, err := template(t, path, rel, values)
	if wantErr != nil {
		// Ours may say first which chart it is about.
		if err == nil || !strings.HasSuffix(strings.TrimSpace(err.Error()), strings.TrimSpace(wantErr.Error())) {
			t.Errorf("got error %v, want Helm's: %v", err, wantErr)
		}
		return
	}
	if err != nil {
		t.Fatalf("got error %v, want none as Helm has", err)
	}
	if diff := cmp.Diff(mask(got), mask(want)); diff != "" {
		t.Errorf("not what helm template prints (-got +want):\n%s", diff)
	}
	for i := range each {
		each[i] = mask(each[i])
	}
	if diff := cmp.Diff(each, cut(mask(want))); diff != "" {
		t.Errorf("not Helm's documents (-got +want):\n%s", diff)
	}
}

func asIs(s string) string { return s }

// valuesOf are the values that a chart's trap.txt says it is rendered with.
func valuesOf(t *testing.T, dir string) vals {
	t.Helper()
	trap, err := os.ReadFile(filepath.Join(dir, "trap.txt"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(trap)) {
		name, ok := strings.CutPrefix(line, "values: ")
		if !ok {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, strings.TrimSpace(name)))
		if err != nil {
			t.Fatal(err)
		}
		var out vals
		if err := yaml.Unmarshal(data, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	return nil
}

func testCharts(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../../test/charts/*/Chart.yaml", "../../charts/*/Chart.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no charts at %s: %v", pattern, err)
		}
		for _, path := range found {
			out = append(out, filepath.Dir(path))
		}
	}
	return out
}

func TestRenderIsWhatHelmTemplatePrints(t *testing.T) {
	t.Parallel()
	for _, dir := range testCharts(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			// Helm would fetch the one address that a schema here refers to; we never do.
			rel := chart.Release{Name: "rel", Namespace: "ns", SkipSchemaValidation: filepath.Base(dir) == "schema-remote-ref"}
			m := asIs
			if name := filepath.Base(dir); name == "random" || name == "lookup" {
				m = mask
			}
			compare(t, dir, rel, valuesOf(t, dir), m)
		})
	}
}

func TestRenderFollowsFlagsAndValues(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		chart  string
		rel    chart.Release
		values vals
	}{
		"old kube version":         {chart: "capabilities", rel: chart.Release{KubeVersion: "1.19"}},
		"kube version with suffix": {chart: "capabilities", rel: chart.Release{KubeVersion: "v1.34.2+rke2r1"}},
		"api version":              {chart: "capabilities", rel: chart.Release{APIVersions: []string{"monitoring.coreos.com/v1/Prometheus"}}},
		"kube version refused":     {chart: "kube-version", rel: chart.Release{KubeVersion: "1.24"}},
		"upgrade":                  {chart: "upgrade-only", rel: chart.Release{IsUpgrade: true}},
		"hooks without tests":      {chart: "hooks", rel: chart.Release{SkipTests: true}},
		"no values":                {chart: "needs-values"},
		"half the values":          {chart: "needs-values", values: vals{"license": vals{"accept": true}}},
		"condition":                {chart: "subcharts", values: vals{"queue": vals{"enabled": true}}},
		"tag":                      {chart: "subcharts", values: vals{"tags": vals{"reporting": true}}},
		"aliases":                  {chart: "subcharts", values: vals{"sessions": vals{"nodeSelector": vals{"a": "b"}}, "carts": vals{"image": "x"}}},
		"original name of aliases": {chart: "subcharts", values: vals{"cache": vals{"nodeSelector": vals{"a": "b"}}}},
		"imported values":          {chart: "subcharts", values: vals{"edge": vals{"nodeSelector": vals{"a": "b"}, "image": nil}}},
		"import from the child":    {chart: "subcharts", values: vals{"gateway": vals{"pods": vals{"nodeSelector": vals{"a": "b"}}}}},
		"a global":                 {chart: "subcharts", values: vals{"global": vals{"nodeSelector": vals{"a": "b"}}}},
		"a global of a sub-chart":  {chart: "globals", values: vals{"alpha": vals{"global": vals{"nodeSelector": vals{"a": "b"}}}}},
		"values of no map":         {chart: "subcharts", values: vals{"carts": "oops"}},
		"null removes a default":   {chart: "os-legacy-default-in-subchart", values: vals{"cache": vals{"nodeSelector": vals{"beta.kubernetes.io/os": nil}}}},
		"null instead of a map":    {chart: "os-legacy-default-in-values", values: vals{"nodeSelector": nil}},
		"schema refuses":           {chart: "schema-strict", values: vals{"web": vals{"tolerations": []any{}}}},
		"schema refuses a type":    {chart: "schema-type", values: vals{"web": vals{"nodeSelector": vals{"a": "b"}}}},
		"schema skipped":           {chart: "schema-strict", rel: chart.Release{SkipSchemaValidation: true}, values: vals{"web": vals{"tolerations": []any{}}}},
		"broken by a value":        {chart: "knob-breaks-yaml", values: vals{"logger": vals{"nodeSelector": vals{"a": "b"}}}},
		"failed by a value":        {chart: "knob-string-tpl", values: vals{"server": vals{"nodeSelector": vals{"a": "b"}}}},
		"bad release name":         {chart: "plain", rel: chart.Release{Name: "Rel_1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.rel.Name == "" {
				tc.rel.Name = "rel"
			}
			tc.rel.Namespace = "ns"
			compare(t, filepath.Join("../../test/charts", tc.chart), tc.rel, tc.values, asIs)
		})
	}
}

// A base render with an overlay is the render of both values files, and leaves nothing behind in the chart.
func TestRenderWithOverlay(t *testing.T) {
	t.Parallel()
	const dir = "../../test/charts/subcharts"
	r := renderer(t, dir, chart.Release{}, vals{"edge": vals{"image": "mine", "nodeSelector": vals{"a": "b"}}})
	overlay := vals{"edge": vals{"nodeSelector": vals{"c": "d"}}, "global": vals{"tolerations": []any{vals{"operator": "Exists"}}}}
	for range 2 {
		want, err := helmTemplate(t, dir, chart.Release{Name: "rel"}, vals{
			"edge":   vals{"image": "mine", "nodeSelector": vals{"a": "b", "c": "d"}},
			"global": vals{"tolerations": []any{vals{"operator": "Exists"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(manifestOf(t, r, overlay), want); diff != "" {
			t.Errorf("with the overlay (-got +want):\n%s", diff)
		}
		want, err = helmTemplate(t, dir, chart.Release{Name: "rel"}, vals{"edge": vals{"image": "mine", "nodeSelector": vals{"a": "b"}}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(manifestOf(t, r, nil), want); diff != "" {
			t.Errorf("without the overlay (-got +want):\n%s", diff)
		}
	}
}

func manifestOf(t *testing.T, r *chart.Renderer, overlay vals) string {
	t.Helper()
	render, err := r.Render(t.Context(), overlay)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := render.Documents()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := chart.WriteManifest(&b, docs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRendererIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	c := load(t, "../../test/charts/subcharts")
	errs := make(chan error)
	const workers = 4
	for i := range workers {
		go func() {
			// A renderer of its own: those share the chart.
			r, err := c.Renderer(chart.Release{Name: "rel"}, vals{"tags": vals{"reporting": i%2 == 0}})
			for range workers {
				if err == nil {
					_, err = r.Render(t.Context(), vals{"global": vals{"nodeSelector": vals{"n": i}}})
				}
			}
			errs <- err
		}()
	}
	var all []error
	for range workers {
		all = append(all, <-errs)
	}
	if err := errors.Join(all...); err != nil {
		t.Error(err)
	}
}
