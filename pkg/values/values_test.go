package values_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/values"
)

type tree = map[string]any

func TestPathString(t *testing.T) {
	t.Parallel()
	for want, path := range map[string]values.Path{
		"":                                nil,
		"web.zones[0].nodeSelector":       {"web", "zones", 0, "nodeSelector"},
		`nodeSelector."kubernetes.io/os"`: {"nodeSelector", "kubernetes.io/os"},
		`"a[0]"."b c"."\"d\"".""`:         {"a[0]", "b c", `"d"`, ""},
		`list[0][1]`:                      {"list", 0, 1},
		`web-ui.ünï`:                      {"web-ui", "ünï"},
		`"a\nb"."c\\d"`:                   {"a\nb", `c\d`},
	} {
		if got := path.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestPathLastAndChild(t *testing.T) {
	t.Parallel()
	path := append(make(values.Path, 0, 5), "a", "b")
	one, two := path.Child("c"), path.Child(0)
	if diff := cmp.Diff([]values.Path{path, one, two}, []values.Path{{"a", "b"}, {"a", "b", "c"}, {"a", "b", 0}}); diff != "" {
		t.Errorf("children (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff([]string{path.Last(), two.Last(), values.Path{}.Last()}, []string{"b", "", ""}); diff != "" {
		t.Errorf("last keys (-got +want):\n%s", diff)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	want := []values.Path{nil, {"a"}, {"a", 2}, {"a", 10}, {"a", "1"}, {"a", "1a"}, {"a", "b"}, {"a", "b", "c"}, {"ab"}, {"b"}}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, values.Compare)
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("order (-got +want):\n%s", diff)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	in := tree{"a": []any{tree{"b": nil}, "c"}, "d": tree{"e": 1}}
	for name, tc := range map[string]struct {
		path values.Path
		want any
		ok   bool
	}{
		"everything":          {want: in, ok: true},
		"a key":               {path: values.Path{"d", "e"}, want: 1, ok: true},
		"a null":              {path: values.Path{"a", 0, "b"}, ok: true},
		"an item":             {path: values.Path{"a", 1}, want: "c", ok: true},
		"no such key":         {path: values.Path{"d", "x"}},
		"below a scalar":      {path: values.Path{"d", "e", "f"}},
		"below null":          {path: values.Path{"a", 0, "b", "x"}},
		"beyond a list":       {path: values.Path{"a", 2}},
		"before a list":       {path: values.Path{"a", -1}},
		"an index of a map":   {path: values.Path{"d", 0}},
		"a key of a list":     {path: values.Path{"a", "0"}},
		"an index of nothing": {path: values.Path{"x", 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := values.Lookup(in, tc.path)
			if diff := cmp.Diff(got, tc.want); diff != "" || ok != tc.ok {
				t.Errorf("found %v, want %v (-got +want):\n%s", ok, tc.ok, diff)
			}
		})
	}
}

func edit(v any, path ...any) values.Edit { return values.Edit{Path: path, New: v} }

func TestBuild(t *testing.T) {
	t.Parallel()
	base := tree{
		"zones": []any{tree{"name": "a", "sel": tree{"disk": "ssd", "os": "linux"}}, tree{"name": "b", "keep": nil}},
		"deep":  tree{"list": []any{[]any{"x"}, "y"}}, "scalar": "text", "nodeSelector": tree{"arch": "amd64"},
	}
	for name, tc := range map[string]struct {
		edits []values.Edit
		want  tree
	}{
		"nothing":                      {want: tree{}},
		"a value":                      {edits: []values.Edit{edit("x", "a", "b")}, want: tree{"a": tree{"b": "x"}}},
		"a map, the rest is inherited": {edits: []values.Edit{edit(tree{"os": "windows"}, "nodeSelector")}, want: tree{"nodeSelector": tree{"os": "windows"}}},
		"maps are merged":              {edits: []values.Edit{edit(tree{"a": 1, "b": tree{"c": 1}}, "m"), edit(tree{"b": tree{"d": 2}}, "m")}, want: tree{"m": tree{"a": 1, "b": tree{"c": 1, "d": 2}}}},
		"a null removes":               {edits: []values.Edit{edit(tree{"os": nil}, "nodeSelector")}, want: tree{"nodeSelector": tree{"os": nil}}},
		"null itself":                  {edits: []values.Edit{edit(nil, "scalar")}, want: tree{"scalar": nil}},
		"the later one wins":           {edits: []values.Edit{edit("x", "a"), edit([]any{"y"}, "a")}, want: tree{"a": []any{"y"}}},
		"below what was a text":        {edits: []values.Edit{edit("x", "a"), edit("y", "a", "b")}, want: tree{"a": tree{"b": "y"}}},
		"a list is carried whole": {
			edits: []values.Edit{edit(tree{"os": "windows"}, "zones", 0, "sel")},
			want:  tree{"zones": []any{tree{"name": "a", "sel": tree{"disk": "ssd", "os": "windows"}}, tree{"name": "b", "keep": nil}}},
		},
		"and once only": {
			edits: []values.Edit{edit(tree{"os": "windows"}, "zones", 0, "sel"), edit(tree{"os": "windows"}, "zones", 1, "sel")},
			want:  tree{"zones": []any{tree{"name": "a", "sel": tree{"disk": "ssd", "os": "windows"}}, tree{"name": "b", "keep": nil, "sel": tree{"os": "windows"}}}},
		},
		"in a list nulls remove at once": {
			edits: []values.Edit{edit(tree{"os": nil, "more": tree{"x": nil}}, "zones", 0, "sel"), edit(tree{"os": nil, "a": tree{"b": nil}}, "zones", 1, "sel")},
			want: tree{"zones": []any{
				tree{"name": "a", "sel": tree{"disk": "ssd", "more": tree{}}}, tree{"name": "b", "keep": nil, "sel": tree{"a": tree{}}},
			}},
		},
		"lists in lists":               {edits: []values.Edit{edit("z", "deep", "list", 0, 0)}, want: tree{"deep": tree{"list": []any{[]any{"z"}, "y"}}}},
		"in the list that was set":     {edits: []values.Edit{edit([]any{"p", "q"}, "deep", "list"), edit("z", "deep", "list", 1)}, want: tree{"deep": tree{"list": []any{"p", "z"}}}},
		"in a list that is not there":  {edits: []values.Edit{edit("z", "none", 0, "a"), edit("z", "scalar", 0)}, want: tree{}},
		"beyond a list":                {edits: []values.Edit{edit("z", "zones", 7, "a"), edit("y", "deep", "list", 0, 5)}, want: tree{}},
		"beyond a list that is edited": {edits: []values.Edit{edit("z", "deep", "list", 1), edit("y", "deep", "list", 5)}, want: tree{"deep": tree{"list": []any{[]any{"x"}, "z"}}}},
		"nowhere":                      {edits: []values.Edit{edit("z"), edit("z", 0)}, want: tree{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := values.Copy(base)
			o := values.Build(base, tc.edits, nil)
			if diff := cmp.Diff(o.Tree(), tc.want); diff != "" {
				t.Errorf("overlay (-got +want):\n%s", diff)
			}
			if o.Empty() != (len(tc.want) == 0) {
				t.Errorf("empty: got %v", o.Empty())
			}
			if diff := cmp.Diff(any(base), before); diff != "" {
				t.Errorf("the base changed (-got +want):\n%s", diff)
			}
		})
	}
}

const defaults = `# Two parts.
web:
  image: x
  tolerations: []
  nodeSelector: {}
zones:
  - storage: 1
    name: a
db: {}
`

func TestYAML(t *testing.T) {
	t.Parallel()
	many := func(n int) []string { return strings.Split("a b c d e f g h i j"[:2*n-1], " ") }
	o := values.Build(tree{"zones": []any{tree{"name": "a", "storage": 1, "on": "yes"}}}, []values.Edit{
		{Path: values.Path{"zones", 0, "sel"}, New: tree{"os": "windows"}, Steers: []string{"StatefulSet/a"}},
		{Path: values.Path{"extra"}, New: tree{"b": []any{}, "a": tree{}}},
		{Path: values.Path{"db", "nodeSelector"}, New: tree{"kubernetes.io/os": "windows", "beta.kubernetes.io/os": nil}, Steers: many(4)},
		{Path: values.Path{"web", "nodeSelector"}, New: tree{"kubernetes.io/os": "windows"}, Steers: many(5)},
		{Path: values.Path{"web", "nodeSelector"}, New: tree{"arch": "amd64"}, Steers: []string{"a", "z"}},
		{Path: values.Path{"web", "tolerations"}, New: []any{tree{"effect": "NoSchedule", "value": "windows", "operator": "Equal", "key": "os"}}, Steers: []string{"Job/odd\nname\x00"}},
		{Path: values.Path{"web", "script"}, New: "one\n  two\n"},
	}, []byte(defaults))
	got, err := o.YAML()
	if err != nil {
		t.Fatal(err)
	}
	want := `web:
  # steers Job/odd?name?
  tolerations:
    - key: os
      operator: Equal
      value: windows
      effect: NoSchedule
  # steers a, b, c and 3 more
  nodeSelector:
    arch: amd64
    kubernetes.io/os: windows
  script: |
    one
      two
# steers StatefulSet/a
zones:
  - storage: 1
    name: a
    "on": "yes"
    sel:
      os: windows
db:
  # steers a, b, c, d
  nodeSelector:
    beta.kubernetes.io/os: null
    kubernetes.io/os: windows
extra:
  a: {}
  b: []
`
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("written (-got +want):\n%s", diff)
	}
	if got, err := values.Build(nil, nil, []byte("a: [")).YAML(); err != nil || string(got) != "{}\n" {
		t.Errorf("of nothing: got %q and error %v, want {}", got, err)
	}
}

// What YAML 1.1 or 1.2 takes for something else must be quoted.
func TestYAMLIsReadBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "yes", "No", "on", "OFF", "y", "n", "true", "null", "~", "Null", "1", "010", "0x1F", "0o17", "1_000", "1e3", ".5", ".inf", "-.NaN", "1:30",
		"2001-01-01", "2001-01-01T00:00:00Z", "<<", "=", "- a", "a: b", "a #b", "#a", "&a", "*a", "!a", "%a", "@a", "`a", "{a", "[a", "]", "|", ">", "?",
		" a", "a ", "\ta", "a\n", "\na", "  a\nb", "a\n\n\nb\n\n", "a\r\nb", "\u0085", "\u2028", "\ufeff", "\x7f", "a\tb", "'", "\"", "\\", "---", "...", "-", ":",
		"a:", ": a", "a,b", "ü", "\U0001f600", strings.Repeat("long words ", 40), "0b1", "+1", "-0", "1.", "0.", "12e", "\x1b[0m", " ", "\n", "a\n  b\n c",
	} {
		want := tree{"t": text, "l": []any{text, tree{"m": text}}}
		if text != "" {
			want["k"] = tree{text: text, "z": tree{text: 1.0}}
		}
		wantReadBack(t, want)
	}
	wantReadBack(t, tree{"n": []any{0.0, -1.0, 1.5, 1e6, 1e20, 1e21, 1e-7, 9007199254740993.0, 9223372036854775808.0, -9223372036854775808.0, 1.7e308}})
	wantReadBack(t, tree{"b": true, "c": nil, "d": []any{nil, []any{}, tree{}, []any{[]any{}}}, "e": tree{"": "x"}})
}

