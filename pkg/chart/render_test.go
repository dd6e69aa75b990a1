package chart_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/chart"
)

const nodeValues = "zones: [a, b]\nweb: {}\ndb: {password: \"\"}\n"

func TestRenderErrorNamesTheValue(t *testing.T) {
	t.Parallel()
	sub := files{
		"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n" +
			"- {name: db, alias: store, version: 1.0.0}\n",
		"charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
	}
	for name, tc := range map[string]struct {
		template string
		inSub    bool
		want     string
		message  string
	}{
		"required":                  {template: `a: {{ required "give me a password" .Values.db.password }}`, want: "db.password", message: "give me a password"},
		"required, piped":           {template: "a: 1\nb: {{ .Values.db.password | required `give me .Values.x` | quote }}", want: "db.password"},
		"required, of the root":     {template: `a: {{ required "x" $.Values.db.password }}`, want: "db.password"},
		"required, over lines":      {template: "a: {{ required\n  \"x\"\n  .Values.db.password }}", want: "db.password"},
		"required in a condition":   {template: `{{ if .Values.zones }}{{ if required "x" .Values.db.user }}{{ end }}{{ end }}`, want: "db.user"},
		"required, named in words":  {template: `{{ $p := "" }}{{ required "set .Values.db.password first" $p }}`, want: "db.password"},
		"required, not named":       {template: `{{ $p := "" }}{{ required "set it" $p }}`},
		"fail in an if":             {template: `{{ if not .Values.db.password }}{{ fail "no password" }}{{ end }}`, want: "db.password", message: "no password"},
		"fail in the inner if":      {template: `{{ if .Values.zones }}{{ if not .Values.db.password }}{{ fail "x" }}{{ end }}{{ end }}`, want: "db.password"},
		"fail after an if":          {template: `{{ if .Values.zones }}{{ end }}{{ fail "x" }}`},
		"fail in an else":           {template: `{{ if .Values.db.password }}{{ else if .Values.zones }}{{ fail "x" }}{{ end }}`, want: "zones"},
		"fail after a comment":      {template: `{{/* if .Values.zones */}}{{ fail "x" }}`},
		"fail with a value":         {template: `{{ fail (printf "%v is no password" .Values.db.password) }}`, want: "db.password"},
		"fail in a helper":          {template: `{{ define "h" }}{{ fail "x" }}{{ end }}{{ if .Values.zones }}{{ include "h" . }}{{ end }}`},
		"fail in a helper, named":   {template: `{{ define "h" }}{{ fail "set .Values.db.password" }}{{ end }}{{ include "h" . }}`, want: "db.password"},
		"a map that is not there":   {template: `a: {{ .Values.web.tls.secret.name }}`, want: "web.tls.secret.name", message: "nil pointer evaluating"},
		"in a helper":               {template: `{{ define "h" }}{{ .Values.web.tls.secret.name }}{{ end }}{{ include "h" . }}`, want: "web.tls.secret.name"},
		"an index out of range":     {template: `a: {{ index .Values.zones 5 }}`, want: "zones"},
		"of the wrong type":         {template: `{{ range $k, $v := .Values.zones.list }}{{ end }}`, want: "zones.list"},
		"nothing to do with values": {template: `{{ fail "always" }}`, message: "always"},
		"a template that is broken": {template: `{{ if }}`, message: "missing value for if"},
		"no such function":          {template: `{{ nosuch .Values.zones }}`, message: `function "nosuch" not defined`},
		"no such template":          {template: `{{ include "nosuch" . }}`, message: `no template "nosuch"`},
		"in an aliased sub-chart":   {template: `{{ required "x" .Values.password }}`, inSub: true, want: "store.password"},
		"a map in a sub-chart":      {template: `{{ .Values.auth.password }}`, inSub: true, want: "store.auth.password"},
		"calls itself":              {template: `{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`, message: "nested reference name: a"},
		"calls itself, unincluded":  {template: `{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`, message: "exceeded maximum template depth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := files{"values.yaml": nodeValues, "templates/a.yaml": tc.template}
			if tc.inSub {
				f = files{"charts/db/templates/a.yaml": tc.template}
				maps.Copy(f, sub)
			}
			_, err := renderer(t, f.chart(t), chart.Release{}, nil).Render(t.Context(), nil)
			var failed *chart.RenderError
			if !errors.As(err, &failed) {
				t.Fatalf("got %v, want a RenderError", err)
			}
			if diff := cmp.Diff(failed.Value, tc.want); diff != "" {
				t.Errorf("the value that %q is about (-got +want):\n%s", err, diff)
			}
			wantWords(t, err, `rendering chart "web": `, tc.message)
			if errors.Is(err, chart.ErrUsage) {
				t.Errorf("%v is ErrUsage", err)
			}
		})
	}
}

func TestRenderGivesUpWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	r := renderer(t, files{"templates/a.yaml": `{{ range until 3000 }}{{ range until 3000 }}{{ end }}{{ end }}`}.chart(t), chart.Release{}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.Render(ctx, nil); !chart.IsCanceled(err) {
		t.Errorf("got %v, want that it was canceled", err)
	}
	// What has ended before it began is not begun.
	if _, err := r.Probe(ctx, nil); !chart.IsCanceled(err) {
		t.Errorf("got %v, want that it was canceled", err)
	}
}

func TestRendererRefuses(t *testing.T) {
	t.Parallel()
	const meta = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
	sub := files{
		"Chart.yaml":           meta + "dependencies: [{name: db, version: 1.0.0}]\n",
		"charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
	}
	for name, tc := range map[string]struct {
		files  files
		rel    chart.Release
		values vals
		usage  bool
		want   []string
	}{
		"a version that is none":  {rel: chart.Release{Name: "rel", KubeVersion: "new"}, usage: true, want: []string{`--kube-version "new"`, "1.34.0"}},
		"no release name":         {usage: true, want: []string{`release name ""`, "no name provided"}},
		"a release name too long": {rel: chart.Release{Name: strings.Repeat("a", 54)}, usage: true, want: []string{"release name", "53"}},
		"a newer Kubernetes": {
			files: files{"Chart.yaml": meta + "kubeVersion: '>=99'\n"}, rel: chart.Release{Name: "rel"},
			want: []string{"chart requires kubeVersion: >=99 which is incompatible with Kubernetes " + chart.DefaultKubeVersion},
		},
		"a sub-chart's values of no map": {files: sub, rel: chart.Release{Name: "rel"}, values: vals{"db": []any{}}, want: []string{`chart "web"`, "type mismatch on db"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, tc.files.chart(t)).Renderer(tc.rel, tc.values)
			if err == nil {
				t.Fatal("got no error")
			}
			wantWords(t, err, tc.want...)
			if errors.Is(err, chart.ErrUsage) != tc.usage {
				t.Errorf("%v is ErrUsage: got %v, want %v", err, !tc.usage, tc.usage)
			}
		})
	}
}

func TestRenderOfOddCharts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		files  files
		values vals
		want   string
	}{
		"no templates":      {files: files{"values.yaml": "a: 1\n"}, want: "\n"},
		"values of null":    {files: files{"values.yaml": "null\n", "templates/a.yaml": "a: {{ .Values.a | quote }}\n"}, want: "---\n# Source: web/templates/a.yaml\na:\n"},
		"an empty template": {files: files{"templates/a.yaml": ""}, want: "\n"},
		"notes only":        {files: files{"templates/NOTES.txt": "Thank you", "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n", "charts/db/templates/NOTES.txt": "No"}, want: "\n"},
		"overlay of null":   {files: files{"values.yaml": "a: {b: 1}\n", "templates/a.yaml": "a: {{ .Values.a | toJson }}\n"}, values: vals{"a": nil}, want: "---\n# Source: web/templates/a.yaml\na: null\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := manifestOf(t, renderer(t, tc.files.chart(t), chart.Release{}, nil), tc.values)
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("rendered (-got +want):\n%s", diff)
			}
		})
	}
}

