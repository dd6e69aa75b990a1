package placement

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	schedulingcorev1 "k8s.io/component-helpers/scheduling/corev1"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// The scheduler's reasons, so that a user can search for them: ErrReasonPod of
// pkg/scheduler/framework/plugins/nodeaffinity, ErrReason of plugins/nodename and ErrReasonUnschedulable of plugins/nodeunschedulable, and the status of plugins/tainttoleration
// in k8s.io/kubernetes. Kubernetes 1.34 and later write "untolerated taint(s)" and leave out which; up to 1.33 it named it.
const (
	reasonAffinity = "node(s) didn't match Pod's node affinity/selector"
	reasonNodeName = "node(s) didn't match the requested node name"
	reasonTaint    = "node(s) had untolerated taint"
	reasonCordon   = "node(s) were unschedulable"
)

// Verdict says whether the nodes of a pool accept a pod.
type Verdict struct {
	Pool Pool
	Fits bool
	// Reasons are the scheduler's phrases, each followed by the key that was not met; empty when the pod fits.
	Reasons []string
}

// Judge decides whether every node of a pool accepts a pod: by nodeSelector, required node affinity, taints that keep pods
// out (NoSchedule and NoExecute) and nodeName. Room on the nodes, volumes and other pods are not considered.
// A pod bound to nodes by name, with nodeName or matchFields, fits no pool: a pool is more than one of its nodes.
func Judge(spec *corev1.PodSpec, p Pool) Verdict {
	reasons := refusals(spec, p, wholePool)
	return Verdict{Pool: p, Fits: len(reasons) == 0, Reasons: reasons}
}

// Could decides whether at least one node of a pool accepts a pod, one that is bound to nodes by name or by labels of their own
// included. The reasons are those of the pool.
func Could(spec *corev1.PodSpec, p Pool) Verdict {
	reasons := append(refusedTolerations(spec.Tolerations), refusals(spec, p, anyNode)...)
	if len(reasons) == 0 && len(p.Nodes) == 0 {
		return Verdict{Pool: p, Fits: true}
	}
	for i := range p.Nodes {
		if i > 0 && !p.particular(spec) {
			break // the others are like the first
		}
		if len(p.member(i).Refusals(spec)) == 0 {
			return Verdict{Pool: p, Fits: true}
		}
	}
	if len(reasons) == 0 {
		reasons = p.member(0).Refusals(spec)
	}
	return Verdict{Pool: p, Reasons: reasons}
}

// particular tells whether a pod looks at what tells the nodes of a pool apart.
func (p Pool) particular(spec *corev1.PodSpec) bool {
	if spec.NodeName != "" {
		return true
	}
	looks := false
	Mentions(spec, func(label string) {
		_, shared := p.Labels[label]
		looks = looks || !shared
	})
	return looks
}

// Mentions calls each with every label that a pod's nodeSelector or required node affinity looks at, and with metadata.name
// for a term that chooses nodes by name. A label may come more than once.
func Mentions(spec *corev1.PodSpec, each func(label string)) {
	for _, k := range slices.Sorted(maps.Keys(spec.NodeSelector)) {
		each(k)
	}
	for _, term := range requiredTerms(spec.Affinity) {
		for _, r := range slices.Concat(term.MatchExpressions, term.MatchFields) {
			each(r.Key)
		}
	}
}

// requiredTerms are the terms of the required node affinity; nil when there is none.
func requiredTerms(affinity *corev1.Affinity) []corev1.NodeSelectorTerm {
	if affinity == nil || affinity.NodeAffinity == nil ||
		affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
}

// Placed tells whether a pod is placed on an operating system: every node of at least one of its pools accepts the pod, and
// no node of another one's does. The reasons say why not, pool by pool; they are empty when it is placed.
func Placed(spec *corev1.PodSpec, os platform.OS, pools []Pool) (bool, []string) {
	var refused, stray []string
	home, fits := false, false
	for _, p := range pools {
		if p.OS() != os {
			if len(refusals(spec, p, anyNode)) == 0 {
				stray = append(stray, fmt.Sprintf("pool %q (%s) accepts it too", p.Name, p.OS()))
			}
			continue
		}
		home = true
		v := Judge(spec, p)
		fits = fits || v.Fits
		for _, r := range v.Reasons {
			refused = append(refused, fmt.Sprintf("pool %q (%s): %s", p.Name, p.OS(), r))
		}
	}
	switch {
	case !home:
		return false, append([]string{fmt.Sprintf("there is no pool of %s nodes", os)}, stray...)
	case !fits:
		return false, append(refused, stray...)
	default:
		return len(stray) == 0, stray
	}
}

// scope is how many nodes of a pool have to accept a pod.
type scope int

const (
	wholePool scope = iota // every one: what binds a pod to nodes by name refuses
	anyNode                // at least one: a binding by name may name it
	oneNode                // this one, by its name
)

