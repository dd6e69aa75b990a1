package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var rke1EndOfLife = &rule.Rule{
	ID: "WR613", Name: "rke1-end-of-life", Category: rule.Preflight, Group: Kubernetes, Severity: finding.Error,
	Title: "The distribution is still maintained",
	Rationale: "RKE1 came to its end on 2025-07-31. Rancher 2.12 and later neither creates nor manages RKE1 clusters; without updates the cluster gets no " +
		"fixes of Kubernetes either.",
	Remedy:     "Build an RKE2 cluster and move the workloads. There is no upgrade in place.",
	Since:      "v0.1.0",
	References: []string{"https://www.suse.com/support/kb/doc/?id=000021513", migration},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRKE1EndOfLife,
}

// rke1End is the last day of RKE1: docs/reference-guides of rancher/rancher-docs, in the note on RKE1's end of life.
const rke1End = "2025-07-31"

func checkRKE1EndOfLife(p *rule.Pass) {
	d, why := distroOf(p)
	switch {
	case d != platform.RKE1:
		p.Sawf("%s: %s", d, why)
	case p.Today() > rke1End:
		p.Reportf(rule.OnCluster(), "the cluster is of RKE1, which came to its end on %s: %s", rke1End, why)
	default:
		p.Reportf(rule.OnCluster().As(finding.Warning), "the cluster is of RKE1, which comes to its end on %s: %s", rke1End, why)
	}
}
