// Package guide holds a cluster, as Rancher knows it, against what Rancher's guide to Windows clusters asks of it, and writes the
// manifest of a cluster that does it all. It is a pure function of what it is given.
// It must not ask anybody, and says nothing of the nodes' own settings: that is for the rules of preflight.
package guide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/rancher"
)

// Status is what became of a requirement, in the words of a report.
type Status string

// The states of a requirement.
const (
	Pass    Status = "pass"
	Warn    Status = "warn"
	Fail    Status = "fail"
	Waiting Status = "waiting" // not yet: the next steps of the guide bring it
	Skip    Status = "skip"    // it does not apply here
	Unknown Status = "error"   // what it takes could not be read
)

// Requirement is one thing that the guide asks for.
type Requirement struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	Says   string `json:"message"` // what is the case, and what is accepted
}

// Cluster is what is judged. Nodes is nil when they could not be read, and NodesGap says why.
type Cluster struct {
	*rancher.Cluster
	Nodes    []rancher.Node
	NodesGap string
}

// check is one requirement.
type check struct {
	name string
	look func(*Cluster) (Status, string)
}

// Requirements are all of them, in the order in which the guide comes to them.
func Requirements(c *Cluster) []Requirement {
	checks := []check{
		{"distribution", distribution},
		{"windows at creation", atCreation},
		{"kubernetes version", kubernetesVersion},
		{"network plugin", networkPlugin},
		{"flannel backend", flannelBackend},
		{"single stack", singleStack},
		{"linux etcd", linuxRole("etcd", func(n rancher.Node) bool { return n.Etcd })},
		{"linux control plane", linuxRole("control plane", func(n rancher.Node) bool { return n.ControlPlane })},
		{"linux worker", linuxWorker},
		{"windows workers only", windowsRoles},
		{"node size", nodeSize},
		{"windows names", windowsNames},
		{"linux taint", linuxTaint},
		{"windows worker", windowsWorker},
	}
	out := make([]Requirement, 0, len(checks))
	for _, k := range checks {
		status, says := k.look(c)
		out = append(out, Requirement{Name: k.name, Status: status, Says: says})
	}
	return out
}

// Worst is the worst status of requirements: Fail, Unknown, Warn, Waiting, or Pass.
func Worst(list []Requirement) Status {
	order := []Status{Fail, Unknown, Warn, Waiting}
	worst := Pass
	for _, r := range list {
		if at := slices.Index(order, r.Status); at >= 0 && (worst == Pass || at < slices.Index(order, worst)) {
			worst = r.Status
		}
	}
	return worst
}

// distribution: the pages windows-linux-cluster-feature-parity.md and workload-migration-guidance.md of rancher/rancher-docs, which list
// Windows for RKE1 and RKE2, and neither for K3s nor for hosted providers.
func distribution(c *Cluster) (Status, string) {
	switch c.Distribution {
	case rancher.RKE2:
		return Pass, "RKE2 takes Windows workers"
	case rancher.RKE1:
		// Rancher v2.12.0 neither provisions nor manages RKE1; its end of life was 2025-07-31.
		return Warn, "RKE1 takes Windows workers and is at its end of life since 2025-07-31; Rancher from 2.12 on does not manage it"
	case rancher.K3s:
		return Fail, "K3s has no Windows nodes; want RKE2"
	case rancher.AKS, rancher.EKS, rancher.GKE:
		return Warn, strings.ToUpper(string(c.Distribution)) + " has Windows node pools of its own, which Rancher lists as not supported"
	case "":
		return Unknown, "Rancher does not know the distribution yet; want RKE2"
	default:
		return Fail, fmt.Sprintf("%s is not known to take Windows nodes; want RKE2", c.Distribution)
	}
}

// atCreation: spec.windowsPreferedCluster of pkg/apis/management.cattle.io/v3/cluster_types.go of rancher/rancher is noupdate, and
// nothing sets it for provisioning v2.
func atCreation(c *Cluster) (Status, string) {
	switch {
	case c.Distribution != rancher.RKE1:
		return Skip, "only RKE1 has to be told when the cluster is made"
	case c.WindowsPreferred:
		return Pass, "windowsPreferedCluster is true"
	default:
		return Fail, "windowsPreferedCluster is false, and it cannot be changed once the cluster is made"
	}
}

// hasNodes tells nodes that were read, and else what is to be said.
func (c *Cluster) hasNodes() (Status, string, bool) {
	if c.Nodes == nil {
		return Unknown, "the nodes could not be read: " + cmp.Or(c.NodesGap, "Rancher did not say why"), false
	}
	return "", "", true
}

