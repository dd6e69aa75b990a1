// Package census counts the objects of a cluster as they come, one at a time and in any order, and makes an inventory of them.
// It must not fetch, and it must not keep what it has counted: its memory follows the number of distinct workloads and nodes,
// not that of pods.
package census

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Census is what was counted so far. It is not safe for concurrent use.
type Census struct {
	selector   labels.Selector // of workloads; nil for all
	nodes      []node
	workloads  map[key][]*inventory.Workload // by object; more than one for a custom resource that describes several
	unselected map[key]bool                  // workloads whose pods do not count
	owners     map[key]key                   // of controllers that another one controls: a ReplicaSet's Deployment
	groups     map[group]*tally
	samples    map[key][]byte // of one pod each, in protobuf, by what controls the pods
	troubled   map[podName]*tally
	objects    map[inventory.Kind][]inventory.Object
	refused    map[key]happening // by what makes pods that the API server does not take
	places     Places
	pods       int // how many were counted
	classes    []nodev1.RuntimeClass
	versions   map[schemaKind]string // the apiVersion of a controller's kind
	single     map[schemaKind]bool   // kinds that stand for the controllers they control: those with one pod template
}

// key names a controller, or a pod that nothing controls. The version is left out: a ReplicaSet is one in any of them.
type key struct{ group, kind, namespace, name string }

// schemaKind is a kind in any of its versions.
type schemaKind struct{ group, kind string }

func keyOf(r object.Ref) key {
	group, _, versioned := strings.Cut(r.APIVersion, "/")
	if !versioned {
		group = ""
	}
	return key{group, r.Kind, r.Namespace, r.Name}
}

// New is a census that has counted nothing.
func New() *Census {
	c := &Census{
		workloads: map[key][]*inventory.Workload{}, unselected: map[key]bool{}, owners: map[key]key{}, groups: map[group]*tally{},
		samples: map[key][]byte{}, troubled: map[podName]*tally{}, refused: map[key]happening{}, objects: map[inventory.Kind][]inventory.Object{},
		versions: map[schemaKind]string{}, single: map[schemaKind]bool{},
	}
	for _, k := range workload.Kinds() {
		c.single[schemaKind{k.Group, k.Kind}] = !k.Several
	}
	return c
}

// Selecting is a census, of which nothing has been counted, of the workloads that a selector of labels matches, and of their
// pods. The caller compares the labels of workloads, and counts those that do not match by Unselected.
func Selecting(s labels.Selector) *Census {
	c := New()
	if s != nil && !s.Empty() {
		c.selector = s
	}
	return c
}

// Node counts a node.
func (c *Census) Node(n *corev1.Node) { c.nodes = append(c.nodes, nodeOf(n)) }

// RuntimeClass counts a RuntimeClass, of whose metadata only the name is kept.
func (c *Census) RuntimeClass(r nodev1.RuntimeClass) {
	r.TypeMeta, r.ObjectMeta = metav1.TypeMeta{}, metav1.ObjectMeta{Name: r.Name}
	c.classes = append(c.classes, r)
}

// Object counts an object of a part that is objects as they are.
func (c *Census) Object(part inventory.Kind, o inventory.Object) {
	c.objects[part] = append(c.objects[part], o)
}

// Workload counts a workload, and what controls its object: a ReplicaSet that a Deployment controls is not a workload of its own.
// One whose controller is of a kind that is not known, or that has more pod templates than one, is.
func (c *Census) Workload(w inventory.Workload, owners []metav1.OwnerReference) {
	k := keyOf(w.Object)
	if c.Controlled(w.Object, owners) {
		return
	}
	if w.Text == nil {
		w.Spec = slim(w.Spec)
	}
	for i, known := range c.workloads[k] {
		// A cluster has one of a name; of manifests several files may have one each, for as many clusters.
		if w.Text == nil && slices.Equal(known.SpecPath, w.SpecPath) {
			c.workloads[k][i] = &w
			return
		}
	}
	c.workloads[k] = append(c.workloads[k], &w)
}

// Unselected counts an object that makes pods and that the selector does not match, and what controls it.
func (c *Census) Unselected(o object.Ref, owners []metav1.OwnerReference) {
	if !c.Controlled(o, owners) {
		c.unselected[keyOf(o)] = true
	}
}

// Controlled notes what controls an object that makes pods, and tells whether that is the workload instead of the object. Workload
// and Unselected note the same.
func (c *Census) Controlled(o object.Ref, owners []metav1.OwnerReference) bool {
	owner := metav1.GetControllerOfNoCopy(&metav1.ObjectMeta{OwnerReferences: owners})
	if owner == nil {
		return false
	}
	above := c.ownerKey(owner, o.Namespace)
	if !c.single[schemaKind{above.group, above.kind}] {
		return false
	}
	c.owners[keyOf(o)] = above
	return true
}

// ownerKey is the key of the controller that a reference names, which is in the namespace of what it controls.
func (c *Census) ownerKey(owner *metav1.OwnerReference, namespace string) key {
	k := keyOf(object.Ref{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: namespace, Name: owner.Name})
	if kind := (schemaKind{k.group, k.kind}); c.versions[kind] == "" {
		c.versions[kind] = owner.APIVersion
	}
	return k
}

// top is the controller of a controller's controller, and so on.
func (c *Census) top(k key) key {
	for range 8 { // no chain of owners is that long; a circle is
		owner, owned := c.owners[k]
		if !owned {
			return k
		}
		k = owner
	}
	return k
}

// slim is what checks look at of a pod spec that was read from a cluster. Its node is what the scheduler chose, and is counted
// apart. The spec that is given is not changed.
func slim(s corev1.PodSpec) corev1.PodSpec {
	s.InitContainers, s.Containers = slices.Clone(s.InitContainers), slices.Clone(s.Containers)
	for _, containers := range [][]corev1.Container{s.InitContainers, s.Containers} {
		for i := range containers {
			containers[i].Env, containers[i].EnvFrom = nil, nil
		}
	}
	return s
}

// Add counts all that another census has counted, which must not be used afterwards. What is read in several attempts is
// counted by a census of its own, and added when it is whole.
func (c *Census) Add(other *Census) {
	c.nodes = append(c.nodes, other.nodes...)
	c.classes = append(c.classes, other.classes...)
	for part, list := range other.objects {
		c.objects[part] = append(c.objects[part], list...)
	}
	maps.Copy(c.workloads, other.workloads)
	maps.Copy(c.unselected, other.unselected)
	maps.Copy(c.owners, other.owners)
	maps.Copy(c.samples, other.samples)
	maps.Copy(c.troubled, other.troubled)
	for k, h := range other.refused {
		c.refused[k] = c.refused[k].orNewer(h)
	}
	maps.Copy(c.versions, other.versions)
	for _, t := range other.groups {
		t.first += c.pods
	}
	c.pods += other.pods
	c.absorb(other.groups)
}
