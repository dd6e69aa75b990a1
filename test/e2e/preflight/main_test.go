// Package preflight_test looks at the requirements of a real control plane: what RBAC keeps from a user, and what the server does not
// have, is never taken for met, and a saved cluster says what the live one says.
package preflight_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/command"
)

// plane is the control plane of all tests.
var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(context.Background(), m, &plane, controlplane.Options{ServerVersion: "v1.34.1+rke2r1", Nodes: nodes()}, nil))
}

// nodes are those of an RKE2 cluster that meets the requirements of its machines.
func nodes() []*corev1.Node {
	server := controlplane.ControlPlane("server-1")
	server.Labels["node-role.kubernetes.io/etcd"] = "true"
	all := []*corev1.Node{server, controlplane.Linux("linux-1"), controlplane.Windows("win-1", "10.0.20348")}
	for i, n := range all {
		n.Status.Capacity = corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse("4"), corev1.ResourceMemory: resource.MustParse("16Gi"),
			corev1.ResourceEphemeralStorage: resource.MustParse("100Gi"), corev1.ResourcePods: resource.MustParse("110"),
		}
		n.Status.NodeInfo.OSImage = []string{"Ubuntu 24.04.2 LTS", "Ubuntu 24.04.2 LTS", "Windows Server 2022 Datacenter"}[i]
		n.Spec.PodCIDRs = []string{fmt.Sprintf("10.42.%d.0/24", i)}
		n.Spec.PodCIDR = n.Spec.PodCIDRs[0]
	}
	all[2].Status.NodeInfo.KernelVersion = "10.0.20348.4294"
	all[2].Status.NodeInfo.ContainerRuntimeVersion = "containerd://2.1.4-k3s2"
	return all
}

// requirement is what is said of one.
type requirement struct {
	RuleID, State, Reason string
	Unread                []string
}

// preflight runs the command with a kubeconfig or other flags, and returns the exit status and what is said of each requirement.
func preflight(t *testing.T, args ...string) (int, map[string]requirement) {
	t.Helper()
	out, said, status := command.Main(t.Context(), "", append([]string{"preflight", "--output", "json"}, args...)...)
	var report struct {
		Checklist struct {
			Groups []struct{ Requirements []requirement }
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v: %s%s", err, out, said)
	}
	all := map[string]requirement{}
	for _, g := range report.Checklist.Groups {
		for _, r := range g.Requirements {
			all[r.RuleID] = r
		}
	}
	return status, all
}
