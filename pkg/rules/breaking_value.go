package rules

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var breakingValue = &rule.Rule{
	ID: "WR122", Name: "breaking-value", Category: rule.Placement, Severity: finding.Warning,
	Title: "A value that looks as if it chose nodes breaks the chart",
	Rationale: "The values of the chart have a field for the nodes of a workload, and a chart that sets it no longer renders, or renders to what " +
		"cannot be read: most often the template indents it wrongly. With its default, which is empty, nobody notices.",
	Remedy: "Correct the template, mostly by toYaml and nindent. Until then place the workload without that value, with a post-renderer for example.",
	Since:  "v0.1.0",
	References: []string{
		"https://helm.sh/docs/chart_template_guide/yaml_techniques/",
		"https://helm.sh/docs/topics/advanced/#post-rendering",
	},
	Needs: []inventory.Kind{inventory.Chart},
	Check: checkBreakingValue,
}

func checkBreakingValue(p *rule.Pass) {
	c := p.Chart()
	if c == nil {
		return
	}
	for _, k := range c.Knobs {
		if k.Breaks {
			p.Reportf(onChart(c), "value %s: %s", k.Path, oneLine(k.Problem))
		}
	}
}

// onChart is a field of Chart.yaml; the chart as a whole without steps.
func onChart(c *inventory.ChartFacts, steps ...any) rule.Target {
	return rule.OnText(object.Ref{Kind: "Chart", Name: c.Name}, object.Location{File: c.File}, steps)
}

// oneLine puts what a template engine or a YAML reader says on one line.
func oneLine(text string) string {
	return strings.TrimRight(strings.Join(strings.Fields(text), " "), ".")
}
