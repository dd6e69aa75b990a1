package dump_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

const saved = `apiVersion: v1
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: web-5-x
    namespace: shop
    uid: p1
    labels: {app: web}
    ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5, uid: r1, controller: true}]
  spec: {nodeName: win-1, containers: [{name: web, image: nginx}]}
  status:
    phase: Pending
    containerStatuses: [{name: web, state: {waiting: {reason: ErrImagePull, message: no match for platform in manifest}}}]
- apiVersion: v1
  kind: Pod
  metadata: {name: bare, namespace: other, uid: p2}
  spec: {nodeName: lin-1, containers: [{name: web, image: nginx}]}
  status: {phase: Running, containerStatuses: [{name: web, state: {running: {}}}]}
- apiVersion: v1
  kind: Node
  metadata: {name: win-1, uid: n1, labels: {kubernetes.io/os: windows, node.kubernetes.io/windows-build: 10.0.20348}}
- apiVersion: v1
  kind: Node
  metadata: {name: lin-1, uid: n2, labels: {kubernetes.io/os: linux}}
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata:
    name: web-5
    namespace: shop
    uid: r1
    ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]
  spec: {template: {spec: {containers: [{name: web, image: nginx}]}}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop, uid: d1, labels: {app: web}}
  spec: {template: {spec: {containers: [{name: web, image: nginx}]}}}
- apiVersion: example.com/v1
  kind: Unknown
  metadata: {name: whatever, uid: u1}
kind: List
`

// summary is an inventory in a few lines.
func summary(inv *inventory.Inventory) string {
	var b strings.Builder
	for _, p := range inv.Pools {
		fmt.Fprintf(&b, "pool %s %v\n", p.Name, p.Nodes)
	}
	for _, w := range inv.Workloads {
		fmt.Fprintf(&b, "%s %s\n", w.Object, w.Location)
	}
	for _, p := range inv.Pods {
		fmt.Fprintf(&b, "%d of %s on %d: %s %v %s %q %s\n", p.Count, inv.Workloads[p.Workload].Object, p.Pool, p.Phase, p.Started, p.Reason, p.Message, p.Names)
	}
	for _, t := range inv.Texts {
		fmt.Fprintf(&b, "text %s at %s: %d duplicates, %s\n", t.Object, t.Location, len(t.Duplicates), t.Problem)
	}
	return b.String()
}

func read(t *testing.T, scope dump.Scope, files ...string) *inventory.Inventory {
	t.Helper()
	r := dump.New(scope)
	for i, text := range files {
		if err := r.Read(strings.NewReader(text), fmt.Sprintf("%d.yaml", i)); err != nil {
			t.Fatal(err)
		}
	}
	return r.Inventory("test")
}

func TestSavedCluster(t *testing.T) {
	t.Parallel()
	want := `pool linux [lin-1]
pool windows [win-1]
Pod/other/bare 
Deployment/shop/web 0.yaml:34
1 of Pod/other/bare on 0: Running true  "" [bare]
1 of Deployment/shop/web on 1: Pending false ErrImagePull "no match for platform in manifest" [web-5-x]
`
	// The same objects once more change nothing, whatever asked for them twice.
	for _, files := range [][]string{{saved}, {saved, saved}} {
		inv := read(t, dump.Scope{}, files...)
		if diff := cmp.Diff(summary(inv), want); diff != "" {
			t.Errorf("inventory (-got +want):\n%s", diff)
		}
		for _, kind := range []inventory.Kind{inventory.Nodes, inventory.Pools, inventory.Pods} {
			if gap, missing := inv.Gaps[kind]; missing {
				t.Errorf("%s are missing: %s", kind, gap.Reason)
			}
		}
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	web, err := labels.Parse("app=web")
	if err != nil {
		t.Fatal(err)
	}
	for name, scope := range map[string]dump.Scope{"namespace": {Namespace: "shop"}, "selector": {Selector: web}} {
		want := `pool linux [lin-1]
pool windows [win-1]
Deployment/shop/web 0.yaml:34
1 of Deployment/shop/web on 1: Pending false ErrImagePull "no match for platform in manifest" [web-5-x]
`
		if diff := cmp.Diff(summary(read(t, scope, saved)), want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
	}
}

// TestManifests: what is written for kubectl apply may name one workload in several files, and one broken document hides no other.
func TestManifests(t *testing.T) {
	t.Parallel()
	const web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {nodeSelector: {a: b, a: c}}}}\n"
	inv := read(t, dump.Scope{}, web, web+"---\nkind: [\n---\napiVersion: v1\nkind: Node\nmetadata: {name: 5, labels: wrong}\n---\nreplicas: 1\n", "")
	want := `Deployment/web 0.yaml:1
Deployment/web 1.yaml:1
text Deployment/web at 0.yaml:1: 1 duplicates, 
text Deployment/web at 1.yaml:1: 1 duplicates, 
text  at 1.yaml:6: 0 duplicates, parsing YAML: line 6: did not find expected node content
text Node at 1.yaml:8: 0 duplicates, decoding Node: `
	got := summary(inv)
	if !strings.HasPrefix(got, want) {
		t.Errorf("inventory (-got +want):\n%s", cmp.Diff(got, want))
	}
	for kind, reason := range map[inventory.Kind]string{
		inventory.Nodes: "there are no nodes in the files", inventory.Pods: "there are no running pods in the files", inventory.Chart: "not a chart",
	} {
		if gap := inv.Gaps[kind]; gap.Reason != reason || gap.Unread {
			t.Errorf("%s: got gap %+v, want %q", kind, gap, reason)
		}
	}
	line, column := inv.Workloads[0].Text.Locate([]any{"spec", "template", "spec", "nodeSelector", "a"})
	if line != 4 || column != 47 {
		t.Errorf("the field is at %d:%d, want 4:47", line, column)
	}
}

// TestObjectsAreKeptAsTheyAre: those that rules ask for, with where they are; what a scope leaves out is not there.
func TestObjectsAreKeptAsTheyAre(t *testing.T) {
	t.Parallel()
	const files = `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: other}}
---
clientVersion: {gitVersion: v1.37.0}
serverVersion: {gitVersion: v1.34.1+rke2r1}
`
	inv := read(t, dump.Scope{Namespace: "shop"}, files)
	if inv.Version != "v1.34.1+rke2r1" {
		t.Errorf("got version %q", inv.Version)
	}
	if _, missing := inv.Gaps[inventory.Server]; missing {
		t.Error("the server's version is a gap")
	}
	var got []string
	for _, part := range inventory.Kinds() {
		for _, o := range inv.Objects[part] {
			line, _ := o.Text.Locate(o.At.Then("metadata", "name"))
			got = append(got, fmt.Sprint(part, " ", o.Ref, " ", o.Labels, " ", line))
		}
	}
	want := []string{"namespaces Namespace/shop map[pod-security.kubernetes.io/enforce:baseline] 4", "persistentvolumeclaims PersistentVolumeClaim/shop/data map[] 5"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	if gap := inv.Gaps[inventory.StorageClasses]; gap.Unread || gap.Reason == "" {
		t.Errorf("got gap %v for storage classes", gap)
	}
}
