package policy_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/command"
)

// The images of workloads, which run on the nodes of one system or on all.
const (
	forWindows = "mcr.microsoft.com/windows/servercore:ltsc2022"
	forLinux   = "docker.io/library/busybox:1.37"
	forBoth    = "registry.k8s.io/e2e-test-images/agnhost:2.53"
)

func spec(image string) string {
	return "{terminationGracePeriodSeconds: 0, containers: [{name: c, image: '" + image + "'}]}"
}

func template(labels, image string) string {
	return "{metadata: {labels: {" + labels + "}}, spec: " + spec(image) + "}"
}

// workloads are one of each kind, as names begin. Those that the tests place run image, and the others what runs on Linux.
func workloads(namespace, prefix, image string) string {
	apps := func(kind, name, labels, more, image string) string {
		return fmt.Sprintf("{apiVersion: apps/v1, kind: %s, metadata: {name: %s%s, namespace: %s}, spec: {%sselector: {matchLabels: {%s}}, template: %s}}",
			kind, prefix, name, namespace, more, labels, template(labels, image))
	}
	job := fmt.Sprintf("metadata: {name: %%s, namespace: %s, annotations: {helm.sh/hook: pre-install}}, spec: {template: {spec: {restartPolicy: Never, %s}}", namespace, strings.TrimSuffix(strings.TrimPrefix(spec(image), "{"), "}"))
	return strings.Join([]string{
		apps("Deployment", "web", "app: "+prefix+"web", "replicas: 2, ", image),
		apps("Deployment", "web-api", "app: "+prefix+"web-api", "", forLinux),
		apps("ReplicaSet", "web-bare", "app: "+prefix+"web-bare", "", forLinux),
		apps("StatefulSet", "db-0", "app: "+prefix+"db", "serviceName: x, ", image),
		"{apiVersion: batch/v1, kind: Job, " + fmt.Sprintf(job, prefix+"migrate") + "}}",
		"{apiVersion: batch/v1, kind: CronJob, metadata: {name: " + prefix + "nightly, namespace: " + namespace + "}, spec: {schedule: '* * * * *', jobTemplate: {" +
			strings.Replace(fmt.Sprintf(job, prefix+"x"), "name: "+prefix+"x, namespace: "+namespace+", ", "", 1) + "}}}}",
		fmt.Sprintf("{apiVersion: v1, kind: Pod, metadata: {name: %slone, namespace: %s}, spec: %s}", prefix, namespace, spec(image)),
		fmt.Sprintf("{apiVersion: v1, kind: ReplicationController, metadata: {name: %src, namespace: %s}, spec: {selector: {app: %src}, template: %s}}",
			prefix, namespace, prefix, template("app: "+prefix+"rc", image)),
	}, "\n---\n")
}

// prometheus is a custom resource and what its operator makes of it: two shards, with the labels that it puts on every pod.
func prometheus(namespace, name, image string) string {
	labels := fmt.Sprintf("app.kubernetes.io/instance: %s, app.kubernetes.io/managed-by: prometheus-operator, app.kubernetes.io/name: prometheus, "+
		"operator.prometheus.io/name: %s, operator.prometheus.io/shard: '%%d', prometheus: %s", name, name, name)
	shard := func(set string, n int) string {
		l := fmt.Sprintf(labels, n)
		return fmt.Sprintf("{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: %s, namespace: %s}, spec: {serviceName: x, selector: {matchLabels: {%s}}, template: %s}}",
			set, namespace, l, template(l, image))
	}
	return fmt.Sprintf("{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: %s, namespace: %s}, spec: {shards: 2}}\n---\n", name, namespace) +
		shard("prometheus-"+name, 0) + "\n---\n" + shard("prometheus-"+name+"-shard-1", 1)
}