func wantReadBack(t *testing.T, want tree) {
	t.Helper()
	var edits []values.Edit
	for k, v := range want {
		edits = append(edits, values.Edit{Path: values.Path{k}, New: v, Steers: []string{"Deployment/a"}})
	}
	text, err := values.Build(nil, edits, nil).YAML()
	if err != nil {
		t.Error(err)
		return
	}
	var got tree
	if err := yaml.Unmarshal(text, &got); err != nil {
		t.Errorf("not YAML: %v\n%s", err, text)
		return
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("read back (-got +want):\n%s\n%s", diff, text)
	}
}

// FuzzOverlay reads back what is written, for any tree, any names of workloads and any values.yaml to take the order from.
func FuzzOverlay(f *testing.F) {
	for _, seed := range []string{"a: {b: [1, {c: yes}]}\n", "a: |\n  b\n\n c\n", "'on': {'1': 'no'}\n", "a: \"\\n b\\t\"\n", "a: [[], {}, [null]]\n"} {
		f.Add(seed, "Deployment/web", defaults)
	}
	f.Fuzz(func(t *testing.T, text, steers, defaults string) {
		var want tree
		if yaml.Unmarshal([]byte(text), &want) != nil || len(want) == 0 {
			return
		}
		var edits []values.Edit
		for k, v := range want {
			edits = append(edits, values.Edit{Path: values.Path{k}, New: v, Steers: []string{steers}})
		}
		o := values.Build(nil, edits, []byte(defaults))
		o.SetFlags()
		written, err := o.YAML()
		if err != nil {
			t.Fatal(err)
		}
		var got tree
		if err := yaml.UnmarshalStrict(written, &got); err != nil {
			t.Fatalf("not YAML: %v\n%s", err, written)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("read back (-got +want):\n%s\n%s", diff, written)
		}
	})
}

