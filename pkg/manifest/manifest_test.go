package manifest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
)

type tree = map[string]any

func parse(t *testing.T, text string) *manifest.Document {
	t.Helper()
	doc, err := manifest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want tree
	}{
		"nothing":             {text: ""},
		"a comment":           {text: "# nothing\n"},
		"a separator":         {text: "---\n"},
		"null":                {text: "null\n"},
		"a list":              {text: "- a\n"},
		"a text":              {text: "a\n"},
		"an empty map":        {text: "{}\n", want: tree{}},
		"types":               {text: "a: x\nb: 1\nc: 1.5\nd: true\ne: null\nf:\ng: []\nh: {}\ni: ''\nj: ~\n", want: tree{"a": "x", "b": int64(1), "c": 1.5, "d": true, "e": nil, "f": nil, "g": []any{}, "h": tree{}, "i": "", "j": nil}},
		"truth of YAML 1.1":   {text: "a: yes\nb: No\nc: on\nd: OFF\ne: y\nf: 'yes'\ng: yEs\nh: !!str yes\ni: !!bool yes\nj: True\n", want: tree{"a": true, "b": false, "c": true, "d": false, "e": true, "f": "yes", "g": "yEs", "h": "yes", "i": true, "j": true}},
		"numbers":             {text: "a: 0x1F\nb: 010\nc: 0o10\nd: 1_000\ne: 1e3\nf: +5\ng: .5\nh: 0b11\ni: -0\nj: 08\nk: 1_0.5\nl: 1:30\n", want: tree{"a": int64(31), "b": int64(8), "c": int64(8), "d": int64(1000), "e": 1000.0, "f": int64(5), "g": 0.5, "h": int64(3), "i": int64(0), "j": 8.0, "k": 10.5, "l": "1:30"}},
		"huge numbers":        {text: "a: 9007199254740993\nb: 9223372036854775807\nc: 18446744073709551615\nd: 123456789012345678901234567890\ne: 1e999\n", want: tree{"a": int64(9007199254740993), "b": int64(9223372036854775807), "c": 18446744073709551615.0, "d": 123456789012345678901234567890.0, "e": "1e999"}},
		"dates stay text":     {text: "a: 2001-01-01\n", want: tree{"a": "2001-01-01"}},
		"binary":              {text: "a: !!binary aGk=\n", want: tree{"a": "hi"}},
		"keys":                {text: "1: a\n0x10: b\nyes: c\n1.50: d\n'010': e\n? f\n: g\n", want: tree{"1": "a", "16": "b", "true": "c", "1.5": "d", "010": "e", "f": "g"}},
		"the last one counts": {text: "a: 1\na: 2\n", want: tree{"a": int64(2)}},
		"aliases":             {text: "a: &x {b: [&y c]}\nd: *x\ne: *y\n*y : f\n", want: tree{"a": tree{"b": []any{"c"}}, "d": tree{"b": []any{"c"}}, "e": "c", "c": "f"}},
		"merge keys":          {text: "a: &x {k: 1, l: 1}\nb: {<<: *x, k: 2}\nc: {k: 2, <<: *x}\nd: {<<: [{k: 3}, *x]}\n'<<': e\n", want: tree{"a": tree{"k": int64(1), "l": int64(1)}, "b": tree{"k": int64(2), "l": int64(1)}, "c": tree{"k": int64(1), "l": int64(1)}, "d": tree{"k": int64(3), "l": int64(1)}, "<<": "e"}},
		"line ends, a mark":   {text: "\ufeffa: |\r\n  b\r\n\r\nc: 'd\r\n  e'\r\n", want: tree{"a": "b\n", "c": "d e"}},
		"the first of many":   {text: "a: 1\n---\na: 2\n", want: tree{"a": int64(1)}},
		"JSON":                {text: `{"a": [1, "b\u0041", null, {"c": false}]}`, want: tree{"a": []any{int64(1), "bA", nil, tree{"c": false}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(parse(t, tc.text).Object(), tc.want); diff != "" {
				t.Errorf("object (-got +want):\n%s", diff)
			}
		})
	}
}

