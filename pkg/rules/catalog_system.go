package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var catalogSystem = &rule.Rule{
	ID: "WR501", Name: "catalog-system", Category: rule.Rancher, Severity: finding.Warning,
	Title: "Annotations for Rancher's catalogue say other systems than the pods",
	Rationale: "By catalog.cattle.io/permits-os Rancher offers a chart to clusters with Linux workers, Windows workers or both, and it trusts the " +
		"word of the chart: it does not look at the pods. A chart that permits windows and has pods that name no operating system loses " +
		"them to Windows nodes; one that permits linux alone is hidden from the clusters that its Windows pods are for.",
	Remedy: "Set a nodeSelector kubernetes.io/os in every template of a chart that permits windows, and let the annotations name the systems that " +
		"the pods name, as in linux,windows without a blank.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/rancher/dashboard/blob/master/shell/store/catalog.ts",
		"https://github.com/rancher/dashboard/blob/master/shell/config/labels-annotations.js",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Chart},
	Check: checkCatalogSystem,
}

// The annotations, in the order of shell/config/labels-annotations.js of rancher/dashboard.
const (
	permitsOS    = "catalog.cattle.io/permits-os"
	deploysOnOS  = "catalog.cattle.io/deploys-on-os"
	catalogForOS = "catalog.cattle.io/os"
)

func checkCatalogSystem(p *rule.Pass) {
	c := p.Chart()
	if c == nil {
		return
	}
	for _, key := range []string{permitsOS, deploysOnOS, catalogForOS} {
		for part := range strings.SplitSeq(c.Annotations[key], ",") {
			// getPermittedOSs of the dashboard splits at commas and does not trim.
			if part != "" && part != string(platform.Linux) && part != string(platform.Windows) {
				p.Reportf(onChart(c, "annotations", key), "%s is %q, and Rancher knows no %q", key, c.Annotations[key], part)
			}
		}
	}
	names := namedSystems(p.Survey())
	permits, permitted := systemsOf(c, permitsOS)
	switch {
	case !permitted:
	case slices.Contains(permits, "windows") && len(names[""]) > 0:
		p.Reportf(onChart(c, "annotations", permitsOS), "%s is %q, and %s", permitsOS, c.Annotations[permitsOS], nameWhat(names[""], "no operating system"))
	case !slices.Contains(permits, "windows") && len(names[platform.Windows]) > 0:
		p.Reportf(onChart(c, "annotations", permitsOS), "%s is %q, and %s", permitsOS, c.Annotations[permitsOS], nameWhat(names[platform.Windows], "windows"))
	}
	// What deploys on Windows does so when a value is set that Rancher sets: the pods are not there by default.
	if on, _ := systemsOf(c, deploysOnOS); permitted && slices.Contains(on, "windows") && !slices.Contains(permits, "windows") {
		p.Reportf(onChart(c, "annotations", permitsOS), "%s is %q, and %s is %q", permitsOS, c.Annotations[permitsOS], deploysOnOS, c.Annotations[deploysOnOS])
	}
	// Nothing reads this one but people. Charts with pods of both systems name the one they are about.
	if is, set := systemsOf(c, catalogForOS); set && len(is) == 1 && len(names[platform.OS(is[0])]) == 0 && len(names[""]) == 0 {
		if os := other(platform.OS(is[0])); len(names[os]) > 0 {
			p.Reportf(onChart(c, "annotations", catalogForOS).As(finding.Info), "%s is %q, and %s", catalogForOS, is[0], nameWhat(names[os], string(os)))
		}
	}
}

// systemsOf are the operating systems of an annotation; false when it is not set.
func systemsOf(c *inventory.ChartFacts, key string) ([]string, bool) {
	value := c.Annotations[key]
	return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }), value != ""
}

// namedSystems are the workloads by the operating system that they name; those under none may land on Windows nodes.
func namedSystems(s *survey.Survey) map[platform.OS][]string {
	names := map[platform.OS][]string{}
	for i := range s.Placements {
		at := &s.Placements[i]
		unknown := at.Named == "" && (at.ClassUnknown || unscheduled(at) || !at.Fits(platform.Windows))
		if !unknown && !at.Workload.Test() {
			names[at.Named] = append(names[at.Named], at.Workload.Object.Kind+"/"+at.Workload.Object.Name)
		}
	}
	return names
}

func nameWhat(workloads []string, what string) string {
	if len(workloads) == 1 {
		return fmt.Sprintf("%s names %s", workloads[0], what)
	}
	return fmt.Sprintf("%d workloads name %s (%s)", len(workloads), what, few(workloads, len(workloads)))
}
