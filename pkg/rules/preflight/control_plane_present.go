package preflight

import (
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var controlPlanePresent = &rule.Rule{
	ID: "WR602", Name: "control-plane-present", Category: rule.Preflight, Group: Architecture, Severity: finding.Error,
	Title: "A Linux node has the control plane, and one has etcd",
	Rationale: "The control plane comes first: Rancher offers the registration of Windows hosts only when Linux nodes with etcd, the control plane and a " +
		"worker are there.",
	Remedy:     "Register a Linux node with control plane and etcd, then a Linux worker, then the Windows hosts.",
	Since:      "v0.1.0",
	References: []string{guide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkControlPlanePresent,
}

func checkControlPlanePresent(p *rule.Pass) {
	d, why := distroOf(p)
	if d.Hosted() {
		p.Skipf("the control plane of %s is the provider's: %s", d, why)
		return
	}
	var planes, etcds []inventory.Node
	for _, n := range of(p.Nodes(), platform.Linux) {
		for role := range n.Labels {
			switch {
			case role == "node-role.kubernetes.io/etcd":
				etcds = append(etcds, n)
			case slices.Contains(controlPlaneRoles(), role):
				planes = append(planes, n)
			}
		}
	}
	slices.SortFunc(planes, byName)
	planes = slices.CompactFunc(planes, func(a, b inventory.Node) bool { return a.Name == b.Name })
	if len(planes) == 0 {
		p.Reportf(rule.OnCluster(), "no Linux node has one of the labels %s", strings.Join(controlPlaneRoles()[:3], ", "))
	}
	// Elsewhere etcd goes with the control plane, or is no node at all.
	if marks := slices.Contains([]platform.Distro{platform.RKE1, platform.RKE2}, d); marks && len(etcds) == 0 {
		p.Reportf(rule.OnCluster(), "no Linux node has the label node-role.kubernetes.io/etcd")
	}
	if len(planes) > 0 {
		p.Sawf("%s of the control plane", counted(planes))
	}
}

func byName(a, b inventory.Node) int { return strings.Compare(a.Name, b.Name) }
