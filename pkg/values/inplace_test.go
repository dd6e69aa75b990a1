package values_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/internal/yamlgen"
	"github.com/winready/kubectl-winready/pkg/splice"
	"github.com/winready/kubectl-winready/pkg/values"
)

func steering(v any, name string, path ...any) values.Edit {
	return values.Edit{Path: path, New: v, Steers: []string{name}}
}

const valuesFile = `# Values of the shop.
web:
    image: "shop/web"   # from our registry
    nodeSelector: {}    # anywhere
    tolerations:
    - key: dedicated
      value: shop       # as we label it
# The base is for all.
base: &base
    os: linux
db:
    nodeSelector: *base
    resources: {cpu: 1.50, memory: 12345678901234567890}
`

func TestInPlace(t *testing.T) {
	t.Parallel()
	windows := tree{"kubernetes.io/os": "windows"}
	for name, tc := range map[string]struct {
		text  string
		base  tree
		edits []values.Edit
		want  string
	}{
		"in the indentation of the file": {text: valuesFile, edits: []values.Edit{
			steering(windows, "Deployment/web", "web", "nodeSelector"), steering(windows, "Job/init", "jobs", "init", "nodeSelector"), edit(tree{"os": "windows", "old": nil}, "db", "nodeSelector"),
		}, want: strings.NewReplacer(
			"    nodeSelector: {}    # anywhere\n", "    nodeSelector:    # anywhere\n        kubernetes.io/os: windows\n",
			"    nodeSelector: *base\n", "    nodeSelector:\n        os: windows\n        old: null\n",
		).Replace(valuesFile) + "jobs:\n    init:\n        # steers Job/init\n        nodeSelector:\n            kubernetes.io/os: windows\n"},
		"an item more": {
			text: valuesFile, base: tree{"web": tree{"tolerations": []any{tree{"key": "dedicated", "value": "shop"}}}},
			edits: []values.Edit{edit([]any{tree{"key": "dedicated", "value": "shop"}, tree{"key": "os", "operator": "Exists"}}, "web", "tolerations")},
			want:  strings.Replace(valuesFile, "# as we label it\n", "# as we label it\n    - key: os\n      operator: Exists\n", 1),
		},
		"a key of an item": {
			text: valuesFile, base: tree{"web": tree{"tolerations": []any{tree{"key": "dedicated", "value": "shop"}}}},
			edits: []values.Edit{edit("windows", "web", "tolerations", 0, "value")},
			want:  strings.Replace(valuesFile, "value: shop ", "value: windows ", 1),
		},
		"what is there":         {text: valuesFile, edits: []values.Edit{edit("shop/web", "web", "image"), edit(tree{}, "web"), edit(tree{"os": "linux"}, "db", "nodeSelector")}, want: valuesFile},
		"nothing":               {text: valuesFile, want: valuesFile},
		"an empty file":         {edits: []values.Edit{steering(windows, "Pod/x", "nodeSelector")}, want: "# steers Pod/x\nnodeSelector:\n  kubernetes.io/os: windows\n"},
		"a file of comments":    {text: "# mine\n", edits: []values.Edit{edit([]any{}, "tolerations"), edit(tree{}, "nodeSelector")}, want: "# mine\nnodeSelector: {}\ntolerations: []\n"},
		"a file of {}":          {text: "{}\n", edits: []values.Edit{edit(windows, "a")}, want: "a:\n  kubernetes.io/os: windows\n"},
		"a file of null":        {text: "null # none\n", edits: []values.Edit{edit(1, "a")}, want: "a: 1 # none\n"},
		"a null":                {text: "a: {b: 1}\nc: 2\n", edits: []values.Edit{edit(nil, "a", "b"), edit(nil, "c"), edit(nil, "d", "e")}, want: "a: {b: null}\nc: null\nd:\n  e: null\n"},
		"a map over a scalar":   {text: "a: x # c\nb: null\n", edits: []values.Edit{steering(tree{"d": 1}, "Pod/x", "a"), edit(tree{"d": 1}, "b")}, want: "a: # c\n  d: 1\nb:\n  d: 1\n"},
		"templates in strings":  {text: "a: '{{ .Values.x }}'\n", edits: []values.Edit{edit(1, "b")}, want: "a: '{{ .Values.x }}'\nb: 1\n"},
		"keys in chart's order": {text: "x: 1\n", edits: []values.Edit{edit(1, "db"), edit(1, "zones"), edit(1, "web", "tolerations"), edit(1, "web", "image")}, want: "x: 1\nweb:\n  image: 1\n  tolerations: 1\nzones: 1\ndb: 1\n"},
		"JSON":                  {text: "{\"web\": {\"a\": 1}}\n", edits: []values.Edit{steering(windows, "Pod/x", "web", "nodeSelector")}, want: "{\"web\": {\"a\": 1, \"nodeSelector\": {\"kubernetes.io/os\": \"windows\"}}}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := values.Build(tc.base, tc.edits, []byte(defaults))
			got, err := values.InPlace([]byte(tc.text), o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(got), tc.want); diff != "" {
				t.Errorf("edited (-got +want):\n%s", diff)
			}
			if again, err := values.InPlace(got, o); err != nil || !bytes.Equal(again, got) {
				t.Errorf("again: error %v\n%s", err, again)
			}
		})
	}
}

func TestInPlaceRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want splice.Error
	}{
		"what is no YAML":    {"a: 1\nb: [2\n", splice.Error{Line: 2, Column: 5, Reason: "not YAML: did not find expected ',' or ']'"}},
		"several documents":  {"a: 1\n---\nb: 2\n", splice.Error{Line: 3, Column: 1, Reason: "the text holds more than one document"}},
		"a list":             {"# c\n- a\n", splice.Error{Line: 2, Column: 1, Reason: "want a map of values at the top"}},
		"a template":         {"a: 1\n{{- if .x }}\nb: 2\n{{- end }}\n", splice.Error{Line: 2, Column: 1, Reason: "the file is a template, want plain values (not YAML: could not find expected ':')"}},
		"a templated value":  {"a: 1\nb: {{ .x }}\n", splice.Error{Line: 2, Column: 5, Reason: "the file is a template, want plain values (Helm and Kubernetes do not read this: a key must be text, a number or a truth value)"}},
		"what is no text":    {"a: \xff\n", splice.Error{Line: 1, Column: 4, Reason: "the text is not UTF-8"}},
		"what Helm does not": {"a: 1\n~: 2\n", splice.Error{Line: 2, Column: 1, Reason: "Helm and Kubernetes do not read this: a key must be text, a number or a truth value"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := values.InPlace([]byte(tc.text), values.Build(nil, []values.Edit{edit(1, "new")}, nil))
			var got *splice.Error
			if !errors.As(err, &got) || text != nil {
				t.Fatalf("got %q and error %v", text, err)
			}
			if diff := cmp.Diff(*got, tc.want); diff != "" {
				t.Errorf("refused (-got +want):\n%s", diff)
			}
		})
	}
}

var (
	files     = flag.Int("documents", 400, "how many values files are generated and edited")
	firstFile = flag.Uint64("seed", 0, "the seed of the first of them")
)

// Helm's own merge is the oracle, between files that sigs.k8s.io/yaml reads, which Helm does.
func TestInPlaceOfGeneratedFiles(t *testing.T) {
	t.Parallel()
	edited, refused := 0, 0
	for i := range uint64(*files) {
		g := yamlgen.New(*firstFile + i)
		text := g.Document()
		have, err := readValues([]byte(text))
		if err != nil {
			continue
		}
		over := overlayFor(g, have)
		written, err := over.YAML()
		if err != nil {
			t.Fatal(err)
		}
		overlay, err := readValues(written)
		if err != nil {
			t.Fatal(err)
		}
		edited++
		out, err := values.InPlace([]byte(text), over)
		if err != nil {
			refused++
			t.Logf("seed %d: %v", *firstFile+i, err)
			continue
		}
		report := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("seed %d: %s\n%s\noverlay:\n%s\nedited:\n%s", *firstFile+i, fmt.Sprintf(format, args...), text, written, out)
		}
		got, err := readValues(out)
		if err != nil {
			report("Helm does not read it: %v", err)
		}
		if diff := cmp.Diff(got, chart.Merge(have, overlay)); diff != "" {
			report("values (-got +want):\n%s", diff)
		}
		if gone := yamlgen.Lost(text, string(out), touches(overlay, have, nil)); gone != "" {
			report("%s", gone)
		}
		if again, err := values.InPlace(out, over); err != nil || !bytes.Equal(again, out) {
			report("again: error %v\n%s", err, again)
		}
	}
	t.Logf("%d files edited, %d refused", edited, refused)
	if edited < *files/2 || refused > edited/100 {
		t.Errorf("of %d files %d were edited, %d refused", *files, edited, refused)
	}
}

// readValues reads a values file as Helm does, and is an error for what it refuses.
func readValues(text []byte) (tree, error) {
	data, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	out := tree{}
	err = json.Unmarshal(data, &out)
	return out, err
}

// overlayFor is an overlay as placement makes them: selectors and tolerations in maps that are there or not, lists carried whole.
func overlayFor(g *yamlgen.Generator, have tree) values.Overlay {
	var edits []values.Edit
	for range 1 + g.IntN(3) {
		path, below := values.Path{}, any(have)
		for {
			m, ok := below.(tree)
			if !ok || len(m) == 0 || g.Chance(40) {
				break
			}
			k := slices.Sorted(maps.Keys(m))[g.IntN(len(m))]
			path, below = path.Child(k), m[k]
		}
		if _, ok := below.(tree); ok || g.Chance(20) {
			path = path.Child(g.One("nodeSelector", "tolerations", "on", "a.b/c"))
		}
		e := values.Edit{Path: path, Steers: []string{"Deployment/" + path.String()}}
		switch l, isList := below.([]any); {
		case isList && g.Chance(50):
			e.New = append(append([]any{}, l...), tree{"key": "os", "operator": "Exists"})
		case isList && len(l) > 0:
			e.Path, e.New = path.Child(0), "windows"
		default:
			e.New = []any{tree{"kubernetes.io/os": "windows"}, []any{tree{"key": "os", "value": "windows"}}, nil, "windows", tree{}, true, tree{"a": nil, "b": tree{"c": "two\nlines\n"}}}[g.IntN(7)]
		}
		edits = append(edits, e)
	}
	return values.Build(have, edits, nil)
}

// touches are the values that an overlay changes.
func touches(over, have tree, at []any) []yamlgen.Touch {
	var out []yamlgen.Touch
	for k, v := range over {
		path := append(append([]any{}, at...), k)
		sub, isMap := v.(tree)
		below, merges := have[k].(tree)
		if isMap && merges {
			out = append(out, touches(sub, below, path)...)
			continue
		}
		out = append(out, yamlgen.Touch{Path: path})
	}
	return out
}
