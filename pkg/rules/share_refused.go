package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/symptom"
)

var shareRefused = &rule.Rule{
	ID: "WR412", Name: "share-refused", Category: rule.Cluster, Severity: finding.Error,
	Title: "Windows nodes do not mount an SMB share",
	Rationale: "Volumes of Azure Files and of the SMB driver are shares that a Windows node maps with New-SmbGlobalMapping before the pod starts. " +
		"Until that succeeds the pod stays in ContainerCreating. Linux nodes mount the same share with other code and other options, so " +
		"that it may well work there.",
	Remedy: "System error 1326: put the present key of the storage account into the secret of the volume. 53: let the nodes resolve the name of the " +
		"server and reach its TCP port 445. 1219: use one user for all shares of a server. Otherwise look at the log of the driver on the node.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/kubernetes-sigs/azurefile-csi-driver/issues/1610",
		"https://github.com/kubernetes-csi/csi-driver-smb/issues/294",
		"https://learn.microsoft.com/en-us/troubleshoot/azure/azure-kubernetes/storage/fail-to-mount-azure-file-share",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Check: checkShareRefused,
}

func checkShareRefused(p *rule.Pass) {
	reportPods(p, func(b *bound) bool { return b.symptom.ID == symptom.ShareRefused && !b.astray() }, func(pods []bound) {
		// What the driver said is not passed on: some put the key of the share into it.
		target := rule.On(pods[0].at.Workload, "volumes").Fix("%s", pods[0].symptom.Remedy)
		p.Reportf(target, "%s: %s", who(pods), pods[0].symptom.Meaning)
	})
}
