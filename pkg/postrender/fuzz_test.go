package postrender_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// FuzzRun: whatever the stream, it is refused as what it is, or all that differs afterwards are the placement fields of its pods,
// and a second pass changes nothing.
func FuzzRun(f *testing.F) {
	for _, seed := range []string{
		pod("a", "  containers: []\n") + "---\n" + pod("b", whereItGoes), pod("a", "  nodeSelector: &a {a: b, a: c}\n  affinity: *a\n"), "%YAML 1.1\n---\n" + pod("a", "  {}\n"),
		"apiVersion: v1\nkind: PodList\nitems:\n- " + strings.ReplaceAll(pod("a", everything), "\n", "\n  ") + "\n- *x\n", strings.ReplaceAll(pod("a", selector), "\n", "\r\n"),
		`{"apiVersion": "apps/v1", "kind": "DaemonSet", "spec": {"template": {"spec": null}}}{"kind": "Pod", "x": "\ud83d\ude00\\ud83d\ude00"}`,
		"--- {apiVersion: v1, kind: Pod, spec: {nodeSelector: {kubernetes.io/os: linux}}}\n...\n", "a: [\n", "\ufeffkind: Pod\napiVersion: v1\nspec:\n", "? kind\n: Pod\n? apiVersion\n: v1\nspec: !!map\n",
		"apiVersion: batch/v1\nkind: CronJob\nspec:\n    jobTemplate: {spec: {template: {spec: {tolerations: [{operator: Exists}, *x]}}}}\n",
	} {
		f.Add(seed)
	}
	q := windows(f)
	f.Fuzz(func(t *testing.T, stream string) {
		out, _, err := postrender.Bytes([]byte(stream), q)
		var bad *postrender.SyntaxError
		if err != nil {
			if !errors.As(err, &bad) || bad.Line < 1 || bad.Column < 1 {
				t.Errorf("%v is a %T", err, err)
			}
			return
		}
		again, _, err := postrender.Bytes(out, q)
		if err != nil || !bytes.Equal(again, out) {
			t.Errorf("a second pass: %v\n%q\nand before\n%q", err, again, out)
		}
		before, after := documents(t, stream), documents(t, string(out))
		if len(before) != len(after) {
			t.Fatalf("%d documents became %d: %q", len(before), len(after), out)
		}
		for i := range before {
			if !bytes.Equal(before[i].head, after[i].head) {
				t.Errorf("head %q became %q", before[i].head, after[i].head)
			}
			if bytes.Equal(before[i].text, after[i].text) {
				continue
			}
			fields := placementFields(before[i].object, nil)
			for _, field := range fields {
				take(before[i].object, field)
				take(after[i].object, field)
			}
			if len(fields) == 0 {
				t.Fatalf("what holds no workload became %q", after[i].text)
			}
			if d := manifest.Diff(before[i].object, after[i].object); len(d) > 0 {
				t.Errorf("%s differs: %v -> %v\n%q", object.Path(d[0].Path), d[0].Old, d[0].New, after[i].text)
			}
		}
	})
}

type document struct {
	head, text []byte
	object     map[string]any
}

func documents(t *testing.T, stream string) []document {
	t.Helper()
	var out []document
	err := manifest.Cut(strings.NewReader(stream), func(raw manifest.Raw) error {
		d := document{head: bytes.Clone(raw.Head), text: bytes.Clone(raw.Text)}
		if doc, err := manifest.Parse(string(raw.Text)); err == nil {
			d.object = doc.Object()
		}
		out = append(out, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func placementFields(obj map[string]any, at object.Path) []object.Path {
	var out []object.Path
	kind, _ := obj["kind"].(string)
	if items, ok := obj["items"].([]any); ok && strings.HasSuffix(kind, "List") {
		for i, item := range items {
			if m, ok := item.(map[string]any); ok {
				out = append(out, placementFields(m, at.Then("items", i))...)
			}
		}
		return out
	}
	for _, w := range workload.Of(obj) {
		for _, field := range []string{"nodeSelector", "tolerations", "affinity", "os", "runtimeClassName", "nodeName"} {
			out = append(out, slices.Concat(at, w.SpecPath, object.Path{field}))
		}
	}
	return out
}

// take takes a field away. A map that is shared by aliases loses it everywhere, on both sides.
func take(obj map[string]any, path object.Path) {
	if m, ok := path[:len(path)-1].In(obj).(map[string]any); ok {
		key, _ := path[len(path)-1].(string)
		delete(m, key)
	}
}
