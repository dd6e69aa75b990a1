package fork

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/likeness"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/values"
)

// scene is one way to render the chart: with the values and the release that it is forked for, or with others, under which the fork has
// to do as well.
type scene struct {
	renderer *chart.Renderer
	release  chart.Release
	overlay  map[string]any
	lenient  bool // only what makes a manifest invalid counts: the values say something else than the fork
	base     *chart.Render
	files    map[string]*output // the base render, read; by template
	samples  []*chart.Render    // more renders of the same, for what differs by chance
	narrow   map[string]bool    // sets of templates: whether they render by themselves what they render with all others
}

// output is what one template renders, read.
type output struct {
	docs    []chart.Document
	objects []likeness.Object
	pods    []placed
}

// placed is a pod with its place in the output of its template.
type placed struct {
	chart.Pod
	number int // of its document
}

// openScene renders the chart once. The error is that of the render.
func openScene(ctx context.Context, r *chart.Renderer, rel chart.Release, overlay map[string]any) (*scene, error) {
	base, err := r.Probe(ctx, overlay)
	if err != nil {
		return nil, err
	}
	return newScene(r, rel, overlay, base), nil
}

func newScene(r *chart.Renderer, rel chart.Release, overlay map[string]any, base *chart.Render) *scene {
	return &scene{renderer: r, release: rel, overlay: overlay, base: base, files: map[string]*output{}, narrow: map[string]bool{}}
}

// readOutput splits the text of a template and finds its pods.
func readOutput(name, text string) (*output, error) {
	docs, err := chart.Split(name, text)
	if err != nil {
		return nil, err
	}
	out := &output{docs: docs, objects: likeness.Objects(docs)}
	nth := map[string]int{}
	for i, d := range docs {
		for _, p := range chart.FindPods([]chart.Document{d}).Pods {
			nth[p.Object.Kind]++
			p.At = name + " " + p.Object.Kind + " " + strconv.Itoa(nth[p.Object.Kind])
			out.pods = append(out.pods, placed{p, i})
		}
	}
	return out, nil
}

// output is what a template renders in the base render; nil where that is nothing or no YAML.
func (s *scene) output(name string) *output {
	if out, ok := s.files[name]; ok {
		return out
	}
	var out *output
	if text, ok := s.base.Files[name]; ok {
		out, _ = readOutput(name, text)
	}
	s.files[name] = out
	return out
}

// render renders the chart with other templates; only the templates in keep, unless that is nil.
func (s *scene) render(ctx context.Context, texts map[string]string, keep map[string]bool) (*chart.Render, error) {
	r := s.renderer.WithTemplates(texts)
	if keep != nil && s.narrows(ctx, keep) {
		// It fails where a template that defines something, and so is kept, includes the file of one that is left out.
		if out, err := r.Narrow(keep).Probe(ctx, s.overlay); err == nil {
			return out, nil
		}
	}
	return r.Probe(ctx, s.overlay)
}

// narrows says whether templates render by themselves what they render with all others: some include others, or change values.
func (s *scene) narrows(ctx context.Context, keep map[string]bool) bool {
	names := slices.Sorted(maps.Keys(keep))
	key := strings.Join(names, " ")
	if known, ok := s.narrow[key]; ok {
		return known
	}
	r, err := s.renderer.Narrow(keep).Probe(ctx, s.overlay)
	s.narrow[key] = err == nil && !slices.ContainsFunc(names, func(n string) bool { return r.Files[n] != s.base.Files[n] })
	return s.narrow[key]
}

// differs says what is wrong with a render of the fork: how it differs from the base render with the goals of done carried out. Goals of
// others may be carried out or not. Empty when nothing is.
func (s *scene) differs(ctx context.Context, r *chart.Render, keep map[string]bool, wants, done []*want) string {
	for _, name := range changed(s.base, r, keep) {
		if problem := s.fileDiffers(ctx, name, r.Files[name], wants, done); problem != "" {
			return problem
		}
	}
	for _, w := range done {
		if s.base.Files[w.pod.Source] == r.Files[w.pod.Source] && s.find(w) != nil && !s.lenient {
			return w.pod.Key + " is as it was"
		}
	}
	return ""
}

