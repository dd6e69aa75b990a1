package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var servicingStack = &rule.Rule{
	ID: "WR660", Name: "servicing-stack", Category: rule.Preflight, Group: Windows, Severity: finding.Warning,
	Title: "Windows 20H2 has its servicing stack update with Kubernetes 1.21",
	Rationale: "Rancher's older guide asks for a servicing stack update of August 2019 on nodes of 20H2 with Kubernetes 1.21. No page names " +
		"its number, its year is odd for a release of 2020, and the release is long out of support. No API tells which servicing stack " +
		"a node has.",
	Remedy:     "Move to Windows Server 2022.",
	Since:      "v0.1.0",
	References: []string{guide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkServicingStack,
}

func checkServicingStack(p *rule.Pass) {
	v, text, ok := serverVersion(p)
	if !ok {
		return
	}
	if v.Minor != 21 {
		p.Skipf("is about nodes of 20H2 with Kubernetes 1.21, and this is %s", text)
		return
	}
	nodes := builds(p)["10.0.19042"]
	if len(nodes) == 0 {
		p.Skipf("no Windows node is of 20H2")
	}
	for _, n := range nodes {
		p.Manualf(onKernel(n), "look for a Servicing Stack Update with Get-HotFix, or in the update history, on the node")
	}
}
