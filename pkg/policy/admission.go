package policy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/platform"
)

const admissionGroup = "admissionregistration.k8s.io"

// managedBy marks what the tool made, so that a user finds all of it.
const managedBy = "winready"

// admission are the policy and its binding. v1alpha1, v1beta1 and v1 of k8s.io/api v0.37.2 have the fields that are used alike.
func admission(q Request, p part) []any {
	meta := metav1.ObjectMeta{Name: p.name, Labels: map[string]string{"app.kubernetes.io/managed-by": managedBy}}
	failure := admissionv1.FailurePolicyType(q.Failure)
	return []any{
		&admissionv1.MutatingAdmissionPolicy{
			TypeMeta:   metav1.TypeMeta{APIVersion: admissionGroup + "/" + q.APIVersion, Kind: "MutatingAdmissionPolicy"},
			ObjectMeta: meta,
			Spec: admissionv1.MutatingAdmissionPolicySpec{
				MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{p.rule()}},
				MatchConditions:  p.matchConditions(),
				Variables:        p.variables(),
				Mutations:        p.mutations(),
				FailurePolicy:    &failure,
				// What another plugin makes of a pod after the policy has seen it is that plugin's choice, and stays.
				ReinvocationPolicy: admissionv1.NeverReinvocationPolicy,
			},
		},
		&admissionv1.MutatingAdmissionPolicyBinding{
			TypeMeta:   metav1.TypeMeta{APIVersion: admissionGroup + "/" + q.APIVersion, Kind: "MutatingAdmissionPolicyBinding"},
			ObjectMeta: meta,
			Spec: admissionv1.MutatingAdmissionPolicyBindingSpec{
				PolicyName: p.name,
				MatchResources: &admissionv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{
					MatchExpressions: []metav1.LabelSelectorRequirement{{
						Key: corev1.LabelMetadataName, Operator: metav1.LabelSelectorOpIn, Values: namespaces(p.areas),
					}},
				}},
			},
		},
	}
}

// rule names the requests. A DaemonSet is changed with every update too: an update may bring a template that is not placed.
func (p part) rule() admissionv1.NamedRuleWithOperations {
	operations := []admissionv1.OperationType{admissionv1.Create}
	if p.target.daemonSets {
		operations = append(operations, admissionv1.Update)
	}
	// Without a scope the server would write one, and every apply of the same policy would find a difference.
	namespaced := admissionv1.NamespacedScope
	return admissionv1.NamedRuleWithOperations{RuleWithOperations: admissionv1.RuleWithOperations{
		Operations: operations,
		Rule:       admissionv1.Rule{APIGroups: []string{p.target.group}, APIVersions: []string{"v1"}, Resources: []string{p.target.resource}, Scope: &namespaced},
	}}
}

func (p part) matchConditions() []admissionv1.MatchCondition {
	var all []admissionv1.MatchCondition
	if chosen := celChosen(p.areas, p.target); chosen != "" {
		all = append(all, admissionv1.MatchCondition{Name: "chosen", Expression: chosen})
	}
	for _, c := range unchosen(p.target, p.goal.OS()) {
		all = append(all, admissionv1.MatchCondition{Name: c.name, Expression: c.cel})
	}
	return all
}

// variables are worked out only where a mutation reads them.
func (p part) variables() []admissionv1.Variable {
	var all []admissionv1.Variable
	if missing := p.goal.Missing(&corev1.PodSpec{}); len(missing) > 0 {
		all = append(all, admissionv1.Variable{Name: "tolerations", Expression: p.missing(missing)})
	}
	if p.osName {
		all = append(all, admissionv1.Variable{Name: "foreign", Expression: p.foreign()})
	}
	return all
}

// missing are the tolerations that a pod lacks, each a list of one or none.
func (p part) missing(tolerations []corev1.Toleration) string {
	var terms []string
	for _, t := range tolerations {
		terms = append(terms, fmt.Sprintf("object.%s.?tolerations.orValue([]).exists(t, %s)\n  ? [] : [%s]",
			p.target.spec, strings.ReplaceAll(celTolerates(t), "\n", " "), celToleration(t)))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, ") +\n(") + ")"
}

