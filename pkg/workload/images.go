package workload

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Images are the images of a pod, each once, those of its containers first.
func Images(spec *corev1.PodSpec) []string {
	var out []string
	for _, list := range [][]corev1.Container{spec.Containers, spec.InitContainers} {
		for _, c := range list {
			if c.Image != "" && !slices.Contains(out, c.Image) {
				out = append(out, c.Image)
			}
		}
	}
	return out
}
