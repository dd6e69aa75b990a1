package guide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/rancher"
)

func node(name, os string, roles, active bool) rancher.Node {
	return rancher.Node{Name: name, OS: os, Etcd: roles, ControlPlane: roles, Worker: true, Active: active}
}

// TestDeciding has what keeps pods for Windows from running, and nothing that is for preflight: no warning, nothing that Rancher does
// not know. Nodes that it could not tell of are no such thing.
func TestDeciding(t *testing.T) {
	t.Parallel()
	nodes := []rancher.Node{node("lin-1", "linux", true, true), node("win-1", "windows", false, true)}
	plugin := func(names ...string) rancher.Network { return rancher.Network{Plugins: names} }
	for name, tc := range map[string]struct {
		cluster guide.Cluster
		wants   bool
		want    []guide.Requirement
	}{
		"all is well": {
			guide.Cluster{Cluster: &rancher.Cluster{Distribution: rancher.RKE2, Origin: rancher.Provisioned, Custom: true, Ready: true, Network: plugin("calico")}, Nodes: nodes},
			true,
			[]guide.Requirement{
				{Name: "windows at creation", Status: guide.Skip, Says: "only RKE1 has to be told when the cluster is made"},
				{Name: "network plugin", Status: guide.Pass, Says: "calico"},
				{Name: "registration", Status: guide.Pass, Says: "Rancher offers the command for Windows nodes"},
			},
		},
		"RKE1 that was not made for it": {
			guide.Cluster{Cluster: &rancher.Cluster{Distribution: rancher.RKE1, Origin: rancher.RancherRKE1, Ready: true, Network: plugin("canal")}, Nodes: nodes[:1]},
			false,
			[]guide.Requirement{
				{Name: "windows at creation", Status: guide.Fail, Says: "windowsPreferedCluster is false, and it cannot be changed once the cluster is made"},
				{Name: "network plugin", Status: guide.Fail, Says: "canal; RKE1 has Windows with flannel only, and the plugin cannot be changed once the cluster is made"},
				{Name: "registration", Status: guide.Pass, Says: "Rancher offers the command for Windows nodes"},
			},
		},
		"Linux nodes are not up": {
			guide.Cluster{Cluster: &rancher.Cluster{
				Distribution: rancher.RKE1, Origin: rancher.RancherRKE1, WindowsPreferred: true, State: "updating", Network: plugin("flannel"),
			}, Nodes: []rancher.Node{node("lin-1", "linux", true, false)}},
			true,
			[]guide.Requirement{
				{Name: "windows at creation", Status: guide.Pass, Says: "windowsPreferedCluster is true"},
				{Name: "network plugin", Status: guide.Pass, Says: "flannel"},
				{Name: "registration", Status: guide.Warn, Says: "Rancher offers no command for Windows nodes: no Linux node with the role etcd is active: lin-1; " +
					"no Linux node with the role control plane is active: lin-1; no Linux node with the role worker is active: lin-1; the cluster is not ready, its state is updating"},
			},
		},
		"imported, with a warning that decides nothing and a plugin that is not known": {
			guide.Cluster{Cluster: &rancher.Cluster{Distribution: rancher.RKE2, Origin: rancher.Imported}, Nodes: nodes},
			true,
			[]guide.Requirement{
				{Name: "windows at creation", Status: guide.Skip, Says: "only RKE1 has to be told when the cluster is made"},
				{Name: "registration", Status: guide.Skip, Says: "Rancher registers no nodes of a cluster that it did not make"},
			},
		},
		"machine pools": {
			guide.Cluster{Cluster: &rancher.Cluster{
				Distribution: rancher.RKE2, Origin: rancher.Provisioned, Network: plugin("multus", "calico"), Pools: []rancher.Machine{{Name: "win", OS: "windows"}},
			}, Nodes: []rancher.Node{}},
			true,
			[]guide.Requirement{
				{Name: "windows at creation", Status: guide.Skip, Says: "only RKE1 has to be told when the cluster is made"},
				{Name: "registration", Status: guide.Skip, Says: "Rancher makes the nodes, for its machine pools"},
			},
		},
		"nodes that could not be read": {
			guide.Cluster{Cluster: &rancher.Cluster{Distribution: rancher.RKE2, Origin: rancher.Provisioned, Custom: true}, NodesGap: "forbidden"},
			false,
			[]guide.Requirement{
				{Name: "windows at creation", Status: guide.Skip, Says: "only RKE1 has to be told when the cluster is made"},
				{Name: "registration", Status: guide.Unknown, Says: "the nodes could not be read: forbidden"},
			},
		},
	} {
		if diff := cmp.Diff(guide.Deciding(&tc.cluster), tc.want); diff != "" {
			t.Errorf("%s: got -, want +:\n%s", name, diff)
		}
		if got := guide.WantsWindows(&tc.cluster); got != tc.wants {
			t.Errorf("%s: wants Windows is %v", name, got)
		}
	}
}
