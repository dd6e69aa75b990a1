package cluster_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

func TestNamespace(t *testing.T) {
	t.Parallel()
	one, other := shop(t), shop(t)
	inv := read(t, plane.Kubeconfig, cluster.Scope{Namespace: one})
	for _, w := range inv.Workloads {
		if w.Object.Namespace != one {
			t.Errorf("got %v", w.Object)
		}
	}
	all := read(t, plane.Kubeconfig, cluster.Scope{})
	for _, namespace := range []string{one, other} {
		if diff := cmp.Diff(len(look(all, namespace)), len(look(inv, one))); diff != "" {
			t.Errorf("workloads of namespace %s of all: got -, want +:\n%s", namespace, diff)
		}
	}
}

func TestSelector(t *testing.T) {
	t.Parallel()
	namespace := shop(t)
	own := []string{"Job/once", "ReplicationController/old"} // which the server labels as their pods
	for selector, want := range map[string][]string{
		"tier=front": {"Deployment/web"}, // whose pods do not have that label
		"app=x":      own,                // and not the workloads of which only pods and ReplicaSets have it
		"tier=back":  nil,                // which nothing has
		"tier":       {"Deployment/web"}, // whatever its value
		"!tier,!app": slices.DeleteFunc(names(), func(name string) bool { return name == "Deployment/web" || slices.Contains(own, name) }),
		"":           names(),
	} {
		inv := read(t, plane.Kubeconfig, cluster.Scope{Namespace: namespace, Selector: selector})
		var got []string
		for _, s := range look(inv, namespace) {
			got = append(got, s.ID)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%q: got -, want +:\n%s", selector, diff)
		}
		if selector == "tier=front" && onLinux(look(inv, namespace)[0].Pods) != "linux Running:2" {
			t.Errorf("got pods %q", look(inv, namespace)[0].Pods)
		}
	}
}

// names are the workloads of a shop.
func names() []string {
	return []string{
		"CronJob/night", "DaemonSet/agent", "Deployment/empty", "Deployment/web", "Elasticsearch/logs", "Elasticsearch/logs (spec.nodeSets[1].podTemplate.spec)",
		"Job/once", "Pod/classy", "Pod/lost", "Pod/nowhere", "ReplicaSet/bare", "ReplicationController/old", "Rollout/canary", "StatefulSet/db",
	}
}

func TestNodesOnly(t *testing.T) {
	t.Parallel()
	inv := read(t, plane.Kubeconfig, cluster.Scope{NodesOnly: true})
	if len(inv.Nodes) != 5 || len(inv.Pools) != 4 || len(inv.Workloads) != 0 {
		t.Errorf("got %d nodes, %d pools, %d workloads", len(inv.Nodes), len(inv.Pools), len(inv.Workloads))
	}
	if gap, missing := inv.Gaps[inventory.Pods]; !missing || gap.Unread {
		t.Errorf("got gap %v for pods", gap)
	}
}

// TestEventsSayWhy is about a pod whose own status says nothing of why it does not start.
func TestEventsSayWhy(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	apply(t, namespace, `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {nodeName: gone, containers: [{name: c, image: x}]}}
---
{apiVersion: v1, kind: Event, metadata: {name: p.1}, type: Warning, reason: FailedCreatePodSandBox, message: "no network", lastTimestamp: "2026-01-02T03:04:05Z",
  involvedObject: {apiVersion: v1, kind: Pod, namespace: `+namespace+`, name: p}}
---
{apiVersion: v1, kind: Event, metadata: {name: p.0}, type: Warning, reason: FailedMount, message: "later", lastTimestamp: "2026-01-02T03:05:05Z",
  involvedObject: {apiVersion: v1, kind: Pod, namespace: `+namespace+`, name: p}}
---
{apiVersion: v1, kind: Event, metadata: {name: p.2}, type: Normal, reason: Scheduled, message: "x", lastTimestamp: "2026-01-02T03:06:05Z",
  involvedObject: {apiVersion: v1, kind: Pod, namespace: `+namespace+`, name: p}}`)
	plane.Kubectl(t, "patch", "pod", "p", "-n", namespace, "--subresource=status", "-p",
		`{"status": {"containerStatuses": [{"name": "c", "image": "x", "imageID": "", "ready": false, "restartCount": 0, "state": {"waiting": {"reason": "ContainerCreating"}}}]}}`)
	inv := read(t, plane.Kubeconfig, cluster.Scope{Namespace: namespace})
	want := []inventory.PodGroup{{Pool: -1, Phase: "Pending", Reason: "ContainerCreating", Message: "FailedMount: later", Count: 1, Names: []string{"p"}}}
	if diff := cmp.Diff(inv.Pods, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

// TestStaticPods is about what a kubelet shows of the files on its node.
func TestStaticPods(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	for _, node := range []string{"l1", "l2"} {
		uid := plane.Kubectl(t, "get", "node", node, "-o", "jsonpath={.metadata.uid}")
		apply(t, namespace, fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: proxy-%s, annotations: {kubernetes.io/config.mirror: x},
  ownerReferences: [{apiVersion: v1, kind: Node, name: %s, uid: %s, controller: true}]}, spec: {nodeName: %s, containers: [{name: c, image: x}]}}`, node, node, strings.TrimSpace(uid), node))
	}
	settled(t, namespace, 2)
	inv := read(t, plane.Kubeconfig, cluster.Scope{Namespace: namespace})
	if diff := cmp.Diff(look(inv, namespace), []seen{{"Pod/proxy", "spec", "linux Running:2"}}); diff != "" || !inv.Workloads[0].Static {
		t.Errorf("static %t; got -, want +:\n%s", inv.Workloads[0].Static, diff)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	last := map[string]int{}
	r := reader(t, plane.Kubeconfig, cluster.Options{PageSize: 2, Progress: func(what string, done int) {
		if !mu.TryLock() {
			t.Error("two at a time")
			return
		}
		defer mu.Unlock()
		if done < last[what] {
			t.Errorf("%s went back from %d to %d", what, last[what], done)
		}
		last[what] = done
	}})
	inv, err := r.Inventory(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if last["nodes"] != len(inv.Nodes) {
		t.Errorf("got %d nodes, want %d", last["nodes"], len(inv.Nodes))
	}
}
