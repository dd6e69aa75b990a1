package storage

import (
	"slices"

	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var classRefused = &rule.Rule{
	ID: "WR302", Name: "azurefile-parameter-refused", Category: rule.Storage, Severity: finding.Error,
	Title: "A StorageClass has parameters that the Azure File driver or Azure refuses",
	Rationale: "The API server takes any parameters. The driver looks at them only when a volume is to be made: then every claim of the class stays " +
		"pending, with the reason in an event of the claim.",
	Remedy:     "Correct the parameter. Those of a class cannot be changed, so the class has to be made anew: kubectl winready azurefile apply --replace.",
	Since:      "v0.1.0",
	References: []string{driverDocs + "driver-parameters.md", driverCode + "controllerserver.go", azureNames},
	Needs:      []inventory.Kind{inventory.StorageClasses},
	Check: func(p *rule.Pass) {
		reportParameters(p, azurefile.Unknown, azurefile.Value, azurefile.Contradicts, azurefile.Ignored)
	},
}

// reportParameters reports what is wrong with the parameters of classes of the driver, as far as it is of some causes.
func reportParameters(p *rule.Pass, causes ...azurefile.Cause) {
	for _, c := range decoded[storagev1.StorageClass](p, inventory.StorageClasses) {
		if c.Object.Provisioner != azurefile.Driver {
			continue
		}
		for _, problem := range azurefile.CheckParameters(c.Object.Parameters) {
			if !slices.Contains(causes, problem.Cause) {
				continue
			}
			target := c.at(problem.Field...).Fix("%s", problem.Fix)
			if problem.Cause == azurefile.Ignored {
				target = target.As(finding.Warning) // volumes are made, and are not what was asked for
			}
			p.Reportf(target, "%s", problem.Message)
		}
	}
}
