package placement

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// Contradiction names what of a pod's nodeSelector and required node affinity no node can have at once, whatever pools there
// are; empty when a node could. Of labels that anybody may set any value counts as possible. The labels of a platform are what
// kubelets make of them: linux or windows, the legacy one like the other, and a Windows build on Windows nodes only.
// What the API server refuses, such as a value that no label can have, is not looked at.
func Contradiction(spec *corev1.PodSpec) string {
	if _, err := labels.ValidatedSelectorFromSet(spec.NodeSelector); err != nil {
		return ""
	}
	selected := demandsOf(spec.NodeSelector)
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil ||
		spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return excluded(selected)
	}
	if refusedTerms(spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution) != nil {
		return ""
	}
	terms := requiredTerms(spec.Affinity)
	if len(terms) == 0 {
		return "required node affinity without terms, which match nothing"
	}
	var why []string
	for _, term := range terms {
		conflict := "required node affinity with an empty term, which matches nothing"
		if len(term.MatchExpressions)+len(term.MatchFields) > 0 {
			conflict = excluded(slices.Concat(selected, termDemands(term)))
		}
		if conflict == "" {
			return ""
		}
		why = append(why, conflict)
	}
	return strings.Join(slices.Compact(why), ", nor ")
}

// demand is one requirement that a pod makes of its node, with the words for it.
type demand struct {
	key  string
	term corev1.NodeSelectorTerm // of this requirement alone
	says string
}

func (d demand) met(n Node) bool { return matches(d.term, n) }

// values are those that the requirement speaks of.
func (d demand) values() []string {
	var out []string
	for _, r := range slices.Concat(d.term.MatchExpressions, d.term.MatchFields) {
		out = append(out, r.Values...)
		if r.Operator != corev1.NodeSelectorOpGt && r.Operator != corev1.NodeSelectorOpLt {
			continue
		}
		for _, v := range r.Values {
			if bound, err := strconv.ParseInt(v, 10, 64); err == nil {
				out = append(out, strconv.FormatInt(bound+1, 10), strconv.FormatInt(bound-1, 10))
			}
		}
	}
	return out
}

func demandsOf(selector map[string]string) []demand {
	var out []demand
	for _, k := range slices.Sorted(maps.Keys(selector)) {
		in := corev1.NodeSelectorRequirement{Key: k, Operator: corev1.NodeSelectorOpIn, Values: []string{selector[k]}}
		out = append(out, demand{
			key: k, term: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{in}},
			says: fmt.Sprintf("nodeSelector %s=%s", k, selector[k]),
		})
	}
	return out
}

func termDemands(term corev1.NodeSelectorTerm) []demand {
	var out []demand
	for _, r := range term.MatchExpressions {
		one := corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{r}}
		out = append(out, demand{r.Key, one, "required node affinity " + requirement(r)})
	}
	for _, r := range term.MatchFields {
		one := corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{r}}
		out = append(out, demand{r.Key, one, "required node affinity " + requirement(r)})
	}
	return out
}

// excluded names the first demands that no node meets at once; empty when one could meet them all. Labels do not hang together,
// but for those of a platform, so that it is enough to look at one after the other.
func excluded(demands []demand) string {
	var order []string
	groups := map[string][]demand{}
	for _, d := range demands {
		name := d.key
		if slices.Contains(osLabels(), name) {
			name = platform.LabelOS
		}
		if len(groups[name]) == 0 {
			order = append(order, name)
		}
		groups[name] = append(groups[name], d)
	}
	for _, name := range order {
		together := groups[name]
		if !slices.ContainsFunc(candidates(name, together), func(n Node) bool { return meetsAll(n, together) }) {
			return says(together)
		}
	}
	return ""
}

// osLabels are the labels that hang on the operating system of a node.
func osLabels() []string {
	return []string{platform.LabelOS, platform.LabelLegacyOS, platform.LabelWindowsBuild}
}

func meetsAll(n Node, demands []demand) bool {
	return !slices.ContainsFunc(demands, func(d demand) bool { return !d.met(n) })
}

func says(demands []demand) string {
	texts := make([]string, 0, len(demands))
	for _, d := range demands {
		texts = append(texts, d.says)
	}
	return strings.Join(texts, " and ")
}

// candidates are nodes of every kind that the demands on one label, or on those of the operating system, could tell apart.
func candidates(name string, demands []demand) []Node {
	// A value that no demand speaks of stands for all others.
	mentioned := []string{"any-other"}
	for _, d := range demands {
		mentioned = append(mentioned, d.values()...)
	}
	switch name {
	case platform.LabelOS:
		return systems(mentioned)
	case metav1.ObjectNameField: // every node has a name
		return nodesNamed(mentioned)
	}
	nodes := []Node{{}} // without the label
	for _, v := range mentioned {
		nodes = append(nodes, Node{Labels: map[string]string{name: v}})
	}
	return nodes
}

func nodesNamed(names []string) []Node {
	nodes := make([]Node, 0, len(names))
	for _, name := range names {
		nodes = append(nodes, Node{Name: name})
	}
	return nodes
}

// systems are nodes as kubelets label them, with and without what old and foreign kubelets leave out: the legacy label and, of a
// Windows node, the build.
func systems(builds []string) []Node {
	var nodes []Node
	for _, os := range []string{string(platform.Linux), string(platform.Windows)} {
		for _, legacy := range []bool{true, false} {
			labels := map[string]string{platform.LabelOS: os}
			if legacy {
				labels[platform.LabelLegacyOS] = os
			}
			nodes = append(nodes, Node{Labels: labels})
			for _, build := range builds {
				if os == string(platform.Windows) {
					with := maps.Clone(labels)
					with[platform.LabelWindowsBuild] = build
					nodes = append(nodes, Node{Labels: with})
				}
			}
		}
	}
	return nodes
}
