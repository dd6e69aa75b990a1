package patch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	nodev1 "k8s.io/api/node/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/values"
)

// TestInvariants holds for every chart of ours, every choice of systems and every kind of pools what must hold for any chart.
func TestInvariants(t *testing.T) {
	t.Parallel()
	ways := []way{
		{"tainted", "windows", poolsFile(t)},
		{"tainted", "linux", poolsFile(t)},
		{"tainted", aim.Auto, poolsFile(t)},
		{"rke2", "windows", preset(t, "rke2")},
		{"rke2", aim.Auto, preset(t, "rke2")},
		{"rancher-rke1", "linux", preset(t, "rancher-rke1")},
		{"gke", aim.Auto, preset(t, "gke")},
	}
	for _, dir := range chartDirs(t) {
		for i, w := range ways {
			switch name := filepath.Base(dir); {
			case name == "huge":
				continue // megabytes, compared again and again; its placement is that of plain, and TestCharts has it
			case name == "random" && i > 0:
				continue // each render makes an RSA key; one way will do
			}
			t.Run(filepath.Base(dir)+"/"+w.name+"/"+w.os, func(t *testing.T) {
				t.Parallel()
				newSubject(t, dir, patch.Request{Request: aim.Request{OS: w.os, Pools: w.pools}}).check(t)
			})
		}
	}
}

// way is one way to patch a chart.
type way struct {
	name, os string
	pools    []placement.Pool
}

// subject is one chart patched in one way, and its renders before and after, each by a renderer of its own.
type subject struct {
	dir           string
	q             patch.Request
	result        *patch.Result
	base          map[string]any
	before, after scene
}

// scene is what a render holds.
type scene struct {
	docs []chart.Document
	pods map[string]chart.Pod
}

func newSubject(t *testing.T, dir string, q patch.Request) *subject {
	t.Helper()
	s := &subject{dir: dir, q: q, base: baseValues(t, dir)}
	s.result = run(t, dir, q)
	s.before = s.render(t, nil)
	s.after = s.render(t, s.result.Overlay.Tree())
	return s
}

// render is what helm template would make of the chart with the overlay as a further values file. (a) It has to render.
func (s *subject) render(t *testing.T, overlay map[string]any) scene {
	t.Helper()
	out, err := s.try(t, overlay)
	if err != nil {
		t.Fatalf("with the overlay %v: %v", overlay, err)
	}
	return out
}

func (s *subject) try(t *testing.T, overlay map[string]any) (scene, error) {
	t.Helper()
	r, err := open(t, s.dir, chart.Merge(s.base, overlay)).Render(t.Context(), nil)
	if err != nil {
		return scene{}, err
	}
	docs, err := r.Documents()
	if err != nil {
		return scene{}, err
	}
	out := scene{docs: docs, pods: map[string]chart.Pod{}}
	for _, p := range chart.FindPods(docs).Pods {
		out.pods[string(maskRandom([]byte(p.Key)))+" "+strings.Join(fmtSteps(p.SpecPath), ".")] = p
	}
	return out, nil
}

func fmtSteps(path []any) []string {
	out := make([]string, 0, len(path))
	for _, s := range path {
		out = append(out, fmt.Sprint(s))
	}
	return out
}

func (s *subject) check(t *testing.T) {
	t.Helper()
	s.deterministic(t)
	s.idempotent(t)
	s.claims(t)
	s.nothingElseMoves(t)
	s.noDuplicates(t)
	s.minimal(t)
}

// deterministic: (b) the same input gives the same bytes.
func (s *subject) deterministic(t *testing.T) {
	t.Helper()
	again := run(t, s.dir, s.q)
	if diff := cmp.Diff(text(t, again), text(t, s.result)); diff != "" {
		t.Errorf("a second run differs (-second +first):\n%s", diff)
	}
}

