package rules

import (
	"fmt"
	"slices"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var duplicateKey = &rule.Rule{
	ID: "WR114", Name: "duplicate-key", Category: rule.Placement, Severity: finding.Warning,
	Title: "A map has the same key twice",
	Rationale: "YAML forbids it, and readers differ. For Helm and kubectl the last one counts and the others are lost without a word: of two " +
		"nodeSelectors one goes, and the pods land where nobody meant them to. Flux and kustomize refuse the whole document, and with it " +
		"the release.",
	Remedy: "Leave one of them. In a chart it is often a template that has a key of its own and prints the same one from the values.",
	Since:  "v0.1.0",
	References: []string{
		"https://yaml.org/spec/1.2.2/#3213-node-comparison",
		"https://github.com/fluxcd/kustomize-controller/issues/243",
		"https://github.com/kubernetes-sigs/kustomize/issues/3480",
	},
	Needs: []inventory.Kind{inventory.Documents},
	Check: checkDuplicateKey,
}

func checkDuplicateKey(p *rule.Pass) {
	for _, text := range p.Texts() {
		for _, d := range text.Duplicates {
			where := rule.OnText(text.Object, d.Location, d.Path)
			if places(d.Path) && !alike(d.Values) {
				where = where.As(finding.Error)
			}
			p.Reportf(where, "%s: the last one counts for Helm and kubectl, and Flux and kustomize refuse the document", times(d))
		}
	}
}

// places tells a key that says where pods run, or is below one that does.
func places(path object.Path) bool {
	return slices.ContainsFunc(path, func(step any) bool {
		name, _ := step.(string)
		return slices.Contains([]string{"nodeSelector", "tolerations", "affinity", "nodeAffinity", "runtimeClassName", "nodeName"}, name)
	})
}

// alike tells whether a key has the same scalar each time, so that it is all the same which one counts.
func alike(values []string) bool {
	return len(values) > 0 && values[0] != "" && len(slices.Compact(slices.Clone(values))) == 1
}

// times is how often a key is there, and with which values where they are scalars.
func times(d inventory.Duplicate) string {
	text := fmt.Sprintf("key %v is there %d times", d.Path[len(d.Path)-1], len(d.Values))
	switch {
	case slices.Contains(d.Values, ""): // maps or lists
		return text
	case alike(d.Values):
		return fmt.Sprintf("%s, each time as %q", text, d.Values[0])
	default:
		return fmt.Sprintf("%s, as %q", text, d.Values)
	}
}
