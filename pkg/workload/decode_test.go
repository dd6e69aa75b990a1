package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/workload"
)

func TestOfKeepsWhatDecodes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spec     string
		want     corev1.PodSpec
		problems []string
	}{
		"a port as a string": {
			spec: `{nodeSelector: {a: b}, containers: [{name: c, image: i, ports: [{name: http, containerPort: "80"}]}]}`,
			want: corev1.PodSpec{
				NodeSelector: map[string]string{"a": "b"},
				Containers:   []corev1.Container{{Name: "c", Image: "i", Ports: []corev1.ContainerPort{{Name: "http"}}}},
			},
			problems: []string{`spec.containers[0].ports[0].containerPort: want a whole number, got the string "80"`},
		},
		"a label as a number": {
			spec: `{nodeSelector: {disk: ssd, gpu: true, zone: 5}}`,
			want: corev1.PodSpec{NodeSelector: map[string]string{"disk": "ssd"}},
			problems: []string{
				"spec.nodeSelector.gpu: want a string, got true",
				"spec.nodeSelector.zone: want a string, got 5",
			},
		},
		"a toleration goes whole": {
			spec: `{tolerations: [{key: os, value: true, effect: NoSchedule}, {operator: Exists, effect: 5}, {key: k, operator: Exists}]}`,
			want: corev1.PodSpec{Tolerations: []corev1.Toleration{{Key: "k", Operator: "Exists"}}},
			problems: []string{
				"spec.tolerations[0].value: want a string, got true",
				"spec.tolerations[1].effect: want a string, got 5",
			},
		},
		"a node selector term goes whole": {
			spec: `{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
				{matchExpressions: [{key: a, operator: In, values: [1]}, {key: b, operator: Exists}]},
				{matchExpressions: [{key: c, operator: Exists}]}]}}}}`,
			want: corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{
					{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "c", Operator: "Exists"}}},
				}},
			}}},
			problems: []string{"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution." +
				"nodeSelectorTerms[0].matchExpressions[0].values[0]: want a string, got 1"},
		},
		"wrong from top to bottom": {
			spec: `{containers: [oops, {name: c, resources: {limits: {cpu: lots}}}], hostNetwork: "yes", nodeSelector: [],
				os: {name: windows}, securityContext: 5, volumes: {}}`,
			want: corev1.PodSpec{
				Containers: []corev1.Container{{Name: "c", Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{}}}},
				OS:         &corev1.PodOS{Name: corev1.Windows},
			},
			problems: []string{
				`spec.containers[0]: want a map, got the string "oops"`,
				`spec.containers[1].resources.limits.cpu: quantities must match the regular expression ` +
					`'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', got the string "lots"`,
				`spec.hostNetwork: want true or false, got the string "yes"`,
				"spec.nodeSelector: want a map, got a list",
				"spec.securityContext: want a map, got 5",
				"spec.volumes: want a list, got a map",
			},
		},
		"no map at all": {spec: `[]`, problems: []string{"spec: want a map, got a list"}},
		"nothing":       {spec: `null`, problems: []string{"spec: want a map, got nothing"}},
		"the case of keys matters, as for the server": {spec: `{nodeselector: {a: b}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := workload.Of(objectOf(t, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: "+tc.spec))
			if len(found) != 1 {
				t.Fatalf("got %d workloads, want 1", len(found))
			}
			if diff := cmp.Diff(found[0].Spec, tc.want); diff != "" {
				t.Errorf("spec: got -, want +:\n%s", diff)
			}
			if diff := cmp.Diff(found[0].Problems, tc.problems); diff != "" {
				t.Errorf("problems: got -, want +:\n%s", diff)
			}
		})
	}
}

func TestOfReadsOnlyPlacementFromWhatIsNoPodSpec(t *testing.T) {
	t.Parallel()
	found := workload.Of(objectOf(t, `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: p}
spec: {containers: 5, volumes: [], runtimeClassName: x, nodeSelector: {a: b}, tolerations: [{operator: Exists}]}
`))
	want := corev1.PodSpec{NodeSelector: map[string]string{"a": "b"}, Tolerations: []corev1.Toleration{{Operator: "Exists"}}}
	if diff := cmp.Diff(found[0].Spec, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	if diff := cmp.Diff(found[0].Problems, []string(nil)); diff != "" {
		t.Errorf("problems: got -, want +:\n%s", diff)
	}
}
