package fork

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/values"
)

// otherRelease is a release that no chart is likely to know.
const (
	otherRelease   = "winready-fork"
	otherNamespace = "winready-elsewhere"
	probeLabel     = "winready.dev/probe"
)

// otherScenes are the ways to render the chart besides the one that it is forked for: another release, and its knobs set, emptied, and
// set to an operating system. Those that the chart itself does not stand are left out.
func otherScenes(ctx context.Context, folder *chart.Folder, rel chart.Release, user map[string]any) ([]*scene, error) {
	var out []*scene
	other := rel
	other.Name, other.Namespace = otherRelease, otherNamespace
	if r, err := folder.Renderer(other, user); err == nil {
		if s, err := openScene(ctx, r, other, nil); err == nil {
			out = append(out, s)
		}
	}
	r, err := folder.Renderer(rel, user)
	if err != nil {
		return nil, err
	}
	cands, err := candidates(r)
	if err != nil {
		return nil, err
	}
	tree, err := r.Values()
	if err != nil {
		return nil, err
	}
	for _, turn := range []turn{{setKnob, false}, {emptyKnob, false}, {chooseOS, true}} {
		t := trial{renderer: r, tree: tree, edits: turn.edits, budget: maxTrials}
		t.try(ctx, cands)
		if t.render != nil {
			s := newScene(r, rel, t.overlay(t.kept), t.render)
			s.lenient = turn.lenient
			out = append(out, s)
		}
		if len(t.kept) < len(cands) && !turn.lenient {
			cands = t.kept // what the chart does not stand set it need not stand otherwise
		}
	}
	return out, ctx.Err()
}

// turn is one way to set the knobs.
type turn struct {
	edits   func(knob.Candidate) []values.Edit
	lenient bool
}

// candidates are the values that may steer nodeSelectors and tolerations.
func candidates(r *chart.Renderer) ([]knob.Candidate, error) {
	all, err := knob.Candidates(r, knob.Also{})
	if err != nil {
		return nil, err
	}
	var out []knob.Candidate
	for _, c := range all {
		if (c.Field == knob.NodeSelector || c.Field == knob.Tolerations) && !c.Reserve {
			c.Gate = nil // what is off stays off
			out = append(out, c)
		}
	}
	return out, nil
}

func setKnob(c knob.Candidate) []values.Edit {
	if c.Field == knob.Tolerations {
		return c.Tolerate([]corev1.Toleration{{Key: probeLabel, Operator: corev1.TolerationOpExists}})
	}
	return c.Select(map[string]string{probeLabel: "set"})
}

func chooseOS(c knob.Candidate) []values.Edit {
	if c.Field == knob.Tolerations {
		return nil
	}
	return c.Select(map[string]string{platform.LabelOS: "other"})
}

func emptyKnob(c knob.Candidate) []values.Edit {
	switch v := c.Current.(type) {
	case []any:
		return []values.Edit{{Path: c.Path, New: []any{}}}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		return c.Remove(keys)
	}
	return nil
}

// trial finds out which knobs a chart stands set.
type trial struct {
	renderer *chart.Renderer
	tree     map[string]any
	edits    func(knob.Candidate) []values.Edit
	budget   int
	kept     []knob.Candidate
	render   *chart.Render // with those that are kept
}

// maxTrials bounds the renders spent on finding out which values a chart does not stand.
const maxTrials = 16

func (t *trial) overlay(cands []knob.Candidate) map[string]any {
	var all []values.Edit
	for _, c := range cands {
		all = append(all, t.edits(c)...)
	}
	return values.Build(t.tree, all, nil).Tree()
}

// try keeps the candidates with which the chart renders, found by halves.
func (t *trial) try(ctx context.Context, part []knob.Candidate) {
	if len(part) == 0 || t.budget == 0 || ctx.Err() != nil {
		return
	}
	t.budget--
	with := append(slices.Clip(t.kept), part...)
	overlay := t.overlay(with)
	if len(overlay) == 0 {
		return // nothing is set
	}
	if r, err := t.renderer.Probe(ctx, overlay); err == nil && readable(r) {
		t.kept, t.render = with, r
		return
	}
	if len(part) > 1 {
		t.try(ctx, part[:len(part)/2])
		t.try(ctx, part[len(part)/2:])
	}
}

// readable says that all of a render is YAML.
func readable(r *chart.Render) bool {
	for name, text := range r.Files {
		if _, err := chart.Split(name, text); err != nil {
			return false
		}
	}
	return true
}
