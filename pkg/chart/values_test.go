package chart_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/cli"
	helmvalues "helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/values"
)

// helmValues reads with Helm's own code, which knows standard input as the process's only: a file stands in for it.
func helmValues(v chart.Values, stdin string) (vals, error) {
	o := helmvalues.Options{
		StringValues: v.SetString, Values: v.Set, FileValues: v.SetFile, JSONValues: v.SetJSON, LiteralValues: v.SetLiteral,
	}
	for _, name := range v.Files {
		if strings.TrimSpace(name) == "-" {
			name = stdin
		}
		o.ValueFiles = append(o.ValueFiles, name)
	}
	return o.MergeValues(getter.All(cli.New()))
}

func TestValuesReadAsHelmReadsThem(t *testing.T) {
	t.Parallel()
	dir := files{
		"a.yaml":      "image: {tag: 1.27, pull: yes}\nlist: [1, 2]\nports: 0o17\nbig: 9007199254740993\n",
		"b.yaml":      "image: {tag: null, repo: x}\nlist: [{a: b}]\nextra: ~\n",
		"scalar.yaml": "image: latest\n",
		"empty.yaml":  "# nothing\n",
		"null.yaml":   "null\n",
		"twice.yaml":  "a: 1\na: 2\n",
		"anchor.yaml": "x: &x {a: 1}\ny: {<<: *x, b: 2}\n",
		"many.yaml":   "a: 1\n---\na: 2\n",
		"text.txt":    "two\nlines, with: {braces}\n",
		"in.yaml":     "from: stdin\n",
	}.write(t, t.TempDir())
	in := func(name string) string { return filepath.Join(dir, name) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "from: http\n") }))
	t.Cleanup(server.Close)

	for name, v := range map[string]chart.Values{
		"nothing":           {},
		"one file":          {Files: []string{in("a.yaml")}},
		"later file wins":   {Files: []string{in("a.yaml"), in("b.yaml")}},
		"map over scalar":   {Files: []string{in("scalar.yaml"), in("a.yaml")}},
		"scalar over map":   {Files: []string{in("a.yaml"), in("scalar.yaml")}},
		"empty files":       {Files: []string{in("a.yaml"), in("empty.yaml"), in("null.yaml")}},
		"repeated key":      {Files: []string{in("twice.yaml")}},
		"anchors":           {Files: []string{in("anchor.yaml")}},
		"several documents": {Files: []string{in("many.yaml")}},
		"standard input":    {Files: []string{in("a.yaml"), "-"}},
		"an address":        {Files: []string{server.URL + "/values.yaml"}},
		"set": {Files: []string{in("a.yaml")}, Set: []string{
			"image.tag=5,list[1]=x", `nodeSelector.kubernetes\.io/os=windows`, "n=null,b=true,i=012,f=1.5,e=", "l={a,b,c}",
			"deep[1].a[0].b=c", "image.pull=null", "q=a\\,b",
		}},
		"set-string":  {SetString: []string{"a=1,b=true", "c=null", "d.e={1,2}"}},
		"set-file":    {SetFile: []string{"text=" + in("text.txt"), "in.list[0]=" + in("text.txt")}},
		"set-json":    {SetJSON: []string{`a={"b":[1,{"c":null}]}`, `d[0]="x"`, `e=1e3,f=[]`}},
		"set-literal": {SetLiteral: []string{`a=b,c={d}\,`, `e.f=g=h`}},
		"all forms, the later one wins": {
			Files: []string{in("a.yaml")}, SetJSON: []string{`v={"json":1,"x":1}`}, Set: []string{"v.set=1,v.x=2"},
			SetString: []string{"v.string=1,v.x=3"}, SetFile: []string{"v.x=" + in("text.txt")}, SetLiteral: []string{"v.x=5"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := helmValues(v, in("in.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := v.Read(strings.NewReader("from: stdin\n"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("not what Helm reads (-got +want):\n%s", diff)
			}
		})
	}
}

