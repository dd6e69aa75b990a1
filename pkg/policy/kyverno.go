package policy

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// kyverno are the policies of one part, one for each namespace: a Policy has the namespace whose pods it is for.
//
// The kind is in config/crds/kyverno/kyverno.io_policies.yaml of github.com/kyverno/kyverno; failurePolicy of the spec is deprecated
// there for one of webhookConfiguration, which Kyverno before 1.13 does not have.
func kyverno(q Request, p part) []any {
	var all []any
	for _, a := range p.areas {
		for _, n := range a.namespaces {
			all = append(all, map[string]any{
				"apiVersion": "kyverno.io/v1", "kind": "Policy",
				"metadata": map[string]any{
					"name": p.name, "namespace": n,
					"labels": map[string]any{"app.kubernetes.io/managed-by": managedBy},
					// Kyverno would make rules for the templates of controllers of what is for pods.
					"annotations": map[string]any{"pod-policies.kyverno.io/autogen-controllers": "none"},
				},
				"spec": map[string]any{"background": false, "failurePolicy": string(q.Failure), "rules": p.kyvernoRules(a)},
			})
		}
	}
	return all
}

// kyvernoRules are the rules for one area. Each sees what those before it made of the pod, so the one that chooses the nodes comes
// last: with it the pod says where it runs.
func (p part) kyvernoRules(a area) []any {
	var base []string
	if chosen := jChosen(a, p.target); chosen != "" {
		base = append(base, chosen)
	}
	for _, c := range unchosen(p.target, p.goal.OS()) {
		base = append(base, c.jmespath)
	}
	var rules []any
	missing := p.goal.Missing(&corev1.PodSpec{})
	for i, t := range missing {
		name := "tolerate"
		if len(missing) > 1 {
			name = fmt.Sprintf("tolerate-%d", i+1)
		}
		conditions := append(slices.Clip(base), "!("+jTolerates(p.target.spec, t)+")")
		path := "/" + strings.ReplaceAll(p.target.spec, ".", "/") + "/tolerations/-"
		rules = append(rules, p.kyvernoRule(name, conditions, "patchesJson6902", "- op: add\n  path: "+path+"\n  value: "+celToleration(t)+"\n"))
	}
	selects := map[string]any{"nodeSelector": placed(p.goal)}
	if p.osName {
		named := map[string]any{"nodeSelector": placed(p.goal), "os": map[string]any{"name": string(p.goal.OS())}}
		conditions := append(slices.Clip(base), "!("+jForeign(p)+")")
		rules = append(rules, p.kyvernoRule("select-and-name", conditions, "patchStrategicMerge", p.target.inside(named)))
	}
	return append(rules, p.kyvernoRule("select", base, "patchStrategicMerge", p.target.inside(selects)))
}

func (p part) kyvernoRule(name string, conditions []string, how string, patch any) map[string]any {
	var all []any
	for _, c := range conditions {
		all = append(all, map[string]any{"key": expression(c), "operator": "Equals", "value": true})
	}
	kind, operations := "Pod", []any{"CREATE"}
	if p.target.daemonSets {
		kind, operations = "DaemonSet", []any{"CREATE", "UPDATE"}
	}
	resources := map[string]any{"kinds": []any{kind}, "operations": operations}
	return map[string]any{
		"name":          name,
		"match":         map[string]any{"any": []any{map[string]any{"resources": resources}}},
		"preconditions": map[string]any{"all": all},
		"mutate":        map[string]any{how: patch},
	}
}

// inside is an object that has a value where the pod spec is.
func (t target) inside(value any) map[string]any {
	steps := strings.Split(t.spec, ".")
	for _, step := range slices.Backward(steps) {
		value = map[string]any{step: value}
	}
	m, _ := value.(map[string]any)
	return m
}

// expression is a variable of Kyverno, on lines of its own where it has several.
func expression(text string) string {
	if strings.Contains(text, "\n") {
		return "{{ " + text + "\n}}"
	}
	return "{{ " + text + " }}"
}