// Of lists the nodes that are as told, by name.
func (c *Cluster) of(is func(rancher.Node) bool) []string {
	var names []string
	for _, n := range c.Nodes {
		if is(n) {
			names = append(names, n.Name)
		}
	}
	return names
}

func linux(n rancher.Node) bool   { return n.OS == "linux" }
func windows(n rancher.Node) bool { return n.OS == "windows" }

// linuxRole wants an active Linux node of a role. Those of a hosted control plane are not nodes.
func linuxRole(name string, has func(rancher.Node) bool) func(*Cluster) (Status, string) {
	return func(c *Cluster) (Status, string) {
		status, why, ok := c.hasNodes()
		switch {
		case hosted(c):
			return Skip, "the cloud runs it"
		case c.Distribution == rancher.K3s:
			return Skip, "K3s has roles of its own"
		case !ok:
			return status, why
		}
		return up(c, "Linux node with the role "+name, func(n rancher.Node) bool { return linux(n) && has(n) })
	}
}

func hosted(c *Cluster) bool {
	return slices.Contains([]rancher.Distribution{rancher.AKS, rancher.EKS, rancher.GKE}, c.Distribution)
}

// up wants an active node.
func up(c *Cluster, what string, is func(rancher.Node) bool) (Status, string) {
	active := c.of(func(n rancher.Node) bool { return is(n) && n.Active })
	if len(active) > 0 {
		return Pass, strings.Join(few(active), ", ")
	}
	if there := c.of(is); len(there) > 0 {
		return Waiting, fmt.Sprintf("no %s is active: %s", what, strings.Join(few(there), ", "))
	}
	return Waiting, "no " + what + " is registered"
}

// few is the first names of a list, and how many more there are.
func few(names []string) []string {
	const most = 3
	if len(names) <= most+1 {
		return names
	}
	return append(slices.Clone(names[:most]), fmt.Sprintf("%d more", len(names)-most))
}

// linuxWorker: Rancher's agent, DNS, metrics server and ingress run on it. The layout of the guide has one that is nothing else.
func linuxWorker(c *Cluster) (Status, string) {
	if status, why, ok := c.hasNodes(); !ok {
		return status, why
	}
	worker := func(n rancher.Node) bool { return linux(n) && (n.Worker || hosted(c)) }
	status, says := up(c, "Linux node with the role worker", worker)
	if status != Pass {
		return status, says
	}
	own := c.of(func(n rancher.Node) bool { return worker(n) && n.Active && !n.Etcd && !n.ControlPlane })
	if len(own) == 0 {
		return Warn, says + ": no Linux worker is without etcd and control plane; the guide's layout has one"
	}
	return Pass, strings.Join(few(own), ", ")
}

func windowsRoles(c *Cluster) (Status, string) {
	if status, why, ok := c.hasNodes(); !ok {
		return status, why
	}
	wrong := c.of(func(n rancher.Node) bool { return windows(n) && (n.Etcd || n.ControlPlane) })
	for _, p := range c.Pools {
		if p.OS == "windows" && (slices.Contains(p.Roles, "etcd") || slices.Contains(p.Roles, "controlplane")) {
			wrong = append(wrong, "machine pool "+p.Name)
		}
	}
	if len(wrong) > 0 {
		return Fail, "Windows with a role of the control plane: " + strings.Join(few(wrong), ", ") + "; etcd and control plane run on Linux only"
	}
	return Pass, "no Windows node has a role of the control plane"
}

func windowsWorker(c *Cluster) (Status, string) {
	if status, why, ok := c.hasNodes(); !ok {
		return status, why
	}
	return up(c, "Windows node", windows)
}

// Ready tells whether Rancher offers the command for Windows nodes: Linux nodes with all three roles are up, and the cluster is ready
// (readyForWindows in shell/edit/provisioning.cattle.io.cluster/CustomCommand.vue of rancher/dashboard). What is missing is said.
func Ready(c *Cluster) (missing []string) {
	if status, why, ok := c.hasNodes(); !ok {
		return []string{string(status) + ": " + why}
	}
	for _, role := range []struct {
		name string
		has  func(rancher.Node) bool
	}{
		{"etcd", func(n rancher.Node) bool { return n.Etcd }},
		{"control plane", func(n rancher.Node) bool { return n.ControlPlane }},
		{"worker", func(n rancher.Node) bool { return n.Worker }},
	} {
		if status, says := up(c, "Linux node with the role "+role.name, func(n rancher.Node) bool { return linux(n) && role.has(n) }); status != Pass {
			missing = append(missing, says)
		}
	}
	if !c.Ready {
		state := "the cluster is not ready"
		if c.State != "" {
			state += ", its state is " + c.State
		}
		if c.Message != "" {
			state += ": " + c.Message
		}
		missing = append(missing, state)
	}
	return missing
}
