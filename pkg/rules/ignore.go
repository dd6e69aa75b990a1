package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/workload"
)

var ignore = &rule.Rule{
	ID: "WR901", Name: "ignore", Category: rule.Own, Severity: finding.Warning,
	Title: "An annotation asks for nothing to be ignored, or gives no reason",
	Rationale: "The annotation winready.dev/ignore keeps findings about its object out of the report. Without a reason nobody can tell later whether " +
		"it still holds, so that it is not heeded. One for a rule that there is not, or for a finding that is no longer made, hides the next " +
		"that comes.",
	Remedy: "Write the ID of the rule and a reason: winready.dev/ignore: \"WR101 image runs on both\"; several on lines of their own or between " +
		"semicolons. Remove what matches nothing.",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/"},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check:      checkIgnore,
}

func checkIgnore(p *rule.Pass) {
	marks := p.Marks()
	for _, m := range marks {
		target := rule.OnText(m.Object, m.Location, object.Path{"metadata", "annotations", workload.AnnotationIgnore})
		switch {
		case !documented(m.RuleID):
			p.Reportf(target, "%s is not the ID of a rule", m.RuleID)
		case m.Reason == "":
			p.Reportf(target, "%s is to be ignored without a reason, and is not", m.RuleID)
		case m.Ran && !m.Matched:
			p.Reportf(target, "%s is to be ignored, and finds nothing", m.RuleID)
		}
	}
}
