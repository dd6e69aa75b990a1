package guide

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/rancher"
)

// Step is one kind of node of the guide's layout.
type Step struct {
	Name  string
	OS    string
	Roles []string
	Where string // what runs the command
	Done  bool   // such a node is up
	Now   bool   // such a node may be registered
	Says  string
}

// Steps are the nodes of the guide's layout, in the order in which they are registered. Nodes that could not be read are not there.
func Steps(c *Cluster) []Step {
	const shell, powershell = "in a shell on the machine, as root:", "in PowerShell on the machine, as an administrator:"
	first := Step{Name: "Linux, etcd and control plane", OS: "linux", Roles: []string{"etcd", "controlplane", "worker"}, Where: shell, Now: true}
	etcd, control := func(n rancher.Node) bool { return linux(n) && n.Etcd }, func(n rancher.Node) bool { return linux(n) && n.ControlPlane }
	first.fill(c, "Linux node with the role etcd", etcd)
	if first.Done {
		first.fill(c, "Linux node with the role control plane", control)
	}
	second := Step{Name: "Linux, worker", OS: "linux", Roles: []string{"worker"}, Where: shell, Now: true}
	second.fill(c, "Linux node with the role worker and no other", func(n rancher.Node) bool { return linux(n) && n.Worker && !n.Etcd && !n.ControlPlane })
	third := Step{Name: "Windows, worker", OS: "windows", Roles: []string{"worker"}, Where: powershell}
	third.fill(c, "Windows node", windows)
	missing := Ready(c)
	if third.Now = len(missing) == 0; !third.Now && !third.Done {
		third.Says = "not yet: " + strings.Join(missing, "; ")
	}
	first.Now = !first.Done // more of them is for who knows why
	return []Step{first, second, third}
}

// fill looks whether there is such a node.
func (s *Step) fill(c *Cluster, what string, is func(rancher.Node) bool) {
	status, says := up(c, what, is)
	s.Done = status == Pass
	if s.Says = says; s.Done {
		s.Says = "done: " + says
	}
}
