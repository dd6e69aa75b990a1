package cluster

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// kind is a kind of objects that can be listed.
type kind struct {
	version    string // apiVersion: "apps/v1"
	plural     string // as paths spell it: "deployments"
	namespaced bool
	everywhere bool   // in all namespaces, whatever the scope
	fields     string // the field selector; empty for all
	accept     string
	feeds      []inventory.Kind // the parts of an inventory that are not whole without them
	count      counter
}

// counter has an item of a list counted.
type counter func(c *census.Census, i item) error

// path is where the server has the kind, of one namespace or, if that is empty, of all.
func (k kind) path(namespace string) string {
	root := "/apis/" + k.version
	if !strings.Contains(k.version, "/") {
		root = "/api/" + k.version
	}
	if k.namespaced && namespace != "" {
		root += "/namespaces/" + namespace
	}
	return root + "/" + k.plural
}

// resource is the kind as RBAC speaks of it: deployments.apps.
func (k kind) resource() string {
	group, _, grouped := strings.Cut(k.version, "/")
	if !grouped {
		return k.plural
	}
	return k.plural + "." + group
}

// nodes and the kinds after it are those that every server has.
func nodes() kind {
	return kind{
		version: "v1", plural: "nodes", accept: acceptProtobuf, feeds: []inventory.Kind{inventory.Nodes, inventory.Pools},
		count: typed(slimNode(), func(c *census.Census, n *corev1.Node) { c.Node(n) }),
	}
}

// Pods that nothing controls are workloads, so that there is no knowing all workloads without pods.
func pods(s labels.Selector) kind {
	slim, whole := slimPod(!s.Empty()), wholePod()
	count := func(c *census.Census, i item) error {
		p := &corev1.Pod{}
		if err := i.decode(p, slim); err != nil {
			return err
		}
		if !c.Knows(p) {
			p = &corev1.Pod{}
			if err := i.decode(p, whole); err != nil {
				return err
			}
		}
		c.Pod(p)
		return nil
	}
	return kind{
		version: "v1", plural: "pods", namespaced: true, accept: acceptProtobuf, feeds: []inventory.Kind{inventory.Pods, inventory.Workloads},
		count: count,
	}
}

// events are those that say why a pod is in trouble.
func events() kind {
	return kind{
		version: "v1", plural: "events", namespaced: true, accept: acceptProtobuf, feeds: []inventory.Kind{inventory.Events},
		fields: "type=Warning,involvedObject.kind=Pod",
		count:  typed(slimEvent(), func(c *census.Census, e *corev1.Event) { c.Event(e) }),
	}
}

// refusals are the events of controllers whose pods the server does not take.
func refusals() kind {
	return kind{
		version: "v1", plural: "events", namespaced: true, accept: acceptProtobuf, feeds: []inventory.Kind{inventory.Refusals},
		fields: "type=Warning,reason=FailedCreate",
		count:  typed(slimEvent(), func(c *census.Census, e *corev1.Event) { c.Refusal(e) }),
	}
}

func runtimeClasses() kind {
	return kind{
		version: "node.k8s.io/v1", plural: "runtimeclasses", accept: acceptProtobuf, feeds: []inventory.Kind{inventory.RuntimeClasses},
		count: typed(nil, func(c *census.Census, r *nodev1.RuntimeClass) { c.RuntimeClass(*r) }),
	}
}

// controllers are Kubernetes' own kinds with a pod template.
func controllers(s labels.Selector) []kind {
	template := object.Path{"spec", "template", "spec"}
	return []kind{
		templated(s, "v1", "ReplicationController", "replicationcontrollers", template, func(o *corev1.ReplicationController) *corev1.PodTemplateSpec {
			if o.Spec.Template == nil {
				return &corev1.PodTemplateSpec{}
			}
			return o.Spec.Template
		}),
		templated(s, "apps/v1", "DaemonSet", "daemonsets", template, func(o *appsv1.DaemonSet) *corev1.PodTemplateSpec { return &o.Spec.Template }),
		templated(s, "apps/v1", "Deployment", "deployments", template, func(o *appsv1.Deployment) *corev1.PodTemplateSpec { return &o.Spec.Template }),
		templated(s, "apps/v1", "ReplicaSet", "replicasets", template, func(o *appsv1.ReplicaSet) *corev1.PodTemplateSpec { return &o.Spec.Template }),
		templated(s, "apps/v1", "StatefulSet", "statefulsets", template, func(o *appsv1.StatefulSet) *corev1.PodTemplateSpec { return &o.Spec.Template }),
		templated(s, "batch/v1", "CronJob", "cronjobs", object.Path{"spec", "jobTemplate", "spec", "template", "spec"},
			func(o *batchv1.CronJob) *corev1.PodTemplateSpec { return &o.Spec.JobTemplate.Spec.Template }),
		templated(s, "batch/v1", "Job", "jobs", template, func(o *batchv1.Job) *corev1.PodTemplateSpec { return &o.Spec.Template }),
	}
}

// typed decodes what a shape keeps of an item and has it counted.
func typed[T any, P interface {
	*T
	message
}](keep *shape, count func(c *census.Census, o P),
) counter {
	return func(c *census.Census, i item) error {
		o := P(new(T))
		if err := i.decode(o, keep); err != nil {
			return err
		}
		count(c, o)
		return nil
	}
}

// templated is a kind whose objects have a pod template. That of an object which another one controls is not even decoded: a
// Deployment has ten ReplicaSets.
func templated[T any, P interface {
	*T
	message
	metav1.ObjectMetaAccessor
}](s labels.Selector, version, name, plural string, at object.Path, template func(P) *corev1.PodTemplateSpec,
) kind {
	owned, whole := owned(), whole()
	count := func(c *census.Census, i item) error {
		o := P(new(T))
		if err := i.decode(o, owned); err != nil {
			return err
		}
		meta := o.GetObjectMeta()
		ref := object.Ref{APIVersion: version, Kind: name, Namespace: meta.GetNamespace(), Name: meta.GetName()}
		if c.Controlled(ref, meta.GetOwnerReferences()) {
			return nil
		}
		if !s.Matches(labels.Set(meta.GetLabels())) {
			c.Unselected(ref, nil)
			return nil
		}
		o = P(new(T))
		if err := i.decode(o, whole); err != nil {
			return err
		}
		c.Workload(inventory.Workload{Workload: workload.OfTyped(ref, meta.GetAnnotations(), template(o), at)}, nil)
		return nil
	}
	return kind{
		version: version, plural: plural, namespaced: true, accept: acceptProtobuf, feeds: []inventory.Kind{inventory.Workloads}, count: count,
	}
}