func text(t *testing.T, r *patch.Result) string {
	t.Helper()
	overlay, err := r.Overlay.YAML()
	if err != nil {
		t.Fatal(err)
	}
	report, err := json.MarshalIndent(r.Report, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(maskRandom(slices.Concat(overlay, report, []byte(strings.Join(r.Warnings, "\n")))))
}

// idempotent: (c) with the overlay among the user's values there is nothing left to do.
func (s *subject) idempotent(t *testing.T) {
	t.Helper()
	again, err := patch.Run(t.Context(), open(t, s.dir, chart.Merge(s.base, s.result.Overlay.Tree())), s.q)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Overlay.Empty() {
		overlay, err := again.Overlay.YAML()
		t.Errorf("patched again, it is patched further: %v\n%s", err, overlay)
	}
	if len(again.Report.Workloads) != len(s.result.Report.Workloads) {
		t.Fatalf("%d workloads, then %d", len(s.result.Report.Workloads), len(again.Report.Workloads))
	}
	for i, w := range s.result.Report.Workloads {
		want := w.Status
		if want == patch.Placed {
			want = patch.Already
		}
		if got := again.Report.Workloads[i]; got.Status != want || got.OS != w.OS {
			t.Errorf("%s/%s: %s on %s, and patched again %s on %s", w.Kind, w.Name, w.Status, w.OS, got.Status, got.OS)
		}
	}
}

// pods of a scene in the order of the report.
func (s *subject) pods(t *testing.T, at scene) []chart.Pod {
	t.Helper()
	pods := chart.FindPods(at.docs).Pods
	if len(pods) != len(s.result.Report.Workloads) {
		t.Fatalf("%d workloads rendered, %d reported", len(pods), len(s.result.Report.Workloads))
	}
	for i, w := range s.result.Report.Workloads {
		p := pods[i]
		if p.Object.Kind != w.Kind || p.Source != w.Source || string(maskRandom([]byte(p.Object.Name))) != string(maskRandom([]byte(w.Name))) {
			t.Fatalf("%s of %s rendered, %s/%s of %s reported", p.Key, p.Source, w.Kind, w.Name, w.Source)
		}
	}
	return pods
}

// claims: (d) what is said to be placed is, and was not before; nothing that was placed is lost.
func (s *subject) claims(t *testing.T) {
	t.Helper()
	before, after := s.pods(t, s.before), s.pods(t, s.after)
	for i, w := range s.result.Report.Workloads {
		if w.Status == patch.Left {
			continue
		}
		was, _ := s.before.placed(t, before[i], w.OS, s.q.Pools)
		is, reasons := s.after.placed(t, after[i], w.OS, s.q.Pools)
		want := patch.Unplaced
		switch {
		case was && is:
			want = patch.Already
		case is:
			want = patch.Placed
		case was:
			t.Errorf("%s was placed and is not: %v", after[i].Key, reasons)
		}
		if w.Status != want {
			t.Errorf("%s is said to be %s, and is %s: %v", after[i].Key, w.Status, want, reasons)
		}
		if (w.Status == patch.Placed) != (len(w.Paths) > 0) || (w.Status == patch.Unplaced) != (w.Reason != "" && w.Remedy != "") {
			t.Errorf("%s: status %s with paths %q, reason %q, remedy %q", after[i].Key, w.Status, w.Paths, w.Reason, w.Remedy)
		}
	}
}

// placed asks about the pod as admission makes it, with what its RuntimeClass adds where the chart brings that along, and as the
// kubelet takes it: not with a label kubernetes.io/os that is not its own.
func (at scene) placed(t *testing.T, p chart.Pod, os string, pools []placement.Pool) (bool, []string) {
	t.Helper()
	labels, _ := values.Lookup(p.Doc.Object(), append(slices.Clone(p.SpecAt[:len(p.SpecAt)-1]), "metadata", "labels", platform.LabelOS))
	if labels != nil && labels != any(os) {
		return false, []string{fmt.Sprintf("label kubernetes.io/os: %v", labels)}
	}
	spec := p.Spec.DeepCopy()
	for _, d := range at.docs {
		var class nodev1.RuntimeClass
		if spec.RuntimeClassName == nil || !strings.Contains(d.Text, "kind: RuntimeClass") {
			continue
		}
		if err := yaml.Unmarshal([]byte(d.Text), &class); err != nil {
			t.Fatal(err)
		}
		if class.Name != *spec.RuntimeClassName || class.Scheduling == nil {
			continue
		}
		spec.Tolerations = append(spec.Tolerations, class.Scheduling.Tolerations...)
		for k, v := range class.Scheduling.NodeSelector {
			if have, ok := spec.NodeSelector[k]; ok && have != v {
				return false, []string{"admission refuses the pod: its RuntimeClass says " + k + "=" + v}
			}
			spec.NodeSelector = merged(map[string]string{k: v}, spec.NodeSelector)
		}
	}
	return placement.Placed(spec, platform.OS(os), pools)
}

// placementKeys are the fields in which a patched render may differ; RuntimeClasses name nodes too.
var placementKeys = []string{"nodeSelector", "tolerations", "affinity", "runtimeClassName"}

// nothingElseMoves: (e) between the renders nothing differs but placement fields of workloads with a target. The comparison is not
// that of the code under test: it flattens decoded objects to leaves.
func (s *subject) nothingElseMoves(t *testing.T) {
	t.Helper()
	old, now, noise := leaves(t, s.before), leaves(t, s.after), leaves(t, s.render(t, nil))
	for _, at := range slices.Sorted(maps.Keys(merged(old, now))) {
		if old[at] == now[at] || old[at] != noise[at] || s.allowed(t, at) {
			continue
		}
		t.Errorf("differs: %s: %q, then %q", at, old[at], now[at])
	}
}

func merged(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

var checksum = regexp.MustCompile(`annotations\.checksum/`)

func (s *subject) allowed(t *testing.T, at string) bool {
	t.Helper()
	name, path, _ := strings.Cut(at, " ")
	if checksum.MatchString(path) {
		return true
	}
	for _, k := range s.result.Report.Knobs {
		// A selector that an operator or an application reads as well: the report says where.
		if k.Used && slices.ContainsFunc(k.LandsAt, func(l string) bool {
			return strings.HasPrefix(name+" "+strings.TrimPrefix(path, "."), string(maskRandom([]byte(l))))
		}) {
			return true
		}
	}
	for _, w := range s.result.Report.Workloads {
		if w.Status == patch.Left || string(maskRandom([]byte(w.Kind+"/"+w.Name))) != name {
			continue
		}
		for step := range strings.SplitSeq(path, ".") {
			if slices.Contains(placementKeys, step) {
				return true
			}
		}
	}
	return false
}

// leaves are the scalars of all objects by "KIND/NAME path". What does not parse is one leaf.
func leaves(t *testing.T, at scene) map[string]string {
	t.Helper()
	out := map[string]string{}
	for i, d := range at.docs {
		var object any
		if err := yaml.Unmarshal([]byte(d.Text), &object); err != nil {
			out[fmt.Sprintf("unreadable/%d .", i)] = d.Text
			continue
		}
		flattenObject(object, out)
	}
	return out
}

func flattenObject(object any, out map[string]string) {
	m, _ := object.(map[string]any)
	if items, ok := m["items"].([]any); ok {
		for _, item := range items {
			flattenObject(item, out)
		}
		return
	}
	meta, _ := m["metadata"].(map[string]any)
	flatten(object, string(maskRandom(fmt.Appendf(nil, "%v/%v ", m["kind"], meta["name"]))), out)
}

func flatten(v any, at string, out map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			flatten(x, at+"."+k, out)
		}
	case []any:
		for i, x := range v {
			flatten(x, fmt.Sprintf("%s.[%d]", at, i), out)
		}
	case nil:
	default:
		out[at] = fmt.Sprint(v)
	}
}

