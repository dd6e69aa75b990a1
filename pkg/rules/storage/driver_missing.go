package storage

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var driverMissing = &rule.Rule{
	ID: "WR306", Name: "azurefile-driver-missing", Category: rule.Storage, Severity: finding.Error,
	Title: "The Azure File driver is not installed",
	Rationale: "Classes and volumes of the cluster want file.csi.azure.com, and there is no CSIDriver object of that name. Nobody makes volumes for " +
		"their claims, and nobody mounts them. Those of the in-tree driver want it, too, from Kubernetes 1.24 on.",
	Remedy:     "Install the chart azurefile-csi-driver. kubectl winready azurefile plan --output helmchart writes a HelmChart that does, for RKE2 and K3s.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/7b5ae18/charts/README.md", driverDocs + "install-azurefile-csi-driver.md"},
	Needs:      []inventory.Kind{inventory.StorageClasses, inventory.CSIDrivers, inventory.PersistentVolumes},
	Check:      checkDriverMissing,
}

func checkDriverMissing(p *rule.Pass) {
	if driver(p) {
		return
	}
	migrated := azurefile.Minor(p.Version()) == 0 || azurefile.Minor(p.Version()) >= 24
	for _, c := range decoded[storagev1.StorageClass](p, inventory.StorageClasses) {
		if c.Object.Provisioner == azurefile.Driver || c.Object.Provisioner == azurefile.InTree && migrated {
			p.Reportf(c.at("provisioner"), "provisioner is %s, and there is no CSIDriver %s", c.Object.Provisioner, azurefile.Driver)
		}
	}
	count, first := 0, ""
	for _, v := range decoded[corev1.PersistentVolume](p, inventory.PersistentVolumes) {
		csi := v.Object.Spec.CSI != nil && v.Object.Spec.CSI.Driver == azurefile.Driver
		if csi || v.Object.Spec.AzureFile != nil && migrated {
			if count++; first == "" {
				first = v.Object.Name
			}
		}
	}
	if count > 0 {
		p.Reportf(onVolume(first), "%s of Azure File, and there is no CSIDriver %s", volumes(count, first), azurefile.Driver)
	}
}

func volumes(count int, first string) string {
	if count == 1 {
		return "1 volume (" + first + ") is"
	}
	return fmt.Sprintf("%d volumes (%s and others) are", count, first)
}
