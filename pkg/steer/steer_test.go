package steer_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// pools are those of a cluster whose systems are both tainted.
const pools = `
- name: linux
  labels: {kubernetes.io/os: linux, beta.kubernetes.io/os: linux, kubernetes.io/arch: amd64, zone: a}
  taints: [{key: cattle.io/os, value: linux, effect: NoSchedule}]
- name: windows
  labels: {kubernetes.io/os: windows, beta.kubernetes.io/os: windows, kubernetes.io/arch: amd64, node.kubernetes.io/windows-build: 10.0.20348}
  taints: [{key: os, value: windows, effect: NoSchedule}]
- name: windows-gpu
  labels: {kubernetes.io/os: windows, kubernetes.io/arch: amd64, gpu: "yes", node.kubernetes.io/windows-build: 10.0.26100}
  taints: [{key: os, value: windows, effect: NoSchedule}, {key: gpu, effect: NoSchedule}]
`

func readPools(t *testing.T, text string) []placement.Pool {
	t.Helper()
	list, err := placement.ReadPools([]byte(text), "pools")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// pod is the workload of a Deployment with the pod spec that the text is.
func pod(t *testing.T, spec string) workload.Workload {
	t.Helper()
	var m map[string]any
	if err := yaml.Unmarshal([]byte(spec), &m); err != nil {
		t.Fatal(err)
	}
	return deployment(t, m)
}

func deployment(t *testing.T, spec map[string]any) workload.Workload {
	t.Helper()
	template := map[string]any{"spec": spec}
	if labels, ok := spec["labels"]; ok {
		template["metadata"] = map[string]any{"labels": labels}
	}
	found := workload.Of(map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web"}, "spec": map[string]any{"template": template},
	})
	if len(found) != 1 {
		t.Fatalf("%d workloads, want one", len(found))
	}
	return found[0]
}

// told is a plan a line a change, then what is noted.
func told(p steer.Plan) []string {
	if p.Problem != "" {
		return []string{"problem: " + p.Problem}
	}
	var out []string
	for _, c := range p.Changes {
		value, err := json.Marshal(c.Value)
		if err != nil {
			panic(err)
		}
		text := c.Path.String() + " " + string(value)
		if c.Remove {
			text = "- " + c.Path.String()
		}
		out = append(out, text)
	}
	for _, n := range p.Notes {
		out = append(out, "note: "+n)
	}
	return out
}

