package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var undecoded = &rule.Rule{
	ID: "WR903", Name: "undecoded", Category: rule.Own, Severity: finding.Warning,
	Title: "A field of a workload is not of its type",
	Rationale: "The API server refuses an object with such a field. The other fields were read and looked at as if it were not there, so that what is " +
		"said of the workload may not be all.",
	Remedy:     "Write the field as the API has it. In a template, a number or a truth value in quotes is a string, and a label or an annotation without quotes is not.",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/"},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check:      checkUndecoded,
}

func checkUndecoded(p *rule.Pass) {
	workloads := p.Workloads()
	for i := range workloads {
		for _, problem := range workloads[i].Problems {
			p.Reportf(rule.On(&workloads[i]), "%s", oneLine(problem))
		}
	}
}
