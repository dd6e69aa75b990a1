package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var idleValue = &rule.Rule{
	ID: "WR123", Name: "idle-value", Category: rule.Placement, Severity: finding.Warning,
	Title: "A value looks as if it chose nodes and does not",
	Rationale: "Whoever sets such a value believes that the pods are placed, and nothing says that they are not. Each was tried by rendering the " +
		"chart with it, and ended in a place of the workload where Kubernetes does not look for it. Values that end nowhere may belong to " +
		"parts of the chart that are switched off, and those that end in custom resources, in files or in the environment are for whoever " +
		"reads these: they are listed together, as a note.",
	Remedy: "Use the values that kubectl winready inspect lists. In a chart of one's own, let the template put the value into the pod spec, or remove it.",
	Since:  "v0.1.0",
	References: []string{
		"https://helm.sh/docs/chart_best_practices/values/",
		"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host",
	},
	Needs: []inventory.Kind{inventory.Chart},
	Check: checkIdleValue,
}

func checkIdleValue(p *rule.Pass) {
	c := p.Chart()
	if c == nil {
		return
	}
	var idle []string
	for _, k := range c.Knobs {
		landings, lands := strings.CutPrefix(oneLine(k.Problem), "it turns up at ")
		first, more, _ := strings.Cut(landings, ", ")
		switch {
		case k.Breaks: // which has a rule of its own
		case lands && misplaced(first):
			if more != "" {
				first += " and elsewhere"
			}
			p.Reportf(onChart(c), "value %s places no pods: it turns up at %s", k.Path, first)
		case lands && strings.Contains(first, "topologySpreadConstraints"): // which places pods, too
		case lands || k.Problem == "":
			idle = append(idle, k.Path)
		}
		// Others choose nodes, but not their operating system: the template does that itself.
	}
	if len(idle) > 0 {
		p.Reportf(onChart(c).As(finding.Info), "%s without effect on the chart's own pods as it is rendered: %s",
			counted(len(idle), "value"), few(idle, len(idle)))
	}
}

var inWorkload = regexp.MustCompile(`^(Deployment|DaemonSet|StatefulSet|ReplicaSet|Job|CronJob|Pod)/\S+ spec`)

// misplaced tells a place in a workload where a value has no effect: not what its containers are given, which some program reads,
// and not a field of the pod that has to do with nodes after all.
func misplaced(landing string) bool {
	return inWorkload.MatchString(landing) && !slices.ContainsFunc([]string{"containers[", "initContainers[", "topologySpreadConstraints"},
		func(part string) bool { return strings.Contains(landing, "."+part) })
}
