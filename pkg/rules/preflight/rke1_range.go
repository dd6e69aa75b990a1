package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var rke1Range = &rule.Rule{
	ID: "WR612", Name: "rke1-last-version", Category: rule.Preflight, Group: Kubernetes, Severity: finding.Warning,
	Title: "RKE1's version is one that Windows nodes are known to work with",
	Rationale: "Rancher's support matrix lists Windows for RKE1 up to 1.22; its maintainers report that Windows nodes do not work beyond " +
		"v1.20.15-rancher2-2. Both are shown, and the verdict follows the maintainers.",
	Remedy:     "Move to RKE2: RKE1 is at its end.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/rancher/rancher-docs/issues/997", "https://github.com/rancher/windows/issues/189"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRKE1Range,
}

func checkRKE1Range(p *rule.Pass) {
	if !concerns(p, platform.RKE1) {
		return
	}
	v, text, ok := serverVersion(p)
	switch {
	case !ok:
	case v.Compare(platform.Version{Major: 1, Minor: 20, Patch: 15}) <= 0:
		p.Sawf("%s", text)
	case v.AtLeast(1, 23, 0):
		p.Reportf(rule.OnCluster(), "%s: Windows nodes work up to 1.20.15 by Rancher's maintainers, and up to 1.22 by its support matrix", text)
	default:
		p.Reportf(rule.OnCluster(), "%s: Windows nodes work up to 1.20.15 by Rancher's maintainers; its support matrix goes up to 1.22", text)
	}
}
