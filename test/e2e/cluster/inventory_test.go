package cluster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/test/controlplane"
)

// template is a pod template for an operating system.
func template(os, image string) string {
	return `template: {metadata: {labels: {app: x}}, spec: {nodeSelector: {kubernetes.io/os: ` + os + `}, tolerations: [{key: os, operator: Exists}],
  terminationGracePeriodSeconds: 0, containers: [{name: c, image: "` + image + `", env: [{name: SECRET, value: hidden}]}]}}`
}

const (
	linuxImage   = "registry.example.com/web:1"
	windowsImage = "mcr.microsoft.com/windows/servercore:ltsc2022"
)

// everything has a workload of every kind, whose pods run and do not run.
func everything() string {
	const selector = "selector: {matchLabels: {app: x}}, "
	return strings.Join([]string{
		`{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {tier: front}, annotations: {winready.dev/ignore: WR101 known}}, spec: {replicas: 2, ` + selector + template("linux", linuxImage) + `}}`,
		`{apiVersion: apps/v1, kind: Deployment, metadata: {name: empty}, spec: {replicas: 0, ` + selector + template("windows", windowsImage) + `}}`,
		`{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {` + selector + `template: {metadata: {labels: {app: x}}, spec: {tolerations: [{operator: Exists}], containers: [{name: c, image: registry.k8s.io/pause}]}}}}`,
		`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {serviceName: db, ` + selector + template("linux", linuxImage) + `}}`,
		`{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: bare}, spec: {` + selector + template("linux", linuxImage) + `}}`,
		`{apiVersion: v1, kind: ReplicationController, metadata: {name: old}, spec: {` + template("linux", linuxImage) + `}}`,
		`{apiVersion: batch/v1, kind: CronJob, metadata: {name: night}, spec: {suspend: true, schedule: "0 0 * * *", jobTemplate: {spec: {` + strings.Replace(template("linux", linuxImage), "spec: {", "spec: {restartPolicy: Never, ", 1) + `}}}}`,
		`{apiVersion: batch/v1, kind: Job, metadata: {name: once}, spec: {` + strings.Replace(template("linux", linuxImage), "spec: {", "spec: {restartPolicy: Never, ", 1) + `}}`,
		`{apiVersion: argoproj.io/v1, kind: Rollout, metadata: {name: canary}, spec: {` + template("linux", linuxImage) + `}}`,
		`{apiVersion: example.com/v1, kind: Rollout, metadata: {name: of-others}, spec: {` + template("linux", linuxImage) + `}}`,
		`{apiVersion: elasticsearch.k8s.elastic.co/v1, kind: Elasticsearch, metadata: {name: logs}, spec: {nodeSets: [{name: a, podTemplate: {spec: {nodeSelector: {a: b}}}}, {name: b}]}}`,
		// On a Windows node for its taint, of an image for Linux.
		`{apiVersion: v1, kind: Pod, metadata: {name: lost}, spec: {nodeName: w22, containers: [{name: c, image: ` + linuxImage + `}]}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: nowhere}, spec: {nodeSelector: {disk: fast}, containers: [{name: c, image: ` + linuxImage + `}]}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: classy}, spec: {runtimeClassName: windows-2022, containers: [{name: c, image: "` + windowsImage + `"}]}}`,
	}, "\n---\n")
}

const runtimeClass = `{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: windows-2022}, handler: runhcs-wcow-process,
  scheduling: {nodeSelector: {kubernetes.io/os: windows, node.kubernetes.io/windows-build: "10.0.20348"}, tolerations: [{key: os, operator: Exists}]}}`

