package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var flannelForWindows = &rule.Rule{
	ID: "WR624", Name: "flannel-port-and-vni", Category: rule.Preflight, Group: Network, Severity: finding.Error,
	Title: "Flannel's vxlan has the port and the VNI that Windows takes",
	Rationale: "Windows takes vxlan on UDP port 4789 alone, and a VNI of 4096 or more. Flannel's own defaults on Linux are 8472 and 1, and so " +
		"are RKE1's; RKE2's chart has the right ones. With others no packet gets from a Linux node to a Windows node.",
	Remedy: "Set port 4789 and VNI 4096: flannel_backend_port and flannel_backend_vni in RKE1's network options, when the cluster is " +
		"created.",
	Since:      "v0.1.0",
	References: []string{guide, "https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Uses:       networkUses(),
	Check:      checkFlannelForWindows,
}

func checkFlannelForWindows(p *rule.Pass) {
	if !with(p, platform.Flannel) {
		return
	}
	b, ok := flannelOf(p)
	switch {
	case !ok:
		return
	case b.Type != "vxlan":
		p.Skipf("Flannel's backend is %s: %s", b.Type, b.from)
		return
	}
	port, vni := platform.FlannelLinuxPort, platform.FlannelLinuxVNI
	if b.Port != nil {
		port = *b.Port
	}
	if b.VNI != nil {
		vni = *b.VNI
	}
	if vni < platform.FlannelWindowsVNI {
		p.Reportf(b.at, "the VNI is %d%s, and Windows takes %d or more", vni, unset(b.VNI), platform.FlannelWindowsVNI)
	}
	switch {
	case b.portUnknown != "":
		p.Unknownf("%s, and nodes do not tell the port", b.portUnknown)
	case port != platform.FlannelWindowsPort:
		p.Reportf(b.at, "the port is %d%s, and Windows takes %d", port, unset(b.Port), platform.FlannelWindowsPort)
	}
	p.Sawf("port %d, VNI %d: %s", port, vni, b.from)
}

// unset says that a value is Flannel's own.
func unset(v *int) string {
	if v == nil {
		return ", for none is set"
	}
	return ""
}
