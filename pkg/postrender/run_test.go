package postrender_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/steer"
)

// windows sends everything to Windows nodes that are tainted, in a cluster whose Linux nodes are not.
func windows(tb testing.TB) postrender.Request {
	tb.Helper()
	pools, err := placement.ReadPools([]byte(`
- {name: linux, labels: {kubernetes.io/os: linux}}
- {name: windows, labels: {kubernetes.io/os: windows}, taints: [{key: os, value: windows, effect: NoSchedule}]}
`), "pools")
	if err != nil {
		tb.Fatal(err)
	}
	return postrender.Request{Request: aim.Request{OS: "windows", Pools: pools}}
}

// told is a report, a line a workload.
func told(r *postrender.Report) []string {
	var out []string
	for _, o := range r.Workloads {
		line := fmt.Sprintf("%d %s %s", o.Line, o, o.Status)
		if o.Reason != "" {
			line += ": " + o.Reason
		}
		out = append(out, strings.Join(append([]string{line}, o.Notes...), "; "))
	}
	return out
}

// pod is a Pod, whose spec is on the lines below.
func pod(name, spec string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec:\n" + spec
}

const (
	selector    = "  nodeSelector:\n    kubernetes.io/os: windows\n"
	toleration  = "  tolerations:\n    - key: os\n      operator: Equal\n      value: windows\n      effect: NoSchedule\n"
	everything  = "  tolerations:\n  - operator: Exists\n"
	whereItGoes = selector + toleration
)

