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

// cut lists the documents of a stream: the line on which each starts, its head and its text, or what is wrong with it.
func cut(t *testing.T, r io.Reader) []string {
	t.Helper()
	var got []string
	err := manifest.Cut(r, func(raw manifest.Raw) error {
		what := fmt.Sprintf("%d+%d %q %q", raw.Line, raw.Indent, raw.Head, raw.Text)
		if _, err := raw.Node(); err != nil {
			var bad *manifest.SyntaxError
			if !errors.As(err, &bad) {
				t.Fatalf("%v is a %T", err, err)
			}
			what += fmt.Sprintf(" %d:%d %s", bad.Line, bad.Column, bad.Reason)
		}
		got = append(got, what)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCut(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"nothing":            {},
		"one":                {"a: 1\n", []string{`1+0 "" "a: 1\n"`}},
		"without a line end": {"a: 1", []string{`1+0 "" "a: 1"`}},
		"two":                {"a: 1\n---\nb: 2\n", []string{`1+0 "" "a: 1\n"`, `3+0 "---\n" "b: 2\n"`}},
		"a comment behind it": {
			"--- # web\n# Source: x\na: 1\n---\t\n", []string{`2+0 "--- # web\n" "# Source: x\na: 1\n"`, `5+0 "---\t\n" ""`},
		},
		"on its line":        {"---   {a: 1}\n--- b\n", []string{`1+3 "---" "   {a: 1}\n"`, `2+3 "---" " b\n"`}},
		"DOS":                {"\xef\xbb\xbf---\r\na: 1\r\n---\r\nb: |\r\n  ---\r\n", []string{`2+0 "\ufeff---\r\n" "a: 1\r\n"`, `4+0 "---\r\n" "b: |\r\n  ---\r\n"`}},
		"no separators":      {"a: 1\n----\n---b\n ---\n", []string{`1+0 "" "a: 1\n----\n---b\n ---\n" 2:2 could not find expected ':'`}},
		"ends":               {"a: 1\n...\n\n---\nb: 2\n...\n...\n", []string{`1+0 "" "a: 1\n"`, `3+0 "...\n" "\n"`, `5+0 "---\n" "b: 2\n"`, `8+0 "...\n...\n" ""`}},
		"directives":         {"%YAML 1.1\n# a\n---\na: 1\n---\nb: 2\n", []string{`1+0 "" "%YAML 1.1\n# a\n---\na: 1\n"`, `6+0 "---\n" "b: 2\n"`}},
		"JSON":               {"{\"a\": {\"b\": \"}\\\"\"}}{\"c\": []}\n\n {}\n---\n{\"d\": 1}\n", []string{`1+0 "" "{\"a\": {\"b\": \"}\\\"\"}}"`, `1+0 "" "{\"c\": []}\n"`, `2+0 "" "\n {}\n"`, `5+0 "---\n" "{\"d\": 1}\n"`}},
		"nearly JSON":        {"{\"a\": b}\n---\n{\"a\": '}'\n}\n", []string{`1+0 "" "{\"a\": b}\n"`, `3+0 "---\n" "{\"a\": '}'\n}\n"`}},
		"JSON cut off":       {"{\"a\": [1,\n", []string{`1+0 "" "{\"a\": [1,\n" 1:5 did not find expected node content`}},
		"marker behind JSON": {"{\"a\": 1}---\nb: 1\n", []string{`1+0 "" "{\"a\": 1}"`, `1+0 "" "---\nb: 1\n"`}},
		"an older line end":  {"a: 1\r---\rb: 2\r", []string{`1+0 "" "a: 1\r---\rb: 2\r" 1:1 a second document begins in this one without a line of ---`}},
		"mapping in a value": {"---\na: 1\n---\n# x\nb: c: d\n", []string{`2+0 "---\n" "a: 1\n"`, `4+0 "---\n" "# x\nb: c: d\n" 5:5 mapping values are not allowed in this context`}},
		"a tab":              {"a:\n\tb: 1\n", []string{`1+0 "" "a:\n\tb: 1\n" 2:1 found character that cannot start any token`}},
		"an open quote":      {"a: \"x\nb: 1\n", []string{`1+0 "" "a: \"x\nb: 1\n" 1:4 found unexpected end of stream`}},
		"a wrong indent":     {"a:\n  b: 1\n c: 2\n", []string{`1+0 "" "a:\n  b: 1\n c: 2\n" 3:2 did not find expected key`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(cut(t, strings.NewReader(tc.text)), tc.want); diff != "" {
				t.Errorf("documents (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(cut(t, iotest.OneByteReader(strings.NewReader(tc.text))), tc.want); diff != "" {
				t.Errorf("documents, read byte by byte (-got +want):\n%s", diff)
			}
		})
	}
}

func TestCutStops(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	for _, text := range []string{"a: 1\n", `{"a": `, "---"} {
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))
		if err := manifest.Cut(r, func(manifest.Raw) error { return nil }); !errors.Is(err, broken) {
			t.Errorf("%q: got %v, want the reader's error", text, err)
		}
	}
	if err := manifest.Cut(strings.NewReader("a: 1\n"), func(manifest.Raw) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v, want the caller's error", err)
	}
}

// A document that is far longer than what is read at once, between short ones.
func TestCutLong(t *testing.T) {
	t.Parallel()
	long := "a: \"" + strings.Repeat("x", 1<<20) + "\"\n"
	text := strings.Repeat("---\nb: 1\n", 20000) + "---\n" + long + strings.Repeat("---\nc: |\n  d\n", 20000)
	var b strings.Builder
	docs := 0
	err := manifest.Cut(strings.NewReader(text), func(raw manifest.Raw) error {
		docs++
		b.Write(raw.Head)
		b.Write(raw.Text)
		return nil
	})
	if err != nil || docs != 40001 || b.String() != text {
		t.Errorf("%d documents, %v, the same text: %t; want 40001 documents and every byte", docs, err, b.String() == text)
	}
}

// FuzzCut: whatever the bytes, the parts are the stream, how the bytes arrive changes nothing, and what Stream reads whole is there.
func FuzzCut(f *testing.F) {
	for _, seed := range []string{
		"a: 1\n---\nb: 2\n", "--- {a: 1}\n...\n--- # x\n", "\xef\xbb\xbf%YAML 1.1\n---\n{}\n", `{"a": "\""}{"b": 1}`, "{\"a\": 1}\n---\n---\n...\na", "a\r\n---\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var parts, lines strings.Builder
		err := manifest.Cut(strings.NewReader(text), func(raw manifest.Raw) error {
			parts.Write(raw.Head)
			if want := strings.Count(parts.String(), "\n") + 1; raw.Line != want {
				t.Errorf("line %d, want %d", raw.Line, want)
			}
			parts.Write(raw.Text)
			fmt.Fprintf(&lines, "%d %d %d\n", raw.Line, len(raw.Head), len(raw.Text))
			if n, err := raw.Node(); err == nil && n != nil {
				_, err = raw.Document(n)
				var bad *manifest.SyntaxError
				if err != nil && !errors.As(err, &bad) {
					t.Errorf("%v is a %T", err, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("reading from memory: %v", err)
		}
		if parts.String() != text {
			t.Errorf("the parts are %q, want %q", parts.String(), text)
		}
		var bytewise strings.Builder
		err = manifest.Cut(iotest.OneByteReader(strings.NewReader(text)), func(raw manifest.Raw) error {
			_, err := fmt.Fprintf(&bytewise, "%d %d %d\n", raw.Line, len(raw.Head), len(raw.Text))
			return err
		})
		if diff := cmp.Diff(bytewise.String(), lines.String()); diff != "" || err != nil {
			t.Errorf("%v, byte by byte -, whole +:\n%s", err, diff)
		}
	})
}
