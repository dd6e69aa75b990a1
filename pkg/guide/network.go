package guide

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"

	"github.com/winready/kubectl-winready/pkg/rancher"
)

// minRKE2 is the first Kubernetes for which Rancher has Windows in RKE2: workload-migration-guidance.md of rancher/rancher-docs.
const minRKE2 = "1.22.0"

// minRKE1 is that of the guide for RKE1, and lastRKE1 the last with which Windows nodes work: rancher/rancher-docs#997.
const (
	minRKE1  = "1.15.0"
	lastRKE1 = "1.20.15"
)

// flannelSince are the versions from which on RKE2 has flannel on Windows, by minor: docs/networking/basic_network_options.md of
// rancher/rke2-docs, and the tags of rancher/rke2 that have pkg/windows/flannel.go.
func flannelSince() []string { return []string{"1.26.14", "1.27.11", "1.28.7", "1.29.2"} }

// hasFlannel tells whether RKE2 of a version has flannel on Windows.
func hasFlannel(v *version.Version) bool {
	since := flannelSince()
	for _, s := range since {
		first := version.MustParseGeneric(s)
		if v.Major() == first.Major() && v.Minor() == first.Minor() {
			return v.AtLeast(first)
		}
	}
	return v.AtLeast(version.MustParseGeneric(since[len(since)-1]))
}

func kubernetesVersion(c *Cluster) (Status, string) {
	if c.Version == "" {
		return Unknown, "Rancher does not know the version yet"
	}
	v, err := version.ParseGeneric(c.Version)
	if err != nil {
		return Unknown, fmt.Sprintf("%q is not a version", c.Version)
	}
	switch c.Distribution {
	case rancher.RKE2:
		if v.LessThan(version.MustParseGeneric(minRKE2)) {
			return Fail, c.Version + "; RKE2 has Windows workers from v" + minRKE2 + " on"
		}
	case rancher.RKE1:
		if v.LessThan(version.MustParseGeneric(minRKE1)) {
			return Fail, c.Version + "; the guide wants v" + minRKE1 + " or later"
		}
		if version.MustParseGeneric(lastRKE1).LessThan(v) {
			return Warn, c.Version + "; Windows nodes of RKE1 are not known to work after v" + lastRKE1
		}
	default:
		return Skip, c.Version + "; the guide is about RKE2 and RKE1"
	}
	return Pass, c.Version
}

func networkPlugin(c *Cluster) (Status, string) {
	name := c.Network.Plugin()
	chosen := name
	if c.Network.Default {
		chosen += ", the default"
	}
	switch {
	case c.Distribution != rancher.RKE1 && c.Distribution != rancher.RKE2:
		return Skip, "the guide is about RKE2 and RKE1"
	case name == "":
		return Unknown, "Rancher does not know the plugin of a cluster that it did not make; kubectl winready preflight asks the cluster"
	case c.Distribution == rancher.RKE1 && name != "flannel":
		return Fail, chosen + "; RKE1 has Windows with flannel only, and the plugin cannot be changed once the cluster is made"
	case c.Distribution == rancher.RKE1:
		return Pass, chosen
	case name == "flannel":
		return rke2Flannel(c, chosen)
	case name != "calico":
		return Fail, chosen + "; RKE2 has Windows with calico or flannel, and the plugin cannot be changed once the cluster is made"
	case len(c.Network.Plugins) > 1:
		return Warn, strings.Join(c.Network.Plugins, ", ") + "; what multus adds is for Linux nodes"
	}
	return Pass, chosen
}

func rke2Flannel(c *Cluster, chosen string) (Status, string) {
	v, err := version.ParseGeneric(c.Version)
	if err != nil {
		return Unknown, chosen + "; whether RKE2 has it on Windows hangs on the version, which is not known"
	}
	if !hasFlannel(v) {
		return Fail, fmt.Sprintf("%s; RKE2 has it on Windows from v%s on", chosen, strings.Join(flannelSince(), ", v"))
	}
	return Pass, chosen
}

// What flannel needs on Windows: the comments of cluster/network.go of rancher/rke v1.8.
const (
	windowsPort = 4789
	windowsVNI  = 4096
)

// flannelBackend: RKE1 takes what it is told, and 8472 and 1 when it is not. RKE2's chart has what Windows needs
// (packages/rke2-flannel of rancher/rke2-charts).
func flannelBackend(c *Cluster) (Status, string) {
	if c.Distribution != rancher.RKE1 || c.Network.Plugin() != "flannel" {
		return Skip, "only flannel of RKE1 has to be told"
	}
	backend := c.Network.Backend
	switch {
	case backend == "host-gw":
		return Warn, "host-gw: all nodes have to be in one layer 2 network, or to have routes to each other's pods"
	case backend != "" && backend != "vxlan":
		return Fail, backend + "; want vxlan or host-gw"
	}
	var wrong []string
	if !atLeast(c.Network.Port, windowsPort) || c.Network.Port != strconv.Itoa(windowsPort) {
		wrong = append(wrong, fmt.Sprintf("flannel_backend_port is %s, want %d", orUnset(c.Network.Port, "8472"), windowsPort))
	}
	if !atLeast(c.Network.VNI, windowsVNI) {
		wrong = append(wrong, fmt.Sprintf("flannel_backend_vni is %s, want %d or more", orUnset(c.Network.VNI, "1"), windowsVNI))
	}
	if len(wrong) > 0 {
		return Fail, "vxlan: " + strings.Join(wrong, "; ")
	}
	return Pass, fmt.Sprintf("vxlan, port %s, VNI %s", c.Network.Port, c.Network.VNI)
}

func atLeast(number string, least int) bool {
	n, err := strconv.Atoi(number)
	return err == nil && n >= least
}

func orUnset(value, meaning string) string {
	if value == "" {
		return "not set, which means " + meaning
	}
	return value
}

// singleStack: docs/networking/basic_network_options.md of rancher/rke2-docs.
func singleStack(c *Cluster) (Status, string) {
	nodes := c.of(func(n rancher.Node) bool { return rancher.BothFamilies(n.PodCIDRs) })
	configured := c.Origin == rancher.Provisioned && len(c.Gaps) == 0
	told := c.of(func(n rancher.Node) bool { return len(n.PodCIDRs) > 0 })
	switch {
	case c.Distribution != rancher.RKE1 && c.Distribution != rancher.RKE2:
		return Skip, "the guide is about RKE2 and RKE1"
	case c.DualStack:
		return Fail, "the cluster has addresses of IPv4 and IPv6; Windows nodes take IPv4 alone"
	case len(nodes) > 0:
		return Fail, "nodes have addresses of IPv4 and IPv6: " + strings.Join(few(nodes), ", ")
	case !configured && len(told) == 0:
		return Unknown, "Rancher knows neither how the cluster was configured nor the addresses of pods"
	}
	return Pass, "no addresses of IPv6 beside those of IPv4"
}
