package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var windowsNodePresent = &rule.Rule{
	ID: "WR605", Name: "windows-node-present", Category: rule.Preflight, Group: Architecture, Severity: finding.Info,
	Title: "There is a Windows node",
	Rationale: "Without a Windows node the requirements of its machine, its build and its updates cannot be looked at. Those of the cluster can: they tell " +
		"whether Windows nodes could join.",
	Remedy:     "Nothing, if they are yet to come. Look again when the first has joined.",
	Since:      "v0.1.0",
	References: []string{guide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkWindowsNodePresent,
}

func checkWindowsNodePresent(p *rule.Pass) {
	nodes := of(p.Nodes(), platform.Windows)
	if len(nodes) == 0 {
		p.Reportf(rule.OnCluster(), "there is no Windows node among %s", count(len(p.Nodes()), "node"))
		return
	}
	p.Sawf("%s", counted(nodes))
}
