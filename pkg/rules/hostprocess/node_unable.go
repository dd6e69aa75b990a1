package hostprocess

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var nodeUnable = &rule.Rule{
	ID: "WR215", Name: "hostprocess-node", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A HostProcess pod may be scheduled to a Windows node that runs none",
	Rationale: "HostProcess pods take containerd 1.6 and a kubelet of Kubernetes 1.23. The scheduler does not look at either: the pod is bound to the " +
		"node and fails there, or starts as an ordinary container without the rights that it counts on.",
	Remedy: "Upgrade the node; with RKE2 to v1.24.1 or newer. Until then keep HostProcess pods away from it, by a label of the nodes that run them " +
		"and a nodeSelector.",
	Since:      "v0.1.0",
	References: []string{docs + "#before-you-begin", kep, "https://github.com/rancher/rke2/blob/6ce1a80/Dockerfile.windows"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Nodes},
	Check:      checkNodeUnable,
}

// checkNodeUnable reports a node once, whatever number of workloads it is for: what is to be done is to be done to the node.
func checkNodeUnable(p *rule.Pass) {
	nodes := p.Nodes()
	accepted := map[string][]string{}
	wanted(p, func(at *survey.Placement) {
		for _, n := range hostprocess.Accepting(nodes, at) {
			accepted[n.Name] = append(accepted[n.Name], at.Workload.Object.String())
		}
	})
	for _, facts := range nodes {
		workloads := accepted[facts.Name]
		if len(workloads) == 0 {
			continue
		}
		n := hostprocess.NodeOf(facts)
		why := strings.Join(n.Reasons, "; ")
		switch n.Verdict {
		case hostprocess.RunsNot:
			p.Reportf(rule.OnNode(n.Name), "does not run the HostProcess pods that it accepts, of %s: %s", few(workloads), why)
		case hostprocess.CannotTell:
			p.Reportf(rule.OnNode(n.Name).As(finding.Warning), "accepts the HostProcess pods of %s, and whether it runs them cannot be told: %s", few(workloads), why)
		case hostprocess.Runs:
		}
	}
}
