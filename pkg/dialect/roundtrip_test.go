package dialect_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/values"
)

type tree = map[string]any

// overlayOf is an overlay of some values, each with a comment.
func overlayOf(want tree) values.Overlay {
	var edits []values.Edit
	for _, k := range slices.Sorted(maps.Keys(want)) {
		edits = append(edits, values.Edit{Path: values.Path{k}, New: want[k], Steers: []string{"Deployment/web"}})
	}
	return values.Build(nil, edits, nil)
}

func target() dialect.Target {
	return dialect.Target{Chart: dialect.Chart{Name: "shop", Version: "1.2.3", Repo: "https://charts.example.com"}, Namespace: "web"}
}

func format(t *testing.T, name string) dialect.Format {
	t.Helper()
	f, ok := dialect.Lookup(name)
	if !ok {
		t.Fatalf("there is no format %s", name)
	}
	return f
}

// texts are strings that one form or the other takes for something else.
func texts() []string {
	return []string{
		"", "yes", "No", "on", "y", "true", "null", "~", "1", "010", "0x1F", "1_000", "1e3", "1:30", "2001-01-01", "<<", "=", "- a", "a: b", "a #b", "#a", "&a", "*a",
		"!a", "%a", "@a", "`a", "{a", "[a", "|", ">", " a", "a ", "\ta", "a\n", "\na", "\n\n a", "  a\nb", "a\n\n\nb\n\n", "a\r\nb", "\u0085", "\u2028", "\ufeff", "\x7f", "'", "\"",
		"\\", "---", "...", "\n---\n", "ü", "\U0001f600", strings.Repeat("long words ", 40), "\x1b[0m", "\n", "a\n  b\n c", "a,b", "{a,b}", "a=b", "it's", "<>&",
		"${", "${a}", "a ${ .B } c", "$${a}", "${`a`}", "${`${`}", "$", "}", "${\n}", "{{ .Values.a }}", "{{", "}}", "%{KUBERNETES_API}%", "$(A)", "$HOME",
		"global.fleet.clusterLabels.env", "global.fleet", strings.Repeat("words ", 20) + "${a b} " + strings.Repeat("more ", 20), "${a}\n${b}\n", "${a}: \"b\" 'c'\n#d",
	}
}

// oddTrees are values with all that a tree can have.
func oddTrees() map[string]tree {
	out := map[string]tree{
		"nothing": {},
		"numbers": {"n": []any{0.0, -1.0, 1.5, 1e6, 1e20, 1e21, 1e-7, 9007199254740993.0, 9223372036854775808.0}, "m": 3.0},
		"scalars": {"a": true, "b": false, "c": tree{"d": 1.0}, "e": []any{true, "true", 1.0, "1"}},
		"empty":   {"a": tree{}, "b": []any{}, "c": tree{"d": tree{}, "e": []any{[]any{}, tree{}}}},
		"placement": {
			"web": tree{
				"nodeSelector": tree{"kubernetes.io/os": "windows"},
				"tolerations":  []any{tree{"key": "os", "operator": "Equal", "value": "windows", "effect": "NoSchedule"}},
			},
			"db": tree{"affinity": tree{}},
		},
		"keys": {"a.b": tree{"c[0]": "d", "e/f": tree{"g~h": "i"}, "j k": "l", "yes": "m", "1": "n", "#": "o", "p:": "q", "${": "r", "a=b": "s", `t\u`: "v"}},
	}
	all, keyed := []any{}, tree{}
	for i, s := range texts() {
		all = append(all, s, tree{"in": s})
		keyed["k"+string(rune('a'+i%26))+strings.Repeat("x", i/26)] = s
	}
	out["texts"] = tree{"list": all, "map": keyed}
	return out
}

// withNulls are trees that not every form can say.
func withNulls() map[string]tree {
	return map[string]tree{
		"null":  {"a": nil, "b": tree{"c": nil, "d": "e"}},
		"nulls": {"nodeSelector": tree{"beta.kubernetes.io/os": nil, "kubernetes.io/os": "windows"}, "list": []any{nil, tree{"a": nil}}},
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, f := range dialect.Formats() {
		trees := oddTrees()
		if f.Name != "chartvalues" { // a merge patch cannot set null
			maps.Copy(trees, withNulls())
		}
		for name, want := range trees {
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				wantRoundTrip(t, f, want, want, target())
			})
		}
	}
}

