package knob_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestWalkEnds: templates can call each other for ever, or so often that it takes for ever; looking for what they read must not.
func TestWalkEnds(t *testing.T) {
	t.Parallel()
	const reads = "\nnodeSelector: {{ toYaml .Values.web.nodeSelector }}\n"
	ladder := func(call string) string {
		var b strings.Builder
		for i := range 40 {
			fmt.Fprintf(&b, "{{ define \"t%d\" }}%s{{ end }}\n", i, fmt.Sprintf(call, i+1, i+1))
		}
		return b.String() + `{{ define "t40" }}nodeSelector: {{ toYaml .nodeSelector }}{{ end }}`
	}
	for name, tpl := range map[string]string{
		"itself":              `{{ define "t0" }}nodeSelector: {{ include "t0" . }}{{ end }}`,
		"each other":          `{{ define "t0" }}nodeSelector: {{ include "t1" . }}{{ end }}{{ define "t1" }}{{ template "t0" . }}{{ end }}`,
		"growing dict":        `{{ define "t0" }}nodeSelector: {{ include "t0" (dict "up" . "more" (list . .)) }}{{ end }}`,
		"dict in itself":      `{{ define "t0" }}{{ $d := dict "a" . }}{{ $_ := set $d "d" $d }}{{ $_ := set $d "e" (dict "d" $d) }}nodeSelector: {{ include "t0" $d }}{{ end }}`,
		"deeper path":         `{{ define "t0" }}nodeSelector: {{ toYaml .nodeSelector }}{{ range . }}{{ include "t0" . }}{{ end }}{{ end }}`,
		"computed name":       `{{ define "t0" }}nodeSelector: {{ include (print "t" .n) . }}{{ include (printf "%s0" "t") . }}{{ end }}`,
		"twice, forty deep":   ladder(`{{ include "t%d" (dict "l" .) }}{{ include "t%d" (dict "r" .) }}`),
		"nested, forty deep":  ladder(`{{ with .a }}{{ include "t%d" . }}{{ end }}{{ with .b }}{{ include "t%d" . }}{{ end }}`),
		"assigned in a range": `{{ define "t0" }}{{ $x := .Values }}{{ range .Values }}{{ $x = dict "x" $x }}nodeSelector: {{ toYaml $x }}{{ end }}{{ end }}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, "-- templates/_t.tpl --\n"+tpl+"\n-- templates/a.yaml --"+reads+"{{ include \"t0\" . }}\n")
			got := proposed(candidates(t, open(t, dir)))
			if want := "web.nodeSelector: nodeSelector map ?"; !slices.Contains(got, want) {
				t.Errorf("got %q, want %q among them", got, want)
			}
		})
	}
}

// TestWalkOfHugeTemplates: megabytes of text, and many thousands of actions.
func TestWalkOfHugeTemplates(t *testing.T) {
	t.Parallel()
	for name, filler := range map[string]string{
		"one line":      strings.Repeat("x", 2_000_000),
		"blank lines":   strings.Repeat("\n", 2_000_000),
		"blanks":        strings.Repeat(" ", 2_000_000),
		"keys":          strings.Repeat("nodeSelector:\n", 100_000),
		"actions":       strings.Repeat("{{ .Values.a }}\n", 50_000),
		"selectors":     strings.Repeat("nodeSelector: {{ toYaml .Values.b.nodeSelector }}\n", 20_000),
		"nested blocks": strings.Repeat("{{ if .Values.a }}", 2_000) + strings.Repeat("{{ end }}", 2_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, "-- templates/a.yaml --\n"+filler+"\nnodeSelector:\n  {{ toYaml .Values.web.nodeSelector }}\n")
			got := proposed(candidates(t, open(t, dir)))
			if want := "web.nodeSelector: nodeSelector map ?"; !slices.Contains(got, want) {
				t.Errorf("got %q, want %q among them", got, want)
			}
		})
	}
}
