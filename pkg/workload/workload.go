// Package workload sees every kind of object that makes pods as one type: a pod spec and the path to it.
// It must not fetch, render or judge: it is given decoded objects, in any shape, and says what is in them.
package workload

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Workload is one pod spec in one object. An object has one, except for custom resources that describe several.
type Workload struct {
	Object object.Ref
	// Location is where the object's document starts. Of leaves it to the caller, who knows the file.
	Location object.Location
	// Source is the path of the template as Helm prints it. Of leaves it to the caller.
	Source string
	// Hooks are the events of the annotation helm.sh/hook, in lower case; empty for what is no hook.
	Hooks []string
	// Spec is what could be decoded. Of a custom resource that has placement fields but no pod spec it holds only those fields.
	Spec corev1.PodSpec
	// SpecPath leads from the object to the pod spec, or to the map with the placement fields. It need not exist in the object.
	SpecPath object.Path
	// Custom tells that the kind is not one of Kubernetes' own: what its controller makes of the fields is up to it.
	Custom bool
	// Fields are the placement fields that the kind has at SpecPath, set or not: nodeSelector, tolerations, affinity and
	// runtimeClassName for a pod spec, fewer for some custom resources.
	Fields []string
	// Ignore is the annotation winready.dev/ignore of the object: which findings are not to be reported, and why.
	Ignore string
	// LabeledOS is the label kubernetes.io/os of the pod itself, which the kubelet compares with its node's
	// (PodOSSelectorNodeLabelDoesNotMatch in pkg/kubelet/lifecycle/predicate.go of k8s.io/kubernetes v1.37.2); empty when it
	// has none, as it better has. The labels of a custom resource's pods are left alone.
	LabeledOS string
	// Problems are the fields that do not decode, each with its path, and are missing from Spec. A toleration or a node
	// selector term is left out whole, because what is left of it would mean something else.
	Problems []string
}

// Hook tells whether Helm runs the workload as a hook rather than installing it.
func (w Workload) Hook() bool {
	return len(w.Hooks) > 0
}

// Test tells whether only "helm test" runs the workload. The events are test and, from Helm 2, test-success and test-failure.
func (w Workload) Test() bool {
	for _, event := range w.Hooks {
		if !strings.HasPrefix(event, "test") {
			return false
		}
	}
	return w.Hook()
}

// ID is KIND/NAME or KIND/NAMESPACE/NAME. A custom resource's second and further templates add where they are:
// "FlinkDeployment/etl (spec.taskManager.podTemplate.spec)". A template has the same ID whether or not those before it are
// there, so that the workloads of two renders can be told apart by ID.
func (w Workload) ID() string {
	if !w.Custom || isFirst(w) {
		return w.Object.String()
	}
	return w.Object.String() + " (" + w.SpecPath.String() + ")"
}

// Of is every workload in one decoded object, in the order of the object. The objects of a List are taken as the List's own,
// and share its hooks, as they do for Helm. Other kinds have none. Any shape will do: what is not as it should be is told in
// Problems.
func Of(obj map[string]any) []Workload {
	return appendOf(nil, obj, hooks(obj))
}

// appendOf appends the workloads of an object, or of the items of a List, to those already found.
func appendOf(found []Workload, obj map[string]any, events []string) []Workload {
	kind, _ := obj["kind"].(string)
	items, isList := obj["items"].([]any)
	if !strings.HasSuffix(kind, "List") || !isList {
		return append(found, ofObject(obj, events)...)
	}
	for _, item := range items {
		if item, ok := item.(map[string]any); ok {
			found = appendOf(found, item, events)
		}
	}
	return found
}

// ofObject is the workloads of an object that is no List.
func ofObject(obj map[string]any, events []string) []Workload {
	ref := refOf(obj)
	var found []Workload
	for _, t := range templatesOf(ref) {
		for _, at := range t.places(obj) {
			w := Workload{Object: ref, Hooks: events, SpecPath: at, Custom: t.custom(), Fields: t.fields(), Ignore: IgnoreOf(obj)}
			w.Spec, w.Problems = decode(obj, t, at)
			w.LabeledOS = labeledOS(obj, w)
			found = append(found, w)
		}
	}
	return found
}

// MayHold tells whether an object of this kind could hold workloads, whatever its group: a filter for those who have a kind
// before they have an object.
func MayHold(kind string) bool {
	if strings.HasSuffix(kind, "List") {
		return true
	}
	for _, t := range kinds() {
		if t.kind == kind {
			return true
		}
	}
	return false
}

// refOf names an object; what is no text is left empty. An object that the server is to name goes by generateName.
func refOf(obj map[string]any) object.Ref {
	meta, _ := obj["metadata"].(map[string]any)
	ref := object.Ref{
		APIVersion: text(obj["apiVersion"]),
		Kind:       text(obj["kind"]),
		Namespace:  text(meta["namespace"]),
		Name:       text(meta["name"]),
	}
	if ref.Name == "" {
		ref.Name = text(meta["generateName"])
	}
	return ref
}

// AnnotationIgnore is the annotation that tells which findings about an object are not to be reported: "WR101 reason".
const AnnotationIgnore = "winready.dev/ignore"

// IgnoreOf is the annotation of an object that says which findings are not to be reported; empty without one.
func IgnoreOf(obj map[string]any) string {
	return text(object.Path{"metadata", "annotations", AnnotationIgnore}.In(obj))
}

// labeledOS is the label kubernetes.io/os of the pod template. The spec of a custom resource is often no pod spec, so it is
// left alone.
func labeledOS(obj map[string]any, w Workload) string {
	if w.Custom || len(w.SpecPath) == 0 {
		return ""
	}
	return text(w.SpecPath[:len(w.SpecPath)-1].Then("metadata", "labels", platform.LabelOS).In(obj))
}

// AnnotationHook is the annotation by which Helm tells that an object is a hook, and of which events.
const AnnotationHook = "helm.sh/hook"

func hooks(obj map[string]any) []string {
	return hooksOf(text(object.Path{"metadata", "annotations", AnnotationHook}.In(obj)))
}

// hooksOf are the events of a hook annotation, read as Helm reads it: sort in pkg/releaseutil/manifest_sorter.go.
func hooksOf(annotation string) []string {
	var events []string
	for event := range strings.SplitSeq(annotation, ",") {
		if event = strings.ToLower(strings.TrimSpace(event)); event != "" {
			events = append(events, event)
		}
	}
	return events
}

// text is a scalar of an object as a string, empty for anything else. A name that YAML takes for a number or a truth value is
// still what the object goes by: Helm reads it so.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool, int, int64, float64:
		return fmt.Sprint(v)
	default:
		return ""
	}
}