// TestPodsOfOwners: those of the owners that are named land on Windows nodes, and those of others are as they would be.
func TestPodsOfOwners(t *testing.T) {
	t.Parallel()
	shop, other := plane.Namespace(t, nil), plane.Namespace(t, nil)
	if err := plane.Teach(t.Context(), controlplane.Kind{Group: "monitoring.coreos.com", Kind: "Prometheus", Plural: "prometheuses", Versions: []string{"v1"}}); err != nil {
		t.Fatal(err)
	}
	args := []string{"policy", "--os", "windows", "--toleration", "os=windows:NoSchedule", "-n", shop}
	for _, owner := range []string{"deployment/web", "sts/db-?", "job/migrate", "cronjob/nightly", "pod/lone", "rc/rc", "prometheus/k8s"} {
		args = append(args, "--owner", owner)
	}
	policy, _ := command.Run(t, plane.Kubeconfig, 0, args...)
	apply(t, plane, policy, strings.Replace(pod(shop, ""), "name: p,", "name: lone,", 1))
	for namespace, image := range map[string]string{shop: forWindows, other: forLinux} {
		plane.Apply(t, strings.Join([]string{
			workloads(namespace, "", image), workloads(namespace, "not-", forLinux), prometheus(namespace, "k8s", image), prometheus(namespace, "edge", forLinux),
		}, "\n---\n"))
	}
	want := map[string]int{ // how many pods
		"web": 2, "db-0": 1, "migrate": 1, "nightly": 1, "lone": 1, "rc": 1, "prometheus-k8s": 1, "prometheus-k8s-shard-1": 1,
	}
	rest := []string{
		"web-api", "web-bare", "not-web", "not-web-api", "not-web-bare", "not-db-0", "not-migrate", "not-nightly", "not-lone", "not-rc",
		"prometheus-edge", "prometheus-edge-shard-1",
	}
	controlplane.Within(t, patience, func() error { return arrived(podsOf(t, shop), want, rest) })
	controlplane.Within(t, patience, func() error { return arrived(podsOf(t, other), nil, rest) })
}

// arrived says which pods are not where they are to be: those of some owners on Windows nodes, as many as there are to be, and all
// others on Linux ones, untouched; and there have to be some of the rest.
func arrived(pods []corev1.Pod, windows map[string]int, rest []string) error {
	found := map[string]int{}
	for _, p := range pods {
		owner := ownerOf(p)
		found[owner]++
		if p.Spec.NodeName == "" {
			return fmt.Errorf("%s is not scheduled", p.Name)
		}
		ours := windows[owner] > 0
		onWindows := strings.HasPrefix(p.Spec.NodeName, "win-")
		selects := p.Spec.NodeSelector["kubernetes.io/os"] == "windows"
		if ours != onWindows || ours != selects || !ours && p.Spec.NodeSelector != nil {
			return fmt.Errorf("%s of %s is on %s, nodeSelector %v", p.Name, owner, p.Spec.NodeName, p.Spec.NodeSelector)
		}
		if p.Status.Phase != corev1.PodRunning && p.Status.Phase != corev1.PodSucceeded {
			return fmt.Errorf("%s is %+v", p.Name, p.Status)
		}
	}
	for owner, n := range windows {
		if found[owner] < n {
			return fmt.Errorf("%d pods of %s, want %d: %v", found[owner], owner, n, found)
		}
	}
	for _, owner := range rest {
		if found[owner] == 0 {
			return fmt.Errorf("no pods of %s: %v", owner, found)
		}
	}
	return nil
}

// ownerOf names what a pod is of, as the user does.
func ownerOf(p corev1.Pod) string {
	if len(p.OwnerReferences) == 0 {
		return p.Name
	}
	name := p.OwnerReferences[0].Name
	if hash := p.Labels["pod-template-hash"]; hash != "" {
		return strings.TrimSuffix(name, "-"+hash)
	}
	if i := strings.LastIndexByte(name, '-'); strings.Contains(name, "nightly-") {
		return name[:i]
	}
	return name
}

// TestDaemonSets: a policy for pods leaves them alone, and one for a DaemonSet changes its template.
func TestDaemonSets(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	daemonSet := func(name string) string {
		return fmt.Sprintf("{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: %s, namespace: %s}, spec: {selector: {matchLabels: {app: %s}}, template: %s}}",
			name, namespace, name, template("app: "+name, forBoth))
	}
	// One for all pods harms no DaemonSet: it has its pod on every node that it would have it on without the policy.
	policy, said := command.Run(t, plane.Kubeconfig, 0, "policy", "--os", "windows", "--toleration", "os=windows:NoSchedule", "-n", namespace)
	if !strings.Contains(said, "pods of DaemonSets are left alone") {
		t.Errorf("got %q", said)
	}
	apply(t, plane, policy, pod(namespace, ""))
	plane.Apply(t, daemonSet("left"))
	controlplane.Within(t, patience, func() error { return daemons(t, namespace, "left", "lin-1", "lin-2") })
	for _, p := range podsOf(t, namespace) {
		if p.Spec.NodeSelector != nil {
			t.Errorf("%s: got nodeSelector %v", p.Name, p.Spec.NodeSelector)
		}
	}
	// One for the DaemonSet has it on all nodes of the system, and on no other: one that is made, and one that is updated.
	policy, said = command.Run(t, plane.Kubeconfig, 0, "policy", "--os", "windows", "--toleration", "os=windows:NoSchedule", "-n", namespace, "--owner", "ds/left", "--owner", "ds/made")
	if !strings.Contains(said, "the template is changed") {
		t.Errorf("got %q", said)
	}
	plane.Apply(t, policy)
	controlplane.Within(t, patience, func() error {
		out, err := plane.Run(t.Context(), daemonSet("made"), "create", "--dry-run=server", "-o", "jsonpath={.spec.template.spec.nodeSelector}", "-f", "-")
		if err == nil && out == "" {
			err = errors.New("the policy changes nothing")
		}
		return err
	})
	plane.Apply(t, daemonSet("made"))
	plane.Kubectl(t, "rollout", "restart", "-n", namespace, "daemonset/left")
	for _, name := range []string{"made", "left"} {
		controlplane.Within(t, patience, func() error { return daemons(t, namespace, name, "win-1", "win-2") })
	}
	// A later apply of the same manifest finds nothing to change, and keeps it.
	plane.Apply(t, daemonSet("made"))
	if err := daemons(t, namespace, "made", "win-1", "win-2"); err != nil {
		t.Error(err)
	}
}

