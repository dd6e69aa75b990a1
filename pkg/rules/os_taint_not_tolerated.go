package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var osTaintNotTolerated = &rule.Rule{
	ID: "WR102", Name: "os-taint-not-tolerated", Category: rule.Placement, Severity: finding.Error,
	Title: "Every pool of the named operating system has a taint that the pods do not tolerate",
	Rationale: "A selector chooses nodes, and a taint keeps pods off them all the same: the pods stay Pending with untolerated taint. " +
		"Rancher taints all Linux nodes of an RKE1 cluster with Windows nodes cattle.io/os=linux:NoSchedule, and puts the taint back " +
		"when it is removed; OpenShift taints its Windows nodes os=Windows:NoSchedule, with a capital W, and the case counts.",
	Remedy: "Add a toleration for the taint, as the fix has it.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
		"https://github.com/rancher/rancher/blob/main/pkg/controllers/managementuser/windows/linux_node_taints.go",
		"https://github.com/openshift/windows-machine-config-operator",
	},
	Needs:  []inventory.Kind{inventory.Workloads, inventory.Pools},
	Behind: []string{"WR402"}, // which says it of pods that wait for it
	Check:  checkOSTaintNotTolerated,
}

func checkOSTaintNotTolerated(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		// Its RuntimeClass may bring the toleration along.
		if unscheduled(at) || at.Named == "" || at.Fits(at.Named) || at.ClassUnknown || at.Conflict != "" {
			continue
		}
		barred := barredPools(at)
		if len(barred) == 0 {
			continue // there is more in the way than taints
		}
		where := rule.On(at.Workload, "tolerations").Fix("%s", lacking(at, barred[0].taints))
		// A DaemonSet may leave out nodes that are set apart, and nothing waits for a test.
		if daemonSet(at) || at.Workload.Test() {
			where = where.As(finding.Warning)
		}
		var pools []string
		for _, b := range barred {
			pools = append(pools, fmt.Sprintf("%s has %s", b.name, taintList(b.taints)))
		}
		p.Reportf(where, "names %s (%s), and does not tolerate the taints of its pools: %s", at.Named, at.By, few(pools, len(pools)))
	}
}

// barred is a pool that a pod selects, and the taints that keep the pod off it.
type barred struct {
	name   string
	taints []corev1.Taint
}

// barredPools are the pools of the operating system that a workload names which only their taints keep it off: first the one
// that asks for the least, and those of the control plane last.
func barredPools(at *survey.Placement) []barred {
	tolerant := *at.Spec
	tolerant.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	var out []barred
	for _, v := range at.Verdicts {
		if v.Pool.OS() == at.Named && placement.Could(&tolerant, v.Pool).Fits {
			out = append(out, barred{v.Pool.Name, placement.Untolerated(at.Spec.Tolerations, v.Pool.Taints)})
		}
	}
	slices.SortStableFunc(out, func(a, b barred) int { return cmp.Compare(a.reluctance(), b.reluctance()) })
	return out
}

func (b barred) reluctance() int {
	n := len(b.taints)
	for _, t := range b.taints {
		if strings.HasPrefix(t.Key, "node-role.kubernetes.io/") {
			n += 100
		}
	}
	return n
}

// taintList is cattle.io/os=linux:NoSchedule and so on.
func taintList(taints []corev1.Taint) string {
	texts := make([]string, 0, len(taints))
	for _, t := range taints {
		texts = append(texts, t.ToString())
	}
	return strings.Join(texts, " and ")
}

// lacking are the tolerations to add, in YAML.
func lacking(at *survey.Placement, taints []corev1.Taint) string {
	texts := make([]string, 0, len(taints))
	for _, t := range taints {
		operator := fmt.Sprintf("operator: Equal, value: %q", t.Value)
		if t.Value == "" {
			operator = "operator: Exists"
		}
		texts = append(texts, fmt.Sprintf("{key: %s, %s, effect: %s}", t.Key, operator, t.Effect))
	}
	if len(at.Spec.Tolerations) > 0 {
		return "tolerations, added: " + strings.Join(texts, ", ")
	}
	return "tolerations: [" + strings.Join(texts, ", ") + "]"
}
