package knob_test

import (
	"testing"

	"github.com/winready/kubectl-winready/pkg/knob"
)

func TestFieldOf(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]knob.Field{
		"nodeSelector":               knob.NodeSelector,
		"NodeSelector":               knob.NodeSelector,
		"nodeselector":               knob.NodeSelector,
		"nodeSelectors":              knob.NodeSelector,
		"node_selector":              knob.NodeSelector,
		"node-selector":              knob.NodeSelector,
		"podNodeSelector":            knob.NodeSelector,
		"defaultNodeSelector":        knob.NodeSelector,
		"nodeSelectorLabels":         knob.NodeSelector,
		"systemManagedNodeSelectors": knob.NodeSelector,
		"toleration":                 knob.Tolerations,
		"tolerations":                knob.Tolerations,
		"defaultTolerations":         knob.Tolerations,
		"pod_tolerations":            knob.Tolerations,
		"affinity":                   knob.Affinity,
		"nodeAffinity":               knob.Affinity,
		"defaultAffinity":            knob.Affinity,
		"runtimeClassName":           knob.RuntimeClass,
		"runtimeClass":               knob.RuntimeClass,
		"selector":                   "",
		"matchLabels":                "",
		"enableNodeSelector":         "",
		"nodeSelectorEnabled":        "",
		"nodeSelectorKey":            "",
		"tolerationValue":            "",
		"tolerationSeconds":          "",
		"sessionAffinity":            "",
		"sessionAffinityConfig":      "",
		"podAntiAffinity":            "",
		"podAntiAffinityPreset":      "",
		"podAffinityPreset":          "",
		"nodeAffinityPreset":         "",
		"cookieAffinity":             "",
		"os":                         "",
		"":                           "",
	} {
		if got := knob.FieldOf(key); got != want {
			t.Errorf("FieldOf(%q) = %q, want %q", key, got, want)
		}
	}
}
