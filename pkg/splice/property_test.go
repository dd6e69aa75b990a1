package splice_test

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
	kyaml "sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/internal/yamlgen"
	"github.com/winready/kubectl-winready/pkg/splice"
)

type tree = map[string]any

var (
	documents = flag.Int("documents", 700, "how many documents are generated and edited")
	firstSeed = flag.Uint64("seed", 0, "the first of them")
)

// The oracle for what a text means is sigs.k8s.io/yaml, which Helm and Kubernetes read with; what an edit does to that is written
// down here a second time.
func TestGeneratedDocuments(t *testing.T) {
	t.Parallel()
	read, refused := 0, 0
	for i := range uint64(*documents) {
		seed := *firstSeed + i
		g := generator{yamlgen.New(seed)}
		text := g.Document()
		data, err := kubernetesReads(text)
		if err != nil {
			continue
		}
		read++
		edits := g.edits(data)
		if len(edits) == 0 {
			continue
		}
		if ok := checkEdits(t, fmt.Sprint("seed ", seed), text, data, edits); !ok {
			refused++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d documents read, %d edits refused", read, refused)
	if read < *documents*9/10 || refused > read/100 {
		t.Errorf("of %d documents %d were read, and %d could not be edited", *documents, read, refused)
	}
}

// kubernetesReads decodes a text, all numbers as float64.
func kubernetesReads(text string) (any, error) {
	data, err := kyaml.YAMLToJSON([]byte(text))
	if err != nil {
		return nil, err
	}
	var v any
	err = json.Unmarshal(data, &v)
	return v, err
}

// checkEdits holds what Apply promises. It is false when Apply refuses.
func checkEdits(t *testing.T, name, text string, data any, edits []splice.Edit) bool {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s: %s\n%s\nedits: %+v", name, fmt.Sprintf(format, args...), text, edits)
	}
	out, err := splice.Apply([]byte(text), edits)
	if err != nil {
		var e *splice.Error
		if !errors.As(err, &e) || out != nil {
			fail("error %v and text %q", err, out)
		}
		if strings.Contains(e.Reason, "as text") || strings.Contains(e.Reason, "not YAML") {
			t.Logf("%s: %v\n%s\nedits: %+v", name, err, text, edits)
			return false
		}
		return true
	}
	want := data
	for _, e := range edits {
		want = set(want, e, e.Path)
	}
	got, err := kubernetesReads(string(out))
	if err != nil {
		fail("not what Kubernetes reads: %v\n%s", err, out)
		return true
	}
	if diff := cmp.Diff(got, want); diff != "" {
		fail("decoded (-got +want):\n%s\n%s", diff, out)
		return true
	}
	if !slices.ContainsFunc(edits[:len(edits)-1], removesItem) { // which moves the items that later edits mean
		if gone := yamlgen.Lost(text, string(out), touches(edits)); gone != "" {
			fail("%s\n%s", gone, out)
		}
	}
	last := edits[len(edits)-1:]
	if removesItem(last[0]) {
		return true // it would take the next one
	}
	if again, err := splice.Apply(out, last); err != nil || !bytes.Equal(again, out) {
		fail("the last edit again: error %v\n%s\n----\n%s", err, out, again)
	}
	return true
}

func touches(edits []splice.Edit) []yamlgen.Touch {
	var out []yamlgen.Touch
	for _, e := range edits {
		out = append(out, yamlgen.Touch{Path: e.Path, Remove: e.Remove})
	}
	return out
}

func removesItem(e splice.Edit) bool {
	if !e.Remove {
		return false
	}
	_, ok := e.Path[len(e.Path)-1].(int)
	return ok
}

// set carries out an edit on decoded data, which is not changed.
func set(v any, e splice.Edit, path []any) any {
	if len(path) == 0 {
		if e.Mend {
			return v
		}
		return asFloats(e.Value)
	}
	switch step := path[0].(type) {
	case string:
		have, ok := v.(tree)
		_, exists := have[step]
		if (!ok || !exists) && (e.Remove || e.Mend) {
			return v
		}
		out := maps.Clone(have)
		if out == nil {
			out = tree{}
		}
		if e.Remove && len(path) == 1 {
			delete(out, step)
		} else {
			out[step] = set(have[step], e, path[1:])
		}
		return out
	default:
		i := path[0].(int)
		out, ok := v.([]any)
		if !ok && (e.Remove || e.Mend) {
			return v
		}
		out = slices.Clone(out)
		if e.Remove && len(path) == 1 {
			return slices.Delete(out, i, i+1)
		}
		if i == len(out) {
			return append(out, set(nil, e, path[1:]))
		}
		out[i] = set(out[i], e, path[1:])
		return out
	}
}

func asFloats(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		panic(err)
	}
	return out
}

