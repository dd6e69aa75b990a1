package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var unreadable = &rule.Rule{
	ID: "WR902", Name: "unreadable", Category: rule.Own, Severity: finding.Error,
	Title: "A document cannot be read",
	Rationale: "What is in the document was not looked at by any other rule. The API server would not take it either, or, for a template, Helm would " +
		"not install the chart.",
	Remedy:     "Correct the document where the message says, or leave the file out.",
	Since:      "v0.1.0",
	References: []string{"https://yaml.org/spec/1.2.2/", "https://helm.sh/docs/chart_template_guide/yaml_techniques/"},
	Needs:      []inventory.Kind{inventory.Documents},
	Check:      checkUnreadable,
}

func checkUnreadable(p *rule.Pass) {
	for _, t := range p.Texts() {
		if t.Problem != "" {
			p.Reportf(rule.OnText(t.Object, t.Location, nil), "%s", oneLine(t.Problem))
		}
	}
}