// settled waits until a namespace stays as it is: every controller has made its pods, and kubelets or the scheduler have said what
// becomes of them.
func settled(t *testing.T, namespace string, pods int) {
	t.Helper()
	const each = `{range .items[*]}{.metadata.name} {.status.phase} {.status.conditions[*].reason} {.status.containerStatuses[*].state}{"\n"}{end}`
	undecided := func(line string) bool {
		return !strings.Contains(line, "Unschedulable") && !strings.Contains(line, "{")
	}
	controlplane.Within(t, 40*time.Second, func() error {
		text := plane.Kubectl(t, "get", "pods", "-n", namespace, "-o", "jsonpath="+each)
		if lines := strings.Split(strings.TrimSpace(text), "\n"); len(lines) != pods || slices.ContainsFunc(lines, undecided) {
			return fmt.Errorf("%d pods of %d:\n%s", len(lines), pods, text)
		}
		return nil
	})
}

func shop(t *testing.T) string {
	t.Helper()
	namespace := plane.Namespace(t, nil)
	apply(t, "", runtimeClass)
	apply(t, namespace, everything())
	plane.Kubectl(t, "create", "job", "-n", namespace, "night-now", "--from=cronjob/night")
	settled(t, namespace, 2+5+1+1+1+1+1+3)
	plane.Kubectl(t, "wait", "-n", namespace, "--for=condition=complete", "job", "--all", "--timeout=30s")
	return namespace
}

func apply(t *testing.T, namespace, manifests string) {
	t.Helper()
	args := []string{"apply", "-f", "-"}
	if namespace != "" {
		args = append(args, "-n", namespace)
	}
	if _, err := plane.Run(t.Context(), manifests, args...); err != nil {
		t.Fatal(err)
	}
}

func TestInventory(t *testing.T) {
	t.Parallel()
	namespace := shop(t)
	inv := read(t, plane.Kubeconfig, cluster.Scope{Namespace: namespace})
	t.Run("of workloads and pods", func(t *testing.T) {
		want := []seen{
			{"CronJob/night", "spec.jobTemplate.spec.template.spec", "linux Succeeded:1"},
			{"DaemonSet/agent", "spec.template.spec", "control-plane Running:1, linux Running:2, windows-2019 Running:1, windows-2022 Running:1"},
			{"Deployment/empty", "spec.template.spec", ""},
			{"Deployment/web", "spec.template.spec", "linux Running:2"},
			{"Elasticsearch/logs", "spec.nodeSets[0].podTemplate.spec", ""},
			{"Elasticsearch/logs (spec.nodeSets[1].podTemplate.spec)", "spec.nodeSets[1].podTemplate.spec", ""},
			{"Job/once", "spec.template.spec", "linux Succeeded:1"},
			{"Pod/classy", "spec", "windows-2022 Running:1"},
			{"Pod/lost", "spec", "windows-2022 Pending:1 ErrImagePull"},
			{"Pod/nowhere", "spec", "unbound Pending:1 Unschedulable"},
			{"ReplicaSet/bare", "spec.template.spec", "linux Running:1"},
			{"ReplicationController/old", "spec.template.spec", "linux Running:1"},
			{"Rollout/canary", "spec.template.spec", ""},
			{"StatefulSet/db", "spec.template.spec", "linux Running:1"},
		}
		got := look(inv, namespace)
		for i := range got { // which Linux nodes the scheduler chose is up to it
			if !strings.HasPrefix(got[i].ID, "DaemonSet/") {
				got[i].Pods = onLinux(got[i].Pods)
			}
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("got -, want +:\n%s", diff)
		}
	})
	t.Run("of nodes", func(t *testing.T) {
		for i := range inv.Nodes {
			inv.Nodes[i].CPU, inv.Nodes[i].Memory = resource.Quantity{}, resource.Quantity{}
		}
		linux := inventory.Node{OS: "linux", Image: "Ubuntu 24.04.1 LTS", Runtime: "containerd://1.7.23", Kubelet: "v1.34.1+rke2r1", Ready: true, MaxPods: 110}
		cp, l1, l2, w19, w22 := linux, linux, linux, linux, linux
		cp.Name, cp.ControlPlane = "cp", true
		l1.Name, l2.Name, l1.Pool, l2.Pool = "l1", "l2", 1, 1
		w19.Name, w19.OS, w19.Image, w19.Build, w19.Revision, w19.Pool = "w19", "windows", "Windows Server 2019 Datacenter", "10.0.17763", 6293, 2
		w22.Name, w22.OS, w22.Image, w22.Build, w22.Revision, w22.Pool = "w22", "windows", "Windows Server 2022 Datacenter", "10.0.20348", 2527, 3
		// What hangs on the machine; TestInventoryIsWhatKubectlSaves compares it.
		given := cmpopts.IgnoreFields(inventory.Node{}, "Kernel", "System", "Disk", "Labels", "Taints", "Addresses")
		if diff := cmp.Diff(inv.Nodes, []inventory.Node{cp, l1, l2, w19, w22}, given); diff != "" {
			t.Errorf("got -, want +:\n%s", diff)
		}
	})
	t.Run("of the rest", func(t *testing.T) {
		if inv.Source != "context controlplane" || inv.Version != "v1.34.1+rke2r1" {
			t.Errorf("got source %q and version %q", inv.Source, inv.Version)
		}
		if len(inv.RuntimeClasses) != 1 || inv.RuntimeClasses[0].Name != "windows-2022" {
			t.Errorf("got classes %v", inv.RuntimeClasses)
		}
		if diff := cmp.Diff(unread(inv), map[inventory.Kind]string{}); diff != "" {
			t.Errorf("gaps: got -, want +:\n%s", diff)
		}
		i := slices.IndexFunc(inv.Workloads, func(w inventory.Workload) bool { return w.Object.Name == "web" })
		want := object.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: namespace, Name: "web"}
		if w := inv.Workloads[i]; w.Object != want || w.Ignore != "WR101 known" || w.Spec.Containers[0].Env != nil {
			t.Errorf("got %v, ignore %q, environment %v", w.Object, w.Ignore, w.Spec.Containers[0].Env)
		}
	})
}