// refusals are the reasons for which nodes of a pool refuse a pod, in the order in which the scheduler looks.
func refusals(spec *corev1.PodSpec, p Pool, s scope) []string {
	var reasons []string
	if spec.NodeName != "" && (s == wholePool || !slices.Contains(p.Nodes, spec.NodeName)) {
		reasons = append(reasons, fmt.Sprintf("%s: nodeName %s", reasonNodeName, spec.NodeName))
	}
	reasons = append(reasons, untolerated(spec.Tolerations, p.Taints)...)
	somebody := Node{Labels: p.Labels}
	for _, why := range slices.Concat(selectorMisses(spec.NodeSelector, p.Labels), affinityMisses(spec.Affinity, somebody, s)) {
		reasons = append(reasons, reasonAffinity+": "+why)
	}
	return reasons
}

// untolerated names each taint that keeps the pod out, in the form the scheduler had up to Kubernetes 1.33.
func untolerated(tolerations []corev1.Toleration, taints []corev1.Taint) []string {
	var reasons []string
	for _, taint := range Untolerated(tolerations, taints) {
		reasons = append(reasons, fmt.Sprintf("%s {%s: %s}: effect %s", reasonTaint, taint.Key, taint.Value, taint.Effect))
	}
	return reasons
}

// Untolerated are the taints that keep a pod with these tolerations out.
func Untolerated(tolerations []corev1.Toleration, taints []corev1.Taint) []corev1.Taint {
	return slices.DeleteFunc(slices.Clone(taints), func(taint corev1.Taint) bool {
		covers := func(t corev1.Toleration) bool { return Tolerates(t, taint) }
		return !keepsOut(taint) || slices.ContainsFunc(tolerations, covers)
	})
}

// keepsOut is the scheduler's DoNotScheduleTaintsFilterFunc: PreferNoSchedule is a wish.
func keepsOut(t corev1.Taint) bool {
	return t.Effect == corev1.TaintEffectNoSchedule || t.Effect == corev1.TaintEffectNoExecute
}

// selectorMisses names the keys of a nodeSelector that the labels do not have as wanted.
func selectorMisses(selector, have map[string]string) []string {
	// A selector the API server would refuse makes a pod that never comes to be.
	if _, err := labels.ValidatedSelectorFromSet(selector); err != nil {
		return []string{"nodeSelector: " + err.Error()}
	}
	var misses []string
	for _, k := range slices.Sorted(maps.Keys(selector)) {
		if _, ok := have[k]; !ok {
			misses = append(misses, fmt.Sprintf("nodeSelector %s=%s, label not set", k, selector[k]))
		} else if have[k] != selector[k] {
			misses = append(misses, fmt.Sprintf("nodeSelector %s=%s, label is %q", k, selector[k], have[k]))
		}
	}
	return misses
}

// affinityMisses says why the required node affinity does not match: for each of its terms, the requirements not met.
func affinityMisses(affinity *corev1.Affinity, n Node, s scope) []string {
	if affinity == nil || affinity.NodeAffinity == nil ||
		affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	required := affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if err := refusedTerms(required); err != nil {
		return []string{"required node affinity: " + err.Error()}
	}
	var misses []string
	for _, term := range required.NodeSelectorTerms {
		why := termMisses(term, n, s)
		if len(why) == 0 {
			return nil
		}
		misses = append(misses, strings.Join(why, " and "))
	}
	if len(misses) == 0 {
		misses = []string{"no terms, which match nothing"}
	}
	return []string{"required node affinity " + strings.Join(misses, ", or ")}
}

// termMisses names the requirements of one term that are not met; an empty term matches nothing.
func termMisses(term corev1.NodeSelectorTerm, n Node, s scope) []string {
	if len(term.MatchExpressions) == 0 && len(term.MatchFields) == 0 {
		return []string{"an empty term, which matches nothing"}
	}
	var misses []string
	for _, e := range term.MatchExpressions {
		if !matches(corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{e}}, n) {
			misses = append(misses, requirement(e))
		}
	}
	for _, f := range term.MatchFields {
		switch {
		case s == wholePool:
			misses = append(misses, requirement(f)+", which chooses nodes by name")
		case s == oneNode && !matches(corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{f}}, n):
			misses = append(misses, requirement(f))
		}
	}
	return misses
}

// matches asks the scheduler's code about one term.
func matches(term corev1.NodeSelectorTerm, n Node) bool {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.Name, Labels: n.Labels}}
	ok, err := schedulingcorev1.MatchNodeSelectorTerms(node, &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{term},
	})
	return ok && err == nil
}

// requirement writes one requirement as a user would say it: kubernetes.io/os In [linux].
func requirement(r corev1.NodeSelectorRequirement) string {
	if len(r.Values) == 0 {
		return fmt.Sprintf("%s %s", r.Key, r.Operator)
	}
	return fmt.Sprintf("%s %s %s", r.Key, r.Operator, r.Values)
}
