package preflight

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var singleStack = &rule.Rule{
	ID: "WR633", Name: "single-stack", Category: rule.Preflight, Group: Network, Severity: finding.Error,
	Title:      "The cluster has IPv4 alone",
	Rationale:  "Neither Calico nor Canal of RKE2 has dual stack or IPv6 with Windows nodes; Calico says so of itself.",
	Remedy:     "Create the cluster again with one cluster CIDR and one service CIDR of IPv4.",
	Since:      "v0.1.0",
	References: []string{rke2Network, calicoWindows},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkSingleStack,
}

func checkSingleStack(p *rule.Pass) {
	if !concerns(p, platform.RKE2, platform.RKE1, platform.Harvester, platform.Generic) {
		return
	}
	seen := 0
	for _, n := range p.Nodes() {
		for _, cidr := range n.PodCIDRs {
			seen++
			if strings.Contains(cidr, ":") {
				p.Reportf(rule.OnNode(n.Name, "spec", "podCIDRs"), "the node has the pod CIDR %s, and Windows nodes take IPv4 alone", cidr)
			}
		}
	}
	dual := false
	for _, n := range p.Nodes() {
		args, err := platform.ReadNodeArgs(n.Annotations)
		if err != nil {
			p.Unknownf("node %s: %v", n.Name, err)
		}
		for _, flag := range []string{"cluster-cidr", "service-cidr"} {
			values := strings.Join(args.Values(flag), ",")
			seen += len(args.Values(flag))
			if args.Server() && !dual && strings.Contains(values, ":") {
				dual = true
				p.Reportf(rule.OnNode(n.Name, "metadata", "annotations"), "the server's --%s is %s, and Windows nodes take IPv4 alone", flag, values)
			}
		}
	}
	if seen == 0 {
		p.Unknownf("no node tells its spec.podCIDRs")
		return
	}
	p.Sawf("%s of IPv4", count(seen, "CIDR"))
}