func TestSetFlags(t *testing.T) {
	t.Parallel()
	got := values.Build(nil, []values.Edit{
		edit(tree{"kubernetes.io/os": "windows", "old": nil}, "web", "nodeSelector"),
		edit([]any{tree{"key": "os", "operator": "Exists"}}, "web", "tolerations"),
		edit(true, "web", "on"), edit(3.0, "n"), edit(tree{}, "none"), edit("a,b", "text"),
	}, nil).SetFlags()
	want := []string{
		`--set-json 'n=3'`,
		`--set-json 'none={}'`,
		`--set-string 'text=a\,b'`,
		`--set-string 'web.nodeSelector.kubernetes\.io/os=windows'`,
		`--set 'web.nodeSelector.old=null'`,
		`--set-json 'web.on=true'`,
		`--set-json 'web.tolerations=[{"key":"os","operator":"Exists"}]'`,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("flags (-got +want):\n%s", diff)
	}
}

// That Helm reads the flags back is tested in pkg/chart; here that they get there through a shell.
func TestSetFlagsAreQuotedForTheShell(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a b", "it's", "''", "\"q\"", "$HOME $(id) `id`", "two\nlines", "*", "~", "a;b|c&d>e", "!x", "#", "\\", "-f", "ü"} {
		flags := values.Build(nil, []values.Edit{edit([]any{text}, "a")}, nil).SetFlags()
		got, err := exec.CommandContext(t.Context(), "sh", "-c", "printf '%s|' "+strings.Join(flags, " ")).Output()
		if err != nil {
			t.Fatal(err)
		}
		_, word, _ := strings.Cut(string(got), "|")
		var list []string
		if err := yaml.Unmarshal([]byte(strings.TrimSuffix(strings.TrimPrefix(word, "a="), "|")), &list); err != nil {
			t.Errorf("%q: %v", got, err)
		}
		if diff := cmp.Diff(list, []string{text}); diff != "" {
			t.Errorf("the shell makes of %s (-got +want):\n%s", flags, diff)
		}
	}
}
