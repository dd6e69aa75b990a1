package object_test

import (
	"testing"

	"github.com/winready/kubectl-winready/pkg/object"
)

func TestPathString(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]object.Path{
		"":                                    nil,
		"spec.template.spec":                  {"spec", "template", "spec"},
		"spec.nodeSets[0].podTemplate.spec":   {"spec", "nodeSets", 0, "podTemplate", "spec"},
		"spec.nodeSelector[kubernetes.io/os]": {"spec", "nodeSelector", "kubernetes.io/os"},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLocationString(t *testing.T) {
	t.Parallel()
	for want, l := range map[string]object.Location{
		"":                      {},
		"a.yaml":                {File: "a.yaml"},
		"a.yaml:3":              {File: "a.yaml", Line: 3},
		"a.yaml:3:5":            {File: "a.yaml", Line: 3, Column: 5},
		"a.yaml:3:5 (rendered)": {File: "a.yaml", Line: 3, Column: 5, Rendered: true},
	} {
		if got := l.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