func TestDocumentsSayWhichTemplateIsNoYAML(t *testing.T) {
	t.Parallel()
	r := renderer(t, files{"templates/a.yaml": "a: 1\nb: {{ .Values.x }}\n"}.chart(t), chart.Release{}, nil)
	render, err := r.Render(t.Context(), vals{"x": "[: ]"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = render.Documents()
	if err == nil {
		t.Fatal("got no error")
	}
	wantWords(t, err, "YAML parse error on web/templates/a.yaml", "line 1")
	_, splitErr := chart.Split("web/templates/a.yaml", render.Files["web/templates/a.yaml"])
	if diff := cmp.Diff(splitErr.Error(), err.Error()); diff != "" {
		t.Errorf("Split says it otherwise (-got +want):\n%s", diff)
	}
}

func TestSplitKeepsTheOrder(t *testing.T) {
	t.Parallel()
	got, err := chart.Split("web/templates/a.yaml", "---\n# nothing\n---\nn: 1\n--- # second\nn: 2\n\n---\nn: 3\ntext: |\n  ---\n")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, d := range got {
		texts = append(texts, d.Text)
	}
	want := []string{"# nothing", "n: 1", "# second\nn: 2", "n: 3\ntext: |\n  ---"}
	if diff := cmp.Diff(texts, want); diff != "" {
		t.Errorf("documents (-got +want):\n%s", diff)
	}
}

func TestWriteManifestSaysWhenItCannot(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	r.CloseWithError(io.ErrShortWrite)
	if err := chart.WriteManifest(w, []chart.Document{{Source: "a", Text: "b"}}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v", err)
	}
}

func TestTemplatesKnowWhereTheirValuesAre(t *testing.T) {
	t.Parallel()
	type where struct {
		Name    string
		Scope   []string
		Library bool
	}
	var got []where
	for _, tmpl := range renderer(t, "../../test/charts/subcharts", chart.Release{}, nil).Templates() {
		got = append(got, where{tmpl.Name, tmpl.Scope, tmpl.Library})
	}
	for _, tmpl := range renderer(t, "../../test/charts/library", chart.Release{}, nil).Templates() {
		got = append(got, where{tmpl.Name, tmpl.Scope, tmpl.Library})
	}
	want := []where{
		{"subcharts/charts/carts/templates/deployment.yaml", []string{"carts"}, false},
		{"subcharts/charts/gateway/templates/deployment.yaml", []string{"gateway"}, false},
		{"subcharts/charts/sessions/templates/deployment.yaml", []string{"sessions"}, false},
		{"subcharts/templates/edge.yaml", nil, false},
		{"library/charts/common/templates/_all.tpl", []string{"common"}, true},
		{"library/charts/common/templates/_option.tpl", []string{"common"}, true},
		{"library/templates/all.yaml", nil, false},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("templates (-got +want):\n%s", diff)
	}
}

// Values is what the templates see: it is asked of the templates.
func TestValuesAreWhatTemplatesSee(t *testing.T) {
	t.Parallel()
	r := renderer(t, files{
		"Chart.yaml":              "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: db, alias: store, version: 1.0.0}]\n",
		"values.yaml":             "a: {b: 1, c: 2}\nglobal: {g: 1}\n",
		"charts/db/Chart.yaml":    "apiVersion: v2\nname: db\nversion: 1.0.0\n",
		"charts/db/values.yaml":   "d: 1\n",
		"templates/a.yaml":        "values: {{ .Values | toJson }}\n",
		"charts/db/templates/a.t": "values: {{ .Values | toJson }}\n",
	}.chart(t), chart.Release{}, vals{"a": vals{"b": nil}, "e": []any{"f"}})
	got, err := r.Values()
	if err != nil {
		t.Fatal(err)
	}
	want := vals{
		"a": vals{"c": 2.0}, "e": []any{"f"}, "global": vals{"g": 1.0},
		"store": vals{"d": 1.0, "global": vals{"g": 1.0}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("values (-got +want):\n%s", diff)
	}
	render, err := r.Render(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantFiles := map[string]string{
		"web/templates/a.yaml":           `values: {"a":{"c":2},"e":["f"],"global":{"g":1},"store":{"d":1,"global":{"g":1}}}` + "\n",
		"web/charts/store/templates/a.t": `values: {"d":1,"global":{"g":1}}` + "\n",
	}
	if diff := cmp.Diff(render.Files, wantFiles); diff != "" {
		t.Errorf("rendered (-got +want):\n%s", diff)
	}
}
