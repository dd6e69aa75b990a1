package storage

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var volumeInTree = &rule.Rule{
	ID: "WR309", Name: "azurefile-in-tree-volume", Category: rule.Storage, Severity: finding.Warning,
	Title: "A volume is of the Azure File driver that was part of Kubernetes",
	Rationale: "Kubernetes 1.30 has no in-tree driver any more. It translates such volumes into those of the CSI driver, from 1.24 on, as long as it finds " +
		"their Secret: the namespace is that of the volume itself or of the claim that it is bound to. A volume without either is mounted by nobody.",
	Remedy: "Give the volume the source csi with the driver file.csi.azure.com, or at least a secretNamespace. In pod templates, use a claim or a csi " +
		"volume instead of azureFile.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/kubernetes/csi-translation-lib/blob/v0.37.2/plugins/azure_file.go", driverDocs + "driver-parameters.md"},
	Needs:      []inventory.Kind{inventory.PersistentVolumes, inventory.Workloads},
	Check:      checkVolumeInTree,
}

func checkVolumeInTree(p *rule.Pass) {
	have := &azurefile.Have{Version: p.Version(), Driver: true} // that it is missing is said by another rule
	for _, v := range decoded[corev1.PersistentVolume](p, inventory.PersistentVolumes) {
		if v.Object.Spec.AzureFile == nil {
			continue
		}
		if f := azurefile.VolumeFollows(&v.Object, have); !f.Follows {
			p.Reportf(v.at("spec", "azureFile").As(finding.Error), "the in-tree volume %s", f.Reason)
			continue
		}
		p.Reportf(v.at("spec", "azureFile").As(finding.Info), "the volume is of the in-tree driver; CSI migration hands it to %s", azurefile.Driver)
	}
	workloads := p.Workloads()
	for i := range workloads {
		for n, v := range workloads[i].Spec.Volumes {
			if v.AzureFile != nil {
				p.Reportf(rule.On(&workloads[i], "volumes", n, "azureFile"), "volume %s is of the in-tree driver, azureFile; share %s is mounted as long as CSI migration hands it to %s", v.Name, v.AzureFile.ShareName, azurefile.Driver)
			}
		}
	}
}
