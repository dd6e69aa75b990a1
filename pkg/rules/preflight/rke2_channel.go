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

var rke2Channel = &rule.Rule{
	ID: "WR652", Name: "rke2-long-term-channel", Category: rule.Preflight, Group: Windows, Severity: finding.Error,
	Title: "Windows nodes of RKE2 are of the long-term channel",
	Rationale: "RKE2 supports Windows Server of the long-term channel, 2019 and 2022. Releases of the semi-annual channel, of which 2004 and " +
		"20H2 were a preview, it dropped; that of the annual channel it never had.",
	Remedy:     "Move the workloads to nodes of Windows Server 2022.",
	Since:      "v0.1.0",
	References: []string{migration, "https://github.com/rancher/rke2/issues/2394"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkRke2Channel,
}

func checkRke2Channel(p *rule.Pass) {
	if !concerns(p, platform.RKE2) {
		return
	}
	byBuild := builds(p)
	for _, build := range slices.Sorted(maps.Keys(byBuild)) {
		switch channel := build.Channel(); channel {
		case platform.SemiAnnual, platform.Annual:
			p.Reportf(onKernel(byBuild[build][0]), "%s of build %s, a release of the channel %s: RKE2 takes %s", counted(byBuild[build]), called(build), channel,
				platform.LongTerm)
		default:
		}
	}
	p.Sawf("%s", strings.Join(calledAll(byBuild), ", "))
}

// calledAll are builds as people call them, sorted.
func calledAll(byBuild map[platform.Build][]inventory.Node) []string {
	var out []string
	for _, build := range slices.Sorted(maps.Keys(byBuild)) {
		out = append(out, called(build))
	}
	return out
}