// wantRoundTrip writes values, and writes them the same again, and reads them.
func wantRoundTrip(t *testing.T, f dialect.Format, over, want tree, to dialect.Target) {
	t.Helper()
	out, err := f.Write(overlayOf(over), to, dialect.Fallback{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Write(overlayOf(over), to, dialect.Fallback{})
	if err != nil || !bytes.Equal(out.Data, again.Data) {
		t.Errorf("written anew it differs: %v (-got +want)\n%s", err, cmp.Diff(string(again.Data), string(out.Data)))
	}
	to.Existing = nil
	got, err := f.Read(out.Data, to)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain(t, got), plain(t, want)); diff != "" {
		t.Errorf("read back (-got +want):\n%s\n%s", diff, out.Data)
	}
}

// plain makes numbers of one type of all.
func plain(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// FuzzRoundTrip writes any values in every format and reads them back.
func FuzzRoundTrip(f *testing.F) {
	for _, seed := range oddTrees() {
		data, err := json.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want tree
		if yaml.Unmarshal([]byte(text), &want) != nil || len(want) == 0 {
			return
		}
		for _, format := range dialect.Formats() {
			if format.Name == "set" && strings.Contains(text, `""`) || format.Name == "chartvalues" && strings.Contains(text, "null") {
				continue // Helm's syntax has no empty keys, a merge patch no null
			}
			out, err := format.Write(overlayOf(want), target(), dialect.Fallback{})
			if err != nil {
				if format.Name == "chartvalues" {
					continue
				}
				t.Fatalf("%s: %v", format.Name, err)
			}
			if got, err := format.Read(out.Data, target()); err != nil || cmp.Diff(plain(t, got), plain(t, want)) != "" {
				t.Errorf("%s: %v, read back (-got +want):\n%s\n%s", format.Name, err, cmp.Diff(plain(t, got), plain(t, want)), out.Data)
			}
		}
	})
}

// fleetValues are the values that Fleet makes of a fleet.yaml for a cluster: a template of the whole of them, as
// processTemplateValues in internal/cmd/controller/target/builder.go of github.com/rancher/fleet v0.16.0 does it.
func fleetValues(t *testing.T, text []byte) any {
	t.Helper()
	var file struct {
		Helm struct {
			Values tree `json:"values"`
		} `json:"helm"`
	}
	if err := yaml.UnmarshalStrict(text, &file, yaml.DisallowUnknownFields); err != nil && !strings.Contains(err.Error(), "unknown field") {
		t.Fatal(err)
	}
	data, err := yaml.Marshal(file.Helm.Values)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.New("values").Option("missingkey=error").Delims("${", "}").Parse(string(data))
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, tree{"ClusterLabels": tree{"env": "test"}}); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	var out any
	if err := yaml.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatalf("%v\n%s", err, b.Bytes())
	}
	return out
}

func TestFleetMakesOfItWhatWasWritten(t *testing.T) {
	t.Parallel()
	trees := oddTrees()
	maps.Copy(trees, withNulls())
	delete(trees, "texts")
	for i, s := range texts() {
		if s != "\x7f" && s != "\u0085" { // Fleet itself cannot read how it writes these
			trees["text "+strconv.Itoa(i)] = tree{"map": tree{"key": s}, "list": []any{s}}
		}
	}
	for name, want := range trees {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := format(t, "fleet").Write(overlayOf(want), target(), dialect.Fallback{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fleetValues(t, out.Data), plain(t, want)); diff != "" {
				t.Errorf("values on a cluster (-got +want):\n%s\n%s", diff, out.Data)
			}
		})
	}
}

// TestOnTopOfAnything edits documents with all kinds of values in them, and nothing of these is lost.
func TestOnTopOfAnything(t *testing.T) {
	t.Parallel()
	over := oddTrees()["placement"]
	for _, f := range dialect.Formats() {
		if len(f.Kinds) == 0 {
			continue
		}
		trees := oddTrees()
		if f.Name != "chartvalues" {
			maps.Copy(trees, withNulls())
		}
		for name, there := range trees {
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				to := target()
				to.Existing = document(t, f, there)
				wantRoundTrip(t, f, over, dialect.Merge(there, over), to)
			})
		}
	}
}

// document is one with values in it.
func document(t *testing.T, f dialect.Format, there tree) []byte {
	t.Helper()
	if f.Name == "rancher-app" { // the upgrade of an App is not the App
		release := string(document(t, format(t, "flux"), there))
		return []byte(strings.NewReplacer("helm.toolkit.fluxcd.io/v2", "catalog.cattle.io/v1", "HelmRelease", "App").Replace(release))
	}
	out, err := f.Write(overlayOf(there), target(), dialect.Fallback{})
	if err != nil {
		t.Fatal(err)
	}
	return out.Data
}
