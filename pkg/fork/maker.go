package fork

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// maker is one fork in the making.
type maker struct {
	input    Input
	folder   *chart.Folder
	scenes   []*scene // the first is the one that the chart is forked for
	wants    []*want
	unplaced []Unplaced
	notes    []string

	original map[string]string // the templates by file
	fileOf   map[string]string // the file of a template, by the name that Helm prints
	chartOf  map[string]string // the chart of a file
	desk     *desk             // with the edits that are accepted
	tracer   *tracer
	accepted []*want
	wrapped  map[string][]*want // the pods that are placed in the output of a file
	renders  []*chart.Render    // of the first scenes, with all that was accepted
}

// open renders the chart as it is.
func open(ctx context.Context, in Input) (*maker, error) {
	folder, err := in.Chart.Folder()
	if err != nil {
		return nil, err
	}
	r, err := folder.Renderer(in.Release, in.Values)
	if err != nil {
		return nil, err
	}
	first := newScene(r, in.Release, nil, in.Render)
	if in.Render == nil {
		if first, err = openScene(ctx, r, in.Release, nil); err != nil {
			return nil, err
		}
	}
	m := &maker{
		input: in, folder: folder, scenes: []*scene{first},
		original: map[string]string{}, fileOf: map[string]string{}, chartOf: map[string]string{}, wrapped: map[string][]*want{},
	}
	for _, t := range r.Templates() {
		m.original[t.File], m.fileOf[t.Name] = t.Text, t.File
		m.chartOf[t.File] = path.Base(strings.Split(t.Name, "/templates/")[0])
	}
	m.desk = newDesk(m.original)
	return m, nil
}

// plan asks what each pod lacks.
func (m *maker) plan() error {
	s := m.scenes[0]
	for _, name := range slices.Sorted(maps.Keys(s.base.Files)) {
		out := s.output(name)
		if out == nil {
			_, err := readOutput(name, s.base.Files[name])
			return err
		}
		for _, p := range out.pods {
			if m.input.Release.SkipTests && p.Test() {
				continue
			}
			plan, ok := m.input.Plan(p.Workload)
			switch {
			case !ok:
				continue
			case plan.Problem != "":
				m.unplaced = append(m.unplaced, Unplaced{p.ID(), p.ID(), p.Source, plan.Problem})
			case len(plan.Changes) > 0:
				m.wants = append(m.wants, newWant(p.Pod, p.number, plan))
			}
			for _, note := range plan.Notes {
				m.notes = append(m.notes, p.ID()+": "+note)
			}
		}
	}
	return nil
}

// prepare renders what the edits are judged by.
func (m *maker) prepare(ctx context.Context) error {
	more, err := otherScenes(ctx, m.folder, m.input.Release, m.input.Values)
	if err != nil {
		return err
	}
	m.scenes = append(m.scenes, more...)
	m.tracer = newTracer(m.scenes[0], m.desk.sources)
	return nil
}

// job is the search for a pod's edits among the templates of a desk.
func (m *maker) job(ctx context.Context, d *desk, w *want) *job {
	out := m.scenes[0].output(w.pod.Source)
	return &job{desk: d, want: w, lines: m.tracer.document(ctx, w.pod.Source, w.number), doc: out.object(w.number)}
}

// object is the decoded object of a document; nil where it is none.
func (o *output) object(number int) map[string]any {
	for _, x := range o.objects {
		if x.Index == number {
			return x.Doc.Object()
		}
	}
	return nil
}
