package policy

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Left says why a policy for an OS leaves pods of a template alone; empty when it places them. It is what the conditions of a policy
// ask, for who has the template and no policy yet. labeled is the value of the pods' own label for the OS, if they have it.
func Left(spec *corev1.PodSpec, labeled string, os platform.OS) string {
	for _, key := range choices() {
		if _, chosen := spec.NodeSelector[key]; chosen {
			return "its nodeSelector has " + key
		}
	}
	for _, term := range requiredTerms(spec.Affinity) {
		if len(term.MatchFields) > 0 {
			return "its required node affinity names a node"
		}
		for _, e := range term.MatchExpressions {
			if slices.Contains(choices(), e.Key) {
				return "its required node affinity has " + e.Key
			}
		}
	}
	switch {
	case spec.NodeName != "":
		return "its nodeName is " + spec.NodeName
	case spec.OS != nil:
		return "its os.name is " + string(spec.OS.Name)
	case spec.RuntimeClassName != nil:
		return "its RuntimeClass " + *spec.RuntimeClassName + " may choose the nodes"
	case placement.HostProcess(spec):
		return "its windowsOptions.hostProcess names windows"
	case labeled != "" && labeled != string(os):
		return "its own label " + platform.LabelOS + " is " + labeled
	}
	return ""
}

func requiredTerms(a *corev1.Affinity) []corev1.NodeSelectorTerm {
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
}
