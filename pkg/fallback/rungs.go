package fallback

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/fork"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/policy"
	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// postRender plans what a post-renderer does: rules for ours, or the patches that the format carries itself.
func (l *ladder) postRender(todo []int) error {
	rules := postrender.NewRules(l.Aim, l.Also)
	rules.Chart = postrender.Chart{Name: l.result.Report.Chart.Name, Version: l.result.Report.Chart.Version}
	rules.Release = l.Release.Name
	want := map[int]bool{}
	for _, i := range todo {
		p := l.plan(i)
		if p.Problem != "" {
			l.refused(i, dialect.PostRender, p.Problem)
			continue
		}
		want[i] = true
		l.note(i, p.Notes)
		l.made.Unreached = append(l.made.Unreached, dialect.Unreached{Workload: l.result.Pods[i].Workload, Changes: p.Changes})
	}
	if l.Format.Patches || len(want) == 0 {
		for i := range want {
			l.placed(i, dialect.PostRender)
		}
		return nil
	}
	l.made.Unreached = nil
	var counter postrender.Counter
	for i, p := range l.result.Pods {
		n := counter.Index(p.Workload)
		if want[i] {
			rules.Workloads = append(rules.Workloads, postrender.RuleFor(p.Workload, n, platform.OS(l.result.Report.Workloads[i].OS)))
		}
	}
	l.made.Rules = rules
	return l.provePostRender(want)
}

// provePostRender runs the rules over the render, and takes for placed what comes out placed.
func (l *ladder) provePostRender(want map[int]bool) error {
	docs, err := l.result.Render.Documents()
	if err != nil {
		return err
	}
	var stream bytes.Buffer
	if err := chart.WriteManifest(&stream, docs); err != nil {
		return err
	}
	_, report, err := postrender.Bytes(stream.Bytes(), postrender.Request{Rules: l.made.Rules, Name: "rendered"})
	if err != nil {
		return fmt.Errorf("trying the rules for the post-renderer: %w", err)
	}
	problems := map[string]string{}
	done := map[string]bool{}
	for _, o := range report.Workloads {
		key := outcomeKey(o.Source, o.Kind, o.Namespace, o.Name, o.Field)
		done[key] = done[key] || string(o.Status) == string(patch.Placed) || string(o.Status) == string(patch.Already)
		problems[key] = o.Reason
	}
	for i := range want {
		w := l.result.Pods[i].Workload
		field := ""
		if w.Custom {
			field = w.SpecPath.String()
		}
		key := outcomeKey(w.Source, w.Object.Kind, w.Object.Namespace, w.Object.Name, field)
		if !done[key] {
			l.refused(i, dialect.PostRender, problems[key])
			continue
		}
		l.placed(i, dialect.PostRender)
	}
	return nil
}

func outcomeKey(parts ...string) string { return strings.Join(parts, "\x00") }

// fork plans a copy of the chart, which is rendered to see what it places.
func (l *ladder) fork(ctx context.Context, todo []int) error {
	want := map[string]int{}
	for _, i := range todo {
		want[keyOf(l.result.Pods[i].Workload)] = i
	}
	f, err := fork.Make(ctx, fork.Input{
		Chart: l.Chart, Release: l.Release, Values: chart.Merge(l.Values, l.result.Overlay.Tree()),
		Plan: func(w workload.Workload) (steer.Plan, bool) {
			i, ok := want[keyOf(w)]
			if !ok {
				return steer.Plan{}, false
			}
			return l.plan(i), true
		},
	})
	if err != nil {
		for _, i := range todo {
			l.refused(i, dialect.Fork, err.Error())
		}
		return ctx.Err()
	}
	if len(f.Placed) > 0 {
		l.made.Fork = f
		l.made.Notes = append(l.made.Notes, f.Notes...)
	}
	for _, p := range f.Placed {
		if i, ok := want[p.Source+"\x00"+p.Workload]; ok {
			l.placed(i, dialect.Fork)
			l.note(i, l.plan(i).Notes)
		}
	}
	for _, u := range f.Unplaced {
		if i, ok := want[u.Source+"\x00"+u.Workload]; ok {
			l.refused(i, dialect.Fork, u.Reason)
		}
	}
	return nil
}

func keyOf(w workload.Workload) string { return w.Source + "\x00" + w.ID() }

// policy writes an admission policy for the pods of what is left.
func (l *ladder) policy(todo []int) error {
	q := l.Policy
	q.Aim, q.SetOSName, q.Namespace = l.Aim, l.Also.OSName, l.Release.Namespace
	var chosen []int
	for _, i := range todo {
		w := l.result.Pods[i].Workload
		scope, why := policy.ScopeOf(w.Object, w.Custom, platform.OS(l.result.Report.Workloads[i].OS))
		why = cmp.Or(l.NoPolicy, why)
		if why == "" {
			why = l.untouchable(i)
		}
		if why != "" {
			l.refused(i, dialect.Policy, why)
			continue
		}
		q.Scopes = append(q.Scopes, scope)
		chosen = append(chosen, i)
	}
	if len(chosen) == 0 {
		return nil
	}
	p, err := policy.Make(q)
	if err != nil {
		return fmt.Errorf("writing the admission policy: %w", err)
	}
	l.made.Policy = p
	l.made.Notes = append(l.made.Notes, p.Notes...)
	for _, i := range chosen {
		l.note(i, l.plan(i).Notes)
		l.placed(i, dialect.Policy)
	}
	return nil
}

// untouchable says why a policy does not place a workload's pods: it leaves those alone that say where they run, and only adds.
func (l *ladder) untouchable(i int) string {
	w := l.result.Pods[i].Workload
	if why := policy.Left(&w.Spec, w.LabeledOS, platform.OS(l.result.Report.Workloads[i].OS)); why != "" {
		return why + ", and a policy touches no choice"
	}
	p := l.plan(i)
	for _, c := range p.Changes {
		if c.Remove {
			return c.Path.String() + " would have to be taken away, and a policy only adds"
		}
	}
	return p.Problem
}
