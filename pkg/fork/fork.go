// Package fork writes a copy of a chart whose templates place the pods that no value places, edited where they write the pod spec.
// It must not write files or decide where a pod is to go, and calls nothing placed that a render of the copy did not show.
package fork

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Input is a chart, and what is to become of its pods.
type Input struct {
	Chart   *chart.Chart
	Release chart.Release
	// Values are the user's, with those laid over them that go beside the fork: it carries only what they leave undone.
	Values map[string]any
	// Render is the chart with Values, where that was rendered already; nil: it is rendered once more.
	Render *chart.Render
	// Plan says what a workload of the chart lacks; false: it stays as it is.
	Plan func(workload.Workload) (steer.Plan, bool)
}

// Fork is a copy of a chart. Without edits there is nothing that it could do, and it has no files.
type Fork struct {
	Name    string // of the chart
	From    string // the chart's version
	Version string // the copy's
	// Files are all of its files by path, with slashes.
	Files    map[string][]byte
	Edits    []Edit // in the order of their files and lines
	Placed   []Placement
	Unplaced []Unplaced
	Notes    []string // what a user has to know besides
}

// Edit is one run of lines that is another one than in the chart.
type Edit struct {
	File      string // its path in the copy
	Line      int    // where it begins in the copy, from 1
	Before    string // what the chart has there; empty where lines are new
	After     string // what the copy has there; empty where lines are gone
	Workloads []string
}

// Placement is one pod that the copy places.
type Placement struct {
	Workload string // KIND/NAME, as the chart renders it
	Name     string // the same, but for what is another one in each render, which is a *
	Source   string // the template's path as Helm prints it
	Way      Way    // the least simple one of its edits
}

// Unplaced is one pod that the copy does not place.
type Unplaced struct {
	Workload, Name, Source, Reason string
}

// Make forks a chart. The errors are those of rendering the chart as it is. A pod that could not be placed is none.
func Make(ctx context.Context, in Input) (*Fork, error) {
	m, err := open(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := m.plan(); err != nil {
		return nil, err
	}
	if len(m.wants) > 0 {
		if err := m.prepare(ctx); err != nil {
			return nil, err
		}
		m.solve(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := &Fork{Name: in.Chart.Name(), From: in.Chart.Version(), Unplaced: m.unplaced, Notes: m.notes}
	m.outcomes(ctx, f)
	if len(f.Placed) == 0 {
		return f, nil
	}
	if err := m.write(ctx, f); err != nil {
		return nil, fmt.Errorf("forking chart %q: %w", f.Name, err)
	}
	return f, nil
}

// outcomes says what became of each pod.
func (m *maker) outcomes(ctx context.Context, f *Fork) {
	for _, w := range m.wants {
		w.name = m.scenes[0].stableName(ctx, w)
		if slices.Contains(m.accepted, w) {
			f.Placed = append(f.Placed, Placement{w.pod.ID(), w.name, w.pod.Source, w.way()})
			for _, a := range w.taken {
				if a.note != "" && !slices.Contains(f.Notes, a.note) {
					f.Notes = append(f.Notes, a.note)
				}
			}
			continue
		}
		f.Unplaced = append(f.Unplaced, Unplaced{w.pod.ID(), w.name, w.pod.Source, w.problem})
	}
}

// stableName is the name of a pod that is the same in each render, or as much of it as is.
func (s *scene) stableName(ctx context.Context, w *want) string {
	name := w.pod.ID()
	if !s.random() {
		return name
	}
	sample := s.sample(ctx, 0)
	if sample == nil {
		return name
	}
	out, err := readOutput(w.pod.Source, sample.Files[w.pod.Source])
	if err != nil {
		return name
	}
	for _, p := range out.pods {
		other := p.ID()
		if p.At != w.pod.At || other == name {
			continue
		}
		n := 0
		for n < min(len(name), len(other)) && name[n] == other[n] {
			n++
		}
		return name[:strings.LastIndexAny(name[:n], "-./")+1] + "*"
	}
	return name
}
