// Package windowspod knows what of a pod spec Windows has not: the fields that the API server refuses beside os.name windows, and
// what becomes of fields on a Windows node. It must not judge where a pod goes, nor whether a field matters to it.
package windowspod

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Field is one field that a pod spec sets and that Windows has not.
type Field struct {
	Path  object.Path // from the pod spec down
	Value string      // as it is set; empty for what is more than a scalar
	// Refused is the minor version of Kubernetes 1 from which on the API server refuses the field beside os.name windows, by its
	// defaults; 0 when it does not. Says are its words.
	Refused int
	Says    string
	Effect  Effect
	// What says what becomes of the field on a Windows node; empty for what is ignored.
	What string
}

// Name is the last step of the path: what the field is called.
func (f Field) Name() string {
	name, _ := f.Path[len(f.Path)-1].(string)
	return name
}

// Shown is the field as a message names it: "fsGroup 1000".
func (f Field) Shown() string {
	if f.Value == "" {
		return f.Name()
	}
	return f.Name() + " " + f.Value
}

// Effect says what becomes of a field on a Windows node. The zero value is Ignored.
type Effect int

// The effects.
const (
	Ignored Effect = iota // the pod starts, without what the field asks for
	MayFail               // it hangs on the image whether the pod starts, or does what it is to do
	Fails                 // the pod does not start, or has not what it asks for and needs
)

// FirstRefusal is the minor version of Kubernetes 1 whose API server was the first to refuse fields beside os.name windows by
// default: the gate IdentifyPodOS was beta in 1.24, pkg/features/kube_features.go of k8s.io/kubernetes v1.24.17.
const FirstRefusal = 24

// refused are the API server's words: validateWindows in pkg/apis/core/validation/validation.go of k8s.io/kubernetes v1.37.2.
const refused = "cannot be set for a windows pod"

// Fields are all fields of a pod spec that Windows has not, those of the pod before those of its containers.
func Fields(spec *corev1.PodSpec) []Field {
	fields := slices.Concat(podFields(spec), volumeFields(spec.Volumes))
	for _, list := range containers(spec) {
		for i := range list.items {
			fields = append(fields, containerFields(&list.items[i], object.Path{list.name, i})...)
		}
	}
	return append(fields, nonRootFields(spec)...)
}

// list is one of the three lists of containers.
type list struct {
	name  string
	items []corev1.Container
}

func containers(spec *corev1.PodSpec) []list {
	ephemeral := make([]corev1.Container, 0, len(spec.EphemeralContainers))
	for _, c := range spec.EphemeralContainers {
		ephemeral = append(ephemeral, corev1.Container(c.EphemeralContainerCommon))
	}
	return []list{{"initContainers", spec.InitContainers}, {"containers", spec.Containers}, {"ephemeralContainers", ephemeral}}
}

// row is one field of a struct: how it is read, and the minor version from which on the API server refuses it.
type row[T any] struct {
	name    string
	refused int
	read    func(T) (value string, set bool)
}

// setIn are the fields of a table that a struct at a path sets. Windows nodes ignore all of them.
func setIn[T any](table []row[T], at T, path object.Path) []Field {
	var fields []Field
	for _, r := range table {
		if value, set := r.read(at); set {
			fields = append(fields, Field{Path: path.Then(r.name), Value: value, Refused: r.refused, Says: refused})
		}
	}
	return fields
}

// scalar reads a pointer to something that prints on a line. The API server refuses what is set, even to what is the default.
func scalar[T any](p *T) (string, bool) {
	if p == nil {
		return "", false
	}
	return fmt.Sprint(*p), true
}

// whole reads a pointer to a struct.
func whole[T any](p *T) (string, bool) { return "", p != nil }

// truth reads a field of which false is as good as nothing.
func truth(b bool) (string, bool) { return "true", b }
