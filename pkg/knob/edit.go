package knob

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/values"
)

// Select is the edits that give the labels through the knob, in the form the chart wants. Labels that the values name
// already stay, but for other OS labels: of those, the legacy one is taken away. A pair carries one label only: the Windows build, where that is asked for.
func (c Candidate) Select(labels map[string]string) []values.Edit {
	switch c.Field {
	case OSLabel:
		return c.edits(labels[platform.LabelOS])
	case OSName:
		return c.edits(map[string]any{"name": labels[platform.LabelOS]})
	case Affinity:
		return c.edits(c.affinity(labels))
	default:
	}
	switch c.Shape {
	case Pair:
		m, _ := c.Current.(map[string]any)
		key, value, _ := pairKeys(m)
		label := platform.LabelOS
		if labels[platform.LabelWindowsBuild] != "" {
			label = platform.LabelWindowsBuild // no other nodes have it, so it says the OS too
		}
		return c.edits(map[string]any{key: label, value: labels[label]})
	case Pairs:
		return c.edits(c.pairs(labels))
	case String:
		return c.edits(labelText(c.Current, labels))
	case Map, List, Bool:
	}
	out := make(map[string]any, len(labels)+1)
	for k, v := range labels {
		out[k] = v
	}
	if m, ok := c.Current.(map[string]any); ok {
		if _, ok := m[platform.LabelLegacyOS]; ok {
			out[platform.LabelLegacyOS] = nil
		}
	}
	return c.edits(out)
}

func (c Candidate) edits(v any) []values.Edit {
	if m, ok := v.(map[string]any); ok {
		maps.DeleteFunc(m, func(k string, x any) bool { return x != nil && reflect.DeepEqual(x, asMap(c.Current)[k]) })
	}
	out := []values.Edit{{Path: c.Path, New: v}}
	if c.Gate != nil {
		out = append(out, values.Edit{Path: c.Gate, New: true})
	}
	return out
}

// pairs is the list with the entries for OS labels replaced.
func (c Candidate) pairs(labels map[string]string) []any {
	list, _ := c.Current.([]any)
	key, value := "key", "value"
	var out []any
	for _, item := range list {
		m, _ := item.(map[string]any)
		k, v, ok := pairKeys(m)
		if !ok {
			continue
		}
		key, value = k, v
		if name, _ := m[k].(string); !isOSLabel(name) && labels[name] == "" {
			out = append(out, values.Copy(item))
		}
	}
	for _, l := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, map[string]any{key: l, value: labels[l]})
	}
	return out
}

func isOSLabel(s string) bool { return s == platform.LabelOS || s == platform.LabelLegacyOS }

// labelText is labels as YAML text, after the lines that were there and are not replaced. The lines may hold template
// expressions, so they are kept as they are.
func labelText(current any, labels map[string]string) string {
	text, _ := current.(string)
	var lines []string
	for line := range strings.Lines(text) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		name = strings.Trim(name, `"'`)
		if strings.TrimSpace(line) != "" && !isOSLabel(name) && labels[name] == "" {
			lines = append(lines, strings.TrimRight(line, "\n"))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		lines = append(lines, k+": "+labels[k])
	}
	return strings.Join(lines, "\n") + "\n"
}

// Tolerate is the edits that add tolerations through the knob. Lists are replaced by Helm, so the entries there are carried over.
func (c Candidate) Tolerate(ts []corev1.Toleration) []values.Edit {
	added := make([]any, 0, len(ts))
	for _, t := range ts {
		added = append(added, tolerationValue(t))
	}
	if m, ok := c.Current.(map[string]any); ok && c.Shape == Pair && len(ts) > 0 {
		return c.edits(singleToleration(m, added[0]))
	}
	if c.Shape == String {
		text, _ := c.Current.(string)
		more, err := yaml.Marshal(added)
		if err != nil {
			return nil // a list of maps of strings marshals
		}
		if text = strings.TrimRight(text, "\n"); strings.TrimSpace(text) == "" {
			return c.edits(string(more))
		}
		return c.edits(text + "\n" + string(more))
	}
	list, _ := values.Copy(c.Current).([]any)
	return c.edits(append(list, added...))
}