// daemons says whether a DaemonSet is complete, with one running pod on each of some nodes and on no other.
func daemons(t *testing.T, namespace, name string, nodes ...string) error {
	t.Helper()
	var d appsv1.DaemonSet
	decode(t, plane.Kubectl(t, "get", "daemonset", "-n", namespace, name, "-o", "json"), &d)
	n := int32(len(nodes))
	if s := d.Status; s.ObservedGeneration != d.Generation || s.DesiredNumberScheduled != n || s.UpdatedNumberScheduled != n || s.NumberAvailable != n || s.NumberMisscheduled != 0 {
		return fmt.Errorf("%s is not complete: %+v", name, s)
	}
	var on []string
	for _, p := range podsOf(t, namespace) {
		if len(p.OwnerReferences) > 0 && p.OwnerReferences[0].Name == name && p.DeletionTimestamp == nil {
			on = append(on, p.Spec.NodeName)
		}
	}
	slices.Sort(on)
	if !slices.Equal(on, nodes) {
		return fmt.Errorf("%s is on %v, want %v", name, on, nodes)
	}
	return nil
}

// TestRemoved: what was applied twice is as if applied once, and when it is deleted nothing is left of it.
func TestRemoved(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	one := strings.Replace(pod(namespace, ""), "name: p,", "name: one,", 1)
	for _, format := range []string{"yaml", "json"} {
		policy, _ := command.Run(t, plane.Kubeconfig, 0, "policy", "--os", "linux", "-n", namespace, "--name", "removed-"+format, "-o", format)
		before := made(t, one)
		apply(t, plane, policy, one)
		again, err := plane.Run(t.Context(), policy, "apply", "-f", "-")
		if err != nil || strings.Count(again, " unchanged\n") != 2 || strings.Count(again, "\n") != 2 {
			t.Errorf("got %q, %v", again, err)
		}
		if _, err := plane.Run(t.Context(), policy, "delete", "-f", "-"); err != nil {
			t.Fatal(err)
		}
		controlplane.Within(t, patience, func() error {
			if got := made(t, one); got != before {
				return fmt.Errorf("it is still changed: %s", got)
			}
			return nil
		})
		left := plane.Kubectl(t, "get", "mutatingadmissionpolicies,mutatingadmissionpolicybindings", "-o", "name", "--field-selector", "metadata.name=removed-"+format)
		if left != "" {
			t.Errorf("got %s", left)
		}
	}
}

// TestBothSystems: pods of two systems take two policies, which do not see each other's pods.
func TestBothSystems(t *testing.T) {
	t.Parallel()
	windows, linux := plane.Namespace(t, nil), plane.Namespace(t, nil)
	for os, namespace := range map[string]string{"windows": windows, "linux": linux} {
		policy, _ := command.Run(t, plane.Kubeconfig, 0, "policy", "--os", os, "-n", namespace, "-l", "place in (yes,sure),!never")
		apply(t, plane, policy, labeled(namespace, "place: 'yes'"))
	}
	for _, tc := range []struct{ namespace, labels, want string }{
		{windows, "place: sure", "windows"}, {linux, "place: sure", "linux"}, {linux, "place: sure, never: ''", ""}, {linux, "place: 'no'", ""}, {linux, "", ""},
	} {
		if got := dryRun(t, plane, labeled(tc.namespace, tc.labels)).Spec.NodeSelector["kubernetes.io/os"]; got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.labels, got, tc.want)
		}
	}
}

func labeled(namespace, labels string) string {
	return strings.Replace(pod(namespace, ""), "name: p,", "name: p, labels: {"+labels+"},", 1)
}
