// Package preflight is the rules about what a cluster with Windows nodes has to meet, in the groups of Rancher's guide to Windows
// clusters. Other than those of package rules, a title states the requirement, and a rule that passes says what it saw: the reader of a
// checklist wants to know both. A rule must not read anything but the inventory that it is given.
package preflight

import "github.com/winready/kubectl-winready/pkg/rule"

// The groups, after the headings of Rancher's guide.
const (
	Architecture = "Architecture"
	Kubernetes   = "Kubernetes and its distribution"
	Network      = "Networking"
	Size         = "Size of nodes"
	Windows      = "Windows builds and updates"
	Environment  = "Machines and cloud providers"
	Taints       = "Taints and Rancher's settings"
)

// Groups are the groups in the order in which a report has them.
func Groups() []string {
	return []string{Architecture, Kubernetes, Size, Windows, Network, Environment, Taints}
}

// All are the rules, in the order of their IDs. An ID is for ever.
func All() []*rule.Rule {
	return []*rule.Rule{
		controlPlaneOnLinux,
		controlPlanePresent,
		linuxWorker,
		secondLinuxNode,
		windowsNodePresent,
		windowsNodeName,
		nodeAgreesWithItself,
		kubernetesMinimum,
		rke1Range,
		rke1EndOfLife,
		distributionWithWindows,
		hostedByProvider,
		networkProvider,
		rke2FlannelVersion,
		flannelBackend,
		flannelForWindows,
		flannelBackendsAgree,
		hostGatewayLayer2,
		hostGatewaySubnets,
		calicoStrictAffinity,
		calicoNoIPIP,
		calicoCrossSubnet,
		calicoDataplane,
		calicoBGP,
		singleStack,
		flannelNetworkPolicy,
		portsOpen,
		nodeCPU,
		nodeMemory,
		nodeDisk,
		rke2Recommended,
		buildKnown,
		rke2Channel,
		rke2TestedBuild,
		rke2Server2025,
		upstreamBuild,
		aksBuild,
		overlayUpdate,
		dsrUpdate,
		bindMountUpdate,
		servicingStack,
		imageMatching,
		offload,
		calicoChecksum,
		awsDHCP,
		sourceCheck,
		gceProvider,
		containersFeature,
		recommendedLinux,
		rke1LinuxTaint,
		rke2NoLinuxTaint,
		rancherRecord,
	}
}

// Where the facts are from that more than one rule has.
const (
	guide         = "https://ranchermanager.docs.rancher.com/how-to-guides/new-user-guides/kubernetes-clusters-in-rancher-setup/use-windows-clusters"
	hostGWGuide   = guide + "/network-requirements-for-host-gateway"
	migration     = guide + "/workload-migration-guidance"
	parity        = guide + "/rke1-to-rke2-windows-migration-guidance"
	rke2Network   = "https://docs.rke2.io/networking/basic_network_options"
	rke2Minimum   = "https://docs.rke2.io/install/requirements"
	calicoWindows = "https://docs.tigera.io/calico/latest/getting-started/kubernetes/windows-calico/limitations"
	upstreamIntro = "https://kubernetes.io/docs/concepts/windows/intro/"
)
