package preflight

import (
	"slices"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// RancherRecord is the ID of the rule about what Rancher has on record, for those who look at workloads and want to know that, too.
const RancherRecord = "WR683"

var rancherRecord = &rule.Rule{
	ID: RancherRecord, Name: "rancher-record", Category: rule.Preflight, Group: Taints, Severity: finding.Error,
	Title: "Rancher's record of the cluster allows Windows nodes",
	Rationale: "Some of what a cluster needs is decided where Rancher keeps its record of it, and shows on no node: whether Windows was chosen " +
		"when a cluster of RKE1 was made, which network plugin Rancher gives one of RKE2 when none was chosen, and what its next update of " +
		"the nodes will set. Rancher offers no Windows nodes to a cluster whose record does not allow them.",
	Remedy: "kubectl winready rancher cluster show says all that the guide asks for. What is chosen when a cluster is made cannot be changed " +
		"afterwards: make another, as rancher cluster new writes it, and move the workloads.",
	Since:      "v0.1.0",
	References: []string{guide, "https://github.com/rancher/rancher/blob/main/pkg/apis/management.cattle.io/v3/cluster_types.go"},
	Needs:      []inventory.Kind{inventory.Rancher},
	Check:      checkRancherRecord,
}

// recorded are the requirements that Rancher's record alone tells; the others are for rules that look at the nodes.
func recorded() []string {
	return []string{"distribution", "windows at creation", "kubernetes version", "network plugin", "flannel backend", "single stack", "registration"}
}

func checkRancherRecord(p *rule.Pass) {
	for _, r := range p.Rancher() {
		if !slices.Contains(recorded(), r.Name) {
			continue
		}
		switch r.Status {
		case "fail":
			p.Reportf(rule.OnCluster(), "%s: %s", r.Name, r.Message)
		case "warn":
			p.Reportf(rule.OnCluster().As(finding.Warning), "%s: %s", r.Name, r.Message)
		case "pass":
			p.Sawf("%s: %s", r.Name, r.Message)
		case "skip":
		default:
			p.Unknownf("%s: %s", r.Name, r.Message)
		}
	}
}
