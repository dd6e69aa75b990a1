// Package platform knows what Kubernetes and Windows know of operating systems: labels, builds, and which images are Windows images.
// It must not look at objects, clusters or registries: every answer comes from a name alone, and every fact cites its source.
package platform

// OS is an operating system as Kubernetes spells it in the label kubernetes.io/os. The zero value names none.
type OS string

// The two operating systems that nodes run. The kubelet labels its node with the GOOS it was built for,
// see pkg/kubelet/kubelet_node_status.go of k8s.io/kubernetes.
const (
	Linux   OS = "linux"
	Windows OS = "windows"
)

// The node labels that name a platform. The kubelet sets them and puts them back when they are changed.
const (
	// LabelOS is the label that decides: its value is an OS.
	LabelOS = "kubernetes.io/os"
	// LabelLegacyOS is the older name of LabelOS, deprecated since Kubernetes 1.14 and still set beside it by the kubelet.
	LabelLegacyOS = "beta.kubernetes.io/os"
	// LabelWindowsBuild is on Windows nodes only; its value is a Build.
	LabelWindowsBuild = "node.kubernetes.io/windows-build"
	// LabelArch is the processor architecture as Go spells it: amd64.
	LabelArch = "kubernetes.io/arch"
)
