package steer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// dropForeign takes away what no node of the goal's pools has: the pod could run nowhere with it. The pool with which the least
// goes is the measure.
func (p *planner) dropForeign() string {
	home := p.home()
	for _, key := range p.unmet(home) {
		p.notes = append(p.notes, fmt.Sprintf("nodeSelector %s=%s is taken away: no %s node has it", key, p.spec.NodeSelector[key], p.goal.OS()))
		p.remove("nodeSelector", key)
		delete(p.spec.NodeSelector, key)
	}
	var gone []string
	problem := p.freeAffinity(func(r corev1.NodeSelectorRequirement) bool {
		if meets(r, home) {
			return false
		}
		if text := said(r); !slices.Contains(gone, text) {
			gone = append(gone, text)
		}
		return true
	})
	for _, text := range gone {
		p.notes = append(p.notes, fmt.Sprintf("node affinity %s is taken away: no %s node meets it", text, p.goal.OS()))
	}
	return problem
}

// home is the pool of the goal to which the pod can go with the fewest changes.
func (p *planner) home() placement.Pool {
	return slices.MinFunc(p.goal.Pools(), func(a, b placement.Pool) int {
		return cmp.Or(cmp.Compare(p.foreign(a), p.foreign(b)), cmp.Compare(len(aim.MissingOn(p.spec, a)), len(aim.MissingOn(p.spec, b))))
	})
}

// foreign counts what the pod asks for and the nodes of a pool have not.
func (p *planner) foreign(pool placement.Pool) int {
	n, least := len(p.unmet(pool)), -1
	for _, t := range terms(p.spec.Affinity) {
		unmet := 0
		for _, r := range t.MatchExpressions {
			if !meets(r, pool) {
				unmet++
			}
		}
		if least < 0 || unmet < least {
			least = unmet
		}
	}
	return n + max(least, 0)
}

// unmet are the labels of the nodeSelector that the nodes of a pool have not, sorted.
func (p *planner) unmet(pool placement.Pool) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(p.spec.NodeSelector)) {
		if have, ok := pool.Labels[k]; !ok || have != p.spec.NodeSelector[k] {
			out = append(out, k)
		}
	}
	return out
}

// meets tells whether the nodes of a pool meet one requirement.
func meets(r corev1.NodeSelectorRequirement, pool placement.Pool) bool {
	term := corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{r}}
	return placement.Judge(&corev1.PodSpec{Affinity: requiring(term)}, placement.Pool{Name: pool.Name, Labels: pool.Labels}).Fits
}

// said is a requirement in words. Some name every type of machine there is: of many values the first will do.
func said(r corev1.NodeSelectorRequirement) string {
	const enough = 3
	values := strings.Join(r.Values[:min(len(r.Values), enough)], ",")
	if more := len(r.Values) - enough; more > 0 {
		values += fmt.Sprintf(" and %d more", more)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Key, r.Operator, values))
}

// judged tells the labels by which systems are told apart, and those of the goal. Of assumed pools no others are known.
func (p *planner) judged(label string) bool {
	_, ours := p.goal.Labels()[label]
	return ours || label == platform.LabelLegacyOS
}

// known is the pod with what can be judged of it: all, unless the pools are assumed.
func (p *planner) known() *corev1.PodSpec {
	if !p.goal.Assumed() {
		return p.spec
	}
	out := p.spec.DeepCopy()
	maps.DeleteFunc(out.NodeSelector, func(k, _ string) bool { return !p.judged(k) })
	list := terms(out.Affinity)
	for i := range list {
		before := len(list[i].MatchExpressions)
		list[i].MatchExpressions = slices.DeleteFunc(list[i].MatchExpressions, func(r corev1.NodeSelectorRequirement) bool { return !p.judged(r.Key) })
		if before > 0 && empty(list[i]) {
			out.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = nil // nodes that meet it are thinkable
			break
		}
	}
	return out
}

// unknown says what of the pod could not be judged.
func (p *planner) unknown() []string {
	if ok, _ := p.goal.Placed(p.spec); ok {
		return nil
	}
	var asks []string
	for _, k := range slices.Sorted(maps.Keys(p.spec.NodeSelector)) {
		if !p.judged(k) {
			asks = append(asks, k+"="+p.spec.NodeSelector[k])
		}
	}
	for _, t := range terms(p.spec.Affinity) {
		for _, r := range t.MatchExpressions {
			if text := said(r); !p.judged(r.Key) && !slices.Contains(asks, text) {
				asks = append(asks, text)
			}
		}
	}
	if len(asks) == 0 {
		return nil
	}
	return []string{"it also asks for " + strings.Join(asks, ", ") + ", and the preset's pools do not say which nodes have that"}
}
