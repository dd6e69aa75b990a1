package knob_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/knob"
)

// deployment is a workload with a placeholder for its fields.
func deployment(name, fields string) string {
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: %s
spec:
  template:
    spec:
      containers: [{name: c, image: nginx}]
%s
`, name, fields)
}

func TestProbe(t *testing.T) {
	t.Parallel()
	const selector = "      nodeSelector: {{ toJson .Values.nodeSelector }}"
	for _, test := range []struct {
		name, archive string
		want          []string
	}{
		{
			"one for two workloads", "-- values.yaml --\nnodeSelector: {}\n-- templates/a.yaml --\n" + deployment("a", selector) + "---\n" + deployment("b", selector),
			[]string{"nodeSelector map steers Deployment/a.nodeSelector Deployment/b.nodeSelector"},
		},
		{
			"idle", "-- values.yaml --\nnodeSelector: {}\n-- templates/a.yaml --\n" + deployment("a", ""),
			[]string{"nodeSelector map idle"},
		},
		{
			"elsewhere", "-- values.yaml --\nnodeSelector: {}\n-- templates/a.yaml --\n" + deployment("a", "      dnsConfig: {options: {{ keys .Values.nodeSelector | sortAlpha | toJson }}}"),
			[]string{"nodeSelector map misdirected at Deployment/a spec.template.spec.dnsConfig.options[1]"},
		},
		{
			"beside the template's own label", "-- values.yaml --\nnodeSelector: {}\n-- templates/a.yaml --\n" +
				deployment("a", "      nodeSelector:\n        kubernetes.io/os: linux\n        {{- with .Values.nodeSelector }}{{ toYaml . | nindent 8 }}{{ end }}"),
			[]string{"nodeSelector map steers Deployment/a.nodeSelector collides"},
		},
		{
			"overruled by the template's own label", "-- values.yaml --\nnodeSelector: {}\n-- templates/a.yaml --\n" +
				deployment("a", `      nodeSelector: {{ merge (dict "kubernetes.io/os" "linux") .Values.nodeSelector | toJson }}`),
			[]string{"nodeSelector map steers Deployment/a.nodeSelector overruled"},
		},
		{
			"a map where the chart wants a string", "-- templates/a.yaml --\n{{ $s := \"\" }}{{ with .Values.nodeSelector }}{{ $s = . | trim }}{{ end }}\n" +
				deployment("a", "      nodeSelector:\n        {{- $s | nindent 8 }}"),
			[]string{"nodeSelector string steers Deployment/a.nodeSelector"},
		},
		{
			"breaks the YAML of one template, and only that one is blamed", "-- values.yaml --\na: {nodeSelector: {}}\nb: {nodeSelector: {}}\n-- templates/a.yaml --\n" +
				deployment("a", "      nodeSelector: {{ toYaml .Values.a.nodeSelector }}") + "---\n" + deployment("b", "      nodeSelector: {{ toJson .Values.b.nodeSelector }}"),
			[]string{"a.nodeSelector map broken", "b.nodeSelector map steers Deployment/b.nodeSelector"},
		},
		{
			"each breaks the render", "-- values.yaml --\na: {nodeSelector: {}}\nb: {nodeSelector: {}, tolerations: []}\n-- templates/a.yaml --\n" +
				"{{ if or .Values.a.nodeSelector .Values.b.nodeSelector .Values.b.tolerations }}{{ fail \"not supported\" }}{{ end }}\n" + deployment("a", ""),
			[]string{"a.nodeSelector map broken", "b.nodeSelector map broken", "b.tolerations list broken"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			table := probe(t, open(t, write(t, test.archive)))
			if diff := cmp.Diff(found(table), test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			for _, k := range table.Knobs {
				if (k.Status == knob.Broken || k.Status == knob.Misdirected) != (k.Problem != "") {
					t.Errorf("%s is %s because of %q", k.Path, k.Status, k.Problem)
				}
				if strings.Contains(k.Problem, "winready-p") || strings.Contains(strings.Join(k.LandsAt, " "), "winready-p") {
					t.Errorf("%s shows a sentinel: %q, %q", k.Path, k.Problem, k.LandsAt)
				}
			}
		})
	}
}

// maxRenders is what telling broken knobs from others may take, the first probe included.
const maxRenders = 42

// TestBudget: where each of many knobs breaks the chart, the search ends, and none of them is used.
func TestBudget(t *testing.T) {
	t.Parallel()
	var values, conditions strings.Builder
	for i := range 100 {
		fmt.Fprintf(&values, "part%d: {nodeSelector: {}}\n", i)
		fmt.Fprintf(&conditions, " .Values.part%d.nodeSelector", i)
	}
	archive := "-- values.yaml --\n" + values.String() + "-- templates/a.yaml --\n{{ if or" + conditions.String() + " }}{{ fail \"no\" }}{{ end }}\n" + deployment("a", "")
	table := probe(t, open(t, write(t, archive)))
	if table.Renders > maxRenders {
		t.Errorf("%d renders, want at most %d", table.Renders, maxRenders)
	}
	if len(table.Knobs) != 100 {
		t.Errorf("%d knobs, want 100", len(table.Knobs))
	}
	for _, k := range table.Knobs {
		if k.Status != knob.Broken || k.Problem == "" {
			t.Errorf("%s is %s because of %q, want broken and why", k.Path, k.Status, k.Problem)
		}
	}
}

// TestFewRenders: one knob that breaks the chart among many is found without a render for each.
func TestFewRenders(t *testing.T) {
	t.Parallel()
	var values, all strings.Builder
	for i := range 64 {
		fmt.Fprintf(&values, "part%d: {nodeSelector: {a: b}}\n", i)
		fmt.Fprintf(&all, "---\n%s", deployment(fmt.Sprintf("d%d", i), fmt.Sprintf("      nodeSelector: {{ toJson .Values.part%d.nodeSelector }}", i)))
	}
	for name, test := range map[string]struct {
		line string
		most int
	}{
		"named by Helm":     {"{{ if gt (len .Values.part40.nodeSelector) 1 }}# {{ trim .Values.part40.nodeSelector }}{{ end }}\n", 4},
		"not named by Helm": {"{{ if gt (len .Values.part40.nodeSelector) 1 }}{{ fail \"no\" }}{{ end }}\n", 14},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := probe(t, open(t, write(t, "-- values.yaml --\n"+values.String()+"-- templates/a.yaml --\n"+test.line+all.String())))
			if table.Renders > test.most {
				t.Errorf("%d renders, want at most %d", table.Renders, test.most)
			}
			for _, k := range table.Knobs {
				want := knob.Steers
				if k.Path.String() == "part40.nodeSelector" {
					want = knob.Broken
				}
				if k.Status != want {
					t.Errorf("%s is %s (%s), want %s", k.Path, k.Status, k.Problem, want)
				}
			}
		})
	}
}