// noDuplicates: (g) no map of the patched render has a key twice that it did not have twice before.
func (s *subject) noDuplicates(t *testing.T) {
	t.Helper()
	before, after := s.pods(t, s.before), s.pods(t, s.after)
	for i, p := range after {
		for _, d := range p.Doc.Duplicates() {
			if !slices.Contains(before[i].Doc.Duplicates(), d) {
				t.Errorf("%s has two equal keys at %s", p.Key, d)
			}
		}
		if len(p.Problems) > len(before[i].Problems) {
			t.Errorf("%s: %q", p.Key, p.Problems)
		}
	}
}

// minimal: (f) whatever is taken out of the overlay, a workload that it placed is placed no longer.
func (s *subject) minimal(t *testing.T) {
	t.Helper()
	tree, err := open(t, s.dir, s.base).Values()
	if err != nil {
		t.Fatal(err)
	}
	for _, less := range without(s.result.Overlay.Tree(), tree) {
		after, err := s.try(t, less.tree.(map[string]any))
		if err != nil {
			continue // it is needed for the chart to render
		}
		if !s.lost(t, after) {
			t.Errorf("the overlay does not need %s", less.what)
		}
	}
}

// lost says that a workload which the overlay placed is not placed in this render.
func (s *subject) lost(t *testing.T, at scene) bool {
	t.Helper()
	pods := chart.FindPods(at.docs).Pods
	if len(pods) != len(s.result.Report.Workloads) {
		return true
	}
	for i, w := range s.result.Report.Workloads {
		if w.Status != patch.Placed && w.Status != patch.Already {
			continue
		}
		if ok, _ := at.placed(t, pods[i], w.OS, s.q.Pools); !ok {
			return true
		}
	}
	return false
}

