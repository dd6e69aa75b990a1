// Package storage is the rules about volumes that Windows pods can mount: Azure File above all. Like those of package rules they
// must not read anything but the inventory that they are given; what the driver takes is in package azurefile.
package storage

import "github.com/winready/kubectl-winready/pkg/rule"

// Where the facts are from.
const (
	driverDocs     = "https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/7b5ae18/docs/"
	driverCode     = "https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/7b5ae18/pkg/azurefile/"
	driverExamples = "https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/7b5ae18/deploy/example/"
	chartValues    = "https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/7b5ae18/charts/latest/azurefile-csi-driver/values.yaml"
	azureNames     = "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/resource-name-rules"
)

// All are the rules, in the order of their IDs.
func All() []*rule.Rule {
	return []*rule.Rule{
		classInTree, classRefused, classLinuxOnly, linuxShare, mountOptions, driverMissing, defaultClasses, smallClaim, volumeInTree,
		notRegistered, hostProcessMode, controllerMissing, claimPending, mountFailed,
	}
}
