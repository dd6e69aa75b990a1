package placement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/placement"
)

func TestWithRuntimeClass(t *testing.T) {
	t.Parallel()
	class := &nodev1.Scheduling{
		NodeSelector: map[string]string{"kubernetes.io/os": "windows"},
		Tolerations:  []corev1.Toleration{{Key: "os", Operator: corev1.TolerationOpExists}},
	}
	for _, test := range []struct {
		name     string
		selector map[string]string
		class    *nodev1.Scheduling
		want     *corev1.PodSpec
		err      string
	}{
		{"no scheduling", map[string]string{"a": "b"}, nil, &corev1.PodSpec{NodeSelector: map[string]string{"a": "b"}}, ""},
		{"added", map[string]string{"a": "b"}, class, &corev1.PodSpec{
			NodeSelector: map[string]string{"a": "b", "kubernetes.io/os": "windows"}, Tolerations: class.Tolerations,
		}, ""},
		{"the same", map[string]string{"kubernetes.io/os": "windows"}, class, &corev1.PodSpec{
			NodeSelector: map[string]string{"kubernetes.io/os": "windows"}, Tolerations: class.Tolerations,
		}, ""},
		{
			"contradicts",
			map[string]string{"kubernetes.io/os": "linux"},
			class, nil,
			"conflict: runtimeClass.scheduling.nodeSelector[kubernetes.io/os] = windows; pod.spec.nodeSelector[kubernetes.io/os] = linux",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := placement.WithRuntimeClass(&corev1.PodSpec{NodeSelector: test.selector}, test.class)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if d := cmp.Diff(got, test.want); d != "" || text != test.err {
				t.Errorf("-got +want:\n%s\nerror %q, want %q", d, text, test.err)
			}
		})
	}
}
