package rules

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var pendingForSystem = &rule.Rule{
	ID: "WR402", Name: "pending-for-system", Category: rule.Cluster, Severity: finding.Error,
	Title: "Pods wait for a node, and no node pool of their operating system takes them",
	Rationale: "The pods stay Pending until a node is added, tainted or labeled otherwise. The scheduler counts the nodes that refuse " +
		"them, and since Kubernetes 1.34 its message no longer names the taint; here it is computed from the nodes, pool by pool. A pool " +
		"that an autoscaler would only make is not seen. What hangs on room, volumes or other pods is not reported.",
	Remedy: "Tolerate the taints of the pools of that operating system, correct the nodeSelector or the affinity, or add nodes of it.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host",
		"https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods},
	Check: checkPendingForSystem,
}

func checkPendingForSystem(p *rule.Pass) {
	s := p.Survey()
	for _, g := range p.Pods() {
		at := &s.Placements[g.Workload]
		if g.Pool >= 0 || g.Phase != corev1.PodPending || g.Reason != corev1.PodReasonUnschedulable {
			continue
		}
		// Where a pool of their system would take them it lacks room, or a volume is elsewhere.
		fits := slices.ContainsFunc(at.Verdicts, func(v placement.Verdict) bool { return v.Fits && (at.OS == "" || v.Pool.OS() == at.OS) })
		// Where no pool refuses them for its system alone they ask for something else that there is not.
		forSystem := slices.ContainsFunc(at.Verdicts, func(v placement.Verdict) bool { return refusesSystem(at.Spec, v) })
		if fits || !forSystem {
			continue
		}
		by := *at
		by.Verdicts = slices.DeleteFunc(slices.Clone(at.Verdicts), func(v placement.Verdict) bool { return v.Fits })
		of := ""
		if at.Named != "" || at.FitsAny() {
			of = " of " + string(at.OS)
		}
		target := rule.On(at.Workload, "nodeSelector")
		if barred := barredPools(at); len(barred) > 0 {
			target = rule.On(at.Workload, "tolerations").Fix("%s", lacking(at, barred[0].taints))
		}
		p.Reportf(target, "%s (%s) pending, refused by every pool%s: %s", counted(g.Count, "pod"), few(g.Names, g.Count), of, refusals(&by))
	}
}

// refusesSystem tells a pool that refuses a pod for its operating system or its Windows build, and for nothing else.
func refusesSystem(spec *corev1.PodSpec, v placement.Verdict) bool {
	for _, t := range placement.Untolerated(spec.Tolerations, v.Pool.Taints) {
		if !ofSystem(t) {
			return false
		}
	}
	for _, r := range v.Reasons {
		label := strings.Contains(r, platform.LabelOS) || strings.Contains(r, platform.LabelWindowsBuild)
		if !label && !strings.Contains(r, "untolerated taint") {
			return false
		}
	}
	return !v.Fits
}

// ofSystem tells a taint that speaks of an operating system: by its key, as those of the presets do, or by its value.
func ofSystem(t corev1.Taint) bool {
	name := t.Key[strings.LastIndexByte(t.Key, '/')+1:]
	return name == "os" || strings.EqualFold(t.Value, string(platform.Linux)) || strings.EqualFold(t.Value, string(platform.Windows))
}
