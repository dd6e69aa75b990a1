package storage

import (
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var classInTree = &rule.Rule{
	ID: "WR301", Name: "azurefile-in-tree-class", Category: rule.Storage, Severity: finding.Warning,
	Title: "A StorageClass is for the Azure File driver that was part of Kubernetes",
	Rationale: "The in-tree driver kubernetes.io/azure-file ended with Kubernetes 1.30, and with it the cloud provider that it needs. From 1.24 on " +
		"Kubernetes hands what such a class asks for to the CSI driver, as long as that is installed; parameters that the CSI driver does not " +
		"know keep volumes from being made.",
	Remedy: "kubectl winready azurefile migrate shows the class as one of file.csi.azure.com, and makes it with --apply.",
	Since:  "v0.1.0",
	References: []string{
		"https://github.com/kubernetes/enhancements/tree/master/keps/sig-storage/1885-csi-migration-azure-file",
		driverDocs + "driver-parameters-intree.md",
	},
	Needs: []inventory.Kind{inventory.StorageClasses},
	Check: checkClassInTree,
}

func checkClassInTree(p *rule.Pass) {
	for _, c := range decoded[storagev1.StorageClass](p, inventory.StorageClasses) {
		if c.Object.Provisioner != azurefile.InTree {
			continue
		}
		when := "which ended with Kubernetes 1.30"
		if p.Version() != "" {
			when += "; the API server is " + p.Version()
		}
		p.Reportf(c.at("provisioner").Fix("provisioner: %s", azurefile.Driver), "provisioner is %s, the in-tree driver, %s", azurefile.InTree, when)
		for name := range parametersLost(&c.Object) {
			p.Reportf(c.at("parameters", name), "the CSI driver, which serves the class now, has no parameter %q and makes no volume with it", name)
		}
	}
}

// parametersLost are the parameters of an in-tree class that the CSI driver refuses, in order.
func parametersLost(c *storagev1.StorageClass) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, problem := range azurefile.CheckParameters(c.Parameters) {
			name, _ := problem.Field[1].(string)
			if problem.Cause == azurefile.Unknown && !yield(name) {
				return
			}
		}
	}
}
