package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var sourceCheck = &rule.Rule{
	ID: "WR674", Name: "source-destination-check", Category: rule.Preflight, Group: Environment, Severity: finding.Warning,
	Title: "Machines may send and receive for addresses that are not their own",
	Rationale: "Without an overlay, with Flannel's host-gw and with Calico's BGP, packets carry the addresses of pods. EC2 drops them by its " +
		"source/destination check, GCE and Azure unless IP forwarding is on.",
	Remedy: "Turn off the source/destination check on EC2; turn on canIpForward on GCE, and IP forwarding of the network interface on " +
		"Azure.",
	Since:      "v0.1.0",
	References: []string{hostGWGuide, "https://docs.tigera.io/calico/latest/networking/configuring/vxlan-ipip"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkSourceCheck,
}

func checkSourceCheck(p *rule.Pass) {
	if !onCloud(p, platform.AWS, platform.GCE, platform.Azure) {
		return
	}
	for _, n := range p.Nodes() {
		if d, _ := distroOf(p); d.Hosted() {
			p.Skipf("the network of %s is the provider's", d)
			return
		}
		if how := withoutOverlay(n); how != "" {
			p.Manualf(rule.OnCluster(), "node %s: %s: the source/destination check is off on EC2, IP forwarding on with GCE and Azure, for every machine", n.Name, how)
			return
		}
	}
	p.Skipf("no node tells of a network without an overlay")
}

// withoutOverlay says how a node tells that packets carry the addresses of pods; empty when it does not.
func withoutOverlay(n inventory.Node) string {
	if b, ok := platform.FlannelOf(n.Annotations); ok && b.Type == hostGW {
		return "Flannel's backend is " + b.Type
	}
	if n.Annotations[calicoAddress] != "" && n.Annotations[calicoVXLAN] == "" && n.Annotations[calicoIPIP] == "" {
		return "Calico has no tunnel"
	}
	return ""
}
