package inventory

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// Node is what checks look at of a node.
type Node struct {
	Name  string
	Pool  int // index into Inventory.Pools
	OS    platform.OS
	Build platform.Build // of a Windows node; empty for others
	// Revision is the fourth part of a Windows node's kernel version, 0 when it has none: 2527 of 10.0.20348.2527.
	// Source: GetPatchVersion in pkg/kubelet/winstats/version.go of k8s.io/kubernetes.
	Revision      int
	Kernel        string // status.nodeInfo.kernelVersion as it is: "10.0.20348.2527", or what uname -r says of a Linux node
	System        string // status.nodeInfo.operatingSystem: what the kubelet was built for
	Image         string // status.nodeInfo.osImage: "Windows Server 2022 Datacenter"
	Runtime       string // status.nodeInfo.containerRuntimeVersion: "containerd://1.7.23-k3s2"
	Kubelet       string // status.nodeInfo.kubeletVersion
	Ready         bool
	Unschedulable bool // cordoned
	ControlPlane  bool // has a node-role label of the control plane or of etcd
	CPU, Memory   resource.Quantity
	Disk          resource.Quantity // of ephemeral storage: the volume that has the kubelet's root
	MaxPods       int64
	Labels        map[string]string
	// Annotations are those by which checks tell what made the node and its network: see NodeAnnotations.
	Annotations map[string]string
	Taints      []corev1.Taint
	ProviderID  string // spec.providerID: "azure:///subscriptions/..."
	PodCIDRs    []string
	Addresses   []corev1.NodeAddress
}

// PodGroup is the pods of one workload that are alike in all that checks look at: a cluster of 100,000 pods has a few thousand.
type PodGroup struct {
	Workload int // index into Inventory.Workloads
	Pool     int // index into Inventory.Pools; -1 when they are bound to no node, or to one that is not known
	Phase    corev1.PodPhase
	// Started tells that a container of each has run on its node: its image is for the node's operating system.
	Started bool
	// Ready tells that each is ready.
	Ready bool
	// Reason and Message are what is wrong with them, as the kubelet or the scheduler puts it: of status.reason, of the first
	// container that waits, of the condition PodScheduled, or of the newest warning event; empty when nothing is.
	Reason, Message string
	Count           int
	Names           []string // the first few, sorted
}

// Trouble tells whether something is wrong with the pods.
func (p PodGroup) Trouble() bool { return p.Reason != "" || p.Message != "" }

// NodeAnnotations are the beginnings of the annotations of nodes that are kept: of RKE1, RKE2, K3s, Flannel and Calico. Others may be
// large, and nobody looks at them.
func NodeAnnotations() []string {
	return []string{"rke.cattle.io/", "rke2.io/", "k3s.io/", "flannel.alpha.coreos.com/", "projectcalico.org/"}
}
