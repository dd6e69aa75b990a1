package census

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// node is what is kept of a Node: no images, no conditions, few annotations.
type node struct {
	placement placement.Node
	facts     inventory.Node
}

func nodeOf(n *corev1.Node) node {
	info := n.Status.NodeInfo
	facts := inventory.Node{
		Name: strings.Clone(n.Name), OS: platform.OS(strings.Clone(n.Labels[platform.LabelOS])),
		Image: strings.Clone(info.OSImage), Runtime: strings.Clone(info.ContainerRuntimeVersion),
		Kubelet: strings.Clone(info.KubeletVersion), Ready: ready(n), Unschedulable: n.Spec.Unschedulable,
		ControlPlane: controlPlane(n), CPU: *n.Status.Capacity.Cpu(), Memory: *n.Status.Capacity.Memory(),
		MaxPods: n.Status.Capacity.Pods().Value(), Disk: *n.Status.Capacity.StorageEphemeral(),
		Kernel: strings.Clone(info.KernelVersion), System: strings.Clone(info.OperatingSystem),
		Annotations: annotations(n), Taints: n.Spec.Taints, ProviderID: strings.Clone(n.Spec.ProviderID),
		PodCIDRs: n.Spec.PodCIDRs, Addresses: n.Status.Addresses,
	}
	if facts.OS == platform.Windows {
		facts.Build, facts.Revision = windowsVersion(n)
	}
	kept := placement.NodeOf(n)
	kept.Labels = maps.Clone(n.Labels)
	facts.Labels = kept.Labels
	return node{placement: kept, facts: facts}
}

// annotations are those of a node that checks look at.
func annotations(n *corev1.Node) map[string]string {
	var kept map[string]string
	for k, v := range n.Annotations {
		looked := func(prefix string) bool { return strings.HasPrefix(k, prefix) }
		if !slices.ContainsFunc(inventory.NodeAnnotations(), looked) {
			continue
		}
		if kept == nil {
			kept = map[string]string{}
		}
		kept[strings.Clone(k)] = strings.Clone(v)
	}
	return kept
}

// windowsVersion is the build and the revision of a Windows node. The label has no revision, and nodes of old kubelets have no
// label; the kernel version has both, as 10.0.20348.2527. Source: pkg/kubelet/winstats/version.go of k8s.io/kubernetes.
func windowsVersion(n *corev1.Node) (platform.Build, int) {
	kernel := n.Status.NodeInfo.KernelVersion
	revision := 0
	if parts := strings.Split(kernel, "."); len(parts) == 4 {
		revision, _ = strconv.Atoi(parts[3]) // 0 when it is no number: not known
	}
	for _, text := range []string{n.Labels[platform.LabelWindowsBuild], kernel} {
		if build, err := platform.ParseBuild(text); err == nil {
			return build, revision
		}
	}
	return "", revision
}

func ready(n *corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// controlPlane tells whether a node has a role of the control plane: of upstream and RKE2, of RKE1, or of etcd.
func controlPlane(n *corev1.Node) bool {
	for _, role := range []string{"control-plane", "controlplane", "master", "etcd"} {
		if _, has := n.Labels["node-role.kubernetes.io/"+role]; has {
			return true
		}
	}
	return false
}
