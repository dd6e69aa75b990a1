package workload

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Kind is a kind of objects that hold pod specs or placement fields, in any of its versions.
type Kind struct {
	Group, Kind string
	// Custom tells that the kind is not one of Kubernetes' own.
	Custom bool
	// Several tells that an object of the kind may hold more than one.
	Several bool
}

// Kinds are all kinds in which Of finds workloads.
func Kinds() []Kind {
	var found []Kind
	for _, t := range kinds() {
		several := strings.Contains(t.pods, "[]")
		i := slices.IndexFunc(found, func(k Kind) bool { return k.Group == t.group && k.Kind == t.kind })
		if i < 0 {
			found = append(found, Kind{t.group, t.kind, t.custom(), several})
		} else {
			found[i].Several = true
		}
	}
	return found
}

// OfTyped is what Of finds in an object of one of Kubernetes' own kinds that is decoded already: by its annotations, the pod
// template it holds and the path to the template's spec. The template is not copied.
func OfTyped(o object.Ref, annotations map[string]string, template *corev1.PodTemplateSpec, at object.Path) Workload {
	return Workload{
		Object: o, Hooks: hooksOf(annotations[AnnotationHook]), Spec: template.Spec, SpecPath: at, Fields: strings.Fields(allFields),
		Ignore: annotations[AnnotationIgnore], LabeledOS: template.Labels[platform.LabelOS],
	}
}
