package azurefile

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Have is what a cluster has, as far as it matters to Azure File. The zero value is an empty cluster of a version that is not known.
type Have struct {
	Version  string // of the API server: "v1.34.1+rke2r1"; empty when it is not known
	Classes  []storagev1.StorageClass
	Driver   bool   // the CSIDriver object is there
	Nodes    []Node // with Windows
	Volumes  []corev1.PersistentVolume
	Claims   []corev1.PersistentVolumeClaim
	Roles    []rbacv1.ClusterRole
	Bindings []rbacv1.ClusterRoleBinding
	Inline   []Inline
	// Gaps say what could not be read. What is missing then is not known to be missing.
	Gaps []string
}

// Node is a Windows node.
type Node struct {
	Name    string
	Runtime string // status.nodeInfo.containerRuntimeVersion: "containerd://1.7.23"
	Taints  []corev1.Taint
	// Registered tells that the CSINode object of the node lists the driver.
	Registered bool
	windows    bool // its Node object was added, and says so
}

// Inline is a volume of a pod template that names its share itself.
type Inline struct {
	Object object.Ref // the workload
	Volume string
	Source corev1.AzureFileVolumeSource
}

// minor is the number of the API server's version that features come with: 34 of v1.34.1; 0 when it is not known.
func (h *Have) minor() uint { return Minor(h.Version) }

// Minor is the second number of a version of Kubernetes, 34 of v1.34.1+rke2r1; 0 for what is not one.
func Minor(of string) uint {
	v, err := version.ParseGeneric(of)
	if err != nil || v.Major() != 1 {
		return 0
	}
	return v.Minor()
}

// Class is the class of a name; nil when there is none.
func (h *Have) Class(name string) *storagev1.StorageClass {
	for i := range h.Classes {
		if h.Classes[i].Name == name {
			return &h.Classes[i]
		}
	}
	return nil
}

// Using are the claims and volumes of a class.
func (h *Have) Using(class string) (claims, volumes []object.Ref) {
	for _, c := range h.Claims {
		if ClaimClass(&c) == class {
			claims = append(claims, claimRef(c))
		}
	}
	for _, v := range h.Volumes {
		if v.Spec.StorageClassName == class {
			volumes = append(volumes, volumeRef(v))
		}
	}
	return claims, volumes
}

// ClaimClass is the class that a claim names: the annotation is older than the field and still counts
// (pkg/apis/core/v1/helper/helpers.go of k8s.io/kubernetes@v1.37.2, GetPersistentVolumeClaimClass).
func ClaimClass(c *corev1.PersistentVolumeClaim) string {
	if class, has := c.Annotations[corev1.BetaStorageClassAnnotation]; has {
		return class
	}
	if c.Spec.StorageClassName != nil {
		return *c.Spec.StorageClassName
	}
	return ""
}

func claimRef(c corev1.PersistentVolumeClaim) object.Ref {
	return object.Ref{APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: c.Namespace, Name: c.Name}
}

func volumeRef(v corev1.PersistentVolume) object.Ref {
	return object.Ref{APIVersion: "v1", Kind: "PersistentVolume", Name: v.Name}
}

func classRef(name string) object.Ref {
	return object.Ref{APIVersion: storagev1.SchemeGroupVersion.String(), Kind: "StorageClass", Name: name}
}

// IsDefault tells whether claims that name no class get this one.
func IsDefault(c *storagev1.StorageClass) bool {
	return c.Annotations[defaultAnnotation] == "true" || c.Annotations[defaultAnnotationBeta] == "true"
}
