package bench_test

import (
	"io"
	"testing"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
)

func load(b *testing.B, dir string) *chart.Chart {
	b.Helper()
	c, err := chart.Load(b.Context(), chart.Source{Ref: dir}, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func renderer(b *testing.B, dir string) *chart.Renderer {
	b.Helper()
	r, err := load(b, dir).Renderer(chart.Release{Name: "release", Namespace: "default"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// each measures one step for every chart.
func each(b *testing.B, step func(b *testing.B, dir string)) {
	b.Helper()
	chart.LogTo(io.Discard)
	for _, s := range sizes(b) {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			step(b, s.dir)
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	each(b, func(b *testing.B, dir string) {
		b.Helper()
		for b.Loop() {
			load(b, dir)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	each(b, func(b *testing.B, dir string) {
		b.Helper()
		r := renderer(b, dir)
		for b.Loop() {
			if _, err := r.Render(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCandidates(b *testing.B) {
	each(b, func(b *testing.B, dir string) {
		b.Helper()
		r := renderer(b, dir)
		for b.Loop() {
			if _, err := knob.Candidates(r, knob.Also{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPatch is all but loading: its ratio to BenchmarkRender is what patch costs above the render of helm template.
func BenchmarkPatch(b *testing.B) {
	pools, ok := placement.Preset("rke2")
	if !ok {
		b.Fatal("no preset rke2")
	}
	each(b, func(b *testing.B, dir string) {
		b.Helper()
		r := renderer(b, dir)
		renders := 0
		for b.Loop() {
			result, err := patch.Run(b.Context(), r, patch.Request{Request: aim.Request{OS: "windows", Pools: pools}})
			if err != nil {
				b.Fatal(err)
			}
			renders = result.Report.Renders
		}
		b.ReportMetric(float64(renders), "renders")
	})
}
