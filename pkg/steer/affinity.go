package steer

import (
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// terms are the alternatives of the required node affinity.
func terms(a *corev1.Affinity) []corev1.NodeSelectorTerm {
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
}

// freeAffinity takes the requirements that drop names out of the required node affinity, and with them what they leave empty.
func (p *planner) freeAffinity(drop func(corev1.NodeSelectorRequirement) bool) string {
	list := terms(p.spec.Affinity)
	if !slices.ContainsFunc(list, func(t corev1.NodeSelectorTerm) bool { return slices.ContainsFunc(t.MatchExpressions, drop) }) {
		return ""
	}
	if problem := p.unread("affinity"); problem != "" {
		return problem
	}
	stands := func(t corev1.NodeSelectorTerm) bool { return slices.ContainsFunc(t.MatchExpressions, drop) }
	at := []any{"affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"}
	if slices.ContainsFunc(list, func(t corev1.NodeSelectorTerm) bool { return !stands(t) && !empty(t) }) {
		// Terms are alternatives: those that can be met stay, and the others never were for nodes of this OS.
		for i, t := range slices.Backward(list) {
			if stands(t) {
				p.remove(append(slices.Clip(at), i)...)
			}
		}
		required := p.spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
		required.NodeSelectorTerms = slices.DeleteFunc(list, stands)
		return ""
	}
	if slices.ContainsFunc(list, func(t corev1.NodeSelectorTerm) bool { return emptied(t, drop) }) {
		// A term without requirements matches nothing. This one asked for what is dropped alone, so any node will do that the
		// nodeSelector chooses; the other terms, which are alternatives to it, would narrow that.
		p.removeRequired()
		return ""
	}
	for i := len(list) - 1; i >= 0; i-- {
		p.freeTerm(&list[i], append(slices.Clip(at), i), drop)
	}
	return ""
}

// empty tells a term without requirements, which matches nothing.
func empty(t corev1.NodeSelectorTerm) bool {
	return len(t.MatchExpressions) == 0 && len(t.MatchFields) == 0
}

// emptied tells that nothing is left of a term.
func emptied(t corev1.NodeSelectorTerm, drop func(corev1.NodeSelectorRequirement) bool) bool {
	keeps := func(r corev1.NodeSelectorRequirement) bool { return !drop(r) }
	return len(t.MatchExpressions) > 0 && !slices.ContainsFunc(t.MatchExpressions, keeps) && len(t.MatchFields) == 0
}

func (p *planner) freeTerm(t *corev1.NodeSelectorTerm, at []any, drop func(corev1.NodeSelectorRequirement) bool) {
	if len(t.MatchExpressions) > 0 && !slices.ContainsFunc(t.MatchExpressions, func(r corev1.NodeSelectorRequirement) bool { return !drop(r) }) {
		p.remove(append(slices.Clip(at), "matchExpressions")...)
		t.MatchExpressions = nil
		return
	}
	for j, r := range slices.Backward(t.MatchExpressions) {
		if drop(r) {
			p.remove(append(slices.Clip(at), "matchExpressions", j)...)
			t.MatchExpressions = slices.Delete(t.MatchExpressions, j, j+1)
		}
	}
}

// removeRequired takes the whole required node affinity away, and what would be left empty around it.
func (p *planner) removeRequired() {
	a := p.spec.Affinity
	switch {
	case len(a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0:
		p.remove("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
		a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = nil
	case a.PodAffinity != nil || a.PodAntiAffinity != nil:
		p.remove("affinity", "nodeAffinity")
		a.NodeAffinity = nil
	default:
		p.remove("affinity")
		p.spec.Affinity = nil
	}
}

// require names the goal's labels in the required node affinity, for kinds that have no nodeSelector.
func (p *planner) require() string {
	if !p.has("affinity") {
		return "a " + p.workload.Object.Kind + " has no field that chooses nodes"
	}
	if problem := p.unread("affinity"); problem != "" {
		return problem
	}
	at := []any{"affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"}
	wants := p.requirements()
	list := terms(p.spec.Affinity)
	if len(list) == 0 {
		p.set([]any{map[string]any{"matchExpressions": requirementMaps(wants)}}, at...)
		if p.spec.Affinity == nil {
			p.spec.Affinity = &corev1.Affinity{}
		}
		if p.spec.Affinity.NodeAffinity == nil {
			p.spec.Affinity.NodeAffinity = &corev1.NodeAffinity{}
		}
		p.spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: wants}},
		}
		return ""
	}
	for i := range list {
		for _, want := range wants {
			n := len(list[i].MatchExpressions)
			if slices.ContainsFunc(list[i].MatchExpressions, func(r corev1.NodeSelectorRequirement) bool { return reflect.DeepEqual(r, want) }) {
				continue
			}
			p.set(requirementMaps([]corev1.NodeSelectorRequirement{want})[0], append(slices.Clip(at), i, "matchExpressions", n)...)
			list[i].MatchExpressions = append(list[i].MatchExpressions, want)
		}
	}
	return ""
}

func (p *planner) requirements() []corev1.NodeSelectorRequirement {
	out := []corev1.NodeSelectorRequirement{}
	for _, key := range []string{platform.LabelOS, platform.LabelWindowsBuild} {
		if v := p.goal.Labels()[key]; v != "" {
			out = append(out, corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: []string{v}})
		}
	}
	return out
}

func requirementMaps(list []corev1.NodeSelectorRequirement) []any {
	out := make([]any, 0, len(list))
	for _, r := range list {
		values := make([]any, 0, len(r.Values))
		for _, v := range r.Values {
			values = append(values, v)
		}
		out = append(out, map[string]any{"key": r.Key, "operator": string(r.Operator), "values": values})
	}
	return out
}