func TestValuesOfTheUserThatAreWrong(t *testing.T) {
	t.Parallel()
	dir := files{
		"list.yaml": "- a\n- b\n", "text.yaml": "just some text that goes on and on and on\n", "number.yaml": "5\n", "tab.yaml": "a:\n\tb: c\n",
		"open.yaml": "a: 1\nb: [1,\nc: 2\n", "bomb.yaml": bomb(), "key.yaml": "? {a: b}\n: c\n", "binary.yaml": "\x1f\x8b\x08\x00",
	}.write(t, t.TempDir())
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, tc := range map[string]struct {
		values chart.Values
		stdin  string
		want   []string
	}{
		"a list":             {values: chart.Values{Files: []string{in("list.yaml")}}, want: []string{in("list.yaml"), "want a map of values at the top, got a list"}},
		"a text":             {values: chart.Values{Files: []string{in("text.yaml")}}, want: []string{in("text.yaml"), `want a map of values at the top, got the string "just some`}},
		"a number":           {values: chart.Values{Files: []string{in("number.yaml")}}, want: []string{in("number.yaml"), "got 5"}},
		"a tab":              {values: chart.Values{Files: []string{in("tab.yaml")}}, want: []string{in("tab.yaml"), "line 2", "cannot start any token"}},
		"an open list":       {values: chart.Values{Files: []string{in("open.yaml")}}, want: []string{in("open.yaml"), "line 3"}},
		"a bomb":             {values: chart.Values{Files: []string{in("bomb.yaml")}}, want: []string{in("bomb.yaml"), "excessive aliasing"}},
		"a map as a key":     {values: chart.Values{Files: []string{in("key.yaml")}}, want: []string{in("key.yaml"), "invalid map key"}},
		"an archive":         {values: chart.Values{Files: []string{in("binary.yaml")}}, want: []string{in("binary.yaml"), "control characters are not allowed"}},
		"a folder":           {values: chart.Values{Files: []string{dir}}, want: []string{dir, "is a directory"}},
		"no such file":       {values: chart.Values{Files: []string{in("none.yaml")}}, want: []string{in("none.yaml"), "no such file"}},
		"no such address":    {values: chart.Values{Files: []string{"http://127.0.0.1:1/v.yaml"}}, want: []string{"http://127.0.0.1:1/v.yaml", "connection refused"}},
		"a broken address":   {values: chart.Values{Files: []string{"http://[::1/v.yaml"}}, want: []string{"http://[::1/v.yaml", "missing ']'"}},
		"input":              {values: chart.Values{Files: []string{"-"}}, stdin: "[]", want: []string{`"-"`, "got a list"}},
		"set without value":  {values: chart.Values{Set: []string{"a.b"}}, want: []string{`--set "a.b"`, `key "b" has no value`}},
		"set of an index":    {values: chart.Values{Set: []string{"a[x]=1"}}, want: []string{`--set "a[x]=1"`, "parsing index"}},
		"set below zero":     {values: chart.Values{Set: []string{"a[-1]=1"}}, want: []string{`--set "a[-1]=1"`, "negative -1 index"}},
		"set far out":        {values: chart.Values{Set: []string{"a[9999999]=1"}}, want: []string{"--set", "greater than maximum"}},
		"set very deep":      {values: chart.Values{Set: []string{strings.Repeat("a.", 40) + "a=1"}}, want: []string{"--set", "nested"}},
		"set-string":         {values: chart.Values{SetString: []string{"a"}}, want: []string{`--set-string "a"`, `key "a" has no value`}},
		"set-file":           {values: chart.Values{SetFile: []string{"a=" + in("none")}}, want: []string{"--set-file", in("none"), "no such file"}},
		"set-json":           {values: chart.Values{SetJSON: []string{"a={b"}}, want: []string{`--set-json "a={b"`, "invalid character 'b'"}},
		"set-literal":        {values: chart.Values{SetLiteral: []string{"a"}}, want: []string{`--set-literal "a"`, `key "a" has no value`}},
		"map where list was": {values: chart.Values{Set: []string{"a=x", "a[0]=y"}}, want: []string{"--set", "a[0]=y"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tc.values.Read(strings.NewReader(tc.stdin))
			if err == nil {
				t.Fatalf("got %v and no error", got)
			}
			wantWords(t, err, tc.want...)
			if !errors.Is(err, chart.ErrUsage) {
				t.Errorf("%v is not ErrUsage", err)
			}
		})
	}
}

// wantWords wants all the words in an error on one line.
func wantWords(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("got error %q, want %q in it", err, w)
		}
	}
}

// bomb is a YAML text of 9^9 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n")
	for c := 'b'; c <= 'i'; c++ {
		list := strings.Repeat("*"+string(c-1)+", ", 9)
		b.WriteString(string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(list, ", ") + "]\n")
	}
	return b.String()
}

func TestMerge(t *testing.T) {
	t.Parallel()
	a := vals{"m": vals{"x": 1, "y": vals{"z": 1}}, "l": []any{1, 2}, "s": "a", "n": nil, "t": vals{}}
	b := vals{"m": vals{"y": vals{"w": nil}}, "l": []any{3}, "s": vals{"now": "a map"}, "n": vals{}, "t": nil, "new": 1}
	want := vals{
		"m": vals{"x": 1, "y": vals{"z": 1, "w": nil}}, "l": []any{3}, "s": vals{"now": "a map"}, "n": vals{}, "t": nil, "new": 1,
	}
	if diff := cmp.Diff(chart.Merge(a, b), want); diff != "" {
		t.Errorf("merged (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(a["m"], vals{"x": 1, "y": vals{"z": 1}}); diff != "" {
		t.Errorf("the argument changed (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(chart.Merge(nil, nil), vals{}); diff != "" {
		t.Errorf("of nothing (-got +want):\n%s", diff)
	}
}

// FuzzReadValues holds that no values file makes the reader panic, and that Helm's own decoding agrees.
func FuzzReadValues(f *testing.F) {
	for _, seed := range []string{
		"a: 1\nb: [x, {c: yes}]\n", "", "~", "a: &x {b: 1}\nc: {<<: *x}\n", "- a", "a: !!binary aGk=\n", "1: 2\n1.5: x\nyes: no\n", "a: .inf\n",
		"\ufeffa: b\r\nc: |+\r\n  d\r\n\r\n", "{a: b, a: c}", "&a [*a]", "? [a]\n: b\n", "a: 2001-01-01\n", "%YAML 1.1\n---\na: b\n...\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := chart.Values{Files: []string{"-"}}.Read(strings.NewReader(text))
		want := vals{}
		wantErr := yaml.Unmarshal([]byte(text), &want)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("got error %v, Helm's decoding has %v", err, wantErr)
		}
		if err != nil {
			if !errors.Is(err, chart.ErrUsage) {
				t.Errorf("%v is not ErrUsage", err)
			}
			return
		}
		if want == nil {
			want = vals{} // as after Helm's merge
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("not what Helm reads (-got +want):\n%s", diff)
		}
	})
}