// What is written is what is read but for what each case names: pairs of what is there and what is to be there instead.
func TestRun(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   string
		ask  func(*postrender.Request)
		edit []string
		want []string
	}{
		"nothing": {},
		"what holds nothing": {
			in: "# only a comment\n---\n---\nnull\n---\n~\n--- # more\n\n...\n",
		},
		"no workloads": {
			in: "apiVersion: v1\nkind: ConfigMap\ndata: {a: 1, a: 2, b: 12345678901234567890.10}\n---\nkind: X\napiVersion: [a, b]\n",
		},
		"a pod": {
			in:   "---\n# Source: web/templates/pod.yaml\n" + pod("a", "  # where it goes\n  containers: []  # none\n"),
			edit: []string{"# none\n", "# none\n" + whereItGoes}, want: []string{"3 Pod/a placed"},
		},
		"of a Deployment, with all that YAML has": {
			in: "apiVersion: apps/v1 # keep\nkind: 'Deployment'\nmetadata:\n    name: \"a\"\n    annotations: {big: 9007199254740993, float: 1e3, yes: no}\n" +
				"spec:\n    template:\n        spec:\n            # a selector\n            nodeSelector: # of nodes\n                disk: ssd\n\n" +
				"            containers:\n            -   name: x\n                args:\n                - |\n                  ---\n                  kind: Pod\n" +
				"                env: [{name: A, value: &v \"1\"}, {name: B, value: *v}]\n",
			ask: func(q *postrender.Request) { q.PoolsAssumed = true },
			edit: []string{
				"disk: ssd\n", "disk: ssd\n                kubernetes.io/os: windows\n",
				"value: *v}]\n", "value: *v}]\n            tolerations:\n            - key: os\n              operator: Equal\n              value: windows\n              effect: NoSchedule\n",
			},
			want: []string{"1 Deployment/a placed; it also asks for disk=ssd, and the preset's pools do not say which nodes have that"},
		},
		"line ends of DOS": {
			in:   strings.ReplaceAll("---\n"+pod("a", everything)+"---\n"+pod("b", "  hostname: b\n"), "\n", "\r\n"),
			edit: []string{"Exists\r\n", "Exists\r\n" + strings.ReplaceAll(selector, "\n", "\r\n"), "hostname: b\r\n", "hostname: b\r\n" + strings.ReplaceAll(whereItGoes, "\n", "\r\n")},
			want: []string{"2 Pod/a placed", "9 Pod/b placed"},
		},
		"a byte order mark and no line end": {
			in: "\ufeff" + pod("a", everything+"  hostname: a"), edit: []string{"hostname: a", "hostname: a\n" + strings.TrimSuffix(selector, "\n")}, want: []string{"1 Pod/a placed"},
		},
		"on the line of the separator": {
			in:   "--- {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeSelector: {kubernetes.io/os: linux}, tolerations: [{operator: Exists}]}}\n...\n--- # next\n",
			edit: []string{"os: linux", "os: windows"}, want: []string{"1 Pod/a placed"},
		},
		"is there": {
			in: pod("a", "  nodeSelector: { 'kubernetes.io/os':   \"windows\" }\n"+everything), want: []string{"1 Pod/a already"},
		},
		"the other system": {
			in:   pod("a", "  nodeSelector:\n    beta.kubernetes.io/os: linux # not this\n    kubernetes.io/os: 'linux'\n"+everything),
			edit: []string{"    beta.kubernetes.io/os: linux # not this\n", "", "'linux'", "'windows'"}, want: []string{"1 Pod/a placed"},
		},
		"the other system, by affinity": {
			in: pod("a", everything+"  affinity:\n    # not Windows\n    nodeAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n        nodeSelectorTerms:\n        - matchExpressions:\n          - {key: kubernetes.io/os, operator: NotIn, values: [windows]}\n          - {key: kubernetes.io/os, operator: Exists}\n"),
			edit: []string{
				"          - {key: kubernetes.io/os, operator: NotIn, values: [windows]}\n", "", "Exists}\n", "Exists}\n" + selector,
			},
			want: []string{"1 Pod/a placed"},
		},
		"keys that are there twice": {
			in:   pod("a", "  nodeSelector:\n    kubernetes.io/os: linux\n    kubernetes.io/os: windows\n"+everything+"  containers:\n  - name: x\n    image: a\n    image: b\n"),
			edit: []string{"    kubernetes.io/os: linux\n", ""}, want: []string{"1 Pod/a already"},
		},
		"a field that is there twice": {
			in:   pod("a", "  nodeSelector:\n    disk: ssd\n  tolerations: [{operator: Exists}]\n"+everything+"  nodeSelector:\n    kubernetes.io/os: linux\n"),
			edit: []string{"  nodeSelector:\n    disk: ssd\n  tolerations: [{operator: Exists}]\n", "", "os: linux", "os: windows"}, want: []string{"1 Pod/a placed"},
		},
		"a List": {
			in:   "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec:\n    nodeSelector: &s\n      kubernetes.io/os: linux\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n  spec:\n    nodeSelector: *s\n    tolerations: [{operator: Exists}]\n",
			ask:  func(q *postrender.Request) { q.OS, q.Windows = "linux", []string{"pod/b"} },
			edit: []string{"nodeSelector: *s", "nodeSelector:\n      kubernetes.io/os: windows"}, want: []string{"4 Pod/a already", "10 Pod/b placed"},
		},
		"JSON, one behind the other": {
			in: `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"tolerations": [{"operator": "Exists"}], "nodeSelector": {}}}{"kind": "Secret"}` +
				"\n{\n  \"kind\": \"List\",\n  \"items\": [\n    {\n      \"apiVersion\": \"v1\",\n      \"kind\": \"Pod\",\n      \"metadata\": {\"name\": \"b\"},\n      \"spec\": {\n        \"nodeSelector\": {\n          \"kubernetes.io/os\": \"linux\"\n        },\n        \"tolerations\": [{\"operator\": \"Exists\"}]\n      }\n    }\n  ]\n}\n",
			edit: []string{`"nodeSelector": {}`, `"nodeSelector": {"kubernetes.io/os": "windows"}`, `"kubernetes.io/os": "linux"`, `"kubernetes.io/os": "windows"`},
			want: []string{"1 Pod/a placed", "5 Pod/b placed"},
		},
		"JSON with escapes of two": {
			in:   `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "annotations": {"smile": "\ud83d\ude00"}}, "spec": {"tolerations": [{"operator": "Exists"}], "nodeSelector": {}}}`,
			edit: []string{`"nodeSelector": {}`, `"nodeSelector": {"kubernetes.io/os": "windows"}`}, want: []string{"1 Pod/a placed"},
		},
		"custom resources": {
			in: "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: a}\nspec:\n" + everything + "---\napiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaBridge\nmetadata: {name: b}\nspec:\n  template:\n    pod:\n      tolerations: [{operator: Exists}]\n---\napiVersion: serving.knative.dev/v1\nkind: Nothing\nspec: {nodeSelector: {}}\n",
			edit: []string{
				"Exists\n", "Exists\n" + selector,
				"[{operator: Exists}]\n", "[{operator: Exists}]\n      affinity:\n        nodeAffinity:\n          requiredDuringSchedulingIgnoredDuringExecution:\n            nodeSelectorTerms:\n              - matchExpressions:\n                  - key: kubernetes.io/os\n                    operator: In\n                    values:\n                      - windows\n",
			},
			want: []string{"1 Prometheus/a (spec) placed", "8 KafkaBridge/b (spec.template.pod) placed"},
		},
		"a kind that is merged in": {
			in:   "x-pod: &pod {apiVersion: v1, kind: Pod}\n<<: *pod\nmetadata: {name: a}\nspec:\n" + everything,
			edit: []string{"Exists\n", "Exists\n" + selector}, want: []string{"1 Pod/a placed"},
		},
		"a RuntimeClass that comes later": {
			in:   pod("a", "  runtimeClassName: win\n") + "---\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: win}\nhandler: x\nscheduling:\n  nodeSelector: {kubernetes.io/os: windows}\n  tolerations: [{operator: Exists}]\n",
			want: []string{"1 Pod/a already"},
		},
		"os.name and fields": {
			in:   pod("a", selector+everything+"  securityContext:\n    fsGroup: 1 # linux\n    runAsNonRoot: false\n"),
			ask:  func(q *postrender.Request) { q.Also = steer.Also{OSName: true, Fix: true} },
			edit: []string{"    fsGroup: 1 # linux\n", "", "false\n", "false\n  os:\n    name: windows\n"}, want: []string{"1 Pod/a already"},
		},
		"hooks, and some that stay": {
			in:   "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: a\n  annotations: {helm.sh/hook: pre-install}\nspec: {template: {spec: {tolerations: [{operator: Exists}]}}}\n---\n" + pod("b", "  hostname: b\n"),
			ask:  func(q *postrender.Request) { q.Leave = []string{"pod/*"} },
			edit: []string{"[{operator: Exists}]}", "[{operator: Exists}], nodeSelector: {kubernetes.io/os: windows}}"}, want: []string{"1 Job/a placed", "8 Pod/b left"},
		},
		"one that cannot be placed": {
			in:   "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a}\nspec: {template: {metadata: {labels: {kubernetes.io/os: linux}}, spec: {}}}\n---\n" + pod("b", everything),
			edit: []string{"Exists\n", "Exists\n" + selector},
			want: []string{"1 DaemonSet/a unplaced: its own label kubernetes.io/os is linux: the kubelet of a windows node rejects it", "6 Pod/b placed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := windows(t)
			if tc.ask != nil {
				tc.ask(&q)
			}
			got, report, err := postrender.Bytes([]byte(tc.in), q)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(tc.edit); i += 2 {
				if strings.Count(tc.in, tc.edit[i]) != 1 {
					t.Errorf("%q is not once in the input", tc.edit[i])
				}
			}
			want := strings.NewReplacer(tc.edit...).Replace(tc.in)
			if diff := cmp.Diff(string(got), want); diff != "" {
				t.Errorf("stream (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(told(report), tc.want); diff != "" {
				t.Errorf("report (-got +want):\n%s", diff)
			}
			again, _, err := postrender.Bytes(got, q)
			if err != nil || string(again) != string(got) {
				t.Errorf("a second pass: %v (-got +want):\n%s", err, cmp.Diff(string(again), string(got)))
			}
		})
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want string }{
		"no YAML":           {pod("a", "  b: c: d\n"), "rendered:5:7: mapping values are not allowed in this context"},
		"no YAML, no pod":   {"kind: Pod\n---\n# x\nkind: Secret\ndata: {\n---\na: b\n", "rendered:5:7: did not find expected node content"},
		"what failed":       {"Error: release: not found\n", "rendered:1:15: mapping values are not allowed in this context"},
		"what failed, once": {"Error: nothing\n", `rendered:1:1: want an object with a kind, got a map of Error`},
		"a page":            {"---\n<html>\n", `rendered:2:1: want an object with a kind, got the text "<html>"`},
		"a list":            {"- kind: Pod\n", "rendered:1:1: want an object with a kind, got a list"},
		"a key of null":     {"kind: Pod\nspec:\n  ~: 1\n", "rendered:3:3: a key must be text, a number or a truth value"},
		"UTF-16":            {"\xff\xfek\x00", "rendered:1:1: is UTF-16, want UTF-8"},
		"JSON cut off":      {`{"kind": "Pod", "spec": {`, "rendered:1:23: did not find expected node content"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := postrender.Bytes([]byte(tc.in), windows(t))
			if _, ok := errors.AsType[*postrender.SyntaxError](err); !ok {
				t.Fatalf("got %v, want a SyntaxError", err)
			}
			if diff := cmp.Diff(err.Error(), tc.want); diff != "" {
				t.Errorf("error (-got +want):\n%s", diff)
			}
		})
	}
	q := windows(t)
	q.Leave = []string{"job/*"}
	var pattern *aim.PatternError
	if _, _, err := postrender.Bytes([]byte(pod("a", everything)), q); !errors.As(err, &pattern) {
		t.Errorf("got %v, want a PatternError for what chooses nothing", err)
	}
}
