package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/patch"
)

// corpus is how charts are run.
type corpus struct {
	request patch.Request
	post    bool // post-render instead of patch
	settle  bool // os.name and Linux-only fields, too
	fork    bool // fork instead of patch
	forking forking
	timeout time.Duration // for one chart
	workers int
}

// result is what became of one chart. Exactly one of Report, PostRendered, Forked, Error, Panic and TimedOut is set.
type result struct {
	Chart  string        `json:"chart"`            // the folder's name
	Values string        `json:"values,omitempty"` // the file below ci/ without which the chart does not render
	Report *patch.Report `json:"report,omitempty"`

	PostRendered *postRendered `json:"postRendered,omitempty"`
	Forked       *forked       `json:"forked,omitempty"`

	Error    string  `json:"error,omitempty"` // why the chart does not load or render
	Panic    string  `json:"panic,omitempty"`
	TimedOut bool    `json:"timedOut,omitempty"`
	Seconds  float64 `json:"seconds"` // of the run that counts; loading included
}

// run patches all charts directly below dir, in the order of their names.
func (c corpus) run(ctx context.Context, dir string) ([]result, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "Chart.yaml")) // sorted
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no folder below it has a Chart.yaml", dir)
	}
	results := make([]result, len(files))
	next := make(chan int)
	var workers sync.WaitGroup
	for range c.workers {
		workers.Go(func() {
			for i := range next {
				results[i] = c.chart(ctx, filepath.Dir(files[i]))
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	workers.Wait()
	return results, ctx.Err()
}

// chart runs one chart without values and, if it does not render so, with the chart's own values for testing.
func (c corpus) chart(ctx context.Context, dir string) result {
	first := c.timed(ctx, dir, "")
	if first.Error == "" || ctx.Err() != nil {
		return first
	}
	files, err := filepath.Glob(filepath.Join(dir, "ci", "*.yaml")) // sorted
	if err != nil {
		return first
	}
	for _, f := range files {
		if r := c.timed(ctx, dir, f); r.Error == "" {
			return r
		}
	}
	return first
}

// timed runs one chart and leaves it running when its time is up: templates and loops cannot be told to stop.
func (c corpus) timed(ctx context.Context, dir, values string) result {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	start := time.Now()
	done := make(chan result, 1)
	go func() { done <- c.patch(ctx, dir, values) }()
	var r result
	select {
	case r = <-done:
	case <-ctx.Done():
		r.TimedOut = true
	}
	r.Chart = filepath.Base(dir)
	if values != "" {
		r.Values = filepath.Join("ci", filepath.Base(values))
	}
	r.Seconds = time.Since(start).Seconds()
	return r
}

// patch is one run, with a panic of this goroutine taken down. One of a goroutine that patch started ends the program, and should.
func (c corpus) patch(ctx context.Context, dir, values string) (r result) {
	defer func() {
		if p := recover(); p != nil {
			r = result{Panic: fmt.Sprintf("%v\n%s", p, debug.Stack())}
		}
	}()
	r, err := c.outcome(ctx, dir, values)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return result{TimedOut: true}
	case err != nil:
		return result{Error: err.Error()}
	}
	return r
}

func (c corpus) outcome(ctx context.Context, dir, values string) (result, error) {
	o, err := open(ctx, dir, values)
	if err != nil {
		return result{}, err
	}
	if c.post {
		post, err := c.postRender(ctx, o.renderer)
		return result{PostRendered: post}, err
	}
	if c.fork {
		made, err := c.forked(ctx, filepath.Base(dir), o)
		return result{Forked: made}, err
	}
	out, err := patch.Run(ctx, o.renderer, c.request)
	if err != nil {
		return result{}, err
	}
	if _, err := out.Overlay.YAML(); err != nil {
		return result{}, err
	}
	return result{Report: &out.Report}, nil
}

// opened is a chart that is ready to be rendered.
type opened struct {
	chart    *chart.Chart
	release  chart.Release
	values   map[string]any
	renderer *chart.Renderer
}

func open(ctx context.Context, dir, values string) (*opened, error) {
	var v chart.Values
	if values != "" {
		v.Files = []string{values}
	}
	o := &opened{release: chart.Release{Name: "release", Namespace: "default"}}
	var err error
	if o.values, err = v.Read(strings.NewReader("")); err != nil {
		return nil, err
	}
	if o.chart, err = chart.Load(ctx, chart.Source{Ref: dir}, io.Discard); err != nil {
		return nil, err
	}
	o.renderer, err = o.chart.Renderer(o.release, o.values)
	return o, err
}
