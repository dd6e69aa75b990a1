// Package faults_test reads a real control plane with pkg/cluster through a proxy that lets requests go wrong: what is read is
// whole, or what is missing is said.
package faults_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// plane is the control plane of all tests of the package. None of them changes anything there.
var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(context.Background(), m, &plane, controlplane.Options{
		Nodes: []*corev1.Node{controlplane.Linux("l1"), controlplane.Linux("l2"), controlplane.Linux("l3"), controlplane.Windows("w1", "10.0.20348")},
	}, fill))
}

// fill makes twenty pods of eight workloads, one of which is a custom resource.
func fill(ctx context.Context, on *controlplane.Plane) error {
	var manifests []string
	for i, os := range []string{"linux", "windows", "linux", "windows", "linux", "linux"} {
		manifests = append(manifests, fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: d%d}, spec: {replicas: 3, selector: {matchLabels: {app: d%d}},
  template: {metadata: {labels: {app: d%d}}, spec: {nodeSelector: {kubernetes.io/os: %s}, containers: [{name: c, image: registry.k8s.io/pause}]}}}}`, i, i, i, os))
	}
	for i := range 2 {
		manifests = append(manifests, fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: p%d}, spec: {nodeName: w1, containers: [{name: c, image: busybox}]}}`, i))
	}
	if err := on.Teach(ctx, controlplane.Kind{Group: "argoproj.io", Kind: "Rollout", Plural: "rollouts", Versions: []string{"v1alpha1"}}); err != nil {
		return err
	}
	if _, err := on.Run(ctx, strings.Join(manifests, "\n---\n"), "apply", "-f", "-"); err != nil {
		return err
	}
	const rollout = `{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: r, namespace: default}, spec: {template: {spec: {nodeSelector: {a: b}}}}}`
	for _, step := range []struct {
		in   string
		args []string
	}{
		{rollout, []string{"apply", "-f", "-"}},
		{"", []string{"wait", "--for=condition=Available", "deployment", "--all", "--timeout=60s"}},
		{"", []string{"wait", "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull", "pod/p0", "pod/p1", "--timeout=30s"}},
	} {
		if _, err := on.Run(ctx, step.in, step.args...); err != nil {
			return err
		}
	}
	time.Sleep(time.Second) // for what controllers still write
	return nil
}
