package controlplane

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Linux is a node as RKE2 registers it: a worker with nothing but the kubelet's own labels.
func Linux(name string, taints ...corev1.Taint) *corev1.Node {
	return node(name, corev1.Linux, taints, corev1.NodeSystemInfo{
		KernelVersion: "6.8.0-45-generic",
		OSImage:       "Ubuntu 24.04.1 LTS",
	})
}

// ControlPlane is a Linux node with the labels of an RKE2 server. RKE2 puts no taint on it, as kubeadm does.
func ControlPlane(name string, taints ...corev1.Taint) *corev1.Node {
	n := Linux(name, taints...)
	for _, role := range []string{"control-plane", "etcd"} {
		n.Labels["node-role.kubernetes.io/"+role] = "true"
	}
	return n
}

// Windows is a node of a build, "10.0.20348". RKE2 puts no taint on it.
func Windows(name, build string, taints ...corev1.Taint) *corev1.Node {
	n := node(name, corev1.Windows, taints, windows(build))
	n.Labels[corev1.LabelWindowsBuild] = build
	return n
}

// windows is what a Windows node says of itself; its kernel's version has the revision, which its label has not.
func windows(build string) corev1.NodeSystemInfo {
	switch build {
	case "10.0.17763":
		return corev1.NodeSystemInfo{KernelVersion: "10.0.17763.6293", OSImage: "Windows Server 2019 Datacenter"}
	case "10.0.20348":
		return corev1.NodeSystemInfo{KernelVersion: "10.0.20348.2527", OSImage: "Windows Server 2022 Datacenter"}
	case "10.0.26100":
		return corev1.NodeSystemInfo{KernelVersion: "10.0.26100.1742", OSImage: "Windows Server 2025 Datacenter"}
	default:
		return corev1.NodeSystemInfo{KernelVersion: build + ".1", OSImage: "Windows Server Datacenter"}
	}
}

func node(name string, os corev1.OSName, taints []corev1.Taint, info corev1.NodeSystemInfo) *corev1.Node {
	info.OperatingSystem, info.Architecture, info.ContainerRuntimeVersion = string(os), "amd64", "containerd://1.7.23"
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("8"),
		corev1.ResourceMemory:           resource.MustParse("32Gi"),
		corev1.ResourceEphemeralStorage: resource.MustParse("100Gi"),
		corev1.ResourcePods:             resource.MustParse("110"),
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelOSStable:      string(os),
			corev1.LabelArchStable:    "amd64",
			corev1.LabelHostname:      name,
			"beta.kubernetes.io/os":   string(os),
			"beta.kubernetes.io/arch": "amd64",
		}},
		Spec:   corev1.NodeSpec{Taints: taints},
		Status: corev1.NodeStatus{NodeInfo: info, Capacity: capacity, Allocatable: capacity},
	}
}
