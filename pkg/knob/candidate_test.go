package knob_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, archive string
		want          []string
	}{
		{"nothing", "-- values.yaml --\na: 1\n-- templates/a.yaml --\na: {{ .Values.a }}\n", nil},
		{
			"declared, whoever reads it", "-- values.yaml --\nweb:\n  nodeSelector: {}\n  tolerations: []\n  affinity: {}\n  sessionAffinity: None\n",
			[]string{"web.affinity: affinity map", "web.nodeSelector: nodeSelector map", "web.tolerations: tolerations list"},
		},
		{
			"with and dot", "-- templates/a.yaml --\n{{ with .Values.web }}{{ with .nodeSelector }}\nnodeSelector: {{ toYaml . | nindent 2 }}\n{{ end }}{{ end }}\n",
			[]string{"web.nodeSelector: nodeSelector map ?"},
		},
		{
			"range over a map", "-- values.yaml --\nparts: {a: {}, b: {on: true}, c: 1}\n-- templates/a.yaml --\n" +
				"{{ range $n, $p := .Values.parts }}\nnodeSelector: {{ toYaml $p.nodeSelector }}\n{{ end }}\n",
			[]string{"parts.a.nodeSelector: nodeSelector map ?", "parts.b.nodeSelector: nodeSelector map ?"},
		},
		{
			"range over a list", "-- values.yaml --\nzones: [{name: a, nodeSelector: {}}, {name: b}]\n-- templates/a.yaml --\n" +
				"{{ range .Values.zones }}\nnodeSelector: {{ toYaml .nodeSelector }}\ntolerations: {{ toYaml $.Values.tolerations }}\n{{ end }}\n",
			[]string{"tolerations: tolerations list ?", "zones[0].nodeSelector: nodeSelector map", "zones[1].nodeSelector: nodeSelector map ?"},
		},
		{
			"variables, default and coalesce", "-- templates/a.yaml --\n{{ $v := .Values }}{{ $s := $v.web.nodeSelector | default $v.nodeSelector }}\n" +
				"nodeSelector: {{ toYaml $s }}\ntolerations: {{ coalesce $v.a.tolerations $v.tolerations | toYaml }}\n",
			[]string{
				"a.tolerations: tolerations list ?", "nodeSelector: nodeSelector map ?", "tolerations: tolerations list ?",
				"web.nodeSelector: nodeSelector map ?",
			},
		},
		{
			"include with dict", "-- templates/_h.tpl --\n{{ define \"pod\" }}\n{{ with .part.nodeSelector }}\nnodeSelector: {{ toYaml . | nindent 2 }}\n{{ end }}\n" +
				"tolerations: {{ toYaml .root.Values.tolerations }}\n{{ end }}\n-- templates/a.yaml --\n{{ include \"pod\" (dict \"root\" . \"part\" .Values.web) }}\n",
			[]string{"tolerations: tolerations list ?", "web.nodeSelector: nodeSelector map ?"},
		},
		{
			"index, get and dig", "-- templates/a.yaml --\nnodeSelector: {{ index .Values \"web-ui\" \"nodeSelector\" | toYaml }}\n" +
				"tolerations: {{ get .Values.worker \"tolerations\" | toYaml }}\naffinity: {{ dig \"pod\" \"affinity\" dict .Values.AsMap | toYaml }}\n",
			[]string{"pod.affinity: affinity map ?", "web-ui.nodeSelector: nodeSelector map ?", "worker.tolerations: tolerations list ?"},
		},
		{
			"another name where the field is written", "-- values.yaml --\nwhere: {}\n-- templates/a.yaml --\nspec:\n  nodeSelector:\n    {{- toYaml .Values.where | nindent 4 }}\n",
			[]string{"where: nodeSelector map"},
		},
		{
			"the OS as a word", "-- values.yaml --\ntarget: linux\n-- templates/a.yaml --\nnodeSelector:\n  kubernetes.io/os: {{ .Values.target }}\n",
			[]string{"target: kubernetes.io/os string"},
		},
		{
			"a string for tpl", "-- templates/a.yaml --\nnodeSelector: {{ tpl .Values.web.nodeSelector . | nindent 2 }}\n",
			[]string{"web.nodeSelector: nodeSelector string ?"},
		},
		{
			"strings, pairs and a switch", "-- values.yaml --\na: {nodeSelector: \"x: y\"}\nb: {nodeSelector: {key: \"\", value: \"\"}}\n" +
				"c: {nodeSelector: [{key: k, value: v}]}\nd: {toleration: {key: \"\", value: \"\"}}\ne: {nodeSelector: {enabled: false, labels: {}}}\n" +
				"f: {nodeSelector: 3}\n",
			[]string{
				"a.nodeSelector: nodeSelector string", "b.nodeSelector: nodeSelector pair", "c.nodeSelector: nodeSelector pairs",
				"d.toleration: tolerations pair", "e.nodeSelector: nodeSelector map",
				"e.nodeSelector.labels: nodeSelector map if e.nodeSelector.enabled",
			},
		},
		{
			"one per component", "-- values.yaml --\nnodeSelector: {web: {}, db: {disk: ssd}}\n",
			[]string{"nodeSelector: nodeSelector map", "nodeSelector.db: nodeSelector map", "nodeSelector.web: nodeSelector map"},
		},
		{
			"sub-chart under its alias, its global at the top, library", `-- Chart.yaml --
apiVersion: v2
name: web
version: 0.1.0
dependencies:
  - {name: cache, alias: sessions, version: 0.1.0}
  - {name: queue, version: 0.1.0, condition: queue.enabled}
-- values.yaml --
queue: {enabled: false}
-- charts/cache/Chart.yaml --
apiVersion: v2
name: cache
version: 0.1.0
-- charts/cache/values.yaml --
nodeSelector: {}
-- charts/cache/templates/a.yaml --
{{ include "lib.pod" (dict "context" $) }}
-- charts/queue/Chart.yaml --
apiVersion: v2
name: queue
version: 0.1.0
-- charts/queue/values.yaml --
nodeSelector: {}
-- charts/lib/Chart.yaml --
apiVersion: v2
name: lib
version: 0.1.0
type: library
-- charts/lib/templates/_pod.tpl --
{{ define "lib.pod" }}
{{ $top := .context }}
tolerations: {{ toYaml $top.Values.pod.tolerations }}
nodeSelector: {{ toYaml $top.Values.global.nodeSelector }}
{{ end }}
`,
			[]string{
				"global.nodeSelector: nodeSelector map ?", "sessions.nodeSelector: nodeSelector map",
				"sessions.pod.tolerations: tolerations list ?",
			},
		},
		{
			"first and last of a list", "-- templates/_h.tpl --\n{{ define \"pod\" }}{{ $top := first . }}\nnodeSelector: {{ toYaml $top.Values.nodeSelector }}\n" +
				"tolerations: {{ toYaml (last .).tolerations }}\n{{ end }}\n-- templates/a.yaml --\n{{ include \"pod\" (list . .Values.web) }}\n",
			[]string{"nodeSelector: nodeSelector map ?", "web.tolerations: tolerations list ?"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(proposed(candidates(t, open(t, write(t, test.archive)))), test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}
