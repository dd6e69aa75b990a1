package preflight

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var upstreamBuild = &rule.Rule{
	ID: "WR655", Name: "upstream-build", Category: rule.Preflight, Group: Windows, Severity: finding.Warning,
	Title: "Windows nodes are of a release that this version of Kubernetes names",
	Rationale: "The page of Kubernetes 1.36 names Windows Server 2022 and 2025 alone, while RKE2's page still lists 2019. Both are shown, and " +
		"the verdict follows Kubernetes as a warning: nothing refuses the node.",
	Remedy:     "Plan to move the workloads to Windows Server 2022 or later.",
	Since:      "v0.1.0",
	References: []string{upstreamIntro, rke2Minimum},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkUpstreamBuild,
}

func checkUpstreamBuild(p *rule.Pass) {
	v, text, ok := serverVersion(p)
	if !ok {
		return
	}
	if !v.AtLeast(1, 36, 0) {
		p.Skipf("Kubernetes leaves out Windows Server 2019 from 1.36 on, and this is %s", text)
		return
	}
	byBuild := builds(p)
	if nodes := byBuild["10.0.17763"]; len(nodes) > 0 {
		p.Reportf(onKernel(nodes[0]), "%s of build %s: the page of Kubernetes 1.36 names Windows Server 2022 and 2025; RKE2's page lists 2019 too", counted(nodes),
			called("10.0.17763"))
	}
	p.Sawf("%s", strings.Join(calledAll(byBuild), ", "))
}
