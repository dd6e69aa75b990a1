package manifest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// FuzzParse holds that nothing makes the reader panic or hang, and that it reads what Kubernetes reads. The oracle is
// sigs.k8s.io/yaml, numbers compared as numbers. Differences that are meant are in TestParseDiffersFromKubernetes.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a: 1\nb: [x, {c: yes}]\n", "a: &x {b: 1}\nc: {<<: *x, b: 2}\n", "010: 0x1F\n1.5: .5\ntrue: ~\n", "a: |\n  b\n\n  c\n",
		"? a\n: !!binary aGk=\n", "a: 1_000\nb: -0b101\nc: 12e03\nd: 18446744073709551615\n", "%YAML 1.1\n---\na: \"\\u263a\"\n...\n",
		"a:\r\n- b\r\n- 'c''d'\r\n", "\ufeffa: !!str 5\n", "&a [*a]", "{a: b, a: c}", "a: 2001-01-01\nb: 1:30\nc: <<\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := manifest.Parse(text)
		if err != nil {
			return
		}
		doc.Each(func(path []any, _ string) { doc.Pairs(path) })
		if len(doc.Duplicates()) > 0 || strings.Contains(text, "!!") {
			return
		}
		data, err := yaml.YAMLToJSONStrict([]byte(text))
		if err != nil {
			return
		}
		var want map[string]any
		if json.Unmarshal(data, &want) != nil {
			want = nil // no map: no object
		}
		if diff := cmp.Diff(asFloats(doc.Object()), asFloats(want)); diff != "" {
			t.Errorf("not what Kubernetes reads (-got +want):\n%s", diff)
		}
	})
}

// asFloats makes numbers of every type comparable; that integers keep all their digits is TestParse's matter.
func asFloats(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = asFloats(x)
		}
		return out
	case []any:
		out := []any{}
		for _, x := range v {
			out = append(out, asFloats(x))
		}
		return out
	case int64:
		return float64(v)
	}
	return v
}

// FuzzStream: whatever the bytes, reading ends without a panic, each item lies behind the one before it, and how the bytes arrive
// changes nothing.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		"a: 1\n---\nb: 2\n", "apiVersion: v1\nitems:\n- a: 1\n- b: 2\nkind: List\n", `{"items": [{"a": 1}, {"b": 2}]}`, "items:\n-\n  a: [\n", "--- {a: 1}\n...\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(r io.Reader) (out []string) {
			last := 0
			err := manifest.Stream(r, func(i manifest.Item) error {
				if i.Line < last {
					t.Errorf("an item on line %d comes after one on line %d", i.Line, last)
				}
				last = i.Line
				out = append(out, fmt.Sprint(i.Line, i.Err))
				if i.Err == nil {
					i.Locate([]any{"metadata", "name"})
					i.Repeated()
				}
				return nil
			})
			if err != nil {
				t.Errorf("reading from memory: %v", err)
			}
			return out
		}
		whole, bytewise := read(strings.NewReader(text)), read(iotest.OneByteReader(strings.NewReader(text)))
		if diff := cmp.Diff(bytewise, whole); diff != "" {
			t.Errorf("byte by byte -, whole +:\n%s", diff)
		}
	})
}
