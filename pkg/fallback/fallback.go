// Package fallback places the workloads that no value reaches, by the lowest means that works where the chart will be installed.
// It must not write files or print: what it makes is returned, and what became of each workload goes into the report.
package fallback

import (
	"context"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/fork"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/policy"
	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/steer"
)

// Auto takes for each workload the first of the format's rungs that places it.
const Auto = "auto"

// Modes are what Request.Mode may be, sorted.
func Modes() []string {
	return []string{Auto, string(dialect.Fork), string(dialect.Policy), string(dialect.PostRender)}
}

// Request says which means may be used, and for what.
type Request struct {
	Mode    string         // one of Modes
	Format  dialect.Format // in which the overlay is written: what deploys it knows some rungs and others not
	Hooks   bool           // what deploys the chart gives hooks to post-renderers
	Aim     aim.Request
	Also    steer.Also
	Chart   *chart.Chart
	Release chart.Release
	Values  map[string]any // the user's, without the overlay
	Policy  policy.Request // its name, engine and version; the rest is filled in
	// NoPolicy says why there can be no policy; empty when there can.
	NoPolicy string
}

// Made is what places the workloads; what is not needed is nil.
type Made struct {
	Rules     *postrender.Rules   // for post-render
	Unreached []dialect.Unreached // what the format's own patches are to do, instead of Rules
	Fork      *fork.Fork
	Policy    *policy.Policy
	Notes     []string // for whoever installs the chart
}

// Advise makes the remedy of each unplaced workload the rungs that serve it in a format, the first to take first.
func Advise(result *patch.Result, f dialect.Format, hooks bool) {
	for i := range result.Report.Workloads {
		w := &result.Report.Workloads[i]
		if w.Status != patch.Unplaced || hopeless(result, i) {
			continue
		}
		var ways []string
		for _, s := range f.Serves(w.Hook, hooks) {
			ways = append(ways, "--fallback "+string(s.Rung)+" ("+s.Why+")")
		}
		w.Remedy = strings.Join(ways, ", or ")
	}
}

// hopeless tells a workload that no rung places: its pods' own label says another system than it is to run on, and is not ours to
// change, as the workload may select its pods by it.
func hopeless(result *patch.Result, i int) bool {
	label := result.Pods[i].LabeledOS
	return label != "" && label != result.Report.Workloads[i].OS
}

// ladder is one run.
type ladder struct {
	Request
	result *patch.Result
	made   *Made
	why    map[int][]string // by workload: why a rung does not serve it
}

// Run places what the result's report says is unplaced, and changes the report: a workload that is placed then names its fallback,
// and keeps the reason for which no value does it; the remedy of the others says why no rung that was tried places them.
func Run(ctx context.Context, result *patch.Result, q Request) (*Made, error) {
	l := ladder{Request: q, result: result, made: &Made{}, why: map[int][]string{}}
	Advise(result, q.Format, q.Hooks)
	for _, step := range q.Format.Serves(false, q.Hooks) {
		if q.Mode != Auto && q.Mode != string(step.Rung) {
			continue
		}
		todo := l.todo(step.Rung)
		if len(todo) == 0 {
			continue
		}
		if err := l.take(ctx, step.Rung, todo); err != nil {
			return nil, err
		}
	}
	l.refuse()
	return l.made, nil
}

// todo are the workloads, by index, that are still unplaced and that a rung may serve.
func (l *ladder) todo(r dialect.Rung) []int {
	var out []int
	for i, w := range l.result.Report.Workloads {
		if w.Status != patch.Unplaced || hopeless(l.result, i) {
			continue
		}
		if slices.ContainsFunc(l.Format.Serves(w.Hook, l.Hooks), func(s dialect.Step) bool { return s.Rung == r }) {
			out = append(out, i)
		}
	}
	return out
}

func (l *ladder) take(ctx context.Context, r dialect.Rung, todo []int) error {
	switch r {
	case dialect.PostRender:
		return l.postRender(todo)
	case dialect.Fork:
		return l.fork(ctx, todo)
	case dialect.Policy:
		return l.policy(todo)
	}
	return nil
}

// placed notes that a rung places a workload.
func (l *ladder) placed(i int, r dialect.Rung) {
	w := &l.result.Report.Workloads[i]
	w.Status, w.Fallback, w.Remedy = patch.Placed, string(r), ""
}

// refused notes why a rung does not place a workload.
func (l *ladder) refused(i int, r dialect.Rung, why string) {
	l.why[i] = append(l.why[i], string(r)+": "+why)
}

// refuse says of what is left why it is. What no rung was tried for keeps its remedy, which names others.
func (l *ladder) refuse() {
	for i, why := range l.why {
		if w := &l.result.Report.Workloads[i]; w.Status == patch.Unplaced {
			w.Remedy = "not placed by " + strings.Join(why, ", nor by ")
		}
	}
}

// plan is what has to change of a workload, as the overlay renders it.
func (l *ladder) plan(i int) steer.Plan {
	w := l.result.Pods[i].Workload
	os := platform.OS(l.result.Report.Workloads[i].OS)
	p := steer.Place(w, l.result.Goals[os])
	if p.Problem != "" {
		return p
	}
	also := steer.Settle(w, os, l.Also)
	p.Changes = append(p.Changes, also.Changes...)
	p.Notes = append(p.Notes, also.Notes...)
	return p
}

// note keeps what a reader has to know of a workload's plan.
func (l *ladder) note(i int, notes []string) {
	for _, n := range notes {
		l.made.Notes = append(l.made.Notes, l.result.Pods[i].ID()+": "+n)
	}
}
