package patch

import (
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/likeness"
	"github.com/winready/kubectl-winready/pkg/manifest"
)

var (
	steerKey  = regexp.MustCompile(`(?i)node_?-?selectors?$|tolerations?$|affinity$|^nodeSelectorTerms$`)
	steerLine = regexp.MustCompile(`(?i)node_?-?selector|toleration|affinity|kubernetes\.io/(os|arch)`)
	partLine  = regexp.MustCompile(`^\s*-?\s*["']?(effect|operator|key|value|values)\b|^\s*([\]\[{}]|\{\}|\[\]|null)?,?\s*$`)
)

// aboutPlacement differences are selectors outside pods: in a custom resource, or in a file of a ConfigMap.
func aboutPlacement(d manifest.Difference) bool {
	for _, step := range d.Path {
		if s, _ := step.(string); steerKey.MatchString(s) {
			return true
		}
	}
	if d.Old == nil && onlySelectors(d.New) {
		return true
	}
	a, aok := likeness.Text(d.Old)
	b, bok := likeness.Text(d.New)
	return aok && bok && linesAboutPlacement(a, b)
}

func onlySelectors(v any) bool {
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		return false
	}
	for k, x := range m {
		if !steerKey.MatchString(k) && !onlySelectors(x) {
			return false
		}
	}
	return true
}

func linesAboutPlacement(a, b string) bool {
	count := map[string]int{}
	for line := range strings.Lines(a) {
		count[strings.TrimRight(line, " ,\n\r")]++
	}
	for line := range strings.Lines(b) {
		count[strings.TrimRight(line, " ,\n\r")]--
	}
	named := false
	for line, n := range count {
		if n == 0 {
			continue
		}
		strong := steerLine.MatchString(line)
		if !strong && !partLine.MatchString(line) {
			return false
		}
		named = named || strong
	}
	return named
}

// alsoChanged says that a path is one of those that the user asked to change besides placement.
func (s *session) alsoChanged(path []any, pods []chart.Pod) bool {
	for _, p := range pods {
		if len(path) <= len(p.SpecAt) || !slices.Equal(path[:len(p.SpecAt)], p.SpecAt) {
			continue
		}
		first, _ := path[len(p.SpecAt)].(string)
		switch f := knob.Field(first); f {
		case knob.OSName:
			return s.also.OSName
		case knob.SecurityContext, knob.HostPID, knob.HostIPC, knob.HostUsers, knob.ShareProcesses:
			return s.also.Security
		default:
			return s.also.Security && slices.Contains(path, any("securityContext"))
		}
	}
	return false
}
