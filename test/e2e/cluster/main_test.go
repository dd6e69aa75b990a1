// Package cluster_test reads a real control plane with pkg/cluster, and compares what it finds with what was put there and with
// what kubectl says of it.
package cluster_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/test/controlplane"
)

// plane is the control plane of all tests of the package; each has a namespace of its own.
var plane *controlplane.Plane

func TestMain(m *testing.M) {
	taint := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
	os.Exit(controlplane.Main(context.Background(), m, &plane, controlplane.Options{
		ServerVersion: "v1.34.1+rke2r1",
		Nodes: []*corev1.Node{
			controlplane.ControlPlane("cp"), controlplane.Linux("l1"), controlplane.Linux("l2"),
			controlplane.Windows("w19", "10.0.17763", taint), controlplane.Windows("w22", "10.0.20348", taint),
		},
	}, customResources))
}

// customResources teaches the server two kinds: one with a pod template, and one with several.
func customResources(ctx context.Context, on *controlplane.Plane) error {
	versions := []string{"v1", "v1beta1"}
	return on.Teach(ctx,
		controlplane.Kind{Group: "argoproj.io", Kind: "Rollout", Plural: "rollouts", Versions: versions},
		controlplane.Kind{Group: "elasticsearch.k8s.elastic.co", Kind: "Elasticsearch", Plural: "elasticsearches", Versions: versions},
		controlplane.Kind{Group: "example.com", Kind: "Rollout", Plural: "rollouts", Versions: versions},
	)
}

func reader(t *testing.T, kubeconfig string, o cluster.Options) *cluster.Reader {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig = &kubeconfig
	r, err := cluster.New(flags, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t *testing.T, kubeconfig string, s cluster.Scope) *inventory.Inventory {
	t.Helper()
	inv, err := reader(t, kubeconfig, cluster.Options{}).Inventory(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// seen is what the tests say of a workload.
type seen struct{ ID, Path, Pods string }

// look says of every workload of a namespace, or of all, where it is and how many of its pods are where and why.
func look(inv *inventory.Inventory, namespace string) []seen {
	var all []seen
	for i, w := range inv.Workloads {
		if namespace != "" && w.Object.Namespace != namespace {
			continue
		}
		s := seen{ID: strings.Replace(w.ID(), "/"+namespace+"/", "/", 1), Path: w.SpecPath.String()}
		var pods []string
		for _, g := range inv.Pods {
			if g.Workload == i {
				at := "unbound"
				if g.Pool >= 0 {
					at = inv.Pools[g.Pool].Name
				}
				text := fmt.Sprintf("%s %s:%d", at, g.Phase, g.Count)
				if g.Reason != "" {
					text += " " + g.Reason
				}
				pods = append(pods, text)
			}
		}
		s.Pods = strings.Join(pods, ", ")
		all = append(all, s)
	}
	return all
}

// unread are the reasons of all parts that could not be read.
func unread(inv *inventory.Inventory) map[inventory.Kind]string {
	out := map[inventory.Kind]string{}
	for kind, gap := range inv.Gaps {
		if gap.Unread {
			out[kind] = gap.Reason
		}
	}
	return out
}
