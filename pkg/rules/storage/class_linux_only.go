package storage

import (
	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var classLinuxOnly = &rule.Rule{
	ID: "WR303", Name: "azurefile-linux-only-class", Category: rule.Storage, Severity: finding.Info,
	Title: "The volumes of a StorageClass can be mounted on Linux only",
	Rationale: "On Windows the driver mounts Azure File by SMB and with the account key. NFS shares, mounts with an identity and accounts without " +
		"shared keys are for Linux pods: a Windows pod with such a volume stays in ContainerCreating. For Linux pods the class is as good as any.",
	Remedy:     "Leave the class to Linux pods, and make another for those on Windows: kubectl winready azurefile apply.",
	Since:      "v0.1.0",
	References: []string{driverExamples + "nfs/README.md", driverCode + "nodeserver.go"},
	Needs:      []inventory.Kind{inventory.StorageClasses},
	Check:      func(p *rule.Pass) { reportParameters(p, azurefile.NotWindows) },
}
