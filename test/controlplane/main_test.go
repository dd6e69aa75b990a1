package controlplane_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// shared serves the tests that change nothing of the cluster but what is in namespaces of their own.
var shared *controlplane.Plane

// What a process of this binary is told to be, instead of the tests.
const (
	beKilled  = "CONTROLPLANE_TEST_BE_KILLED"  // one that starts a control plane, says where and waits to be killed
	beStarter = "CONTROLPLANE_TEST_BE_STARTER" // one that starts one in the background, in this folder, and ends
)

func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (status int, err error) {
	ctx := context.Background()
	if folder := os.Getenv(beStarter); folder != "" {
		_, err := controlplane.Background(ctx, folder, controlplane.Options{})
		return 0, err
	}
	shared, err = controlplane.New(ctx, controlplane.Options{
		ServerVersion: "v1.30.4+rke2r1",
		Nodes: []*corev1.Node{
			controlplane.ControlPlane("server"),
			controlplane.Linux("worker"),
			controlplane.Windows("akswin000000", "10.0.20348"),
			controlplane.Windows("ip-10-0-0-9.ec2.internal", "10.0.17763", corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}),
		},
	})
	if err != nil {
		return 1, err
	}
	if os.Getenv(beKilled) != "" {
		fmt.Println(shared.Folder)
		select {}
	}
	return m.Run(), shared.Stop()
}
