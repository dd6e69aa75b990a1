package placement

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// NamedOS is the operating system that a pod itself names, and the field that names it; both are empty when it names none.
// Where fields contradict each other the first of this order is given: nodeSelector, required node affinity, os.name,
// windowsOptions.hostProcess. Such a pod fits nowhere, which is for Judge to say. A RuntimeClass may name one too: only the
// cluster knows.
func NamedOS(spec *corev1.PodSpec) (os platform.OS, by string) {
	for _, label := range []string{platform.LabelOS, platform.LabelLegacyOS} {
		if os := known(spec.NodeSelector[label]); os != "" {
			return os, "nodeSelector " + label
		}
	}
	if os := affinityOS(spec.Affinity); os != "" {
		return os, "required node affinity"
	}
	if spec.OS != nil {
		if os := known(string(spec.OS.Name)); os != "" {
			return os, "os.name"
		}
	}
	if HostProcess(spec) {
		return platform.Windows, "windowsOptions.hostProcess"
	}
	return "", ""
}

// known is the OS of that name, empty when there is none.
func known(name string) platform.OS {
	if os := platform.OS(name); os == platform.Linux || os == platform.Windows {
		return os
	}
	return ""
}

// affinityOS is the one OS that a required node affinity leaves, empty when it leaves both or none.
// Terms are alternatives: one that leaves both, because it does not speak of the OS, makes the whole name none.
func affinityOS(affinity *corev1.Affinity) platform.OS {
	if affinity == nil || affinity.NodeAffinity == nil ||
		affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return ""
	}
	var left []platform.OS
	for _, os := range []platform.OS{platform.Linux, platform.Windows} {
		allows := func(t corev1.NodeSelectorTerm) bool { return termAllows(t, os) }
		if slices.ContainsFunc(affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, allows) {
			left = append(left, os)
		}
	}
	if len(left) != 1 {
		return ""
	}
	return left[0]
}

// termAllows tells whether some node of an OS could match a term, going by the two OS labels, which every node has.
func termAllows(term corev1.NodeSelectorTerm, os platform.OS) bool {
	if len(term.MatchExpressions) == 0 && len(term.MatchFields) == 0 {
		return false // an empty term matches nothing
	}
	node := map[string]string{platform.LabelOS: string(os), platform.LabelLegacyOS: string(os)}
	for _, e := range term.MatchExpressions {
		if _, ok := node[e.Key]; ok && !matches(corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{e}}, Node{Labels: node}) {
			return false
		}
	}
	return true
}

// HostProcess tells whether a pod is a HostProcess pod. The API server wants all containers or none to be so, and the pod's
// setting is their default: validateWindowsHostProcessPod in pkg/apis/core/validation of k8s.io/kubernetes. One is enough here.
func HostProcess(spec *corev1.PodSpec) bool {
	if spec.SecurityContext != nil && isHostProcess(spec.SecurityContext.WindowsOptions) {
		return true
	}
	return slices.ContainsFunc(slices.Concat(spec.InitContainers, spec.Containers), func(c corev1.Container) bool {
		return c.SecurityContext != nil && isHostProcess(c.SecurityContext.WindowsOptions)
	})
}

func isHostProcess(o *corev1.WindowsSecurityContextOptions) bool {
	return o != nil && o.HostProcess != nil && *o.HostProcess
}