// shorter is an overlay with something taken out.
type shorter struct {
	tree any
	what string
}

// without is the overlay less each of the things it sets: every key of a map, every entry of a list that was not there before. In a
// list that is carried over for one of its entries, that entry gets back what it had.
func without(overlay, base any) []shorter {
	switch o := overlay.(type) {
	case map[string]any:
		b, _ := base.(map[string]any)
		return withoutKeys(o, b, false)
	}
	return nil
}

func withoutKeys(o, base map[string]any, carried bool) []shorter {
	var out []shorter
	for _, k := range slices.Sorted(maps.Keys(o)) {
		was, had := base[k]
		if carried && had && reflect.DeepEqual(o[k], was) {
			continue // it had to be repeated
		}
		inner := withoutIn(o[k], was, carried)
		for _, less := range inner {
			m := maps.Clone(o)
			m[k] = less.tree
			out = append(out, shorter{m, k + "." + less.what})
		}
		if inner != nil {
			continue
		}
		m := maps.Clone(o)
		delete(m, k)
		if carried && had {
			m[k] = was
		}
		out = append(out, shorter{m, k})
	}
	return out
}

func withoutIn(v, was any, carried bool) []shorter {
	switch v := v.(type) {
	case map[string]any:
		b, _ := was.(map[string]any)
		return withoutKeys(v, b, carried)
	case []any:
		return withoutItems(v, was)
	}
	return nil
}

func withoutItems(list []any, was any) []shorter {
	base, _ := was.([]any)
	var out []shorter
	for i, item := range list {
		if i < len(base) && len(base) == len(list) {
			m, ok := item.(map[string]any)
			b, bok := base[i].(map[string]any)
			if ok && bok {
				for _, less := range withoutKeys(m, b, true) {
					out = append(out, shorter{slices.Concat(list[:i], []any{less.tree}, list[i+1:]), fmt.Sprintf("[%d].%s", i, less.what)})
				}
				continue
			}
		}
		if slices.ContainsFunc(base, func(x any) bool { return reflect.DeepEqual(x, item) }) {
			continue
		}
		out = append(out, shorter{slices.Concat(list[:i], list[i+1:]), fmt.Sprintf("[%d]", i)})
	}
	return out
}

// TestWithout is about the test itself: what it takes out has to be what the overlay adds.
func TestWithout(t *testing.T) {
	t.Parallel()
	var overlay, base map[string]any
	for text, into := range map[string]*map[string]any{
		`{a: {b: 1, c: null}, tolerations: [{key: old}, {key: new}], zones: [{name: x, nodeSelector: {os: w}}, {name: y}]}`: &overlay,
		`{a: {b: 2}, tolerations: [{key: old}], zones: [{name: x}, {name: y}]}`:                                             &base,
	} {
		if err := yaml.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	var got bytes.Buffer
	for _, s := range without(overlay, base) {
		fmt.Fprintln(&got, s.what)
	}
	if diff := cmp.Diff(got.String(), "a.b\na.c\ntolerations.[1]\nzones.[0].nodeSelector.os\n"); diff != "" {
		t.Error(diff)
	}
}
