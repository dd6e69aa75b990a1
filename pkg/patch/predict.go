package patch

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// means are the ways in which values can change where a pod runs, as bits.
type means uint8

const (
	bySelector means = 1 << iota
	byTolerations
	byAffinity
	byNarrowing // tolerations replaced instead of added to: the present ones tolerate too much
	byClass     // the runtimeClassName is taken away: its class schedules elsewhere
	byOSName
	byFixing // not placement: Linux-only fields are taken away
)

// ladders are the combinations to try, cheapest first.
func ladders() []means {
	plain := []means{
		0, bySelector, byTolerations, byAffinity, bySelector | byTolerations, byAffinity | byTolerations, bySelector | byAffinity,
		bySelector | byAffinity | byTolerations, byNarrowing, bySelector | byNarrowing, byAffinity | byNarrowing, bySelector | byAffinity | byNarrowing,
	}
	out := slices.Clone(plain)
	for _, m := range plain {
		out = append(out, m|byClass)
	}
	return out
}

// predict is the pod spec that the means would give. The proof decides; this only spares renders.
func predict(g aim.Goal, spec *corev1.PodSpec, m means) *corev1.PodSpec {
	out := *spec
	if m&byClass != 0 {
		out.RuntimeClassName = nil
	}
	if m&bySelector != 0 {
		sel := maps.Clone(spec.NodeSelector)
		if sel == nil {
			sel = map[string]string{}
		}
		delete(sel, platform.LabelLegacyOS)
		maps.Copy(sel, g.Labels())
		out.NodeSelector = sel
	}
	if m&byAffinity != 0 {
		out.Affinity = affinity(g, spec.Affinity)
	}
	if m&byNarrowing != 0 {
		out.Tolerations = slices.DeleteFunc(slices.Clone(spec.Tolerations), g.Wide)
	}
	if m&(byTolerations|byNarrowing) != 0 {
		out.Tolerations = append(slices.Clip(out.Tolerations), g.Missing(&out)...)
	}
	return &out
}

func affinity(g aim.Goal, a *corev1.Affinity) *corev1.Affinity {
	out := &corev1.Affinity{}
	if a != nil {
		out = a.DeepCopy()
	}
	if out.NodeAffinity == nil {
		out.NodeAffinity = &corev1.NodeAffinity{}
	}
	req := out.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if req == nil || len(req.NodeSelectorTerms) == 0 {
		req = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{}}}
		out.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = req
	}
	for i := range req.NodeSelectorTerms {
		term := &req.NodeSelectorTerms[i]
		term.MatchExpressions = slices.DeleteFunc(term.MatchExpressions, func(e corev1.NodeSelectorRequirement) bool {
			_, ours := g.Labels()[e.Key]
			return ours || e.Key == platform.LabelLegacyOS
		})
		for _, k := range slices.Sorted(maps.Keys(g.Labels())) {
			term.MatchExpressions = append(term.MatchExpressions, corev1.NodeSelectorRequirement{Key: k, Operator: corev1.NodeSelectorOpIn, Values: []string{g.Labels()[k]}})
		}
	}
	return out
}
