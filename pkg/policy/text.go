package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// YAML is the policy as kubectl apply takes it, with a comment on top. The same request gives the same bytes.
func (p *Policy) YAML() ([]byte, error) {
	var b bytes.Buffer
	for _, line := range p.header {
		fmt.Fprintln(&b, strings.TrimRight("# "+line, " "))
	}
	for i, o := range p.objects {
		text, err := yaml.Marshal(o)
		if err != nil {
			return nil, fmt.Errorf("writing the policy: %w", err)
		}
		if i > 0 {
			b.WriteString("---\n")
		}
		b.Write(text)
	}
	return b.Bytes(), nil
}

// JSON is the policy as one List.
func (p *Policy) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(map[string]any{"apiVersion": "v1", "kind": "List", "items": p.objects}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the policy: %w", err)
	}
	return append(text, '\n'), nil
}

// header says what the policy is for.
func header(q Request, remarks []string) []string {
	var lines []string
	for _, os := range systems() {
		var chosen []string
		for _, s := range q.Scopes {
			if s.OS == os {
				chosen = append(chosen, "  "+s.String())
			}
		}
		if len(chosen) > 0 {
			slices.Sort(chosen)
			lines = append(lines, "Places on "+string(os)+" nodes, when they are made, the pods that do not say where they run, of:")
			lines = append(lines, slices.Compact(chosen)...)
		}
	}
	for _, r := range remarks {
		lines = append(lines, strings.ToUpper(r[:1])+r[1:]+".")
	}
	return append(lines,
		"Nothing that runs already changes. To remove it: kubectl delete --filename THIS-FILE; pods that it placed stay where they are",
		"until they are made anew.")
}

// notes are about what the policy cannot or does not do.
func notes(scopes []Scope) []string {
	var out []string
	if slices.ContainsFunc(scopes, func(s Scope) bool { return s.Kind == "" && s.of == "" }) {
		out = append(out, "pods of DaemonSets are left alone: they are bound to their nodes before a policy sees them; "+
			"name a DaemonSet as an owner to have its template changed")
	}
	if slices.ContainsFunc(scopes, Scope.daemonSet) {
		out = append(out, "of a DaemonSet the template is changed, with its next update; that stays when the policy is removed")
	}
	return out
}
