package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var rke2TestedBuild = &rule.Rule{
	ID: "WR653", Name: "rke2-tested-revision", Category: rule.Preflight, Group: Windows, Severity: finding.Warning,
	Title: "Windows nodes of RKE2 have the updates that RKE2 is tested with",
	Rationale: "RKE2 is tested with 10.0.17763.2061 and 10.0.20348.169 and later. With older revisions its network has faults that later " +
		"updates mended.",
	Remedy:     "Install the latest cumulative update on the node.",
	Since:      "v0.1.0",
	References: []string{rke2Minimum},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRke2TestedBuild,
}

func checkRke2TestedBuild(p *rule.Pass) {
	if concerns(p, platform.RKE2) {
		updated(p, platform.RKE2TestedUpdate)
	}
}
