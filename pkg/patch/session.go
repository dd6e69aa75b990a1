package patch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	nodev1 "k8s.io/api/node/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/likeness"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/values"
)

// session is what is known about one chart: its base render and the table of its knobs.
type session struct {
	renderer   *chart.Renderer
	tree       map[string]any // the values it has now
	base       *chart.Render
	prober     *knob.Prober
	found      knob.Table
	renders    int
	warnings   []string
	unreadable []string                      // documents whose workloads are not known
	classes    map[string]*nodev1.Scheduling // RuntimeClasses of the chart

	also    knob.Also       // what may change besides placement
	random  func() bool     // whether its templates call functions that give something else each time
	samples []*chart.Render // renders that show what differs anyway; the first may hold sentinels
}

// open renders the chart as it is and with sentinels, at the same time: neither needs the other.
func open(ctx context.Context, r *chart.Renderer, also knob.Also) (*session, error) {
	s := &session{renderer: r, also: also, random: sync.OnceValue(func() bool { return callsRandom(r.Templates()) })}
	var docs []chart.Document
	var baseErr error
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() {
			if bug := recover(); bug != nil { // in a goroutine it would end the process
				baseErr = fmt.Errorf("a bug: %v", bug)
			}
		}()
		if s.base, baseErr = r.Render(ctx, nil); baseErr == nil {
			docs, baseErr = s.base.Documents()
		}
	})
	cands, err := s.candidates()
	var probe *chart.Render
	var probeErr error
	if err == nil && len(cands) > 0 {
		probe, probeErr = s.prober.Render(ctx, s.prober.Overlay(cands))
	}
	wg.Wait()
	if baseErr != nil {
		return nil, baseErr
	}
	if err != nil {
		return nil, err
	}
	s.renders = 1
	pods := s.scan(docs)
	if len(cands) == 0 {
		s.found = knob.Table{Pods: pods}
		return s, nil
	}
	if s.found, err = s.prober.Read(ctx, s.base, pods, probe, probeErr); err != nil {
		return nil, err
	}
	s.renders += s.found.Renders
	if probeErr == nil {
		s.samples = append(s.samples, probe)
	}
	return s, nil
}

func (s *session) candidates() ([]knob.Candidate, error) {
	var err error
	if s.tree, err = s.renderer.Values(); err != nil {
		return nil, err
	}
	s.prober = &knob.Prober{Renderer: s.renderer, Tree: s.tree}
	return knob.Candidates(s.renderer, s.also)
}

// scan finds the pods of the base render, and keeps what could not be read or checked as warnings.
func (s *session) scan(docs []chart.Document) []chart.Pod {
	scan := chart.FindPods(docs)
	s.classes = runtimeClasses(docs)
	s.unreadable = scan.Unreadable
	for _, u := range scan.Unreadable {
		s.warnings = append(s.warnings, "not read, so its workloads are not known: "+u)
	}
	for _, url := range s.renderer.UncheckedSchemas() {
		s.warnings = append(s.warnings, "the values schema refers to "+url+", which was not fetched: what it demands was not checked")
	}
	return scan.Pods
}

// runtimeClasses are the RuntimeClasses that a chart brings along, with how they schedule.
func runtimeClasses(docs []chart.Document) map[string]*nodev1.Scheduling {
	out := map[string]*nodev1.Scheduling{}
	for _, d := range docs {
		if !strings.Contains(d.Text, "RuntimeClass") {
			continue
		}
		var class nodev1.RuntimeClass
		if err := yaml.Unmarshal([]byte(d.Text), &class); err == nil && class.Kind == "RuntimeClass" && class.Scheduling != nil {
			out[class.Name] = class.Scheduling
		}
	}
	return out
}

func callsRandom(ts []chart.Template) bool {
	return slices.ContainsFunc(ts, func(t chart.Template) bool { return likeness.RandomCalls().MatchString(t.Text) })
}

// again probes the named knobs by themselves.
func (s *session) again(ctx context.Context, active []int) error {
	before := s.found.Renders
	t, err := s.prober.Again(ctx, active)
	if err != nil {
		return err
	}
	s.found = t
	s.renders += t.Renders - before
	return nil
}

// resample renders the chart as it is once more, to see what differs between two renders of the same values.
func (s *session) resample(ctx context.Context) error {
	r, err := s.renderer.Probe(ctx, nil)
	if err != nil {
		return err
	}
	s.renders++
	s.samples = append(s.samples, r)
	return nil
}

// differsAnyway says that a value is another one in a sample too, and that no sentinel is the reason.
func (s *session) differsAnyway(o likeness.Object, source string, d manifest.Difference) bool {
	if likeness.Timeless(d.Old) == likeness.Timeless(d.New) || !s.prober.Probed(source) && knob.Calls(s.renderer.Templates(), source, likeness.RandomCalls()) {
		return true
	}
	for _, r := range s.samples {
		if s.base.Files[source] == r.Files[source] {
			continue
		}
		docs, err := chart.Split(source, r.Files[source])
		if err != nil {
			continue
		}
		base, err := chart.Split(source, s.base.Files[source])
		if err != nil {
			continue
		}
		news := likeness.Objects(docs)
		likeness.PairUp(likeness.Objects(base), news)
		for _, n := range news {
			if n.Key != o.Key {
				continue
			}
			was, _ := values.Lookup(o.Doc.Object(), d.Path)
			is, _ := values.Lookup(n.Doc.Object(), d.Path)
			if !same(was, is) && !knob.Marked(is) {
				return true
			}
		}
	}
	return false
}

func same(a, b any) bool {
	return len(manifest.Diff(map[string]any{"": a}, map[string]any{"": b})) == 0
}