// Where Kubernetes and Helm refuse a document, this is what comes of it here, because nobody gets to see it.
func TestParseDiffersFromKubernetes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]tree{
		"a: .inf\nb: .nan\n":               {"a": ".inf", "b": ".nan"}, // no JSON
		"a: !!int x\nb: !!bool x\n":        {"a": "x", "b": "x"},
		"a: !!binary '*'\n":                {"a": "*"},
		"a: !mine yes\nb: !!timestamp x\n": {"a": "yes", "b": "x"},
		"1: a\n'1': b\n":                   {"1": "b"}, // either of them in Kubernetes, by chance
	} {
		if diff := cmp.Diff(parse(t, text).Object(), want); diff != "" {
			t.Errorf("%q (-got +want):\n%s", text, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n")
	for c := 'b'; c <= 'i'; c++ {
		list := strings.Repeat("*"+string(c-1)+", ", 9)
		bomb.WriteString(string(c) + ": &" + string(c) + " [" + list + "]\n")
	}
	for name, tc := range map[string]struct{ text, want string }{
		"an open list":      {text: "a: 1\nb: [\n", want: "parsing YAML: line 2: "},
		"a tab":             {text: "a:\n\tb: c\n", want: "parsing YAML: line 2: found character that cannot start any token"},
		"no anchor":         {text: "a: *x\n", want: "parsing YAML: unknown anchor 'x' referenced"},
		"bytes of no text":  {text: "a: \xff\n", want: "parsing YAML: "},
		"an anchor bomb":    {text: bomb.String(), want: "parsing YAML: line 1: aliases expand to more than 1000000 values"},
		"in itself":         {text: "a: &x [*x]\n", want: "parsing YAML: line 1: nested more than 1000 levels deep"},
		"in itself, often":  {text: "a: &x [*x, *x, *x]\n", want: "parsing YAML: line 1: nested more than 1000 levels deep"},
		"in itself, by key": {text: "a: &x\n  <<: *x\n", want: "parsing YAML: line 2: nested more than 1000 levels deep"},
		"deep":              {text: strings.Repeat("[", 1100) + strings.Repeat("]", 1100), want: "parsing YAML: line 1: nested more than 1000 levels deep"},
		"abysmal":           {text: strings.Repeat("[", 100_000), want: "parsing YAML: exceeded max depth"},
		"a map as a key":    {text: "a:\n  ? {b: c}\n  : d\n", want: "parsing YAML: line 2: a key must be text, a number or a truth value"},
		"an alias of a map": {text: "a: &x {}\n*x : b\n", want: "parsing YAML: line 2: a key must be text, a number or a truth value"},
		"null as a key":     {text: "a:\n  ~: b\n", want: "parsing YAML: line 2: a key must be text, a number or a truth value"},
		"a merge of texts":  {text: "a:\n  <<: [b]\n", want: "parsing YAML: line 2: << takes a map or a list of maps"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := manifest.Parse(tc.text)
			if err == nil {
				t.Fatalf("got %v and no error", doc.Object())
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got error %q, want %q", err, tc.want)
			}
		})
	}
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"none":           {text: "a: 1\nb: {a: 1}\n"},
		"at the top":     {text: "a: 1\nb: 1\na: 2\n", want: []string{": a"}},
		"three times":    {text: "a: 1\na: 2\na: 3\n", want: []string{": a", ": a"}},
		"in a list":      {text: "a:\n- b: 1\n- {c: 1, 'c': 2}\n", want: []string{"a[1]: c"}},
		"in order":       {text: "a: 1\na: {b: 1, b: 2}\nc: {d: 1, d: 2}\n", want: []string{": a", "a: b", "c: d"}},
		"a null counts":  {text: "a: {os: linux, os: }\n", want: []string{"a: os"}},
		"by any writing": {text: "a: {1: x, 0x1: y}\n", want: []string{"a: 1"}},
		"not by merging": {text: "a: &x {k: 1}\nb: {<<: *x, k: 2, <<: *x}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(parse(t, tc.text).Duplicates(), tc.want); diff != "" {
				t.Errorf("duplicates (-got +want):\n%s", diff)
			}
		})
	}
}

func TestPairs(t *testing.T) {
	t.Parallel()
	doc := parse(t, "a:\n- sel: {b: 1, b: linux, c: {}, yes: 'x y'}\n- &x {d: e}\n- *x\nf: null\nf: {g: h}\n")
	for name, tc := range map[string]struct {
		path []any
		want []manifest.Pair
	}{
		"in order, repeated":  {path: []any{"a", 0, "sel"}, want: []manifest.Pair{{"b", "1"}, {"b", "linux"}, {"c", ""}, {"true", "x y"}}},
		"through an alias":    {path: []any{"a", 2}, want: []manifest.Pair{{"d", "e"}}},
		"of a repeated key":   {path: []any{"f"}, want: []manifest.Pair{{"g", "h"}}},
		"the top":             {want: []manifest.Pair{{"a", ""}, {"f", "null"}, {"f", ""}}},
		"no such key":         {path: []any{"a", 0, "nosuch", "x"}},
		"no such index":       {path: []any{"a", 9}},
		"an index below zero": {path: []any{"a", -1}},
		"a key of a list":     {path: []any{"a", "b"}},
		"an index of a map":   {path: []any{0}},
		"a scalar":            {path: []any{"a", 0, "sel", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(doc.Pairs(tc.path), tc.want); diff != "" {
				t.Errorf("pairs (-got +want):\n%s", diff)
			}
		})
	}
	if got := parse(t, "").Pairs(nil); got != nil {
		t.Errorf("of nothing: got %v", got)
	}
}

