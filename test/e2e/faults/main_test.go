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

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	ctx := context.Background()
	plane, err = controlplane.New(ctx, controlplane.Options{
		Nodes: []*corev1.Node{controlplane.Linux("l1"), controlplane.Linux("l2"), controlplane.Linux("l3"), controlplane.Windows("w1", "10.0.20348")},
	})
	if err == nil {
		err = fill(ctx)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	if plane == nil {
		return code
	}
	if err := plane.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// fill makes twenty pods of eight workloads, one of which is a custom resource.
func fill(ctx context.Context) error {
	var manifests []string
	for i, os := range []string{"linux", "windows", "linux", "windows", "linux", "linux"} {
		manifests = append(manifests, fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: d%d}, spec: {replicas: 3, selector: {matchLabels: {app: d%d}},
  template: {metadata: {labels: {app: d%d}}, spec: {nodeSelector: {kubernetes.io/os: %s}, containers: [{name: c, image: registry.k8s.io/pause}]}}}}`, i, i, i, os))
	}
	for i := range 2 {
		manifests = append(manifests, fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: p%d}, spec: {nodeName: w1, containers: [{name: c, image: busybox}]}}`, i))
	}
	manifests = append(manifests, `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: rollouts.argoproj.io}, spec: {
  group: argoproj.io, scope: Namespaced, names: {kind: Rollout, plural: rollouts}, versions: [
    {name: v1alpha1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}`)
	if _, err := plane.Run(ctx, strings.Join(manifests, "\n---\n"), "apply", "-f", "-"); err != nil {
		return err
	}
	const rollout = `{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: r, namespace: default}, spec: {template: {spec: {nodeSelector: {a: b}}}}}`
	for _, step := range []struct {
		in   string
		args []string
	}{
		{"", []string{"wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"}},
		{rollout, []string{"apply", "-f", "-"}},
		{"", []string{"wait", "--for=condition=Available", "deployment", "--all", "--timeout=60s"}},
		{"", []string{"wait", "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull", "pod/p0", "pod/p1", "--timeout=30s"}},
	} {
		if _, err := plane.Run(ctx, step.in, step.args...); err != nil {
			return err
		}
	}
	time.Sleep(time.Second) // for what controllers still write
	return nil
}
