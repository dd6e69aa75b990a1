package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var osLabelOnPod = &rule.Rule{
	ID: "WR108", Name: "os-label-on-pod", Category: rule.Placement, Severity: finding.Error,
	Title: "The pods themselves carry the label kubernetes.io/os",
	Rationale: "As a label of the pod it chooses no node. But the kubelet compares it with the label of its node and fails a pod whose " +
		"label differs, with PodOSSelectorNodeLabelDoesNotMatch; the controller then makes another. The label is mostly a nodeSelector " +
		"that slipped under metadata.",
	Remedy: "Take the label off the pod template, and select nodes with nodeSelector.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-os",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/predicate.go",
	},
	Needs:  []inventory.Kind{inventory.Workloads, inventory.Pools},
	Behind: []string{"WR405"}, // which says it of pods that were refused
	Check:  checkOSLabelOnPod,
}

func checkOSLabelOnPod(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		label := at.Workload.LabeledOS
		if label == "" {
			continue
		}
		template := at.Workload.SpecPath[:len(at.Workload.SpecPath)-1]
		where := rule.OnObject(at.Workload, template.Then("metadata", "labels", platform.LabelOS)...)
		switch foreign := acceptedBesides(at, platform.OS(label)); {
		case foreign != "" && at.Fits(platform.OS(label)):
			p.Reportf(where.As(finding.Warning), "labels its pods %s=%s, which selects no node: pool %s accepts them too, and the kubelets there fail them", platform.LabelOS, label, foreign)
		case foreign != "":
			p.Reportf(where, "labels its pods %s=%s, and the kubelets of pool %s, which accepts them, fail them for it", platform.LabelOS, label, foreign)
		case at.Named != "" && string(at.Named) != label:
			p.Reportf(where, "labels its pods %s=%s and names %s (%s): no kubelet takes them", platform.LabelOS, label, at.Named, at.By)
		default:
			p.Reportf(where.As(finding.Info), "labels its pods %s=%s, which selects no node", platform.LabelOS, label)
		}
	}
}

// acceptedBesides names the first pool of another operating system that accepts a workload; empty when none does.
func acceptedBesides(at *survey.Placement, os platform.OS) string {
	for _, v := range at.Verdicts {
		if v.Fits && v.Pool.OS() != os {
			return poolNamed(v.Pool)
		}
	}
	return ""
}

// poolNamed is the name of a pool, with its operating system where that is not the name.
func poolNamed(pool placement.Pool) string {
	if pool.Name == string(pool.OS()) {
		return pool.Name
	}
	return pool.Name + " (" + string(pool.OS()) + ")"
}
