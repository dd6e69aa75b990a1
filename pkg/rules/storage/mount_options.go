package storage

import (
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var mountOptions = &rule.Rule{
	ID: "WR305", Name: "azurefile-mount-options-dropped", Category: rule.Storage, Severity: finding.Info,
	Title: "A StorageClass has settings that do nothing on Windows",
	Rationale: "On Windows the driver hands the name and the key of the account to New-SmbGlobalMapping and drops all mount options: dir_mode, " +
		"file_mode, uid, gid, mfsymlinks, cache and the others are for Linux. No error says so, and permissions that somebody relies on are not there.",
	Remedy:     "Leave them for Linux pods of the class, and do not rely on them on Windows, where the permissions are those of the share.",
	Since:      "v0.1.0",
	References: []string{driverCode + "nodeserver.go", driverExamples + "storageclass-azurefile-csi.yaml"},
	Needs:      []inventory.Kind{inventory.StorageClasses},
	Check:      checkMountOptions,
}

func checkMountOptions(p *rule.Pass) {
	for _, c := range decoded[storagev1.StorageClass](p, inventory.StorageClasses) {
		if c.Object.Provisioner != azurefile.Driver && c.Object.Provisioner != azurefile.InTree {
			continue
		}
		if azurefile.Setting(c.Object.Parameters, "protocol") == "nfs" {
			continue // shares for Linux pods, whose options they are
		}
		for _, problem := range azurefile.CheckMountOptions(c.Object.MountOptions) {
			p.Reportf(c.at(problem.Field...), "%s", problem.Message)
		}
	}
	reportParameters(p, azurefile.NoEffect)
}