// onLinux forgets which of the Linux pools pods are in.
func onLinux(pods string) string {
	pods = strings.ReplaceAll(pods, "control-plane ", "linux ")
	return strings.Replace(pods, "linux Running:1, linux Running:1", "linux Running:2", 1)
}

// TestInventoryIsWhatKubectlSaves compares what is read of a live cluster with what is read of the same cluster as kubectl saves it:
// in JSON instead of protobuf, by other code, decoded in another way.
func TestInventoryIsWhatKubectlSaves(t *testing.T) {
	t.Parallel()
	namespace := shop(t)
	saved := plane.Kubectl(t, "get", "nodes,runtimeclasses,pods,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,"+
		"replicationcontrollers,rollouts.argoproj.io,elasticsearches,events", "-n", namespace, "-o", "json")
	files := dump.New(dump.Scope{Namespace: namespace})
	if err := files.Read(strings.NewReader(saved), "cluster.json"); err != nil {
		t.Fatal(err)
	}
	want := files.Inventory("saved")
	got := read(t, plane.Kubeconfig, cluster.Scope{Namespace: namespace})
	// A saved cluster has what it has, and from where.
	differ := cmpopts.IgnoreFields(inventory.Inventory{}, "Source", "Version", "Gaps", "Texts")
	for i := range want.Workloads {
		want.Workloads[i].Location, want.Workloads[i].At, want.Workloads[i].Text = object.Location{}, nil, nil
	}
	if diff := cmp.Diff(got, want, differ, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func TestInventoryDoesNotHangOnThePages(t *testing.T) {
	t.Parallel()
	namespace := shop(t)
	want := read(t, plane.Kubeconfig, cluster.Scope{Namespace: namespace})
	for _, size := range []int{1, 2, 3, 7, 14, 1000} {
		got, err := reader(t, plane.Kubeconfig, cluster.Options{PageSize: size}).Inventory(t.Context(), cluster.Scope{Namespace: namespace})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("in pages of %d: got -, want +:\n%s", size, diff)
		}
	}
}
