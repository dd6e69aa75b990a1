package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var overlayUpdate = &rule.Rule{
	ID: "WR657", Name: "overlay-update", Category: rule.Preflight, Group: Windows, Severity: finding.Error,
	Title: "Windows Server 2019 has the update that overlay networks need",
	Rationale: "An overlay network on Windows Server 2019 needs KB4489899, which made 10.0.17763.379, or any cumulative update since. Without " +
		"it pods of the node are not reached from other nodes. Later releases have it from the beginning.",
	Remedy:     "Install the latest cumulative update on the node.",
	Since:      "v0.1.0",
	References: []string{guide, "https://learn.microsoft.com/virtualization/windowscontainers/container-networking/network-drivers-topologies"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkOverlayUpdate,
}

func checkOverlayUpdate(p *rule.Pass) {
	// host-gw is no overlay.
	direct, overlay := 0, 0
	for _, n := range p.Nodes() {
		switch b, ok := platform.FlannelOf(n.Annotations); {
		case ok && b.Type == hostGW:
			direct++
		case ok:
			overlay++
		}
	}
	if direct > 0 && overlay == 0 {
		p.Skipf("the network is no overlay: nodes have Flannel's backend %s", hostGW)
		return
	}
	updated(p, platform.OverlayUpdate)
}

// hostGW is Flannel's backend without an overlay.
const hostGW = "host-gw"
