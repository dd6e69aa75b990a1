package guide

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/rancher"
)

// The least that the guide wants of a node. Machines have a little less than their nominal size: firmware and kernel take theirs
// before the kubelet counts.
const (
	minCPU    = 2
	minMemory = 5e9
	minDisk   = 50e9
	slack     = 0.95
)

func nodeSize(c *Cluster) (Status, string) {
	if status, why, ok := c.hasNodes(); !ok {
		return status, why
	}
	var small, untold []string
	for _, n := range c.Nodes {
		why, known := lacks(n)
		if why != "" {
			small = append(small, n.Name+" has "+why)
		} else if !known {
			untold = append(untold, n.Name)
		}
	}
	const want = "want 2 CPUs, 5 GB of memory and 50 GB of disk"
	switch {
	case len(small) > 0:
		return Fail, strings.Join(few(small), "; ") + "; " + want
	case len(c.Nodes) == 0:
		return Waiting, "no node is registered; " + want
	case len(untold) > 0:
		return Unknown, "Rancher does not know the size of " + strings.Join(few(untold), ", ") + "; " + want
	}
	return Pass, "2 CPUs, 5 GB of memory and 50 GB of disk, or more, on every node"
}

// lacks is what a node has too little of, and whether all three are known.
func lacks(n rancher.Node) (string, bool) {
	known := true
	var short []string
	for _, part := range []struct {
		have, what string
		least      float64
	}{{n.CPU, "cpu", minCPU}, {n.Memory, "memory", minMemory * slack}, {n.Disk, "disk", minDisk * slack}} {
		q, err := resource.ParseQuantity(part.have)
		if err != nil {
			known = false
			continue
		}
		if q.AsApproximateFloat64() < part.least {
			short = append(short, part.what+" "+part.have)
		}
	}
	return strings.Join(short, ", "), known
}

// longestName is what NetBIOS has room for: docs/reference-guides/cluster-configuration/rancher-server-configuration/
// rke2-cluster-configuration.md of rancher/rancher-docs.
const longestName = 15

func windowsNames(c *Cluster) (Status, string) {
	if status, why, ok := c.hasNodes(); !ok {
		return status, why
	}
	long := c.of(func(n rancher.Node) bool { return windows(n) && len(n.Name) > longestName })
	for _, p := range c.Pools {
		if p.OS == "windows" && c.Origin == rancher.Provisioned && (p.NameLimit == 0 || p.NameLimit > longestName) {
			long = append(long, "machine pool "+p.Name+" (no hostnameLengthLimit of 15)")
		}
	}
	if len(long) > 0 {
		return Warn, fmt.Sprintf("longer than the %d characters that Windows has for it: %s", longestName, strings.Join(few(long), ", "))
	}
	return Pass, fmt.Sprintf("no Windows node has a name of more than %d characters", longestName)
}

// LinuxTaint is the taint by which Rancher keeps pods for Windows off the Linux nodes of an RKE1 cluster:
// pkg/controllers/managementuser/windows/linux_node_taints.go of rancher/rancher.
const LinuxTaint = "cattle.io/os=linux:NoSchedule"

func linuxTaint(c *Cluster) (Status, string) {
	if status, why, ok := c.hasNodes(); !ok {
		return status, why
	}
	with := c.of(func(n rancher.Node) bool { return linux(n) && slices.Contains(n.Taints, LinuxTaint) })
	without := c.of(func(n rancher.Node) bool { return linux(n) && !slices.Contains(n.Taints, LinuxTaint) })
	switch {
	case len(with)+len(without) == 0:
		return Waiting, "no Linux node is registered"
	case c.WindowsPreferred && len(without) > 0:
		return Waiting, "without " + LinuxTaint + ": " + strings.Join(few(without), ", ") + "; Rancher adds it to every Linux node"
	case c.WindowsPreferred:
		return Pass, LinuxTaint + " is on every Linux node"
	case len(with) > 0:
		return Warn, LinuxTaint + " is on " + strings.Join(few(with), ", ") + ", and Rancher does not manage it here: pods for Linux need the toleration"
	}
	return Pass, "no Linux node has " + LinuxTaint + ": pods are placed by nodeSelector"
}
