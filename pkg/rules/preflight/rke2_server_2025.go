package preflight

import (
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var rke2Server2025 = &rule.Rule{
	ID: "WR654", Name: "rke2-server-2025", Category: rule.Preflight, Group: Windows, Severity: finding.Warning,
	Title: "Windows nodes of RKE2 are of a release that RKE2 is tested on",
	Rationale: "RKE2's page lists Windows Server 2019 and 2022. Windows Server 2025 is yet to be validated, Calico does not list it either, " +
		"and overlay networks on it need the cumulative update of October 2025. It may well run; nobody vouches for it.",
	Remedy:     "Take Windows Server 2022 for nodes that have to be supported.",
	Since:      "v0.1.0",
	References: []string{rke2Minimum, "https://github.com/rancher/rke2/issues/11155", "https://github.com/projectcalico/calico/issues/11691", "https://github.com/rancher/rancher/issues/50915"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRke2Server2025,
}

func checkRke2Server2025(p *rule.Pass) {
	if !concerns(p, platform.RKE2) {
		return
	}
	byBuild := builds(p)
	for _, build := range slices.Sorted(maps.Keys(byBuild)) {
		if build.Newer("10.0.20348") && build.Channel() != platform.Annual {
			p.Reportf(onKernel(byBuild[build][0]), "%s of build %s: RKE2's page lists Windows Server 2019 and 2022", counted(byBuild[build]), called(build))
		}
	}
	p.Sawf("%s", strings.Join(calledAll(byBuild), ", "))
}
