package placement

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// preset is a distribution and the taints that it puts on the nodes of each OS by itself, a user having set none.
type preset struct {
	name           string
	linux, windows []corev1.Taint
}

// presets are the distributions, in the order in which help lists them. Each cites where its taints are from.
func presets() []preset {
	noSchedule := func(key, value string) []corev1.Taint {
		return []corev1.Taint{{Key: key, Value: value, Effect: corev1.TaintEffectNoSchedule}}
	}
	return []preset{
		// No OS taint on either: docs/.../use-windows-clusters/workload-migration-guidance.md of rancher/rancher-docs
		// tells RKE1's taints from RKE2's node selectors, and nothing in rancher/rke2 sets one.
		{name: "rke2"},
		// On every Linux node of a Windows cluster, put back when removed:
		// pkg/controllers/managementuser/windows/linux_node_taints.go of rancher/rancher.
		{name: "rancher-rke1", linux: noSchedule("cattle.io/os", "linux")},
		// "We don't taint the nodes per default", MicrosoftDocs/azure-docs#52226; so Linux pods without a selector land on Windows
		// nodes, nginx/nginx-gateway-fabric#3661.
		{name: "aks"},
		// None by default: taints are an option of a node group, aws-ia/terraform-aws-eks-blueprints.
		{name: "eks"},
		// "GKE implicitly adds a nodeTaint" to a Windows node pool, GoogleCloudPlatform/cloud-foundation-fabric#374; which one is
		// documented for Distributed Cloud: "Windows Server nodes are tainted with this key-value pair", user guide for Windows
		// Server node pools, docs.cloud.google.com/kubernetes-engine/distributed-cloud/vmware. A webhook of GKE's may add the
		// toleration, buildpacks-community/kpack#604; a chart that has it itself does not need to know.
		{name: "gke", windows: noSchedule("node.kubernetes.io/os", "windows")},
		// With a capital W: the Windows Machine Config Operator registers nodes so, openshift/windows-machine-config-operator.
		{name: "openshift", windows: noSchedule("os", "Windows")},
	}
}

// Presets names the presets, in the order in which help lists them. The first is the default.
func Presets() []string {
	var names []string
	for _, p := range presets() {
		names = append(names, p.name)
	}
	return names
}

// Preset is the pools of a distribution that has Linux nodes and Windows Server 2022 nodes, with the taints it sets by itself.
// It is false for a name that is not one of Presets.
func Preset(name string) ([]Pool, bool) {
	for _, p := range presets() {
		if p.name == name {
			return []Pool{
				{Name: "linux", Labels: kubeletLabels(platform.Linux), Taints: p.linux},
				{Name: "windows", Labels: kubeletLabels(platform.Windows), Taints: p.windows},
			}, true
		}
	}
	return nil, false
}

// kubeletLabels are the labels that any kubelet sets, those with beta in their names still among them:
// initialNode and updateDefaultLabels in pkg/kubelet/kubelet_node_status.go of k8s.io/kubernetes v1.37, and getOSSpecificLabels
// in kubelet_node_status_windows.go for the build. kubernetes.io/hostname differs from node to node.
func kubeletLabels(os platform.OS) map[string]string {
	labels := map[string]string{
		platform.LabelOS:          string(os),
		platform.LabelArch:        "amd64",
		platform.LabelLegacyOS:    string(os),
		"beta.kubernetes.io/arch": "amd64",
	}
	if os == platform.Windows {
		labels[platform.LabelWindowsBuild] = "10.0.20348"
	}
	return labels
}