func TestPlace(t *testing.T) {
	t.Parallel()
	const (
		os         = `nodeSelector[kubernetes.io/os] "windows"`
		toleration = `tolerations [{"effect":"NoSchedule","key":"os","operator":"Equal","value":"windows"}]`
		required   = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
	)
	for name, tc := range map[string]struct {
		spec string
		os   platform.OS // windows by default
		ask  aim.Request
		want []string
	}{
		"says nothing":             {spec: `{}`, want: []string{os, toleration}},
		"is there":                 {spec: `{nodeSelector: {kubernetes.io/os: windows}, tolerations: [{key: os, operator: Exists}]}`},
		"lacks a toleration":       {spec: `{nodeSelector: {kubernetes.io/os: windows}}`, want: []string{toleration}},
		"keeps its tolerations":    {spec: `{tolerations: [{key: a, operator: Exists}]}`, want: []string{os, strings.Replace(strings.Trim(strings.Replace(toleration, "tolerations [", "tolerations[1] ", 1), "]"), "]]", "]", 1)}},
		"tolerates everything":     {spec: `{tolerations: [{operator: Exists}]}`, want: []string{os}},
		"names the other system":   {spec: `{nodeSelector: {kubernetes.io/os: linux, zone: a}}`, want: []string{os, toleration, "- nodeSelector.zone", "note: nodeSelector zone=a is taken away: no windows node has it"}},
		"names it by the old name": {spec: `{nodeSelector: {beta.kubernetes.io/os: linux}}`, want: []string{"- nodeSelector[beta.kubernetes.io/os]", os, toleration}},
		"names it by affinity": {
			spec: `{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]}}}}`,
			want: []string{"- affinity", os, toleration},
		},
		"keeps the rest of a term": {
			spec: `{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: NotIn, values: [windows]}, {key: kubernetes.io/arch, operator: Exists}]}]}}}}`,
			want: []string{"- " + required + ".nodeSelectorTerms[0].matchExpressions[0]", os, toleration},
		},
		"keeps the terms of its system": {
			spec: `{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}, {matchExpressions: [{key: kubernetes.io/arch, operator: Exists}]}]}}}}`,
			want: []string{"- " + required + ".nodeSelectorTerms[0]", os, toleration},
		},
		"keeps what it would rather have": {
			spec: `{affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: zone, operator: Exists}]}}], requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: beta.kubernetes.io/os, operator: In, values: [linux]}]}]}}}}`,
			want: []string{"- " + required, os, toleration},
		},
		"keeps the affinity to pods": {
			spec: `{affinity: {podAntiAffinity: {}, nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: DoesNotExist}]}]}}}}`,
			want: []string{"- affinity.nodeAffinity", os, toleration},
		},
		"asks for a label that no node has": {
			spec: `{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]}}}}`,
			want: []string{os, toleration, "- affinity", "note: node affinity disk In ssd is taken away: no windows node meets it"},
		},
		"asks for what one pool has": {
			spec: `{nodeSelector: {gpu: "yes"}}`,
			want: []string{os, `tolerations [{"effect":"NoSchedule","key":"os","operator":"Equal","value":"windows"},{"effect":"NoSchedule","key":"gpu","operator":"Exists"}]`},
		},
		"a build": {
			spec: `{}`, ask: aim.Request{WindowsBuild: "10.0.20348"},
			want: []string{`nodeSelector[kubernetes.io/os] "windows"`, `nodeSelector[node.kubernetes.io/windows-build] "10.0.20348"`, toleration},
		},
		"a build that no pool has": {spec: `{}`, ask: aim.Request{WindowsBuild: "10.0.17763"}, want: []string{"problem: there is no pool of windows nodes"}},
		"back to Linux": {
			os: platform.Linux, spec: `{nodeSelector: {kubernetes.io/os: windows, node.kubernetes.io/windows-build: 10.0.20348}, tolerations: [{key: os, operator: Exists}]}`,
			want: []string{"- nodeSelector[node.kubernetes.io/windows-build]", `nodeSelector[kubernetes.io/os] "linux"`, `tolerations[1] {"effect":"NoSchedule","key":"cattle.io/os","operator":"Equal","value":"linux"}`},
		},
		"is bound to a node":         {spec: `{nodeName: node1}`, want: []string{os, toleration, "- nodeName", "note: nodeName node1 is taken away"}},
		"a selector of another type": {spec: `{nodeSelector: "kubernetes.io/os: linux"}`, want: []string{`nodeSelector {"kubernetes.io/os":"windows"}`, toleration}},
		"a label of another type":    {spec: `{nodeSelector: {kubernetes.io/os: 1}}`, want: []string{os, toleration}},
		"tolerations of another type": {
			spec: `{tolerations: [{key: 5}]}`, want: []string{"problem: spec.template.spec.tolerations[0].key: want a string, got 5"},
		},
		"os.name of the other system":  {spec: `{os: {name: linux}}`, want: []string{`os.name "windows"`, os, toleration}},
		"os.name beside Linux's field": {spec: `{os: {name: linux}, hostPID: true}`, want: []string{"- os", os, toleration}},
		"os without a name":            {spec: `{os: {}}`, want: []string{os, toleration}},
		"its own label":                {spec: `{labels: {kubernetes.io/os: linux}}`, want: []string{"problem: its own label kubernetes.io/os is linux: the kubelet of a windows node rejects it"}},
		"a RuntimeClass of Linux": {
			spec: `{runtimeClassName: gvisor}`, want: []string{os, toleration, "- runtimeClassName", "note: runtimeClassName gvisor is taken away: it schedules elsewhere"},
		},
		"a RuntimeClass of Windows":      {spec: `{runtimeClassName: windows-2022}`},
		"a RuntimeClass that is foreign": {spec: `{runtimeClassName: kata}`, want: []string{os, toleration}},
		"a node by its name": {
			spec: `{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}]}}}}`,
			want: []string{`problem: pool "windows" (windows): node(s) didn't match Pod's node affinity/selector: required node affinity metadata.name In [n1], which chooses nodes by name; pool "windows-gpu" (windows): node(s) had untolerated taint {gpu: }: effect NoSchedule; pool "windows-gpu" (windows): node(s) didn't match Pod's node affinity/selector: required node affinity metadata.name In [n1], which chooses nodes by name`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.os == "" {
				tc.os = platform.Windows
			}
			tc.ask.Pools = readPools(t, pools)
			got := told(steer.Place(pod(t, tc.spec), tc.ask.Goal(tc.os, classes())))
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("changes (-got +want):\n%s", diff)
			}
		})
	}
}

func classes() map[string]*nodev1.Scheduling {
	return map[string]*nodev1.Scheduling{
		"gvisor": {NodeSelector: map[string]string{platform.LabelOS: "linux"}},
		"windows-2022": {
			NodeSelector: map[string]string{platform.LabelOS: "windows", platform.LabelWindowsBuild: "10.0.20348"},
			Tolerations:  []corev1.Toleration{{Key: "os", Operator: corev1.TolerationOpExists}},
		},
	}
}

