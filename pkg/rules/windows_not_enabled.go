package rules

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var windowsNotEnabled = &rule.Rule{
	ID: "WR502", Name: "windows-not-enabled", Category: rule.Rancher, Severity: finding.Warning,
	Title: "A chart that deploys on Windows is not told that there are Windows nodes",
	Rationale: "A chart with the annotation catalog.cattle.io/deploys-on-os: windows makes what it has for Windows nodes, as an exporter or a log " +
		"collector, only where global.cattle.windows.enabled is true. Rancher sets that value for a cluster with Windows workers when the chart " +
		"is installed from its Apps. helm install does not, and the Windows nodes go without.",
	Remedy: "Set global.cattle.windows.enabled: true where the chart is installed by Helm, Fleet, Flux or Argo CD in a cluster with Windows nodes.",
	Since:  "v0.1.0",
	References: []string{
		"https://github.com/rancher/dashboard/blob/master/shell/pages/c/_cluster/apps/charts/install.vue",
		"https://github.com/rancher/dashboard/blob/master/shell/config/labels-annotations.js",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Chart},
	Check: checkWindowsNotEnabled,
}

func checkWindowsNotEnabled(p *rule.Pass) {
	c := p.Chart()
	if c == nil {
		return
	}
	systems, deploys := systemsOf(c, deploysOnOS)
	windows := func(pool placement.Pool) bool { return pool.OS() == platform.Windows }
	if !deploys || !slices.Contains(systems, "windows") || !slices.ContainsFunc(p.Survey().Pools, windows) {
		return
	}
	enabled, _, err := unstructured.NestedBool(c.Values, "global", "cattle", "windows", "enabled")
	if err != nil || !enabled {
		p.Reportf(onChart(c, "annotations", deploysOnOS).Fix("--set global.cattle.windows.enabled=true"),
			"%s is %q, and the value global.cattle.windows.enabled is not true: it makes nothing for Windows nodes", deploysOnOS, c.Annotations[deploysOnOS])
	}
}
