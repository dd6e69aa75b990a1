package census

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// group is what pods have in common that are counted together.
type group struct {
	owner          key
	node           string // or, once it is known, the one that stands for all that are like it
	phase          corev1.PodPhase
	started, ready bool
	reason         string
	unselected     bool // the selector of the census does not match their own labels
}

// podName names a pod.
type podName struct{ namespace, name string }

// tally counts the pods of a group.
type tally struct {
	group   group
	count   int
	names   []string // the first few, sorted
	message string   // of the first that has one
	first   int      // which pod of the census that is
	event   happening
}

// fewNames is how many pods of a group are known by name.
const fewNames = 3

// Knows tells whether the spec of a pod need not be known but for the node: that of another pod of the same controller is.
func (c *Census) Knows(p *corev1.Pod) bool { return c.samples[c.controller(p)] != nil }

// Pod counts a pod of a cluster. The pod is not kept, but for the spec of the first of each controller.
func (c *Census) Pod(p *corev1.Pod) {
	owner := c.controller(p)
	s := stateOf(p)
	g := group{owner: owner, node: c.place(p.Spec.NodeName), phase: p.Status.Phase, started: s.started, ready: s.ready, reason: s.reason}
	g.unselected = c.selector != nil && !c.selector.Matches(labels.Set(p.Labels))
	t := c.groups[g]
	if t == nil {
		t = &tally{group: g}
		c.groups[g] = t
	}
	t.count++
	c.pods++
	if t.message == "" && s.message != "" {
		t.message, t.first = s.message, c.pods
	}
	if c.name(t, strings.Clone(p.Name)) && s.trouble() {
		c.troubled[podName{p.Namespace, p.Name}] = t
	}
	if c.samples[owner] == nil {
		c.samples[owner] = sampleOf(p)
	}
}

// name notes the name of a pod of a group, if it is one of the first.
func (c *Census) name(t *tally, name string) bool {
	at, _ := slices.BinarySearch(t.names, name)
	if at >= fewNames {
		return false
	}
	t.names = slices.Insert(t.names, at, name)
	c.few(t)
	return true
}

// few forgets the names of a group that are too many.
func (c *Census) few(t *tally) {
	for len(t.names) > fewNames {
		last := len(t.names) - 1
		delete(c.troubled, podName{t.group.owner.namespace, t.names[last]})
		t.names = t.names[:last]
	}
}

// controller is what controls a pod; the pod itself when nothing does. The pod that a kubelet shows for a static pod of its node
// is one of as many as there are nodes, told apart by the node's name at the end: they are counted as one.
func (c *Census) controller(p *corev1.Pod) key {
	owner := metav1.GetControllerOfNoCopy(p)
	switch {
	case owner == nil:
		return key{"", "Pod", p.Namespace, p.Name}
	case owner.Kind == "Node":
		return key{"", staticPod, p.Namespace, strings.TrimSuffix(p.Name, "-"+p.Spec.NodeName)}
	default:
		return c.ownerKey(owner, p.Namespace)
	}
}

// staticPod stands for the kind of a workload that is a static pod: a file on each node, which no scheduler sees.
const staticPod = "StaticPod"

// sampleOf is what is kept of the first pod of each controller: what a workload is made of when the controller is not known. It is
// encoded, which takes a fifth of the memory, because hardly any is looked at again.
func sampleOf(p *corev1.Pod) []byte {
	s := &corev1.PodTemplateSpec{Spec: slim(p.Spec)}
	s.Spec.NodeName = ""
	if os, labeled := p.Labels[platform.LabelOS]; labeled {
		s.Labels = map[string]string{platform.LabelOS: os}
	}
	for _, k := range []string{workload.AnnotationIgnore, workload.AnnotationHook} {
		if v, has := p.Annotations[k]; has {
			metav1.SetMetaDataAnnotation(&s.ObjectMeta, k, v)
		}
	}
	data, err := s.Marshal()
	if err != nil {
		return []byte{} // it cannot fail: what was decoded can be encoded
	}
	return data
}

// sample is the pod that is kept of a controller.
func (c *Census) sample(owner key) *corev1.PodTemplateSpec {
	s := &corev1.PodTemplateSpec{}
	if err := s.Unmarshal(c.samples[owner]); err != nil {
		return &corev1.PodTemplateSpec{} // nor can that
	}
	return s
}

// Places tells for each node the one that stands for all that are like it in all that placement looks at.
type Places map[string]string

// Places are those of the nodes that were counted.
func (c *Census) Places() Places {
	places := Places{}
	for _, p := range placement.Fold(c.placements(), nil) {
		for _, name := range p.Nodes {
			places[name] = p.Nodes[0]
		}
	}
	return places
}

// Settle tells a census of pods of the nodes, all of which are known: from then on it does not keep apart pods that are on
// nodes that are alike. Nothing but memory hangs on it.
func (c *Census) Settle(p Places) {
	if c.places != nil {
		return
	}
	c.places = p
	groups := c.groups
	c.groups = make(map[group]*tally, len(groups))
	c.absorb(groups)
}

// place is the node that stands for a node.
func (c *Census) place(node string) string {
	if p, known := c.places[node]; known {
		return p
	}
	return node
}

// absorb adds groups to those of the census.
func (c *Census) absorb(groups map[group]*tally) {
	moved := map[*tally]*tally{}
	for g, t := range groups {
		g.node = c.place(g.node)
		into := c.groups[g]
		if into == nil {
			t.group = g
			c.groups[g] = t
			continue
		}
		into.add(t)
		c.few(into)
		moved[t] = into
	}
	for pod, t := range c.troubled {
		if into := moved[t]; into != nil {
			c.troubled[pod] = into
		}
	}
}

// add counts the pods of another group as the group's. It does not matter which of several is added first.
func (t *tally) add(other *tally) {
	t.count += other.count
	t.names = slices.Sorted(slices.Values(slices.Concat(t.names, other.names)))
	if other.message != "" && (t.message == "" || other.first < t.first) {
		t.message, t.first = other.message, other.first
	}
	t.event = t.event.orNewer(other.event)
}
