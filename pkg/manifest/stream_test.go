package manifest_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// read lists the items of a stream: where each starts, its name and where "at" of it is.
func read(t *testing.T, r io.Reader) []string {
	t.Helper()
	var got []string
	err := manifest.Stream(r, func(i manifest.Item) error {
		if i.Err != nil {
			got = append(got, fmt.Sprintf("%d: %v", i.Line, i.Err))
			return nil //nolint:nilerr // it is what is looked for
		}
		line, column := i.Locate([]any{"spec", "at"})
		got = append(got, fmt.Sprintf("%d: %v at %d:%d", i.Line, manifest.NameOf(i.Object()), line, column))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestStream(t *testing.T) {
	t.Parallel()
	one := func(name string) string {
		return "kind: Pod\nmetadata: {name: " + name + "}\nspec:\n  at: 1\n"
	}
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"nothing":       {text: ""},
		"only comments": {text: "# a\n---\n# b\n"},
		"one":           {text: one("a"), want: []string{"1: a at 4:3"}},
		"two":           {text: one("a") + "---\n" + one("b"), want: []string{"1: a at 4:3", "6: b at 9:3"}},
		"leading line":  {text: "---\n" + one("a"), want: []string{"2: a at 5:3"}},
		"DOS line ends": {text: strings.ReplaceAll(one("a")+"---\n"+one("b"), "\n", "\r\n"), want: []string{"1: a at 4:3", "6: b at 9:3"}},
		"byte order":    {text: "\ufeff" + one("a"), want: []string{"1: a at 4:3"}},
		"end of a line": {text: "--- # web\n" + one("a") + "...\n" + one("b"), want: []string{"1: a at 5:3", "7: b at 10:3"}},
		"on its line":   {text: "--- {kind: Pod, metadata: {name: a}, spec: {at: 1}}\n", want: []string{"1: a at 1:45"}},
		"broken":        {text: one("a") + "---\na: [\nb: 1\n---\n" + one("c"), want: []string{"1: a at 4:3", "7: parsing YAML: line 7: did not find expected ',' or ']'", "9: c at 12:3"}},
		"a List": {
			text: "apiVersion: v1\nitems:\n- kind: Pod\n  metadata: {name: a}\n  spec:\n    at: 1\n- kind: Pod\n  metadata:\n    name: b\n  spec: {}\nkind: List\nmetadata: {}\n---\n" + one("c"),
			want: []string{"3: a at 6:5", "7: b at 10:3", "14: c at 17:3"},
		},
		"an indented List": {
			text: "apiVersion: v1\nkind: List\nitems:\n\n  # one\n  - kind: Pod\n    metadata: {name: a}\n    spec:\n      at: 1\n  -\n    metadata: {name: b}\nmetadata: {}\n",
			want: []string{"6: a at 9:7", "10: b at 11:5"},
		},
		"a List of nothing":      {text: "apiVersion: v1\nitems:\nkind: List\nmetadata: {name: a}\n", want: []string{"1: a at 1:1"}},
		"a List that is no list": {text: "kind: PodList\nitems:\n  a: 1\nmetadata: {name: a}\n", want: []string{"1: a at 1:1"}},
		"items that are none": {
			text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nitems:\n- b\n", want: []string{"1: a at 1:1"},
		},
		"one broken item": {
			text: "apiVersion: v1\nitems:\n- kind: Pod\n  metadata: {name: a}\n- kind: [\n- kind: Pod\n  metadata: {name: c}\nkind: List\n",
			want: []string{"3: a at 3:3", "5: parsing YAML: line 5: did not find expected node content", "6: c at 6:3"},
		},
		"JSON":       {text: "{\n  \"kind\": \"Pod\",\n  \"metadata\": {\"name\": \"a\"},\n  \"spec\": {\n    \"at\": 1\n  }\n}\n", want: []string{"1: a at 5:5"}},
		"JSON twice": {text: `{"metadata": {"name": "a"}}` + "\n" + `{"metadata": {"name": "b"}}`, want: []string{"1: a at 1:1", "2: b at 2:1"}},
		"a JSON List": {
			text: "{\n \"apiVersion\": \"v1\",\n \"items\": [\n  {\n   \"metadata\": {\"name\": \"a\"},\n   \"spec\": {\n    \"at\": 1\n   }\n  },\n  {\"metadata\": {\"name\": \"b\"}}\n ],\n \"kind\": \"List\"\n}\n",
			want: []string{"4: a at 7:5", "10: b at 10:1"},
		},
		"JSON cut off": {text: "{\"apiVersion\": \"v1\", \"items\": [{\"metadata\": {\"name\": \"a\"}},\n", want: []string{"1: a at 1:1", "1: parsing JSON: line 1: unexpected EOF"}},
		"YAML in flow": {text: "{kind: Pod, metadata: {name: a}}\n", want: []string{"1: a at 1:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(read(t, strings.NewReader(tc.text)), tc.want); diff != "" {
				t.Errorf("items (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(read(t, iotest.OneByteReader(strings.NewReader(tc.text))), tc.want); diff != "" {
				t.Errorf("items, read byte by byte (-got +want):\n%s", diff)
			}
		})
	}
}

func TestStreamStops(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	for _, text := range []string{"a: 1\n---\nb: 1\n", `{"a": 1}`, `{"items": [{}]}`} {
		if err := manifest.Stream(strings.NewReader(text), func(manifest.Item) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("%s: got %v, want the caller's error", text, err)
		}
	}
	broken := errors.New("broken disk")
	for _, text := range []string{"a: 1\n", `{"a": `} {
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))
		if err := manifest.Stream(r, func(manifest.Item) error { return nil }); !errors.Is(err, broken) {
			t.Errorf("%s: got %v, want the reader's error", text, err)
		}
	}
}

func TestRepeated(t *testing.T) {
	t.Parallel()
	var got []manifest.Repeated
	text := "# a\n---\na:\n  b: 1\n  c: [{d: 1, d: x}]\n  b: 2\na2: 1\n"
	err := manifest.Stream(strings.NewReader(text), func(i manifest.Item) error {
		got = append(got, i.Repeated()...)
		return i.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []manifest.Repeated{
		{Path: []any{"a", "c", 0, "d"}, Line: 5, Column: 14, Values: []string{"1", "x"}},
		{Path: []any{"a", "b"}, Line: 6, Column: 3, Values: []string{"1", "2"}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("repeated (-got +want):\n%s", diff)
	}
}
