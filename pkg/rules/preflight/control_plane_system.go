package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var controlPlaneOnLinux = &rule.Rule{
	ID: "WR601", Name: "control-plane-on-linux", Category: rule.Preflight, Group: Architecture, Severity: finding.Error,
	Title: "Control plane and etcd run on Linux nodes only",
	Rationale: "Windows runs kubelet, kube-proxy and containers, and none of the control plane's programs. A Windows node that was registered with " +
		"one of their roles never becomes ready, and with etcd it takes the quorum with it.",
	Remedy:     "Register the Windows host again, with the role of a worker alone.",
	Since:      "v0.1.0",
	References: []string{guide, upstreamIntro},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkControlPlaneOnLinux,
}

// controlPlaneRoles are the labels of nodes with the control plane or etcd. Sources: cluster/hosts.go of rancher/rke for controlplane and
// etcd, docs/upgrades/automated.md of rancher/rke2-docs for control-plane, cmd/kubeadm of k8s.io/kubernetes for that and master.
func controlPlaneRoles() []string {
	return []string{
		"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/controlplane", "node-role.kubernetes.io/master",
		"node-role.kubernetes.io/etcd",
	}
}

func checkControlPlaneOnLinux(p *rule.Pass) {
	for _, n := range windowsNodes(p) {
		for _, role := range controlPlaneRoles() {
			if value, has := n.Labels[role]; has {
				p.Reportf(rule.OnNode(n.Name, "metadata", "labels", role), "Windows node has the label %s=%s, which only Linux nodes can have", role, value)
			}
		}
	}
	if d, _ := distroOf(p); d.Hosted() {
		p.Sawf("the control plane of %s is the provider's", d)
		return
	}
	if planes := filter(of(p.Nodes(), platform.Linux), isControlPlane); len(planes) > 0 {
		p.Sawf("%s of the control plane on Linux", counted(planes))
	}
}

func isControlPlane(n inventory.Node) bool { return n.ControlPlane }
