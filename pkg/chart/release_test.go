package chart_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/strvals"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/delta"
)

// install is the release that Helm makes of a chart, without a cluster.
func install(t *testing.T, path string, values vals) *release.Release {
	t.Helper()
	c, err := loader.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	i := action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})
	i.DryRun, i.ClientOnly, i.SkipSchemaValidation = true, true, true
	i.ReleaseName, i.Namespace, i.IsUpgrade = "web", "shop", true
	if i.KubeVersion, err = chartutil.ParseKubeVersion(chart.DefaultKubeVersion); err != nil {
		t.Fatal(err)
	}
	out, err := i.RunWithContext(t.Context(), c, values)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// record is what Helm writes of a release: encodeRelease in pkg/storage/driver/util.go of Helm's repository.
func record(tb testing.TB, r any) string {
	tb.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		tb.Fatal(err)
	}
	return packed(tb, data, 1)
}

// packed is data as many times as wanted, each a member of one gzip file.
func packed(tb testing.TB, data []byte, times int) string {
	tb.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(bytes.Repeat(b.Bytes(), times))
}

// masked are documents without what is random in them.
func masked(docs []chart.Document) []chart.Document {
	for i := range docs {
		docs[i].Text = mask(docs[i].Text)
	}
	return docs
}

func rendered(t *testing.T, i *chart.Installed) []chart.Document {
	t.Helper()
	r, err := i.Chart.Renderer(i.Release(), i.Values)
	if err != nil {
		t.Fatal(err)
	}
	render, err := r.Probe(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := render.Documents()
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// TestRecordsRenderAlike: what Helm keeps of a chart renders to what Helm has installed; where it has not kept all, that is said.
func TestRecordsRenderAlike(t *testing.T) {
	t.Parallel()
	for _, path := range testCharts(t) {
		if filepath.Base(path) == "huge" {
			continue // it says nothing that the others do not, for longer
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			made := install(t, path, valuesOf(t, path))
			i, err := chart.Recorded(t.Context(), record(t, made), "web", 1)
			var missing *chart.SubchartsError
			if is, want := errors.As(err, &missing), len(made.Chart.Dependencies()) > 0; is != want {
				t.Fatalf("got %v for %d sub-charts", err, len(made.Chart.Dependencies()))
			} else if is {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range delta.Between(masked(i.Documents()), masked(rendered(t, i))) {
				t.Errorf("installed -, rendered +: %s\n%s", c, c.Unified())
			}
		})
	}
}

// TestNumbersStayWhatTheyWere: a record does not tell an integer from a float, and templates print large ones differently.
func TestNumbersStayWhatTheyWere(t *testing.T) {
	t.Parallel()
	path := files{
		"values.yaml":           "limits: []\n",
		"templates/limits.yaml": "kind: ConfigMap\nmetadata: {name: limits}\ndata: {limits: \"{{ .Values.limits }} {{ .Values.max }} {{ .Values.small }}\"}\n",
	}.chart(t)
	set := vals{}
	if err := strvals.ParseInto("limits={10485760,5},max=20000000,small=3", set); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		values vals
		want   string
	}{
		"integers of --set":       {set, "[10485760 5] 20000000 3"},
		"floats of a values file": {vals{"limits": []any{10485760.0, 5.0}, "max": 2e7, "small": 3.0}, "[1.048576e+07 5] 2e+07 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, err := chart.Recorded(t.Context(), record(t, install(t, path, tc.values)), "web", 1)
			if err != nil {
				t.Fatal(err)
			}
			if got := rendered(t, i)[0].Text; !strings.Contains(got, `"`+tc.want+`"`) {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestRecordsThatAreNone(t *testing.T) {
	t.Parallel()
	whole := record(t, install(t, "../../test/charts/plain", nil))
	for name, tc := range map[string]struct{ text, want string }{
		"nothing":         {"", "data.release is neither gzip nor JSON"},
		"encrypted":       {"vault:v1:8SDd3WHDOjf7mq69", "data.release is not base64, as if something had encrypted it"},
		"cut short":       {whole[:len(whole)/2/4*4], "data.release is not whole: unexpected EOF"},
		"not JSON":        {base64.StdEncoding.EncodeToString([]byte("\x0a\x05shop")), "data.release is neither gzip nor JSON"},
		"no release":      {record(t, vals{"name": "web"}), "data.release is JSON, but no release with a chart"},
		"no metadata":     {record(t, vals{"name": "web", "version": 1, "info": vals{}, "chart": vals{}}), "no release with a chart"},
		"another release": {record(t, vals{"name": "db", "version": 7, "info": vals{}, "chart": vals{"metadata": vals{"name": "x"}}}), "its labels say revision 1 of web, it holds revision 7 of db"},
		"a bomb":          {packed(t, make([]byte, 1<<20), 33), "it unpacks to more than a release can be"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := chart.Recorded(t.Context(), tc.text, "web", 1)
			var bad *chart.RecordError
			if !errors.As(err, &bad) || bad.Where != "Secret shop/web.v1" || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// FuzzRecord: no record makes us panic, whatever is in it.
func FuzzRecord(f *testing.F) {
	for _, seed := range []string{
		`{"name":"web","version":1,"info":{"status":"deployed"},"chart":{"metadata":{"name":"x","version":"1"},"templates":[null,{"name":"templates/a.yaml","data":"YTogMQ=="}],"files":[null]},"hooks":[null]}`,
		`{"name":"web","version":1,"info":{},"chart":{"metadata":{"name":"x","dependencies":[null,{"name":"y"}]}},"config":{"a":1e7,"b":[null]},"manifest":"---\n---\n# Source: "}`,
		`[]`, `{"info":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, text := range []string{string(data), base64.StdEncoding.EncodeToString(data)} {
			i, err := chart.Recorded(t.Context(), text, "web", 1)
			if err != nil {
				continue
			}
			i.Documents()
			i.Kinds()
			if r, err := i.Chart.Renderer(i.Release(), i.Values); err == nil {
				_, _ = r.Render(t.Context(), nil) // it need not render
			}
		}
	})
}

// TestWhichRevisionCounts: the one that helm upgrade starts from.
func TestWhichRevisionCounts(t *testing.T) {
	t.Parallel()
	const since = ", since 0001-01-01 00:00 UTC"
	for name, tc := range map[string]struct {
		statuses []string
		want     int
		note     string
	}{
		"the deployed one":                      {[]string{"superseded", "deployed"}, 2, ""},
		"the deployed one before a failed one":  {[]string{"deployed", "failed"}, 1, "revision 2 of release web is failed" + since + "; revision 1, which is deployed, is the one that counts"},
		"the deployed one before a pending one": {[]string{"superseded", "deployed", "failed", "pending-upgrade"}, 2, "revision 4 of release web is pending-upgrade" + since + "; revision 2, which is deployed, is the one that counts"},
		"the last of two that say so":           {[]string{"deployed", "deployed", "superseded"}, 2, "revision 3 of release web is superseded" + since + "; revision 2, which is deployed, is the one that counts"},
		"a failed one where none is deployed":   {[]string{"failed"}, 1, "revision 1 of release web is failed" + since},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, notes, err := chart.Choose(tc.statuses...)
			if err != nil {
				t.Fatal(err)
			}
			if got != tc.want || strings.Join(notes, "\n") != tc.note {
				t.Errorf("got %d and %q, want %d and %q", got, notes, tc.want, tc.note)
			}
		})
	}
	if _, _, err := chart.Choose("superseded", "uninstalled"); err == nil || !strings.Contains(err.Error(), "is uninstalled since") {
		t.Errorf("got %v", err)
	}
}

// TestDatabase: the connection string is what is connected to, and its password is in no error.
func TestDatabase(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		connection, want string
		usage            bool
	}{
		"nobody there":  {"postgres://helm:hunter2@127.0.0.1:1/db?sslmode=disable", "dial tcp 127.0.0.1:1: connect: connection refused", false},
		"no address":    {"postgres://helm:hunter2%zz@127.0.0.1:1/db", "want postgres://USER:PASSWORD@HOST/DATABASE", true},
		"no assignment": {"host=127.0.0.1 password hunter2", "want postgres://USER:PASSWORD@HOST/DATABASE", true},
		"no end":        {"host=127.0.0.1 password='hunter2", "want postgres://USER:PASSWORD@HOST/DATABASE", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := chart.SQLHeads(t.Context(), tc.connection)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "HELM_DRIVER_SQL_CONNECTION_STRING") {
				t.Fatalf("got %v, want %s", err, tc.want)
			}
			if strings.Contains(err.Error(), "hunter2") || errors.Is(err, chart.ErrUsage) != tc.usage {
				t.Errorf("got %v, wrong usage: %v", err, !tc.usage)
			}
		})
	}
}

func TestErrorsOfHelmAreBrief(t *testing.T) {
	t.Parallel()
	for long, want := range map[string]string{
		"post-upgrade hooks failed: 1 error occurred:\n\t* timed out\n\n":                                                "post-upgrade hooks failed: timed out",
		`spec.template: Invalid value: {"a":{"b":{}},"c":"}"}: field is immutable && spec.x: Invalid value: {"d":1}: no`: "spec.template: Invalid value: {...}: field is immutable && spec.x: Invalid value: {...}: no",
		`spec.a: Invalid value: "b": must be c`:                                                                          `spec.a: Invalid value: "b": must be c`,
	} {
		if got := chart.Brief(errors.New(long)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestPostRendered: Helm 3 keeps hooks from a post-renderer.
func TestPostRendered(t *testing.T) {
	t.Parallel()
	docs := []chart.Document{{Source: "web/templates/a.yaml", Text: "a: 1"}, {Source: "web/templates/h.yaml", Text: "h: 1", Hook: true}, {Source: "web/templates/b.yaml", Text: "b: 1"}}
	got, err := chart.PostRendered(docs, func(in []byte) ([]byte, error) {
		return bytes.ReplaceAll(in, []byte(": 1"), []byte(": 2")), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []chart.Document{{Source: "web/templates/a.yaml", Text: "a: 2"}, {Source: "web/templates/b.yaml", Text: "b: 2"}, {Source: "web/templates/h.yaml", Text: "h: 1", Hook: true}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
