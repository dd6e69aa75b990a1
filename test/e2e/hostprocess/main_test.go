// Package hostprocess_test holds what is said of HostProcess pods against the real API server: what it refuses and in which words, whom
// Pod Security admits, and what becomes of pods on Windows nodes.
package hostprocess_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// plane is the control plane of all tests; each has namespaces of its own.
var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(context.Background(), m, &plane, controlplane.Options{ServerVersion: "v1.37.2+rke2r1", Nodes: nodes()}, nil))
}

// builds are the Windows builds of the table, one that is newer and one that no server has.
func builds() []string {
	return []string{
		"10.0.14393", "10.0.17763", "10.0.18362", "10.0.18363", "10.0.19041", "10.0.19042", "10.0.20348", "10.0.22000", "10.0.25398", "10.0.26100",
		"10.0.29999",
	}
}

// runtimes are container runtimes as nodes of 10.0.20348 report them, each on a node of its own.
func runtimes() map[string]string {
	return map[string]string{
		"rt-docker": "docker://20.10.9", "rt-15": "containerd://1.5.16-k3s1", "rt-16": "containerd://1.6.19-k3s1", "rt-17": "containerd://1.7.1",
		"rt-21": "containerd://2.1.4-k3s1", "rt-odd": "containerd://", "rt-none": "",
	}
}

// nodes are a Windows node of each build and each runtime, one with an old kubelet, and Linux.
func nodes() []*corev1.Node {
	all := []*corev1.Node{controlplane.Linux("lin-1")}
	for _, build := range builds() {
		all = append(all, controlplane.Windows("win-"+build[len("10.0."):], build))
	}
	for name, runtime := range runtimes() {
		n := controlplane.Windows(name, "10.0.20348")
		n.Status.NodeInfo.ContainerRuntimeVersion = runtime
		all = append(all, n)
	}
	old := controlplane.Windows("old-kubelet", "10.0.20348")
	old.Status.NodeInfo.KubeletVersion = "v1.24.3"
	odd := controlplane.Windows("odd-kernel", "10.0.20348")
	odd.Status.NodeInfo.KernelVersion = "10.0.17763.1"
	return append(all, old, odd)
}

func client(t *testing.T) kubernetes.Interface {
	t.Helper()
	c, err := kubernetes.NewForConfig(plane.Config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// decided is what the JSON of the command has of a report.
type decided struct {
	HostProcess struct {
		Server    judged `json:"server"`
		Nodes     []node `json:"nodes"`
		Workloads []struct {
			judged

			Object struct{ Kind, Namespace, Name string } `json:"object"`
			Nodes  []struct {
				judged

				Node string `json:"node"`
			} `json:"nodes"`
			Server *struct {
				Accepted, Agrees bool
				Message, Unasked string
			} `json:"server"`
		} `json:"workloads"`
	} `json:"hostProcess"`
	Findings []struct {
		RuleID  string                                 `json:"ruleID"`
		Object  struct{ Kind, Namespace, Name string } `json:"object"`
		Message string                                 `json:"message"`
	} `json:"findings"`
}

type judged struct {
	Verdict string   `json:"verdict"`
	Reasons []string `json:"reasons"`
	Notes   []string `json:"notes"`
}

type node struct {
	judged

	Name   string `json:"name"`
	Mounts string `json:"mounts"`
	Probe  *struct {
		Ran  bool
		Says string
	} `json:"probe"`
}

func decode(t *testing.T, text string) decided {
	t.Helper()
	var d decided
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}
