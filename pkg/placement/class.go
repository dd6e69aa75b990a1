package placement

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
)

// WithRuntimeClass is the pod spec as admission makes it of a pod whose RuntimeClass has scheduling: its nodeSelector and its
// tolerations are added. The error is the API server's, for a selector that contradicts the pod's. The spec is not changed.
// Source: plugin/pkg/admission/runtimeclass/admission.go (setScheduling) of k8s.io/kubernetes v1.37.2.
func WithRuntimeClass(spec *corev1.PodSpec, class *nodev1.Scheduling) (*corev1.PodSpec, error) {
	if class == nil {
		return spec, nil
	}
	out := *spec
	out.NodeSelector = maps.Clone(spec.NodeSelector)
	for _, k := range slices.Sorted(maps.Keys(class.NodeSelector)) {
		want := class.NodeSelector[k]
		if have, ok := spec.NodeSelector[k]; ok && have != want {
			return nil, fmt.Errorf("conflict: runtimeClass.scheduling.nodeSelector[%s] = %s; pod.spec.nodeSelector[%s] = %s", k, want, k, have)
		}
		if out.NodeSelector == nil {
			out.NodeSelector = map[string]string{}
		}
		out.NodeSelector[k] = want
	}
	out.Tolerations = slices.Concat(spec.Tolerations, class.Tolerations)
	return &out, nil
}
