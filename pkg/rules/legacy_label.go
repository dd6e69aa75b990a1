package rules

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var legacyLabel = &rule.Rule{
	ID: "WR106", Name: "legacy-label", Category: rule.Placement, Severity: finding.Info,
	Title: "Nodes are selected by a label that is deprecated",
	Rationale: "beta.kubernetes.io/os and beta.kubernetes.io/arch were replaced in Kubernetes 1.14. Kubelets still set them as of 1.37, so " +
		"that nothing breaks yet; the API server warns of them, and a node that some other program registers may lack them.",
	Remedy: "Select by kubernetes.io/os and kubernetes.io/arch.",
	Since:  "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/reference/labels-annotations-taints/#beta-kubernetes-io-os-deprecated",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/api/node/util.go",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_node_status.go",
	},
	Needs: []inventory.Kind{inventory.Workloads},
	Check: checkLegacyLabel,
}

func checkLegacyLabel(p *rule.Pass) {
	workloads := p.Workloads()
	for i := range workloads {
		w := &workloads[i]
		seen := map[string]bool{}
		report := func(where rule.Target, label string) {
			if modern := modernLabel(label); modern != "" && !seen[label] {
				seen[label] = true
				p.Reportf(where, "selects nodes by %s, deprecated since Kubernetes 1.14 for %s", label, modern)
			}
		}
		for _, label := range slices.Sorted(maps.Keys(w.Spec.NodeSelector)) {
			fix := fmt.Sprintf("nodeSelector: {%s: %s}", modernLabel(label), w.Spec.NodeSelector[label])
			report(rule.On(w, "nodeSelector", label).Fix("%s", fix), label)
		}
		eachExpression(w.Spec.Affinity, func(at object.Path, r corev1.NodeSelectorRequirement) {
			report(rule.On(w, at.Then("key")...), r.Key)
		})
	}
}

// modernLabel is the label that replaces a deprecated one; empty for others.
func modernLabel(label string) string {
	switch label {
	case platform.LabelLegacyOS:
		return platform.LabelOS
	case "beta.kubernetes.io/arch":
		return platform.LabelArch
	}
	return ""
}

// eachExpression calls each with every expression of a node affinity, and the path to it from the pod spec.
func eachExpression(affinity *corev1.Affinity, each func(object.Path, corev1.NodeSelectorRequirement)) {
	if affinity == nil || affinity.NodeAffinity == nil {
		return
	}
	term := func(at object.Path, t corev1.NodeSelectorTerm) {
		for i, r := range t.MatchExpressions {
			each(at.Then("matchExpressions", i), r)
		}
	}
	node := object.Path{"affinity", "nodeAffinity"}
	if required := affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
		for i, t := range required.NodeSelectorTerms {
			term(node.Then("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms", i), t)
		}
	}
	for i, t := range affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
		term(node.Then("preferredDuringSchedulingIgnoredDuringExecution", i, "preference"), t.Preference)
	}
}
