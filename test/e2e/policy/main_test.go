// Package policy_test has the real API server carry out the policies that pkg/policy writes, and looks at what becomes of pods.
package policy_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// plane is the control plane of all tests that need no other; each has namespaces of its own.
var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(context.Background(), m, &plane, controlplane.Options{
		Nodes:         nodes(),
		RuntimeConfig: map[string]bool{group + "v1beta1": true, group + "v1alpha1": true}, // beside v1
	}, nil))
}

// nodes are two of each system; those of Windows have a taint.
func nodes() []*corev1.Node {
	taint := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
	return []*corev1.Node{
		controlplane.Linux("lin-1"), controlplane.Linux("lin-2"),
		controlplane.Windows("win-1", "10.0.20348", taint), controlplane.Windows("win-2", "10.0.20348", taint),
	}
}

// patience is how long the API server may take to see a policy, and controllers to do what was asked of them.
const patience = 2 * time.Minute

// apply applies a policy and returns when the server carries it out: when a pod is changed that it is for.
func apply(t *testing.T, on *controlplane.Plane, text string, changed ...string) {
	t.Helper()
	on.Apply(t, text)
	for _, pod := range changed {
		controlplane.Within(t, patience, func() error {
			if made := dryRun(t, on, pod); len(made.Spec.NodeSelector) == 0 {
				return errors.New("the policy changes nothing: " + pod)
			}
			return nil
		})
	}
}

// answer is what the API server makes of a pod, in its own words.
func answer(t *testing.T, on *controlplane.Plane, pod string) ([]byte, error) {
	t.Helper()
	client, err := kubernetes.NewForConfig(on.Config)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.YAMLToJSON([]byte(pod))
	if err != nil {
		t.Fatal(err)
	}
	var p corev1.Pod
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	return client.CoreV1().RESTClient().Post().Namespace(p.Namespace).Resource("pods").Param("dryRun", "All").
		SetHeader("Content-Type", "application/json").SetHeader("Accept", "application/json").Body(text).Do(t.Context()).Raw()
}

// dryRun is what the API server makes of a pod that it takes.
func dryRun(t *testing.T, on *controlplane.Plane, pod string) *corev1.Pod {
	t.Helper()
	out, err := answer(t, on, pod)
	if err != nil {
		t.Fatalf("%v: %s: %s", err, out, pod)
	}
	var made corev1.Pod
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	return &made
}

// podsOf are the pods of a namespace.
func podsOf(t *testing.T, namespace string) []corev1.Pod {
	t.Helper()
	var list corev1.PodList
	if err := json.Unmarshal([]byte(plane.Kubectl(t, "get", "pods", "-n", namespace, "-o", "json")), &list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}
