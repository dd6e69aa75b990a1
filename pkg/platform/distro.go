package platform

import (
	"fmt"
	"slices"
	"strings"
)

// Distro is a distribution of Kubernetes, by what --distro calls it. The zero value is none that was told.
type Distro string

// The distributions that requirements tell apart.
const (
	RKE1          Distro = "rke1"
	RKE2          Distro = "rke2"
	K3s           Distro = "k3s"
	Harvester     Distro = "harvester"
	AKS           Distro = "aks"
	EKS           Distro = "eks"
	GKE           Distro = "gke"
	OpenShift     Distro = "openshift"
	Minikube      Distro = "minikube"
	DockerDesktop Distro = "docker-desktop"
	Generic       Distro = "generic" // kubeadm and whatever else bears no sign
)

// Distros are all of them, in the order in which they are looked for.
func Distros() []Distro {
	return []Distro{Harvester, RKE2, K3s, AKS, EKS, GKE, OpenShift, RKE1, Minikube, DockerDesktop, Generic}
}

// String is the name that people know.
func (d Distro) String() string {
	switch d {
	case RKE1, RKE2, AKS, EKS, GKE:
		return strings.ToUpper(string(d))
	case K3s:
		return "K3s"
	case OpenShift:
		return "OpenShift"
	case Harvester:
		return "Harvester"
	case Minikube:
		return "minikube"
	case DockerDesktop:
		return "Docker Desktop"
	default:
		return "Kubernetes"
	}
}

// ParseDistro reads a distribution's name, in any case; the error lists the names.
func ParseDistro(s string) (Distro, error) {
	var names []string
	for _, d := range Distros() {
		if strings.EqualFold(s, string(d)) {
			return d, nil
		}
		names = append(names, string(d))
	}
	return "", fmt.Errorf("got %q, want one of %s", s, strings.Join(names, ", "))
}

// Hosted tells whether the distribution's control plane is the provider's, and no node of the cluster.
func (d Distro) Hosted() bool { return slices.Contains([]Distro{AKS, EKS, GKE}, d) }

// Signs are what tells a distribution.
type Signs struct {
	Version string // of the API server; empty when it is not known
	Nodes   []NodeSigns
	Groups  []string // API groups that the server has, those that are known
}

// NodeSigns are what of a node tells a distribution.
type NodeSigns struct {
	OS                  OS
	Labels, Annotations map[string]string
	Image               string // status.nodeInfo.osImage
	Kubelet             string // status.nodeInfo.kubeletVersion
}

// The signs on nodes. Sources: providers/*.go of github.com/rancher/kubernetes-provider-detector
// v0.1.6-0.20240606163014-fcae75779379, which Rancher itself uses and which takes the providers in the random order of a map; for
// OpenShift, which it has not, pkg/windows of openshift/windows-machine-config-operator, whose nodes carry the label, and the API
// group of openshift/api config/v1.
const (
	labelHarvester   = "harvesterhci.io/managed"
	labelAKS         = "kubernetes.azure.com/cluster"
	labelOpenShift   = "node.openshift.io/os_id"
	labelMinikube    = "minikube.k8s.io/name"
	groupOpenShift   = "config.openshift.io"
	annotationRKE    = "rke.cattle.io/external-ip"
	annotationRKEInt = "rke.cattle.io/internal-ip"
)

// DetectDistro tells the distribution and by what, in an order that does not change: what is built into the binaries before labels
// that a person may set. The versions of kubelets stand in for that of a server that is not known. It always has an answer; without
// any sign it is Generic.
//
// Two signs are not used: other annotations of rke.cattle.io, which Rancher sets on RKE2 machines too, and a suffix of RKE1's
// version, for it has none.
func DetectDistro(s Signs) (d Distro, why string) {
	if n := s.labelled(labelHarvester); n {
		return Harvester, "a node has the label " + labelHarvester
	}
	for _, sign := range []struct {
		distro Distro
		part   string
	}{{RKE2, "+rke2"}, {K3s, "+k3s"}, {EKS, "-eks-"}, {GKE, "-gke."}} {
		if in := s.versionWith(sign.part); in != "" {
			return sign.distro, in
		}
	}
	switch {
	case s.labelled(labelAKS):
		return AKS, "a node has the label " + labelAKS
	case slices.Contains(s.Groups, groupOpenShift):
		return OpenShift, "the server has the API group " + groupOpenShift
	case s.labelled(labelOpenShift):
		return OpenShift, "a node has the label " + labelOpenShift
	case s.annotated(annotationRKE):
		return RKE1, "a node has the annotation " + annotationRKE
	case s.annotated(annotationRKEInt):
		return RKE1, "a node has the annotation " + annotationRKEInt
	case s.labelled(labelMinikube):
		return Minikube, "a node has the label " + labelMinikube
	case len(s.Nodes) == 1 && s.Nodes[0].Image == "Docker Desktop":
		return DockerDesktop, "the one node's osImage is Docker Desktop"
	default:
		return Generic, "no sign of another distribution"
	}
}

// versionWith says whose version has that part; empty when none has.
func (s Signs) versionWith(part string) string {
	if strings.Contains(s.Version, part) {
		return "the server's version is " + s.Version
	}
	if s.Version != "" {
		return ""
	}
	for _, n := range s.Nodes {
		if strings.Contains(n.Kubelet, part) {
			return "a kubelet's version is " + n.Kubelet
		}
	}
	return ""
}

func (s Signs) labelled(key string) bool {
	return slices.ContainsFunc(s.Nodes, func(n NodeSigns) bool { _, has := n.Labels[key]; return has })
}

func (s Signs) annotated(key string) bool {
	return slices.ContainsFunc(s.Nodes, func(n NodeSigns) bool { _, has := n.Annotations[key]; return has })
}