// generator makes edits, too.
type generator struct{ *yamlgen.Generator }

// edits are some that fit a document, and now and then one that does not.
func (g generator) edits(data any) []splice.Edit {
	var out []splice.Edit
	for range 1 + g.IntN(3)*g.IntN(2) {
		e := splice.Edit{Path: g.path(data), Value: g.newValue(2)}
		switch {
		case len(e.Path) == 0:
			e.Value = set(tree{}, splice.Edit{Value: e.Value}, []any{"root"})
		case g.Chance(25):
			e.Remove, e.Value = true, nil
		case g.Chance(8):
			e.Mend, e.Value = true, nil
		case g.Chance(10):
			e.Value = valueAt(data, e.Path)
		case g.Chance(10):
			if have, ok := valueAt(data, e.Path).(tree); ok {
				have = maps.Clone(have)
				have["added"] = g.newValue(1)
				e.Value = have
			}
		}
		if !fits(data, e) {
			continue
		}
		data = set(data, e, e.Path)
		out = append(out, e)
	}
	return out
}

func fits(v any, e splice.Edit) bool {
	for _, step := range e.Path {
		switch step := step.(type) {
		case string:
			m, ok := v.(tree)
			if v != nil && !ok {
				return false
			}
			v = m[step]
		case int:
			l, ok := v.([]any)
			if v != nil && !ok || step > len(l) || (e.Remove || e.Mend) && step == len(l) {
				return false
			}
			if v = nil; step < len(l) {
				v = l[step]
			}
		}
	}
	return true
}

func valueAt(v any, path []any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(tree)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

// path leads to something in the data, or to what is not there yet.
func (g generator) path(v any) []any {
	var out []any
	for {
		switch x := v.(type) {
		case tree:
			if len(x) == 0 || g.Chance(20) {
				out = append(out, g.One("new", "on", "kubernetes.io/os", "a b", "1"))
				if g.Chance(40) {
					out = append(out, "deeper")
				}
				return out
			}
			k := slices.Sorted(maps.Keys(x))[g.IntN(len(x))]
			out, v = append(out, k), x[k]
		case []any:
			if len(x) == 0 || g.Chance(30) {
				return append(out, len(x))
			}
			i := g.IntN(len(x))
			out, v = append(out, i), x[i]
		case nil:
			if g.Chance(50) || len(out) == 0 {
				out = append(out, "child")
			}
			return out
		default:
			return out
		}
		if g.Chance(25) {
			return out
		}
	}
}

func (g generator) newValue(depth int) any {
	switch {
	case depth > 0 && g.Chance(25):
		out := tree{}
		for range g.IntN(3) {
			out[g.One("kubernetes.io/os", "a", "key", "value", "true", "é", "#")] = g.newValue(depth - 1)
		}
		return out
	case depth > 0 && g.Chance(20):
		out := []any{}
		for range g.IntN(3) {
			out = append(out, g.newValue(depth-1))
		}
		return out
	}
	return []any{
		"windows", "linux", "", "yes", "1", "a: b", "# x", "two\nlines\n", "no\nend", " lead\nx\n", "end\n\n", "tab\tx", "é\u2028", nil, true, 5, 1.5, int64(1) << 62, "'", "\"", "{x", "[", "- a", "\n", "a\r\nb", "x ", "0o17", "1_000", "2001-01-01", "<<", "~",
	}[g.IntN(31)]
}
