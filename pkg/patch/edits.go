package patch

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/values"
)

// edits turns a plan into changes of values.
func (s *solver) edits(p plan) []values.Edit {
	var out []values.Edit
	for _, pk := range p.picks {
		out = append(out, s.editsOf(pk, p)...)
	}
	slices.SortStableFunc(out, func(a, b values.Edit) int { return values.Compare(a.Path, b.Path) })
	return out
}

func (s *solver) editsOf(pk pick, p plan) []values.Edit {
	k := s.table.Knobs[pk.knob]
	g := s.goals[s.targets[k.Effects[0].Pod].OS]
	var edits []values.Edit
	switch pk.means {
	case bySelector, byAffinity:
		edits = k.Select(g.Labels())
	case byTolerations:
		edits = k.Tolerate(s.tolerations(pk, p.needs))
	case byOSName:
		edits = k.Select(g.Labels())
	case byClass:
		edits = []values.Edit{{Path: k.Path}}
	case byFixing:
		edits = k.Remove(strings.Split(pk.keys, ","))
	case byNarrowing:
		edits = narrowed(k.Candidate, g).Tolerate(s.tolerations(pk, p.needs))
	}
	for i := range edits {
		edits[i].Steers = s.steered(k)
	}
	return edits
}

// narrowed is the knob without the tolerations it has that open nodes of other systems.
func narrowed(c knob.Candidate, g aim.Goal) knob.Candidate {
	list, _ := c.Current.([]any)
	c.Current = slices.DeleteFunc(slices.Clone(list), func(v any) bool {
		m, _ := v.(map[string]any)
		str := func(key string) string { s, _ := m[key].(string); return s }
		return m != nil && g.Wide(corev1.Toleration{
			Key: str("key"), Operator: corev1.TolerationOperator(str("operator")), Value: str("value"), Effect: corev1.TaintEffect(str("effect")),
		})
	})
	return c
}

// steered are the workloads a knob reaches.
func (s *solver) steered(k knob.Knob) []string {
	var names []string
	for _, e := range k.Effects {
		if n := s.table.Pods[e.Pod].Key; !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}