// Of a preset's pools nothing is known but the OS and the taints: a chart that asks for more is not refused for that.
func TestPlaceOnAssumedPools(t *testing.T) {
	t.Parallel()
	preset, ok := placement.Preset("gke")
	if !ok {
		t.Fatal("no preset gke")
	}
	ask := aim.Request{Pools: preset, PoolsAssumed: true}
	for name, tc := range map[string]struct {
		spec string
		want []string
	}{
		"asks for a label": {
			spec: `{nodeSelector: {gpu: "yes", kubernetes.io/os: linux}}`,
			want: []string{
				`nodeSelector[kubernetes.io/os] "windows"`, `tolerations [{"effect":"NoSchedule","key":"node.kubernetes.io/os","operator":"Equal","value":"windows"}]`,
				"note: it also asks for gpu=yes, and the preset's pools do not say which nodes have that",
			},
		},
		"is there and asks for a label": {
			spec: `{nodeSelector: {gpu: "yes", kubernetes.io/os: windows}, tolerations: [{operator: Exists}]}`,
			want: []string{"note: it also asks for gpu=yes, and the preset's pools do not say which nodes have that"},
		},
		"asks by affinity": {
			spec: `{nodeSelector: {kubernetes.io/os: windows}, tolerations: [{operator: Exists}], affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [arm64]}]}]}}}}`,
			want: []string{"note: it also asks for kubernetes.io/arch In arm64, and the preset's pools do not say which nodes have that"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(told(steer.Place(pod(t, tc.spec), ask.Goal(platform.Windows, nil))), tc.want); diff != "" {
				t.Errorf("changes (-got +want):\n%s", diff)
			}
		})
	}
}

// Kinds that lack a field are placed by those they have, or not at all.
func TestPlaceCustom(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		object, pools string
		want          []string
	}{
		"affinity instead of a selector": {
			object: `{apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaConnect, metadata: {name: a}, spec: {}}`, pools: pools,
			want: []string{
				`affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms [{"matchExpressions":[{"key":"kubernetes.io/os","operator":"In","values":["windows"]}]}]`,
				`tolerations [{"effect":"NoSchedule","key":"os","operator":"Equal","value":"windows"}]`,
			},
		},
		"affinity that has terms": {
			object: `{apiVersion: rabbitmq.com/v1beta1, kind: RabbitmqCluster, metadata: {name: a}, spec: {tolerations: [{operator: Exists}], affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/arch, operator: Exists}]}]}}}}}`,
			pools:  pools,
			want: []string{
				`affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1] {"key":"kubernetes.io/os","operator":"In","values":["windows"]}`,
			},
		},
		"nothing for tolerations": {
			object: `{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: a}, spec: {affinity: {}}}`, pools: pools,
			want: []string{`nodeSelector[kubernetes.io/os] "windows"`, `tolerations [{"effect":"NoSchedule","key":"os","operator":"Equal","value":"windows"}]`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var obj map[string]any
			if err := yaml.Unmarshal([]byte(tc.object), &obj); err != nil {
				t.Fatal(err)
			}
			ask := aim.Request{Pools: readPools(t, tc.pools)}
			got := told(steer.Place(workload.Of(obj)[0], ask.Goal(platform.Windows, nil)))
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("changes (-got +want):\n%s", diff)
			}
		})
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	both := steer.Also{OSName: true, Fix: true}
	for name, tc := range map[string]struct {
		spec string
		os   platform.OS
		also steer.Also
		want []string
	}{
		"nothing asked":      {spec: `{hostPID: true}`, os: platform.Windows},
		"os.name":            {spec: `{}`, os: platform.Windows, also: steer.Also{OSName: true}, want: []string{`os.name "windows"`}},
		"os.name, there":     {spec: `{os: {name: windows}}`, os: platform.Windows, also: both},
		"a refused field":    {spec: `{securityContext: {fsGroup: 1}}`, os: platform.Windows, also: steer.Also{OSName: true}, want: []string{"note: os.name is not set: the API server would refuse the pod for securityContext.fsGroup"}},
		"a field of later":   {spec: `{hostUsers: false}`, os: platform.Windows, also: steer.Also{OSName: true, Minor: 32}, want: []string{`os.name "windows"`}},
		"fixed and named":    {spec: `{securityContext: {fsGroup: 1}, containers: [{name: a, securityContext: {privileged: false}}]}`, os: platform.Windows, also: both, want: []string{"- securityContext.fsGroup", "- containers[0].securityContext.privileged", `os.name "windows"`}},
		"fields of Linux":    {spec: `{securityContext: {fsGroup: 1}}`, os: platform.Linux, also: both, want: []string{`os.name "linux"`}},
		"options of Windows": {spec: `{containers: [{name: a, securityContext: {windowsOptions: {}}}]}`, os: platform.Linux, also: both, want: []string{"note: os.name is not set: the API server would refuse the pod for containers[0].securityContext.windowsOptions"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(told(steer.Settle(pod(t, tc.spec), tc.os, tc.also)), tc.want); diff != "" {
				t.Errorf("changes (-got +want):\n%s", diff)
			}
		})
	}
	obj := map[string]any{"apiVersion": "monitoring.grafana.com/v1alpha1", "kind": "GrafanaAgent", "metadata": map[string]any{"name": "a"}, "spec": map[string]any{}}
	if got := told(steer.Settle(workload.Of(obj)[0], platform.Windows, both)); got != nil {
		t.Errorf("what is no pod spec gets %v, want nothing", got)
	}
}
