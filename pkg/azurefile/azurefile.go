// Package azurefile knows the StorageClasses of Azure File: which parameters the driver takes, what of it works for Windows pods,
// what a cluster needs for it, and how a class of the in-tree driver becomes one of the CSI driver.
// It must not read or change anything: it compares what is wanted with what it is told is there.
//
// What it says of the driver was read at commit 7b5ae18 of github.com/kubernetes-sigs/azurefile-csi-driver, called AZF below.
package azurefile

// The names that the driver and its predecessor go by.
const (
	// Driver is the provisioner of classes and the name of the CSIDriver object: pkg/azurefile/azurefile.go@AZF.
	Driver = "file.csi.azure.com"
	// InTree is the provisioner of classes for the driver that was part of Kubernetes: docs/driver-parameters-intree.md@AZF.
	InTree = "kubernetes.io/azure-file"
	// DefaultName is the name of a class that nobody named.
	DefaultName = "azurefile-windows"
	// Manager owns the fields of what is applied: metadata.managedFields.
	Manager = "kubectl-winready"
)

// The versions of Kubernetes that matter to the in-tree driver, as minors: pkg/features/kube_features.go of kubernetes 1.23.17,
// 1.24.17 and 1.26.15, and the files of pkg/volume/azure_file, which 1.29.6 has and 1.30.4 has not.
const (
	migrationOn uint = 24 // CSI migration of Azure File is on by default
	inTreeGone  uint = 30 // the in-tree driver is no longer there
)

// The annotations that make a class the one of claims that name none. Both count: pkg/apis/storage/v1/util/helpers.go of
// k8s.io/kubernetes@v1.37.2.
const (
	defaultAnnotation     = "storageclass.kubernetes.io/is-default-class"
	defaultAnnotationBeta = "storageclass.beta.kubernetes.io/is-default-class"
)
