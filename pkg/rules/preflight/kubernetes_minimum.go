package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var kubernetesMinimum = &rule.Rule{
	ID: "WR611", Name: "kubernetes-minimum", Category: rule.Preflight, Group: Kubernetes, Severity: finding.Error,
	Title: "The version of Kubernetes takes Windows nodes",
	Rationale: "Windows nodes came with Kubernetes 1.14, with RKE1 in 1.15, for which the guide's tutorial takes 1.19 or later, and with RKE2 in 1.22. " +
		"Rancher's current guide names no version and points to the support matrix; the verdict follows the older page for RKE1 and the " +
		"table of the migration page for RKE2.",
	Remedy:     "Upgrade Kubernetes.",
	Since:      "v0.1.0",
	References: []string{guide, migration, "https://kubernetes.io/blog/2019/03/25/kubernetes-1-14-release-announcement/"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkKubernetesMinimum,
}

func checkKubernetesMinimum(p *rule.Pass) {
	v, text, ok := serverVersion(p)
	if !ok {
		return
	}
	d, _ := distroOf(p)
	minor, recommended := 14, 0
	switch d {
	case platform.RKE1:
		minor, recommended = 15, 19
	case platform.RKE2, platform.Harvester:
		minor = 22
	default:
	}
	switch {
	case !v.AtLeast(1, minor, 0):
		p.Reportf(rule.OnCluster(), "%s: %s takes Windows nodes from 1.%d on", text, d, minor)
	case !v.AtLeast(1, recommended, 0):
		p.Reportf(rule.OnCluster().As(finding.Warning), "%s: from 1.%d on by one page of Rancher, which the verdict follows; the tutorial takes 1.%d or later",
			text, minor, recommended)
	}
	p.Sawf("%s, %s takes Windows nodes from 1.%d on", text, d, minor)
}
