package placement

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// reasonRefused is what keeps a pod off every node: it never comes to be.
const reasonRefused = "the API server refuses the pod"

// refusedTolerations says which tolerations the API server refuses, and with them the pod. Of nodeSelector and affinity the
// scheduler's own code tells. Source: ValidateTolerations in pkg/apis/core/validation of k8s.io/kubernetes v1.37.2.
func refusedTolerations(tolerations []corev1.Toleration) []string {
	var reasons []string
	for i, t := range tolerations {
		if why := refusedToleration(t); why != "" {
			reasons = append(reasons, fmt.Sprintf("%s: tolerations[%d]: %s", reasonRefused, i, why))
		}
	}
	return reasons
}

func refusedToleration(t corev1.Toleration) string {
	effects := []corev1.TaintEffect{"", corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute}
	exists := t.Operator == corev1.TolerationOpExists
	switch {
	case t.Key == "" && !exists:
		return "operator must be Exists when key is empty"
	case t.Key != "" && len(validation.IsQualifiedName(t.Key)) > 0:
		return fmt.Sprintf("key %q: %s", t.Key, strings.Join(validation.IsQualifiedName(t.Key), "; "))
	case t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute:
		return "effect must be NoExecute when tolerationSeconds is set"
	case exists && t.Value != "":
		return fmt.Sprintf("value must be empty when operator is Exists, got %q", t.Value)
	case !exists && t.Operator != "" && t.Operator != corev1.TolerationOpEqual:
		return fmt.Sprintf("operator %q, want Equal or Exists", t.Operator)
	case len(validation.IsValidLabelValue(t.Value)) > 0:
		return fmt.Sprintf("value %q: %s", t.Value, strings.Join(validation.IsValidLabelValue(t.Value), "; "))
	case !slices.Contains(effects, t.Effect):
		return fmt.Sprintf("effect %q, want NoSchedule, PreferNoSchedule or NoExecute", t.Effect)
	}
	return ""
}

// refusedTerms is why the API server refuses a required node affinity; it does so for one bad term even when another would match.
// What it lets pass, and the scheduler then never matches, is Gt and Lt with what is no number: see ValidateNodeSelectorRequirement
// in pkg/apis/core/validation, and NewLazyErrorNodeSelector, by which the scheduler reads what the server let pass.
func refusedTerms(required *corev1.NodeSelector) error {
	lenient := required.DeepCopy()
	for _, term := range lenient.NodeSelectorTerms {
		for i, e := range term.MatchExpressions {
			if (e.Operator == corev1.NodeSelectorOpGt || e.Operator == corev1.NodeSelectorOpLt) && len(e.Values) == 1 {
				term.MatchExpressions[i].Values = []string{"0"}
			}
		}
	}
	_, err := nodeaffinity.NewNodeSelector(lenient)
	return err
}
