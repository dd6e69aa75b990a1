package azurefile

import (
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Credential is an object that the driver takes credentials from, or that lets it store them, by the names of its chart.
type Credential struct {
	Ref     object.Ref
	Without string // what the driver does without it
}

// Credentials are those of the chart's default values: controller.cloudConfigSecretName, and rbac-csi-azurefile-controller.yaml and
// rbac-csi-azurefile-node.yaml in charts/latest/azurefile-csi-driver@AZF.
func Credentials() []Credential {
	role := func(name string) object.Ref {
		return object.Ref{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole", Name: name}
	}
	return []Credential{
		{
			object.Ref{APIVersion: "v1", Kind: "Secret", Namespace: "kube-system", Name: "azure-cloud-provider"},
			"the driver takes the cloud configuration from the file azure.json of each node, which RKE2 does not make, or does without and mounts only with the Secrets that classes and volumes name",
		},
		{role("csi-azurefile-controller-secret-role"), "unless the chart has another rbac.name, the controller may not store account keys in Secrets"},
		{role("csi-azurefile-node-secret-role"), "unless the chart has another rbac.name, the nodes may not read account keys from Secrets"},
	}
}
