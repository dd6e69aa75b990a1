package fork_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/fork"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/steer"
)

// archive reads a chart in testdata. Its file "leave" holds a pattern of workloads that stay as they are; with a file "settle" os.name
// is to be set, and fields that Windows ignores are to go.
func archive(t *testing.T, name string) (*chart.Chart, *judge) {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	q := aim.Request{OS: "windows", Pools: pools(t)}
	var also steer.Also
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool {
		switch f.Name {
		case "leave":
			q.Leave = append(q.Leave, strings.TrimSpace(string(f.Data)))
		case "settle":
			also = steer.Also{OSName: true, Fix: true}
		default:
			return false
		}
		return true
	})
	dir := filepath.Join(t.TempDir(), "web")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := txtar.Write(a, dir); err != nil {
		t.Fatal(err)
	}
	j := newJudge(t, q)
	j.also = also
	return load(t, dir), j
}

// told is what a fork says of itself, edits first.
func told(f *fork.Fork) string {
	var b strings.Builder
	for _, e := range f.Edits {
		fmt.Fprintf(&b, "%s:%d %s\n", e.File, e.Line, strings.Join(e.Workloads, ", "))
		if string(f.Files[e.File]) == e.After && filepath.Base(e.File) == "_winready.tpl" {
			b.WriteString("+ a new file\n")
			continue
		}
		for _, side := range []struct{ sign, text string }{{"-", e.Before}, {"+", e.After}} {
			for l := range strings.Lines(side.text) {
				b.WriteString(side.sign + strings.TrimRight(l, "\n") + "\n")
			}
		}
	}
	for _, p := range f.Placed {
		fmt.Fprintf(&b, "placed %s: %s\n", p.Name, p.Way)
	}
	for _, u := range f.Unplaced {
		fmt.Fprintf(&b, "not placed %s: %s\n", u.Name, u.Reason)
	}
	for _, n := range f.Notes {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	return b.String()
}

// TestEdits compares the edits of small charts with those that were reviewed. Each copy is loaded from a disk and places what it says.
func TestEdits(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(names) < 20 {
		t.Fatalf("%d archives, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			c, j := archive(t, name)
			rel := chart.Release{Name: "rel", Namespace: "default"}
			in := fork.Input{Chart: c, Release: rel, Plan: j.plan}
			f, err := fork.Make(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, strings.TrimSuffix(name, ".txtar")+".edits", []byte(told(f)))
			forked := onDisk(t, f)
			for _, rel := range []chart.Release{rel, {Name: "another", Namespace: "elsewhere"}} {
				if left := j.unplaced(render(t, forked, rel, nil)); len(left) > 0 {
					t.Errorf("release %s: not placed: %q", rel.Name, left)
				}
			}
			unchanged(t, c, f)
			if !slices.Contains([]string{"random", "range-one-of-two", "subchart"}, strings.TrimSuffix(filepath.Base(name), ".txtar")) {
				return
			}
			again, err := fork.Make(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(again.Files, f.Files); diff != "" {
				t.Errorf("the second fork is another one (-second +first):\n%s", diff)
			}
			in.Chart = forked
			if more, err := fork.Make(t.Context(), in); err != nil || len(more.Placed) > 0 {
				t.Errorf("a fork of the fork places %v, %v", more.Placed, err)
			}
		})
	}
}
