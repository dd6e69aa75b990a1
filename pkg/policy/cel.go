package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// condition is a named expression that a pod has to meet, in the language of both engines.
type condition struct{ name, cel, jmespath string }

// target is what a policy changes.
type target struct {
	daemonSets bool
	resource   string // in the API
	group      string
	spec       string // the path of the pod spec
	metadata   string // the path of the metadata that the pods get
}

func podTarget() target {
	return target{resource: "pods", spec: "spec", metadata: "metadata"}
}

// daemonSetTarget is the template of DaemonSets. The controller makes a pod for each node that the template lets it, and binds the pod
// to that node: CreatePodsOnNodes and NodeShouldRunDaemonPod in pkg/controller/daemon/daemon_controller.go of k8s.io/kubernetes
// v1.37.2. A selector that such a pod gets when it is made comes too late: the pods for nodes of the other system would be Pending for
// ever, and the DaemonSet never complete.
func daemonSetTarget() target {
	return target{daemonSets: true, resource: "daemonsets", group: "apps", spec: "spec.template.spec", metadata: "spec.template.metadata"}
}

// choices are the labels of nodes by which a pod says where it runs: a system, a build, or one node, which has a system.
func choices() []string {
	return []string{platform.LabelOS, platform.LabelLegacyOS, platform.LabelWindowsBuild, corev1.LabelHostname}
}

// unchosen are the conditions for a pod that does not say where it runs.
func unchosen(on target, os platform.OS) []condition {
	spec, jspec := "object."+on.spec, "request.object."+on.spec
	keys, jkeys := celList(choices()), jList(choices())
	terms := spec + ".?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms\n  .orValue([])"
	jterms := jspec + ".affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[]"
	hostProcess := "?securityContext.?windowsOptions.?hostProcess.orValue(false)"
	jhostProcess := "securityContext.windowsOptions.hostProcess"
	return []condition{
		{
			"no-os-in-node-selector",
			"!" + keys + "\n  .exists(k, k in " + spec + ".?nodeSelector.orValue({}))",
			"!(keys(" + jspec + ".nodeSelector || `{}`)\n  [?contains(" + jkeys + ", @)])",
		},
		{
			"no-os-in-node-affinity",
			"!" + terms + ".exists(t, t.?matchExpressions.orValue([]).exists(e,\n    e.key in " + keys + "))",
			"!((" + jterms + ".matchExpressions[].key || `[]`)\n  [?contains(" + jkeys + ", @)])",
		},
		{ // the pods of a DaemonSet have one: see daemonSetTarget
			"no-fixed-node",
			spec + `.?nodeName.orValue("") == "" &&` + "\n!" + terms + ".exists(t, t.?matchFields.orValue([]).size() > 0)",
			"!(" + jspec + ".nodeName ||\n  " + jterms + ".matchFields[])",
		},
		{"no-os-name", "!has(" + spec + ".os)", "!(" + jspec + ".os)"},
		{ // its scheduling.nodeSelector may name a system, and is merged before a policy sees the pod
			"no-runtime-class", "!has(" + spec + ".runtimeClassName)", "!(" + jspec + ".runtimeClassName)",
		},
		{
			"no-host-process",
			"!" + spec + "." + hostProcess + " &&\n!(" + spec + ".containers + " + spec + ".?initContainers.orValue([])).exists(c, c." + hostProcess + ")",
			"!(contains([" + jspec + "." + jhostProcess + ",\n  " + jspec + ".containers[]." + jhostProcess + ",\n  " +
				jspec + ".initContainers[]." + jhostProcess + "][], `true`))",
		},
		{ // the kubelet of a node with another value rejects the pod: pkg/kubelet/lifecycle/predicate.go of k8s.io/kubernetes v1.37.2
			"no-label-of-another-os",
			"object." + on.metadata + ".?labels[?" + strconv.Quote(platform.LabelOS) + "]\n  .orValue(" + strconv.Quote(string(os)) + ") == " + strconv.Quote(string(os)),
			"(request.object." + on.metadata + ".labels.\"" + platform.LabelOS + "\" || '" + string(os) + "') == '" + string(os) + "'",
		},
	}
}

// celChosen is the condition for the pods of the areas; empty when it is for all pods of all their namespaces.
func celChosen(areas []area, on target) string {
	if len(areas) == 1 && len(areas[0].clauses) == 0 {
		return ""
	}
	var terms []string
	for _, a := range areas {
		var clauses []string
		for _, c := range a.clauses {
			clauses = append(clauses, celClause(c, on))
		}
		text := strings.Join(clauses, " ||\n")
		if len(areas) > 1 {
			in := "request.namespace in " + celList(a.namespaces)
			if text != "" {
				in += " && (\n" + text + "\n)"
			}
			text = in
		}
		terms = append(terms, text)
	}
	return strings.Join(terms, " ||\n")
}