func celToleration(t corev1.Toleration) string {
	var fields []string
	for _, f := range [][2]string{{"key", t.Key}, {"operator", string(t.Operator)}, {"value", t.Value}, {"effect", string(t.Effect)}} {
		if f[1] != "" {
			fields = append(fields, strconv.Quote(f[0])+": "+strconv.Quote(f[1]))
		}
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// foreign tells a pod with a field that the API server refuses beside os.name.
func (p part) foreign() string {
	spec := "object." + p.target.spec
	containers := "(" + spec + ".containers + " + spec + ".?initContainers.orValue([]))"
	has := func(fields []string, in string) string { return celList(fields) + ".exists(f, f in " + in + ")" }
	const context = "?securityContext.orValue({})"
	f := foreignFields(p.goal.OS())
	var terms []string
	if len(f.pod) > 0 {
		terms = append(terms, has(f.pod, spec))
	}
	return strings.Join(append(terms,
		has(f.podSecurity, spec+"."+context),
		containers+".exists(c, "+has(f.security, "c."+context)+")"), " ||\n")
}

// mutations are JSON patches: nodeSelector and tolerations are atomic to an apply configuration, which may not change them
// (validatePatch in pkg/admission/plugin/policy/mutating/patch/smd.go of k8s.io/apiserver v0.37.2).
func (p part) mutations() []admissionv1.Mutation {
	at := "/" + strings.ReplaceAll(p.target.spec, ".", "/")
	spec := "object." + p.target.spec
	patches := []string{"(has(" + spec + ".nodeSelector) ? [] : [" + celAdd(strconv.Quote(at+"/nodeSelector"), "{}") + "])"}
	labels := p.goal.Labels()
	var selects []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		selects = append(selects, celAdd(strconv.Quote(at+"/nodeSelector/")+" + jsonpatch.escapeKey("+strconv.Quote(k)+")", strconv.Quote(labels[k])))
	}
	patches = append(patches, "["+strings.Join(selects, ", ")+"]")
	if len(p.goal.Missing(&corev1.PodSpec{})) > 0 {
		patches = append(patches,
			"(has("+spec+".tolerations) || variables.tolerations.size() == 0 ? [] : ["+celAdd(strconv.Quote(at+"/tolerations"), "[]")+"])",
			"variables.tolerations.map(t, "+celAdd(strconv.Quote(at+"/tolerations/-"), "t")+")")
	}
	if p.osName {
		patches = append(patches, "(variables.foreign ? [] : ["+celAdd(strconv.Quote(at+"/os"), `{"name": `+strconv.Quote(string(p.goal.OS()))+"}")+"])")
	}
	return []admissionv1.Mutation{{
		PatchType: admissionv1.PatchTypeJSONPatch,
		JSONPatch: &admissionv1.JSONPatch{Expression: strings.Join(patches, " +\n")},
	}}
}

func celAdd(path, value string) string {
	return `JSONPatch{op: "add", path: ` + path + ", value: " + value + "}"
}

// fields are what the API server refuses beside an os.name: of the pod, of its securityContext and of a container's.
type fields struct{ pod, podSecurity, security []string }

// foreignFields are those of the latest server, which refuses the most. It refuses them even where they say what is the default:
// validateWindows, validateLinux and validatePodResources in pkg/apis/core/validation/validation.go of k8s.io/kubernetes v1.37.2.
// sysctls without an element are none, and are left out of an object.
func foreignFields(os platform.OS) fields {
	if os == platform.Linux {
		return fields{podSecurity: []string{"windowsOptions"}, security: []string{"windowsOptions"}}
	}
	return fields{
		pod: []string{"hostIPC", "hostPID", "hostUsers", "resources", "shareProcessNamespace"},
		podSecurity: []string{
			"appArmorProfile", "fsGroup", "fsGroupChangePolicy", "runAsGroup", "runAsUser", "seLinuxChangePolicy", "seLinuxOptions",
			"seccompProfile", "supplementalGroups", "supplementalGroupsPolicy", "sysctls",
		},
		security: []string{
			"allowPrivilegeEscalation", "appArmorProfile", "capabilities", "privileged", "procMount", "readOnlyRootFilesystem",
			"runAsGroup", "runAsUser", "seLinuxOptions", "seccompProfile",
		},
	}
}

// placed is what the goal adds to the nodeSelector, as JSON decodes it.
func placed(g aim.Goal) map[string]any {
	out := map[string]any{}
	for k, v := range g.Labels() {
		out[k] = v
	}
	return out
}
