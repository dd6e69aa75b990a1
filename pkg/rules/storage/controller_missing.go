package storage

import (
	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var controllerMissing = &rule.Rule{
	ID: "WR312", Name: "azurefile-no-controller", Category: rule.Storage, Severity: finding.Warning,
	Title: "The controller of the Azure File driver is not in the cluster",
	Rationale: "Volumes are made by the controller of the driver, a Deployment with the driver and the external provisioner. Without it, claims stay " +
		"pending. In a managed cluster, AKS, the controller runs where nobody sees it; everywhere else it has to be there.",
	Remedy:     "Install the chart azurefile-csi-driver whole, or see what became of its Deployment csi-azurefile-controller.",
	Since:      "v0.1.0",
	References: []string{chartValues, driverDocs + "install-azurefile-csi-driver.md"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.CSIDrivers},
	Check:      checkControllerMissing,
}

func checkControllerMissing(p *rule.Pass) {
	if !driver(p) {
		return
	}
	s := p.Survey()
	for i := range s.Placements {
		if kind := s.Placements[i].Workload.Object.Kind; (kind == "Deployment" || kind == "StatefulSet") && ofDriver(&s.Placements[i]) {
			return
		}
	}
	for _, pool := range s.Pools {
		if _, managed := pool.Labels["kubernetes.azure.com/cluster"]; managed {
			return // AKS: the label is on every node of it, and the controller is not to be seen
		}
	}
	at := rule.OnRef(object.Ref{APIVersion: "storage.k8s.io/v1", Kind: "CSIDriver", Name: azurefile.Driver})
	p.Reportf(at, "no Deployment has the image azurefile-csi: nobody makes volumes, unless the controller runs outside the cluster")
}
