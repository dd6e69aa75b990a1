package preflight

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var aksBuild = &rule.Rule{
	ID: "WR656", Name: "aks-build", Category: rule.Preflight, Group: Windows, Severity: finding.Error,
	Title: "Windows nodes of AKS are of a release that AKS supports",
	Rationale: "AKS retires Windows releases by its own calendar: Windows Server 2019 on 2026-03-01, with its images removed on 2027-04-01, " +
		"the annual channel on 2026-05-15, Windows Server 2022 on 2028-06-30 and, before that, with Kubernetes 1.37.",
	Remedy:     "Add a node pool of Windows Server 2025, move the workloads, and delete the old pool.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/Azure/AKS/releases", "https://learn.microsoft.com/azure/aks/upgrade-windows-os"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkAksBuild,
}

// retired is the end of a Windows release on AKS: the release notes of Azure/AKS of 2026-05-29, 2026-06-19 and 2026-07-17.
type retired struct {
	build platform.Build
	day   string // YYYY-MM-DD
	minor int    // the first minor version of Kubernetes that does not take it; 0 when no page names one
}

func aksCalendar() []retired {
	return []retired{{"10.0.17763", "2026-03-01", 33}, {"10.0.25398", "2026-05-15", 0}, {"10.0.20348", "2028-06-30", 37}}
}

func checkAksBuild(p *rule.Pass) {
	if !concerns(p, platform.AKS) {
		return
	}
	byBuild := builds(p)
	v, text, ok := serverVersion(p)
	if len(byBuild) == 0 || !ok {
		return
	}
	for _, r := range aksCalendar() {
		nodes := byBuild[r.build]
		switch {
		case len(nodes) == 0:
		case p.Today() >= r.day:
			p.Reportf(onKernel(nodes[0]), "%s of build %s, which AKS retired on %s", counted(nodes), called(r.build), r.day)
		case r.minor > 0 && v.AtLeast(1, r.minor, 0):
			p.Reportf(onKernel(nodes[0]), "%s of build %s, which AKS does not support from 1.%d on: %s", counted(nodes), called(r.build), r.minor, text)
		case r.minor > 0:
			p.Reportf(onKernel(nodes[0]).As(finding.Warning), "%s of build %s, which AKS retires on %s, and with Kubernetes 1.%d", counted(nodes), called(r.build),
				r.day, r.minor)
		default:
			p.Reportf(onKernel(nodes[0]).As(finding.Warning), "%s of build %s, which AKS retires on %s", counted(nodes), called(r.build), r.day)
		}
	}
	p.Sawf("%s", strings.Join(calledAll(byBuild), ", "))
}
