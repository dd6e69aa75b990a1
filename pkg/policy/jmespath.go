package policy

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// jChosen is the condition for the pods of an area; empty when it is for all.
func jChosen(a area, on target) string {
	var clauses []string
	for _, c := range a.clauses {
		clauses = append(clauses, jClause(c, on))
	}
	return strings.Join(clauses, " ||\n")
}

func jClause(c clause, on target) string {
	var terms []string
	switch o := ownerOf(c.group, c.kind); {
	case c.kind == "":
	case on.daemonSets:
		terms = append(terms, jNamed(c, "", "request.object.metadata.name"))
	case o.bare():
		terms = append(terms, "!(request.object.metadata.ownerReferences[?controller])",
			jNamed(c, "", "request.object.metadata.name || request.object.metadata.generateName || ''"))
	default:
		terms = append(terms, jReference(c, o))
	}
	for _, r := range c.labels {
		terms = append(terms, jLabel("request.object."+on.metadata+".labels", r))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, " &&\n  ") + ")"
}

// jReference is the condition for an ownerReference. Of a kind a pod has one owner, as it has one controller.
func jReference(c clause, o owner) string {
	filter := "kind == '" + o.refKind + "'"
	if o.unknown {
		filter = "to_lower(kind) == '" + strings.ToLower(o.refKind) + "'"
	}
	if o.refGroup != "" {
		filter += " && starts_with(apiVersion, '" + o.refGroup + "/')"
	}
	name := "(request.object.metadata.ownerReferences[?" + filter + "].name | [0]) || ''"
	switch {
	case o.hash != "" && len(c.patterns) == 0:
		hash := `request.object.metadata.labels."` + o.hash + `"`
		return "regex_match(join('', ['" + c.expression() + "-', " + hash + " || '!', '$']), " + name + ")"
	case o.hash != "":
		return jNamed(c, "-[a-z0-9]+", name)
	case o.number:
		return jNamed(c, "-[0-9]+", name)
	default:
		return jNamed(c, "", name)
	}
}

func jNamed(c clause, end, name string) string {
	return "regex_match('" + c.expression() + end + "$', " + name + ")"
}

func jLabel(m string, r labels.Requirement) string {
	has := "contains(keys(" + m + " || `{}`), '" + r.Key() + "')"
	among := "contains(" + jList(r.ValuesUnsorted()) + ", " + m + ".\"" + r.Key() + "\")"
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

func jList(values []string) string {
	var quoted []string
	for _, v := range slices.Sorted(slices.Values(values)) {
		quoted = append(quoted, "'"+v+"'")
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// jTolerates tells whether a pod tolerates what the toleration was made for; see celTolerates.
func jTolerates(spec string, want corev1.Toleration) string {
	equal := "value == '" + want.Value + "'"
	if want.Value == "" {
		equal = "!value"
	}
	return fmt.Sprintf("request.object.%s.tolerations[?(!effect || effect == '%s') && (!key || key == '%s') &&\n"+
		"  (operator == 'Exists' || (!operator || operator == 'Equal') && %s)]", spec, want.Effect, want.Key, equal)
}

// jForeign tells a pod with a field that the API server refuses beside os.name.
func jForeign(p part) string {
	f := foreignFields(p.goal.OS())
	spec := "request.object." + p.target.spec
	among := func(fields []string, keys string) string { return keys + "\n  [?contains(" + jList(fields) + ", @)]" }
	terms := []string{among(f.podSecurity, "keys("+spec+".securityContext || `{}`)")}
	for _, list := range []string{"containers", "initContainers"} {
		terms = append(terms, among(f.security, "("+spec+"."+list+"[].securityContext.keys(@)[] || `[]`)"))
	}
	if len(f.pod) > 0 {
		terms = append(terms, among(f.pod, "keys("+spec+")"))
	}
	return strings.Join(terms, " ||\n")
}
