package fork_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/fork"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

const charts = "../../test/charts"

func TestMain(m *testing.M) {
	chart.LogTo(io.Discard)
	os.Exit(m.Run())
}

func pools(t *testing.T) []placement.Pool {
	t.Helper()
	name := filepath.Join(charts, "pools.yaml")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	pools, err := placement.ReadPools(data, name)
	if err != nil {
		t.Fatal(err)
	}
	return pools
}

func load(t *testing.T, dir string) *chart.Chart {
	t.Helper()
	c, err := chart.Load(t.Context(), chart.Source{Ref: dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// trapValues are the values a chart of ours is rendered with: those of the file that its trap.txt names.
func trapValues(t *testing.T, dir string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "trap.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var v chart.Values
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "values: "); ok {
			v.Files = append(v.Files, filepath.Join(dir, name))
		}
	}
	tree, err := v.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// judge is what Plan and the tests ask: where a workload is to go, and whether it is there.
type judge struct {
	t       *testing.T
	request aim.Request
	chooser *aim.Chooser
	also    steer.Also
}

func newJudge(t *testing.T, q aim.Request) *judge {
	t.Helper()
	chooser, err := q.Chooser()
	if err != nil {
		t.Fatal(err)
	}
	return &judge{t: t, request: q, chooser: chooser}
}

func (j *judge) goal(w workload.Workload) (aim.Goal, bool) {
	j.t.Helper()
	target, err := j.chooser.Target(w)
	if err != nil {
		j.t.Fatal(err)
	}
	return j.request.Goal(target.OS, map[string]*nodev1.Scheduling{}), target.OS != platform.OS("")
}

func (j *judge) plan(w workload.Workload) (steer.Plan, bool) {
	goal, ok := j.goal(w)
	if !ok {
		return steer.Plan{}, false
	}
	p := steer.Place(w, goal)
	more := steer.Settle(w, goal.OS(), j.also)
	p.Changes, p.Notes = append(p.Changes, more.Changes...), append(p.Notes, more.Notes...)
	return p, true
}

// unplaced are the pods of a render that are not where they are to be.
func (j *judge) unplaced(docs []chart.Document) []string {
	j.t.Helper()
	var out []string
	for _, p := range chart.FindPods(docs).Pods {
		if goal, ok := j.goal(p.Workload); ok {
			if placed, reasons := goal.Placed(&p.Spec); !placed {
				out = append(out, p.ID()+": "+strings.Join(reasons, "; "))
			}
		}
	}
	return out
}

// onDisk writes a fork's files and loads them as Helm does.
func onDisk(t *testing.T, f *fork.Fork) *chart.Chart {
	t.Helper()
	dir := filepath.Join(t.TempDir(), f.Name)
	for name, data := range f.Files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return load(t, dir)
}

func render(t *testing.T, c *chart.Chart, rel chart.Release, values map[string]any) []chart.Document {
	t.Helper()
	r, err := c.Renderer(rel, values)
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.Render(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := out.Documents()
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// notPlaced are the pods of our charts that a fork cannot place either, with the reason.
func notPlaced() map[string][]string {
	const label = ": its own label kubernetes.io/os is linux: the kubelet of a windows node rejects it"
	return map[string][]string{"pod-os-label": {"Deployment/rel-by-value" + label, "Deployment/rel-hard-coded" + label}}
}

// everything are charts that are forked for all of their workloads, as if no value placed any.
func everything() []string {
	return []string{
		"broken-documents", "broken-line-ends", "custom-resources", "knob-in-instances", "knob-map-or-string", "library", "pod-in-file", "subcharts",
	}
}

// TestTraps forks each chart of ours for what values leave undone; some for all workloads, and some with workloads of both systems. What
// comes out is loaded from a disk, renders with every workload in its place under another release too, and is the chart again where the
// edits are taken back.
func TestTraps(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(charts, "*", "Chart.yaml"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d charts in %s, %v", len(files), charts, err)
	}
	for _, f := range files {
		dir := filepath.Dir(f)
		name := filepath.Base(dir)
		if name == "huge" {
			continue // values place all of it
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trap(t, dir, "windows", true)
			if slices.Contains(everything(), name) {
				trap(t, dir, "windows", false)
			}
			if name == "shared-knob" {
				trap(t, dir, "auto", true)
			}
		})
	}
}

func trap(t *testing.T, dir, os string, overlay bool) {
	t.Helper()
	values := trapValues(t, dir)
	c, rel := load(t, dir), chart.Release{Name: "rel", Namespace: "default"}
	q := aim.Request{OS: os, Pools: pools(t)}
	if overlay {
		r, err := c.Renderer(rel, values)
		if err != nil {
			t.Fatal(err)
		}
		result, err := patch.Run(t.Context(), r, patch.Request{Request: q})
		if err != nil {
			t.Fatal(err)
		}
		values = chart.Merge(values, result.Overlay.Tree())
	}
	j := newJudge(t, q)
	in := fork.Input{Chart: c, Release: rel, Values: values, Plan: j.plan}
	got, err := fork.Make(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, u := range got.Unplaced {
		reasons = append(reasons, u.Workload+": "+u.Reason)
	}
	if diff := cmp.Diff(reasons, notPlaced()[filepath.Base(dir)]); diff != "" {
		t.Errorf("not placed (-got +want):\n%s\n%s", diff, strings.Join(reasons, "\n"))
	}
	if len(got.Placed) == 0 {
		return
	}
	forked := onDisk(t, got)
	for _, rel := range []chart.Release{rel, {Name: "another", Namespace: "elsewhere"}} {
		if left := j.unplaced(render(t, forked, rel, values)); len(left) != len(reasons) {
			t.Errorf("release %s: not placed: %q", rel.Name, left)
		}
	}
	unchanged(t, c, got)
}

// TestMakeGivesUp when the context ends.
func TestMakeGivesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c, j := archive(t, filepath.Join("testdata", "absent.txtar"))
	f, err := fork.Make(ctx, fork.Input{Chart: c, Release: chart.Release{Name: "rel"}, Plan: func(w workload.Workload) (steer.Plan, bool) {
		cancel()
		return j.plan(w)
	}})
	if f != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v, want context.Canceled", f, err)
	}
}

// TestNothingToDo: a fork that places nothing has no files.
func TestNothingToDo(t *testing.T) {
	t.Parallel()
	c, _ := archive(t, filepath.Join("testdata", "absent.txtar"))
	got, err := fork.Make(t.Context(), fork.Input{Chart: c, Release: chart.Release{Name: "rel"}, Plan: func(workload.Workload) (steer.Plan, bool) {
		return steer.Plan{Problem: "it may not"}, true
	}})
	want := &fork.Fork{Name: "web", From: "0.1.0", Unplaced: []fork.Unplaced{
		{Workload: "Deployment/rel-web", Name: "Deployment/rel-web", Source: "web/templates/web.yaml", Reason: "it may not"},
	}}
	if diff := cmp.Diff(got, want); err != nil || diff != "" {
		t.Errorf("got -, want +, %v:\n%s", err, diff)
	}
}

// TestRenderGiven: with the render of others, the names in it are those that the workloads go by, be they random.
func TestRenderGiven(t *testing.T) {
	t.Parallel()
	c, j := archive(t, filepath.Join("testdata", "random.txtar"))
	rel := chart.Release{Name: "rel", Namespace: "default"}
	r, err := c.Renderer(rel, nil)
	if err != nil {
		t.Fatal(err)
	}
	render, err := r.Render(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := render.Documents()
	if err != nil {
		t.Fatal(err)
	}
	f, err := fork.Make(t.Context(), fork.Input{Chart: c, Release: rel, Render: render, Plan: j.plan})
	if err != nil {
		t.Fatal(err)
	}
	pods := chart.FindPods(docs).Pods
	if len(f.Placed) != 1 || len(pods) != 1 || f.Placed[0].Workload != pods[0].ID() || f.Placed[0].Name != "Job/rel-init-*" {
		t.Errorf("placed %v, want %v", f.Placed, pods[0].ID())
	}
}

// unchanged takes the edits back and compares the files with the chart's.
func unchanged(t *testing.T, c *chart.Chart, f *fork.Fork) {
	t.Helper()
	folder, err := c.Folder()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, e := range f.Edits {
		texts[e.File] = "" // so that what is packed is unpacked for both
	}
	was, err := folder.Copy(texts, f.Version)
	if err != nil {
		t.Fatal(err)
	}
	original, err := folder.Renderer(chart.Release{Name: "rel"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tpl := range original.Templates() {
		was[tpl.File] = []byte(tpl.Text)
	}
	is := maps.Clone(f.Files)
	if own := strings.TrimSpace(string(was[fork.UpstreamFile])); !strings.Contains(string(is[fork.UpstreamFile]), own) {
		t.Errorf("the chart's own %s is lost", fork.UpstreamFile)
	}
	delete(is, fork.UpstreamFile)
	delete(was, fork.UpstreamFile)
	for name := range texts {
		mine := slices.DeleteFunc(slices.Clone(f.Edits), func(e fork.Edit) bool { return e.File != name })
		text, ok := fork.Revert(string(is[name]), mine)
		if !ok {
			t.Errorf("%s: the edits cannot be taken back", name)
		}
		is[name] = []byte(text)
		if text == "" && len(was[name]) == 0 {
			delete(is, name) // a new file
			delete(was, name)
		}
	}
	if diff := cmp.Diff(is, was); diff != "" {
		t.Errorf("more is changed than the edits say (-got +want):\n%s", diff)
	}
}
