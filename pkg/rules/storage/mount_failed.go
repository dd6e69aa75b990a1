package storage

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var mountFailed = &rule.Rule{
	ID: "WR314", Name: "azurefile-mount-failed", Category: rule.Storage, Severity: finding.Error,
	Title: "An Azure File volume is not mounted on Windows nodes",
	Rationale: "The pod stays in ContainerCreating until its volumes are mounted. The kubelet passes on what the driver said in events of the pod; the " +
		"driver says different things for an account without a key, for a driver that has not registered, and for a share that it cannot reach.",
	Remedy:     "The finding says what the words mean, and what to do about it.",
	Since:      "v0.1.0",
	References: []string{driverCode + "nodeserver.go", "https://learn.microsoft.com/en-us/troubleshoot/azure/azure-kubernetes/storage/fail-to-mount-azure-file-share"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Behind:     []string{"WR412"}, // shares that refuse a node
	Check:      checkMountFailed,
}

func checkMountFailed(p *rule.Pass) {
	s := p.Survey()
	for _, g := range p.Troubles() {
		// What an event said comes with its reason in front.
		if g.Pool < 0 || s.Pools[g.Pool].OS() != platform.Windows || !strings.HasPrefix(g.Message, "FailedMount: ") {
			continue
		}
		said, known := azurefile.Decode(g.Message)
		if !known {
			continue
		}
		// What the driver said is not passed on: some put the key of the share into it.
		w := s.Placements[g.Workload].Workload
		p.Reportf(rule.On(w, "volumes").Fix("%s", said.Remedy), "%s on Windows nodes (%s): %s", counted(g.Count, "pod"), few(g.Names), said.Meaning)
	}
}
