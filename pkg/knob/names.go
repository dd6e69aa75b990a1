package knob

import (
	"regexp"
	"strings"
)

// Field is the placement field a knob is meant for, or turned out to set.
type Field string

// The fields that decide where a pod runs, as the API spells them; SecurityContext is not one of them but is steered the
// same way when Linux-only fields are to go.
const (
	NodeSelector    Field = "nodeSelector"
	Tolerations     Field = "tolerations"
	Affinity        Field = "affinity"
	RuntimeClass    Field = "runtimeClassName"
	OSLabel         Field = "kubernetes.io/os" // a scalar that a template writes behind the OS label
	OSName          Field = "os"
	SecurityContext Field = "securityContext"
	HostPID         Field = "hostPID"
	HostIPC         Field = "hostIPC"
	ShareProcesses  Field = "shareProcessNamespace"
	HostUsers       Field = "hostUsers"
	none            Field = ""
)

// Shape is the form in which a chart wants a knob's value.
type Shape string

// The shapes met in public charts.
const (
	Map    Shape = "map"    // labels or an affinity, as in the API
	List   Shape = "list"   // tolerations, as in the API
	String Shape = "string" // YAML in a string, usually for tpl; for runtimeClassName and os a plain word
	Pair   Shape = "pair"   // one label as {key, value}
	Pairs  Shape = "pairs"  // labels as a list of {key, value}
	Bool   Shape = "bool"   // a switch of the pod spec, such as hostPID
)

// FieldOf tells which field a values key is named for: nodeSelector, node_selector, podNodeSelector, nodeselectors,
// defaultTolerations ... Empty for all others, and for keys that only resemble one: sessionAffinity, podAntiAffinityPreset,
// tolerationSeconds.
func FieldOf(key string) Field {
	k := strings.ToLower(key)
	if !strings.Contains(k, "selector") && !strings.Contains(k, "toleration") && !strings.Contains(k, "class") && !strings.Contains(k, "affinity") {
		return none
	}
	k = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, k)
	switch {
	case strings.HasSuffix(k, "seconds"), strings.HasPrefix(k, "enable"), strings.HasSuffix(k, "enabled"), strings.HasSuffix(k, "key"),
		strings.HasSuffix(k, "value"), strings.HasSuffix(k, "preset"):
		return none
	case strings.Contains(k, "nodeselector"):
		return NodeSelector
	case strings.Contains(k, "toleration"):
		return Tolerations
	case strings.Contains(k, "runtimeclass"):
		return RuntimeClass
	case strings.Contains(k, "affinity"):
		for _, no := range []string{"session", "anti", "podaffinity", "clientip", "cookie", "zone", "topology"} {
			if strings.Contains(k, no) {
				return none
			}
		}
		return Affinity
	}
	return none
}

// podSwitch is the field of the pod spec that only Linux knows and that a values key is named for.
func podSwitch(key string) Field {
	for _, f := range []Field{HostPID, HostIPC, ShareProcesses, HostUsers} {
		if strings.EqualFold(key, string(f)) {
			return f
		}
	}
	return none
}

// podOptions are maps that libraries copy into the pod spec field by field.
var podOptions = regexp.MustCompile(`(?i)^(default)?_?pod_?(spec|options|settings|defaults|template|config)?$|^(scheduling|placement|podDefaults)$`)

// steering says that a path or a text speaks of placement.
var steering = regexp.MustCompile(`(?i)node_?-?selectors?|tolerations?|affinity|nodeSelectorTerms|kubernetes\.io/os`)

// keyLine finds the field whose value a template writes next: the last line of a text is "nodeSelector:" and nothing else.
var keyLine = regexp.MustCompile(`(?:^|\n)[ \t]*(?:- )?["']?(nodeSelector|tolerations|affinity|runtimeClassName|kubernetes\.io/os|beta\.kubernetes\.io/os)["']?:[ \t]*["']?\s*$`)

// contextOf is the field that a template's text leads up to.
func contextOf(text string) (Field, bool) {
	if strings.TrimSpace(text) == "" {
		return none, false
	}
	m := keyLine.FindStringSubmatch(text)
	if m == nil {
		return none, true
	}
	if strings.HasSuffix(m[1], "kubernetes.io/os") {
		return OSLabel, true
	}
	return Field(m[1]), true
}