func TestEachVisitsKeysAndValues(t *testing.T) {
	t.Parallel()
	var got []string
	parse(t, "a: &x\n  b: [1, {c: ''}]\nd: *x\n010: |\n  text\n").Each(func(path []any, text string) {
		got = append(got, object.Path(path).String()+" "+text)
	})
	want := []string{
		"a a", "a.b b", "a.b[0] 1", "a.b[1].c c", "a.b[1].c ", "d d", "d.b b", "d.b[0] 1", "d.b[1].c c", "d.b[1].c ", "8 8", "8 text\n",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("visited (-got +want):\n%s", diff)
	}
	parse(t, "").Each(func([]any, string) { t.Error("nothing was visited") })
}

func TestDiff(t *testing.T) {
	t.Parallel()
	type d = manifest.Difference
	for name, tc := range map[string]struct {
		a, b string
		want []d
	}{
		"nothing":             {a: "a: 1\nb: [x]\n", b: "b: [x]\na: 1\n"},
		"a value":             {a: "a: {b: 1}\n", b: "a: {b: '1'}\n", want: []d{{[]any{"a", "b"}, int64(1), "1"}}},
		"in a list":           {a: "a: [x, {b: 1, c: 2}]\n", b: "a: [z, {b: 2, c: 2}]\n", want: []d{{[]any{"a", 0}, "x", "z"}, {[]any{"a", 1, "b"}, int64(1), int64(2)}}},
		"a longer list":       {a: "a: [x]\n", b: "a: [x, z]\n", want: []d{{[]any{"a"}, []any{"x"}, []any{"x", "z"}}}},
		"a tree is one":       {a: "{}\n", b: "a: {b: {c: 1}}\n", want: []d{{[]any{"a"}, nil, tree{"b": tree{"c": int64(1)}}}}},
		"in order of keys":    {a: "a: 1\nc: 1\n", b: "b: 1\nc: 2\n", want: []d{{[]any{"a"}, int64(1), nil}, {[]any{"b"}, nil, int64(1)}, {[]any{"c"}, int64(1), int64(2)}}},
		"emptiness":           {a: "a: null\nb: {}\nc: []\n", b: "b: null\nd: {}\ne: []\n"},
		"no empty text":       {a: "a: ''\n", b: "a: null\n", want: []d{{[]any{"a"}, "", nil}}},
		"no false":            {a: "a: false\n", b: "{}", want: []d{{[]any{"a"}, false, nil}}},
		"a list and a map":    {a: "a: [1]\n", b: "a: {b: 1}\n", want: []d{{[]any{"a"}, []any{int64(1)}, tree{"b": int64(1)}}}},
		"numbers of two ways": {a: "a: 1\nb: 1.0\n", b: "a: 1.0\nb: 1e0\n"},
		"no object":           {a: "", b: "a: 1\n", want: []d{{[]any{"a"}, nil, int64(1)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(manifest.Diff(parse(t, tc.a).Object(), parse(t, tc.b).Object()), tc.want); diff != "" {
				t.Errorf("differences (-got +want):\n%s", diff)
			}
		})
	}
}

func TestNameOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"metadata: {name: a, generateName: b}": "a", "metadata: {generateName: b}": "b", "metadata: {name: '', generateName: b}": "b",
		"metadata: {name: 5}": "", "metadata: [a]": "", "": "",
	} {
		if got := manifest.NameOf(parse(t, text).Object()); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// A document as large as charts get: CustomResourceDefinitions, dashboards in ConfigMaps.
func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString("kind: Deployment\nspec:\n")
	for range 5000 {
		text.WriteString("- {name: x, value: \"y\", count: 5}\n")
	}
	for b.Loop() {
		if _, err := manifest.Parse(text.String()); err != nil {
			b.Fatal(err)
		}
	}
}
