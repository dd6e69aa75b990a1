package rules

import (
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// unscheduled tells a workload whose pods no scheduler places: static pods, those that name their node, and those that are done.
func unscheduled(at *survey.Placement) bool {
	return at.Workload.Static || at.Done || at.Spec.NodeName != ""
}

// toleratesAll tells whether a pod tolerates every taint that keeps pods out: a toleration with the operator Exists and no key,
// and no effect or that of scheduling.
func toleratesAll(spec *corev1.PodSpec) bool {
	return slices.ContainsFunc(spec.Tolerations, func(t corev1.Toleration) bool {
		return t.Key == "" && t.Operator == corev1.TolerationOpExists && (t.Effect == "" || t.Effect == corev1.TaintEffectNoSchedule)
	})
}

// wanted is the operating system that a workload is for; Linux when nothing tells.
func wanted(at *survey.Placement) platform.OS {
	if at.OS == "" {
		return platform.Linux
	}
	return at.OS
}

func other(os platform.OS) platform.OS {
	if os == platform.Linux {
		return platform.Windows
	}
	return platform.Linux
}

// minor is the minor version of the API server: 30 of v1.30.4+rke2r1. Where there is no server it is that of the newest.
func minor(p *rule.Pass) int {
	v, err := version.ParseGeneric(p.Version())
	if err != nil {
		return math.MaxInt
	}
	return int(v.Minor())
}
