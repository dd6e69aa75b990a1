package patch

import (
	"context"
	"slices"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Inspect finds which values steer which workload, and decides nothing. The chart is rendered twice where nothing goes wrong.
func Inspect(ctx context.Context, r *chart.Renderer) (*Inspection, error) {
	in, _, err := inspect(ctx, r)
	return in, err
}

// inspect is Inspect, with the session that the answer came of.
func inspect(ctx context.Context, r *chart.Renderer) (*Inspection, *session, error) {
	s, err := open(ctx, r, knob.Also{})
	if err != nil {
		return nil, nil, err
	}
	if idle := s.fallbacks(); len(idle) > 0 {
		if err := s.again(ctx, idle); err != nil {
			return nil, nil, err
		}
	}
	out := &Inspection{
		APIVersion: APIVersion, Kind: "Inspection", Renders: s.renders, Chart: ChartName{Name: r.Name(), Version: r.Version()},
		Workloads: make([]InspectedWorkload, 0, len(s.found.Pods)), Knobs: knobReports(s.found, collisions(s.found), nil),
		Warnings: s.warnings,
	}
	for i, p := range s.found.Pods {
		out.Workloads = append(out.Workloads, inspected(s.found, i, p))
	}
	return out, s, nil
}

// fallbacks are the idle knobs that one that steers something may hide.
func (s *session) fallbacks() []int {
	var out []int
	for i, k := range s.found.Knobs {
		if k.Status == knob.Idle && slices.ContainsFunc(s.found.Knobs, func(c knob.Knob) bool {
			return c.Status == knob.Steers && c.Field == k.Field && k.RivalOf(c.Path)
		}) {
			out = append(out, i)
		}
	}
	return out
}

// collisions are the knobs that can never carry an OS.
func collisions(t knob.Table) map[int]string {
	out := map[int]string{}
	for i, k := range t.Knobs {
		for _, e := range k.Effects {
			if e.Collides {
				out[i] = collision(t.Pods, k)
			}
		}
	}
	return out
}

func inspected(t knob.Table, i int, p chart.Pod) InspectedWorkload {
	os, by := placement.NamedOS(&p.Spec)
	out := InspectedWorkload{
		Kind: p.Object.Kind, Namespace: p.Object.Namespace, Name: p.Object.Name, Source: p.Source, Hook: p.Hook(), Test: p.Test(),
		Field: fieldOf(p), OS: string(os), OSBy: by, Images: append([]string{}, workload.Images(&p.Spec)...), Paths: map[string][]string{},
	}
	chooses, stuck := false, ""
	for _, k := range t.Knobs {
		for _, e := range k.Effects {
			if e.Pod != i || slices.Contains(out.Paths[string(e.Field)], k.Path.String()) {
				continue
			}
			out.Paths[string(e.Field)] = append(out.Paths[string(e.Field)], k.Path.String())
			switch {
			case e.Field != knob.NodeSelector && e.Field != knob.Affinity:
			case e.Collides:
				stuck = k.Path.String() + " cannot carry the OS: " + collision(t.Pods, k)
			case e.Overruled:
				stuck = k.Path.String() + " cannot carry the OS: the template's own label wins over it"
			default:
				chooses = true
			}
		}
	}
	if !chooses {
		out.Reason = stuck
		if stuck == "" {
			out.Reason = "no value reaches its nodeSelector"
		}
		if stuck == "" && os != "" {
			out.Reason = "its template names " + string(os) + " by " + by + ", and no value changes that"
		}
	}
	return out
}