// singleToleration is the fields of a toleration that the chart has a place for.
func singleToleration(have map[string]any, t any) map[string]any {
	out := map[string]any{}
	want, _ := t.(map[string]any)
	for k := range have {
		if v, ok := want[k]; ok {
			out[k] = v
		}
	}
	return out
}

func tolerationValue(t corev1.Toleration) map[string]any {
	out := map[string]any{}
	for k, v := range map[string]string{"key": t.Key, "operator": string(t.Operator), "value": t.Value, "effect": string(t.Effect)} {
		if v != "" {
			out[k] = v
		}
	}
	return out
}

// affinity is the change to an affinity that makes its required node affinity ask for the labels: expressions about the OS are
// replaced in every term, all others stay.
func (c Candidate) affinity(labels map[string]string) any {
	current := c.Current
	if s, ok := current.(string); ok {
		var m map[string]any
		if yaml.Unmarshal([]byte(s), &m) != nil {
			return s
		}
		current = m
	}
	nodeOnly := strings.Contains(strings.ToLower(c.Path.Last()), "nodeaffinity")
	at := values.Path{"nodeAffinity", required}
	if nodeOnly {
		at = values.Path{required}
	}
	list, _ := values.Lookup(current, at.Child("nodeSelectorTerms"))
	terms, _ := list.([]any)
	if len(terms) == 0 {
		terms = []any{map[string]any{}}
	}
	out := make([]any, 0, len(terms))
	for _, t := range terms {
		out = append(out, termFor(t, labels))
	}
	node := map[string]any{required: map[string]any{"nodeSelectorTerms": out}}
	var whole any = map[string]any{"nodeAffinity": node}
	if nodeOnly {
		whole = node
	}
	if c.Shape != String {
		return whole
	}
	m, _ := values.Copy(current).(map[string]any)
	if m == nil {
		m = map[string]any{}
	}
	if w, ok := whole.(map[string]any); ok {
		maps.Copy(m, w)
	}
	text, err := yaml.Marshal(m)
	if err != nil {
		return c.Current
	}
	return string(text)
}

const required = "requiredDuringSchedulingIgnoredDuringExecution"

func termFor(t any, labels map[string]string) map[string]any {
	term, _ := values.Copy(t).(map[string]any)
	if term == nil {
		term = map[string]any{}
	}
	old, _ := term["matchExpressions"].([]any)
	var exprs []any
	for _, e := range old {
		m, _ := e.(map[string]any)
		if key, _ := m["key"].(string); !isOSLabel(key) && labels[key] == "" {
			exprs = append(exprs, e)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		exprs = append(exprs, map[string]any{"key": k, "operator": "In", "values": []any{labels[k]}})
	}
	term["matchExpressions"] = exprs
	return term
}

// Remove is the edits that take keys away from a map, or a switch as a whole.
func (c Candidate) Remove(keys []string) []values.Edit {
	if c.Shape == Bool {
		return c.edits(nil)
	}
	m := map[string]any{}
	for _, k := range keys {
		m[k] = nil
	}
	return c.edits(m)
}

// mark is the edits that put a sentinel through the knob.
func (c Candidate) mark(s string) []values.Edit {
	switch c.Field {
	case NodeSelector:
		if c.Shape == Pair {
			return c.Select(map[string]string{platform.LabelOS: s})
		}
		return c.Select(map[string]string{s: s, platform.LabelOS: s})
	case Tolerations:
		return c.Tolerate([]corev1.Toleration{{Key: s, Operator: corev1.TolerationOpEqual, Value: s, Effect: corev1.TaintEffectNoSchedule}})
	case Affinity:
		return c.Select(map[string]string{s: s, platform.LabelOS: s})
	case SecurityContext:
		return c.edits(map[string]any{s: s})
	case OSName:
		return c.edits(map[string]any{"name": s})
	case HostPID, HostIPC, ShareProcesses, HostUsers:
		return c.edits(nil) // a switch can carry no mark: it shows by going away
	case RuntimeClass, OSLabel, none:
	}
	return c.edits(s)
}
