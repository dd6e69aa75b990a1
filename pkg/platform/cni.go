package platform

import (
	"slices"
	"strings"
)

// CNI is a network provider. The zero value is one that is not known.
type CNI string

// The network providers that requirements tell apart.
const (
	Flannel       CNI = "flannel"
	Calico        CNI = "calico"
	Canal         CNI = "canal"
	Cilium        CNI = "cilium"
	Antrea        CNI = "antrea"
	AzureCNI      CNI = "azure-cni"
	VPCCNI        CNI = "vpc-cni"
	OVNKubernetes CNI = "ovn-kubernetes"
	NoCNI         CNI = "none"
)

// CNISigns are what tells a network provider. Each may be empty.
type CNISigns struct {
	Distro     Distro
	Charts     []string // names of the HelmCharts in kube-system
	DaemonSets []string // "kube-system/kube-flannel-ds"
	Servers    []NodeArgs
	// Annotations are those of each node.
	Annotations  []map[string]string
	Installation bool // there is a default Installation of operator.tigera.io
	FlannelMap   bool // there is a ConfigMap kube-system/kube-flannel-cfg or kube-flannel/kube-flannel-cfg
}

// rke2Charts are RKE2's charts for network providers, which its own Windows agent looks for to know which one it is to run.
// Sources: docs/networking/basic_network_options.md of rancher/rke2-docs; pkg/executor/pebinary/pebinary.go of rancher/rke2.
func rke2Charts() []struct {
	chart string
	cni   CNI
} {
	return []struct {
		chart string
		cni   CNI
	}{{"rke2-calico", Calico}, {"rke2-canal", Canal}, {"rke2-cilium", Cilium}, {"rke2-flannel", Flannel}}
}

// daemonSets are what the agents of network providers are called. Sources: rke/templates of rancher/kontainer-driver-metadata for
// kube-system/kube-flannel and canal; the charts rke2-flannel and rke2-canal of rancher/rke2-charts; Documentation/kube-flannel.yml of
// flannel-io/flannel; pkg/render of tigera/operator and manifests/ of projectcalico/calico; install/kubernetes of cilium/cilium;
// build/yamls of antrea-io/antrea; azure-ipam of Azure/azure-container-networking; config/ of aws/amazon-vpc-cni-k8s; bindata/network
// of openshift/cluster-network-operator.
func daemonSets() []struct {
	name string
	cni  CNI
} {
	return []struct {
		name string
		cni  CNI
	}{
		{"kube-system/rke2-canal", Canal},
		{"kube-system/canal", Canal},
		{"calico-system/calico-node", Calico},
		{"kube-system/calico-node", Calico},
		{"kube-system/cilium", Cilium},
		{"kube-system/antrea-agent", Antrea},
		{"kube-system/kube-flannel-ds", Flannel},
		{"kube-flannel/kube-flannel-ds", Flannel},
		{"kube-system/kube-flannel", Flannel},
		{"kube-system/azure-cns", AzureCNI},
		{"kube-system/aws-node", VPCCNI},
		{"openshift-ovn-kubernetes/ovnkube-node", OVNKubernetes},
	}
}

// DetectCNI tells the network provider and by what, the strongest evidence first: what RKE2 installed, what runs, what nodes were told
// to run, and what nodes bear. It is empty when nothing tells.
func DetectCNI(s CNISigns) (c CNI, why string) {
	for _, b := range rke2Charts() {
		if slices.Contains(s.Charts, b.chart) {
			return b.cni, "HelmChart kube-system/" + b.chart
		}
	}
	for _, d := range daemonSets() {
		if slices.Contains(s.DaemonSets, d.name) {
			return d.cni, "DaemonSet " + d.name
		}
	}
	if s.Installation {
		return Calico, "Installation default of operator.tigera.io"
	}
	if c, why = s.told(); c != "" {
		return c, why
	}
	if c, why = s.borne(); c != "" {
		return c, why
	}
	if s.FlannelMap {
		return Flannel, "ConfigMap kube-flannel-cfg"
	}
	return "", ""
}

// told is what the command line of a server says. Left out, it is canal with RKE2 by itself; a server that Rancher set up is always
// told (addDefaults in pkg/capr/planner/config.go of rancher/rancher), in a file that is part of these words. K3s has Flannel built in.
func (s CNISigns) told() (c CNI, why string) {
	for _, args := range s.Servers {
		if !args.Server() {
			continue
		}
		switch s.Distro {
		case RKE2:
			values := slices.DeleteFunc(args.Values("cni"), func(v string) bool { return v == "multus" })
			if len(values) == 0 {
				return Canal, "the servers' command line has no --cni, for which RKE2 takes canal"
			}
			return CNI(strings.ToLower(values[0])), "--cni " + strings.Join(args.Values("cni"), ",") + " of a server's command line"
		case K3s:
			if slices.Contains(args.Values("flannel-backend"), "none") {
				return NoCNI, "--flannel-backend none of a server's command line"
			}
			return Flannel, "K3s has Flannel built in"
		default:
		}
	}
	return "", ""
}

// The annotations of nodes. Sources: pkg/subnet/kube/annotations.go of flannel-io/flannel, whose prefix can be changed and seldom is;
// libcalico-go/lib/backend/k8s/resources/node.go of projectcalico/calico; pkg/windows/calico.go of rancher/rke2.
const (
	flannelBackendType = "flannel.alpha.coreos.com/backend-type"
	flannelBackendData = "flannel.alpha.coreos.com/backend-data"
	calicoPrefix       = "projectcalico.org/"
)

// borne is what the annotations of nodes tell. Canal is Calico on top of Flannel, and its nodes have the annotations of both.
func (s CNISigns) borne() (c CNI, why string) {
	var flannel, calico bool
	for _, node := range s.Annotations {
		for key := range node {
			flannel = flannel || key == flannelBackendType
			calico = calico || strings.HasPrefix(key, calicoPrefix)
		}
	}
	switch {
	case flannel && calico:
		return Canal, "nodes have the annotations of Flannel and of Calico"
	case flannel:
		return Flannel, "nodes have the annotation " + flannelBackendType
	case calico:
		return Calico, "nodes have annotations of " + strings.TrimSuffix(calicoPrefix, "/")
	default:
		return "", ""
	}
}
