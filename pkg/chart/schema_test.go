package chart_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/chart"
)

func TestSchemaRefusesInHelmsWords(t *testing.T) {
	t.Parallel()
	sub := files{
		"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n" +
			"- {name: db, version: 1.0.0, alias: store}\n- {name: db, version: 1.0.0, alias: cache}\n",
		"values.schema.json":             `{"required": ["name"]}`,
		"charts/db/Chart.yaml":           "apiVersion: v2\nname: db\nversion: 1.0.0\n",
		"charts/db/values.schema.json":   `{"properties": {"size": {"type": "integer"}}}`,
		"charts/db/templates/cm.yaml":    configMap,
		"charts/db/templates/_empty.tpl": "",
	}
	one := func(schema string) files { return files{"values.schema.json": schema, "templates/cm.yaml": configMap} }
	for name, tc := range map[string]struct {
		files  files
		values vals
	}{
		"accepted":               {files: one(`{"properties": {"a": {"type": "string"}}}`), values: vals{"a": "b"}},
		"wrong type":             {files: one(`{"properties": {"a": {"type": "string"}}}`), values: vals{"a": 1}},
		"several refusals":       {files: one(`{"properties": {"a": {"type": "string"}}, "required": ["b", "c"]}`), values: vals{"a": vals{}}},
		"in sub-charts":          {files: sub, values: vals{"store": vals{"size": "big"}, "cache": vals{"size": 1}}},
		"in every chart":         {files: sub, values: vals{"store": vals{"size": "big"}, "cache": vals{"size": []any{}}, "name": "n"}},
		"local references":       {files: one(`{"properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}`), values: vals{"a": "x"}},
		"an identity":            {files: one(`{"$id": "https://a.invalid/v.json", "properties": {"a": {"$ref": "v.json#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}`), values: vals{"a": "x"}},
		"an embedded schema":     {files: one(`{"properties": {"a": {"$ref": "https://a.invalid/n#/$defs/m"}}, "$defs": {"n": {"$id": "https://a.invalid/n", "$defs": {"m": {"type": "integer"}}}}}`), values: vals{"a": "x"}},
		"a schema of itself":     {files: one(`{"$ref": "#"}`)},
		"no schema":              {files: one(`5`)},
		"no JSON":                {files: one(`{`)},
		"a type that is none":    {files: one(`{"type": "text"}`)},
		"a broken expression":    {files: one(`{"pattern": "("}`)},
		"no such part":           {files: one(`{"$ref": "#/$defs/nosuch"}`)},
		"broken in a sub-chart":  {files: files{"charts/db/Chart.yaml": sub["charts/db/Chart.yaml"], "charts/db/values.schema.json": `{"type": 5}`, "charts/eb/Chart.yaml": "apiVersion: v2\nname: eb\nversion: 1.0.0\n"}},
		"of an older draft":      {files: one(`{"$schema": "http://json-schema.org/draft-04/schema#", "id": "http://a.invalid/x", "properties": {"a": {"exclusiveMinimum": true, "minimum": 1}}}`), values: vals{"a": 1}},
		"of a draft by any name": {files: one(`{"$schema": "http://json-schema.org/schema#", "required": ["a"]}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compare(t, tc.files.chart(t), chart.Release{Name: "rel"}, tc.values, asIs)
		})
	}
}

// The Kubernetes schemas that many charts refer to are parts of one big document.
func TestSchemaReferencesAreNotFetched(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	t.Cleanup(server.Close)
	schema := `{
		"$schema": "` + server.URL + `/draft",
		"properties": {
			"whole": {"$ref": "` + server.URL + `/whole.json"},
			"part": {"$ref": "` + server.URL + `/k8s.json#/definitions/io.k8s.api.core.v1.NodeSelector"},
			"anchor": {"anyOf": [{"$ref": "` + server.URL + `/k8s.json#anchor"}]},
			"relative": {"$id": "` + server.URL + `/base/", "$ref": "other.json#/a/b"},
			"name": {"$ref": "urn:example:thing#/a"},
			"here": {"type": "string"}
		}
	}`
	r := renderer(t, files{"values.schema.json": schema}.chart(t), chart.Release{}, nil)
	if err := r.CheckValues(vals{"whole": 1, "part": vals{"a": "b"}, "anchor": 2, "relative": 3, "name": 4, "here": "x"}); err != nil {
		t.Errorf("got %v", err)
	}
	err := r.CheckValues(vals{"here": 5})
	if _, refused := errors.AsType[*chart.SchemaError](err); !refused {
		t.Fatalf("got %v, want a SchemaError", err)
	}
	wantWords(t, err, "web:", "at '/here': got number, want string")
	want := []string{"/base/other.json", "/draft", "/k8s.json", "/whole.json"}
	for i := range want {
		want[i] = server.URL + want[i]
	}
	if diff := cmp.Diff(r.UncheckedSchemas(), append(want, "urn:example:thing")); diff != "" {
		t.Errorf("unchecked (-got +want):\n%s", diff)
	}
	select {
	case url := <-asked:
		t.Errorf("%s was fetched", url)
	default:
	}
}

func TestSchemaIsNotAskedByProbesOrWhenSkipped(t *testing.T) {
	t.Parallel()
	dir := files{"values.schema.json": `{"properties": {"a": false}}`, "templates/a.yaml": "a: {{ .Values.a }}\n"}.chart(t)
	overlay := vals{"a": 1}
	r := renderer(t, dir, chart.Release{}, nil)
	if _, err := r.Render(t.Context(), overlay); err == nil || !strings.Contains(err.Error(), "at '/a'") {
		t.Errorf("Render: got error %v, want a refusal", err)
	}
	probe, err := r.Probe(t.Context(), overlay)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(probe.Files, map[string]string{"web/templates/a.yaml": "a: 1\n"}); diff != "" {
		t.Errorf("probe (-got +want):\n%s", diff)
	}
	r = renderer(t, dir, chart.Release{SkipSchemaValidation: true}, nil)
	if err := r.CheckValues(overlay); err != nil {
		t.Errorf("skipped: got %v", err)
	}
	if diff := cmp.Diff(r.UncheckedSchemas(), []string(nil)); diff != "" {
		t.Errorf("skipped, unchecked (-got +want):\n%s", diff)
	}
}