// changed are the templates whose output differs, of those in keep; sorted.
func changed(a, b *chart.Render, keep map[string]bool) []string {
	var out []string
	for name, text := range a.Files {
		if b.Files[name] != text && (keep == nil || keep[name]) {
			out = append(out, name)
		}
	}
	for name := range b.Files {
		if _, ok := a.Files[name]; !ok && (keep == nil || keep[name]) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// find is a wanted pod in the base render of the scene: by its name, or by its number where the name is another one.
func (s *scene) find(w *want) *placed {
	out := s.output(w.pod.Source)
	if out == nil {
		return nil
	}
	for _, same := range []func(p placed) bool{
		func(p placed) bool { return p.ID() == w.pod.ID() && p.At == w.pod.At },
		func(p placed) bool { return p.ID() == w.pod.ID() },
		func(p placed) bool { return p.At == w.pod.At },
	} {
		if i := slices.IndexFunc(out.pods, same); i >= 0 {
			return &out.pods[i]
		}
	}
	return nil
}

func (s *scene) fileDiffers(ctx context.Context, name, text string, wants, done []*want) string {
	before := s.output(name)
	if before == nil {
		before = &output{}
	}
	after, err := readOutput(name, text)
	if err != nil {
		return err.Error()
	}
	if !likeness.SameKeys(before.objects, after.objects) {
		likeness.PairUp(before.objects, after.objects)
	}
	for _, n := range after.objects {
		if !slices.ContainsFunc(before.objects, func(o likeness.Object) bool { return o.Key == n.Key }) {
			return name + " renders " + n.Name + " too"
		}
	}
	for _, o := range before.objects {
		i := slices.IndexFunc(after.objects, func(n likeness.Object) bool { return n.Key == o.Key })
		if i < 0 {
			return name + " no longer renders " + o.Name
		}
		if problem := s.objectDiffers(ctx, name, o, after.objects[i], wants, done); problem != "" {
			return o.Name + ": " + problem
		}
	}
	return ""
}

func (s *scene) objectDiffers(ctx context.Context, name string, before, after likeness.Object, wants, done []*want) string {
	for _, d := range after.Doc.Duplicates() {
		if !slices.Contains(before.Doc.Duplicates(), d) {
			return "two equal keys at " + d
		}
	}
	if s.lenient {
		return ""
	}
	want, _ := values.Copy(before.Doc.Object()).(map[string]any)
	have, _ := values.Copy(after.Doc.Object()).(map[string]any)
	for _, w := range wants {
		p := s.find(w)
		if p == nil || p.Source != name || p.number != before.Index {
			continue
		}
		for _, m := range []map[string]any{want, have} {
			if spec, ok := object.Path(p.SpecAt).In(m).(map[string]any); ok {
				inOrder(spec)
			}
		}
		if problem := settle(w, p.SpecAt, want, have, slices.Contains(done, w)); problem != "" {
			return problem
		}
	}
	for _, d := range manifest.Diff(want, have) {
		if !likeness.Checksum(d) && !s.byChance(ctx, name, before, d) {
			return object.Path(d.Path).String() + " is another one"
		}
	}
	return ""
}

// settle carries out in the object that is wanted the goals of one pod: those that have to be reached, and those that were.
func settle(w *want, at []any, want, have map[string]any, done bool) string {
	for i, g := range w.goals {
		must := done && i < w.done
		trial, _ := values.Copy(want).(map[string]any)
		if !g.carryOut(trial, at) {
			continue
		}
		field := slices.Concat(at, []any{g.field})
		if spec, ok := object.Path(at).In(trial).(map[string]any); ok {
			inOrder(spec)
		}
		if !sameAt(trial, have, field) {
			if must {
				return object.Path(field).String() + " is not as it is to be"
			}
			continue
		}
		setAt(want, field, object.Path(field).In(trial))
	}
	return ""
}

func sameAt(a, b map[string]any, path []any) bool {
	x, y := object.Path(path).In(a), object.Path(path).In(b)
	return len(manifest.Diff(map[string]any{"": x}, map[string]any{"": y})) == 0
}

// maxSamples bounds the renders spent on what differs by chance: a random minute is the same one in one of sixty.
const maxSamples = 4

// byChance says that a value is another one in another render of the same.
func (s *scene) byChance(ctx context.Context, name string, o likeness.Object, d manifest.Difference) bool {
	if likeness.Timeless(d.Old) == likeness.Timeless(d.New) {
		return true
	}
	if !s.random() {
		return false
	}
	for i := range maxSamples {
		if sample := s.sample(ctx, i); sample != nil && s.differsIn(sample, name, o, d.Path) {
			return true
		}
	}
	return false
}

// random says that a template calls a function that gives something else each time.
func (s *scene) random() bool {
	return slices.ContainsFunc(s.renderer.Templates(), func(t chart.Template) bool { return likeness.RandomCalls().MatchString(t.Text) })
}

// sample is one of several more renders of the same; nil where it failed.
func (s *scene) sample(ctx context.Context, i int) *chart.Render {
	for i >= len(s.samples) {
		sample, err := s.renderer.Probe(ctx, s.overlay)
		if err != nil {
			return nil
		}
		s.samples = append(s.samples, sample)
	}
	return s.samples[i]
}

func (s *scene) differsIn(sample *chart.Render, name string, o likeness.Object, path []any) bool {
	docs, err := chart.Split(name, sample.Files[name])
	if err != nil {
		return false
	}
	objects := likeness.Objects(docs)
	likeness.PairUp(s.output(name).objects, objects)
	i := slices.IndexFunc(objects, func(x likeness.Object) bool { return x.Key == o.Key })
	return i >= 0 && !sameAt(o.Doc.Object(), objects[i].Doc.Object(), path)
}