// celClause is the condition for the pods of one clause.
func celClause(c clause, on target) string {
	var terms []string
	switch o := ownerOf(c.group, c.kind); {
	case c.kind == "":
	case on.daemonSets:
		terms = append(terms, celNamed("object.metadata.name", c, ""))
	case o.bare():
		// A pod that gets its name from generateName has none yet.
		name := `object.metadata.?name.orValue(object.metadata.?generateName.orValue(""))`
		terms = append(terms, "!object.metadata.?ownerReferences.orValue([]).exists(o, o.?controller.orValue(false))", celNamed(name, c, ""))
	default:
		terms = append(terms, "object.metadata.?ownerReferences.orValue([]).exists(o,\n  "+celReference(c, o)+")")
	}
	for _, r := range c.labels {
		terms = append(terms, celLabel("object."+on.metadata+".?labels", r))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, " &&\n  ") + ")"
}

// celReference is the condition for an ownerReference.
func celReference(c clause, o owner) string {
	kind := "o.kind == " + strconv.Quote(o.refKind)
	if o.unknown {
		kind = "o.kind.lowerAscii() == " + strconv.Quote(strings.ToLower(o.refKind))
	}
	if o.refGroup != "" {
		kind += " && o.apiVersion.startsWith(" + strconv.Quote(o.refGroup+"/") + ")"
	}
	switch {
	case o.hash != "" && len(c.patterns) == 0:
		hash := `object.metadata.?labels[?` + strconv.Quote(o.hash) + `].orValue("")`
		return kind + " && o.name in " + celList(c.names) + `.map(n, n + "-" + ` + hash + ")"
	case o.hash != "":
		return kind + " && " + celNamed("o.name", c, "-[a-z0-9]+")
	case o.number:
		return kind + " && " + celNamed("o.name", c, "-[0-9]+")
	default:
		return kind + " && " + celNamed("o.name", c, "")
	}
}

// celNamed is the condition for a name. end is a regular expression of what comes after what the clause names.
func celNamed(name string, c clause, end string) string {
	if len(c.patterns) == 0 && end == "" {
		if len(c.names) == 1 {
			return name + " == " + strconv.Quote(c.names[0])
		}
		return name + " in " + celList(c.names)
	}
	return name + ".matches(" + strconv.Quote(c.expression()+end+"$") + ")"
}

// celLabel is the condition for a map of labels.
func celLabel(m string, r labels.Requirement) string {
	key := strconv.Quote(r.Key())
	has := key + " in " + m + ".orValue({})"
	among := m + "[?" + key + "].orValue(" + absent(r) + ") in " + celList(r.ValuesUnsorted())
	if len(r.ValuesUnsorted()) == 1 {
		among = strings.Replace(strings.TrimSuffix(among, "]"), ") in [", ") == ", 1)
	}
	switch r.Operator() {
	case selection.Exists:
		return has
	case selection.DoesNotExist:
		return "!(" + has + ")"
	case selection.NotIn, selection.NotEquals:
		return "!(" + among + ")"
	default:
		return among
	}
}

// absent is what stands for a label that a pod does not have: a value that none is asked for.
func absent(r labels.Requirement) string {
	if r.ValuesUnsorted() != nil && slices.Contains(r.ValuesUnsorted(), "") {
		return `"(none)"` // no label has such a value
	}
	return `""`
}

// celTolerates tells whether a toleration t tolerates what the toleration was made for: ToleratesTaint in core/v1/toleration.go of
// k8s.io/api v0.37.2.
func celTolerates(want corev1.Toleration) string {
	return fmt.Sprintf("t.?effect.orValue(\"\") in [\"\", %q] && t.?key.orValue(\"\") in [\"\", %q] &&\n"+
		"(t.?operator.orValue(\"\") == \"Exists\" || t.?operator.orValue(\"\") in [\"\", \"Equal\"] && t.?value.orValue(\"\") == %q)",
		want.Effect, want.Key, want.Value)
}

// celList is a list of strings, sorted.
func celList(values []string) string {
	var quoted []string
	for _, v := range slices.Sorted(slices.Values(values)) {
		quoted = append(quoted, strconv.Quote(v))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
