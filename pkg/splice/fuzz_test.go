package splice_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/splice"
)

// FuzzApply holds for any text and edit that nothing panics, that an edited text decodes to what the edit asks for, and that the
// edit made again changes nothing.
func FuzzApply(f *testing.F) {
	for _, seed := range []struct{ text, path, value string }{
		{"a: {b: 1, }\nc: # d\n", "[a, e]", "{f: [g]}"},
		{"a: &x [1, *y]\nb: &y\n", "[b, c]", "yes"},
		{"- a: |\n    x\n- b\n", "[0, a]", "x"},
		{"? a\n: b\n? c\n", "[c]", "|\n  d\n"},
		{"a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n", "[c, b]", "3"},
		{"\ufeffa: 'é'\r\nb: \"x\\\r\n  y\"\r\n", "[b]", "z"},
		{"{\"a\": [{}, 1]}", "[a, 0, b]", "'1'"},
		{"a: 1\na: {b: 2}\n", "[a, b]", "3"},
		{"--- !!map # c\na: !!str\n...\n", "[a]", "[1]"},
		{"a: [b: c, ? d : e]\n", "[a, 0, f]", "1"},
		{"# c\n", "[a, 0]", "''"},
		{"a: >+\n\n  b\n\n", "[c]", "1"},
		{"a:\n- - b\n  - c # d\n-\n", "[a, 0, 0]", "{}"},
	} {
		f.Add(seed.text, seed.path, seed.value, byte(0))
		f.Add(seed.text, seed.path, seed.value, byte(1))
		f.Add(seed.text, seed.path, seed.value, byte(2))
	}
	f.Fuzz(func(t *testing.T, text, path, value string, kind byte) {
		var e splice.Edit
		if yaml.Unmarshal([]byte(path), &e.Path) != nil || kyaml.Unmarshal([]byte(value), &e.Value) != nil {
			return
		}
		switch kind % 4 {
		case 1:
			e.Remove, e.Value = true, nil
		case 2:
			e.Mend, e.Value = true, nil
		}
		out, err := splice.Apply([]byte(text), []splice.Edit{e})
		var refused *splice.Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("an error that is no *Error: %v", err)
		}
		data, ok := agreed(text)
		if err != nil || !ok || strings.Contains(text, "!!") || !fits(data, e) {
			return
		}
		got, ok := agreed(string(out))
		if !ok {
			t.Fatalf("no longer read alike, or not at all:\n%s", out)
		}
		if diff := cmp.Diff(got, set(data, e, e.Path)); diff != "" {
			t.Errorf("decoded (-got +want):\n%s\n%s", diff, out)
		}
		if removesItem(e) {
			return
		}
		if again, err := splice.Apply(out, []splice.Edit{e}); err != nil || !bytes.Equal(again, out) {
			t.Errorf("again: error %v\n%q\n%q", err, out, again)
		}
	})
}

// agreed is what a text decodes to when Kubernetes and pkg/manifest agree about it. Where Kubernetes refuses a text, or takes one
// of two keys by chance, nobody will see what is made of it.
func agreed(text string) (any, bool) {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil {
		return nil, false
	}
	data, err := kubernetesReads(text)
	if err != nil {
		return nil, false
	}
	if len(doc.Content) == 0 {
		return data, data == nil
	}
	ours, err := manifest.Decode(doc.Content[0])
	return data, err == nil && cmp.Equal(asFloats(ours), data)
}