// The flags that an overlay is written as are read back with Helm's parser, in Helm's order.
func TestSetFlagsAreReadBackByHelm(t *testing.T) {
	t.Parallel()
	for name, tree := range setFlagTrees() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(readFlags(t, overlayOf(tree).SetFlags()), tree); diff != "" {
				t.Errorf("read back (-got +want):\n%s", diff)
			}
		})
	}
}

func setFlagTrees() map[string]vals {
	return map[string]vals{
		"an overlay": {
			"web":  vals{"nodeSelector": vals{"kubernetes.io/os": "windows"}, "on": true},
			"list": []any{vals{"key": "os", "operator": "Equal", "value": "windows", "effect": "NoSchedule"}},
		},
		"keys": {
			"a.b": vals{"c,d": "1", "e=f": "2", "g[0]": "3", "{h}": "4", `i\j`: "5", "k l": "6", `"m"`: "7", "ü": "8", "'n'": "9", "$o": "10"},
		},
		"texts": {
			"a": "", "b": "1", "c": "true", "d": "null", "e": "a,b", "f": "{a,b}", "g": "a=b", "h": `\n`, "i": "it's", "j": "two\nlines\n",
			"k": " x ", "l": "$HOME `id` \"q\" \\", "m": "[0]", "n": "~", "o": "<>&", "p": "0x10", "q": "-f",
		},
		"other values": {
			"a": nil, "b": false, "c": 1.5, "d": float64(3), "e": vals{}, "f": []any{}, "g": []any{nil, "x", []any{true}}, "h": vals{"i": nil, "j": vals{}},
		},
	}
}

// FuzzSetFlags reads back the flags of any tree. Helm's syntax has no empty keys, no more than 30 levels and no text that
// is not UTF-8.
func FuzzSetFlags(f *testing.F) {
	for _, tree := range setFlagTrees() {
		text, err := yaml.Marshal(tree)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var tree vals
		if yaml.Unmarshal([]byte(text), &tree) != nil || tree == nil || !sayable(tree, 0) {
			return
		}
		if diff := cmp.Diff(readFlags(t, overlayOf(tree).SetFlags()), tree); diff != "" {
			t.Errorf("read back (-got +want):\n%s", diff)
		}
	})
}

func sayable(v any, depth int) bool {
	m, _ := v.(vals)
	for k, x := range m {
		if k == "" || depth > 28 || !sayable(x, depth+1) {
			return false
		}
	}
	return true
}

func overlayOf(tree vals) values.Overlay {
	var edits []values.Edit
	for k, v := range tree {
		edits = append(edits, values.Edit{Path: values.Path{k}, New: v})
	}
	return values.Build(nil, edits, nil)
}

// readFlags reads flags as the shell and Helm would: JSON first, then --set, then --set-string.
func readFlags(t *testing.T, flags []string) vals {
	t.Helper()
	out := vals{}
	for _, form := range []struct {
		flag  string
		parse func(string, vals) error
	}{{"--set-json ", strvals.ParseJSON}, {"--set ", strvals.ParseInto}, {"--set-string ", strvals.ParseIntoString}} {
		for _, f := range flags {
			word, ok := strings.CutPrefix(f, form.flag)
			if !ok {
				continue
			}
			word = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(word, "'"), "'"), `'\''`, "'")
			if err := form.parse(word, out); err != nil {
				t.Errorf("Helm refuses %s: %v", f, err)
			}
		}
	}
	return out
}

// The library's own default is v1.20; the released helm is linked with the version of its client-go, which is ours too.
// A test's build information does not list the modules, so go.mod has to do.
func TestDefaultKubeVersionIsClientGos(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\s+k8s\.io/client-go v0\.(\d+)\.`).FindSubmatch(text)
	if found == nil {
		t.Fatal("client-go is not in go.mod")
	}
	if want := "v1." + string(found[1]) + ".0"; chart.DefaultKubeVersion != want {
		t.Errorf("got %s, want %s", chart.DefaultKubeVersion, want)
	}
}
