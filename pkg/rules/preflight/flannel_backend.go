package preflight

import (
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var flannelBackend = &rule.Rule{
	ID: "WR623", Name: "flannel-backend", Category: rule.Preflight, Group: Network, Severity: finding.Error,
	Title: "Flannel's backend works on Windows",
	Rationale: "RKE2 starts Flannel on Windows nodes with vxlan and nothing else; RKE1 with vxlan or host-gw. wireguard, ipip and udp are for " +
		"Linux.",
	Remedy:     "Set the backend vxlan, in the HelmChartConfig rke2-flannel or when the cluster is created.",
	Since:      "v0.1.0",
	References: []string{rke2Network, guide, "https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(),
	Check:      checkFlannelBackend,
}

func checkFlannelBackend(p *rule.Pass) {
	if !with(p, platform.Flannel) {
		return
	}
	b, ok := flannelOf(p)
	if !ok {
		return
	}
	accepted := []string{"vxlan", hostGW}
	if d, _ := distroOf(p); d == platform.RKE2 {
		accepted = accepted[:1]
	}
	if !slices.Contains(accepted, b.Type) {
		p.Reportf(b.at, "Flannel's backend is %q, and Windows nodes take %s", b.Type, strings.Join(accepted, " or "))
	}
	p.Sawf("%s: %s", b.Type, b.from)
}
