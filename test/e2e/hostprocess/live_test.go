package hostprocess_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/command"
)

// daemonSet is a HostProcess DaemonSet for the nodes of a selector.
func daemonSet(namespace, name, selector string) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: %[1]s, namespace: %[2]s}, spec: {selector: {matchLabels: {app: %[1]s}}, template: {
  metadata: {labels: {app: %[1]s}}, spec: {nodeSelector: {%[3]s}, hostNetwork: true,
  securityContext: {windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\SYSTEM'}}, containers: [{name: c, image: windows-agent}]}}}}
---
`, name, namespace, selector)
}

// TestNodes: what is said of Windows nodes of every build and runtime, as they are in a cluster.
func TestNodes(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	// Nodes that do not say what they are make the answer incomplete.
	out, _ := command.Run(t, plane.Kubeconfig, 3, "hostprocess", "-o", "json", "--namespace", namespace)
	got := map[string]string{}
	for _, n := range decode(t, out).HostProcess.Nodes {
		got[n.Name] = strings.TrimSpace(n.Verdict + " " + n.Mounts)
	}
	want := map[string]string{
		"rt-docker": "does not run", "rt-15": "does not run", "rt-16": "runs symlink", "rt-17": "runs bind", "rt-21": "runs bind",
		"rt-odd": "cannot tell", "rt-none": "cannot tell", "old-kubelet": "runs bind", "odd-kernel": "runs bind",
	}
	for _, build := range builds() {
		want["win-"+build[len("10.0."):]] = "runs bind"
	}
	want["win-14393"] = "does not run bind" // Windows Server 2016
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	for _, n := range decode(t, out).HostProcess.Nodes {
		about := map[string]string{
			"win-29999": "newer than those this tool knows", "win-22000": "none that this tool knows", "odd-kernel": "its kernel version 10.0.17763.1",
			"old-kubelet": "takes hostProcess of the pod alone",
		}[n.Name]
		if !strings.Contains(strings.Join(n.Notes, "; "), about) {
			t.Errorf("%s: got notes %q, want %q in them", n.Name, n.Notes, about)
		}
	}
}

// TestWorkloads: what is said of workloads is what becomes of them, and --verify shows the API server's word beside ours.
func TestWorkloads(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, map[string]string{"pod-security.kubernetes.io/enforce": "baseline"})
	open := plane.Namespace(t, map[string]string{"pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/warn": "restricted"})
	const on2022 = `kubernetes.io/hostname: win-20348`
	plane.Apply(t, daemonSet(namespace, "refused", on2022)+daemonSet(open, "fine", on2022)+
		daemonSet(open, "unable", "kubernetes.io/hostname: rt-15")+daemonSet(open, "nowhere", "disk: ssd, kubernetes.io/os: windows"))
	controlplane.Within(t, time.Minute, func() error {
		if events := plane.Kubectl(t, "get", "events", "--namespace", namespace); !strings.Contains(events, "violates PodSecurity") {
			return fmt.Errorf("no event about the refusal:\n%s", events)
		}
		return nil
	})
	for name, tc := range map[string]struct {
		namespace string
		want      map[string]string
	}{
		"refused": {namespace, map[string]string{"refused": "does not run, refused, agrees true"}},
		"open": {open, map[string]string{
			"fine": "runs, accepted, agrees true", "unable": "does not run, accepted, agrees true", "nowhere": "does not run, accepted, agrees true",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := command.Run(t, plane.Kubeconfig, 1, "hostprocess", "--verify", "--allow-incomplete", "-o", "json", "--namespace", tc.namespace)
			got := map[string]string{}
			for _, w := range decode(t, out).HostProcess.Workloads {
				got[w.Object.Name] = fmt.Sprintf("%s, %s, agrees %v", w.Verdict, map[bool]string{true: "accepted", false: "refused"}[w.Server.Accepted], w.Server.Agrees)
				if w.Object.Name == "fine" && !strings.Contains(w.Server.Message, `would violate PodSecurity "restricted:latest"`) {
					t.Errorf("the API server's warning is not shown: %q", w.Server.Message)
				}
			}
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
	// The audit tells of it, too: as it is, where that can be told, and not a second time by the event.
	out, _ := command.Run(t, plane.Kubeconfig, 1, "audit", "--allow-incomplete", "-o", "json", "--namespace", namespace)
	var said []string
	for _, f := range decode(t, out).Findings {
		if strings.Contains(f.Message, "violates PodSecurity") {
			said = append(said, f.RuleID+" "+f.Object.Name)
		}
	}
	if diff := cmp.Diff(said, []string{"WR208 refused"}); diff != "" {
		t.Errorf("audit: got -, want +:\n%s", diff)
	}
	out, _ = command.Run(t, plane.Kubeconfig, 1, "audit", "--rules", "WR218", "-o", "text", "--namespace", namespace)
	if !strings.Contains(out, "the API server refused its pods: violates PodSecurity \"baseline:latest\"") {
		t.Errorf("audit: the refusal of the event is not told:\n%s", out)
	}
}

// TestManifestsOnCluster: manifests that are not yet in the cluster, on its nodes and in its namespaces.
func TestManifestsOnCluster(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, map[string]string{"pod-security.kubernetes.io/enforce": "privileged"})
	text := daemonSet(namespace, "agent", "kubernetes.io/hostname: win-26100")
	out, _ := command.Reading(t, plane.Kubeconfig, text, 0, "hostprocess", "--filename", "-", "--pools", "cluster", "--verify", "--allow-incomplete")
	for _, want := range []string{"DaemonSet/" + namespace + "/agent  runs on win-26100\n", "  the API server accepts it\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
}

// TestProbe: a pod is really started on a node, what the node says is shown, and nothing is left.
func TestProbe(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		labels       map[string]string
		args         []string
		status       int
		ran          bool
		says, answer string
	}{
		"it runs":          {nil, []string{"--yes"}, 0, true, "", ""},
		"it is agreed to":  {nil, nil, 0, true, "", "y\n"},
		"the image is not": {nil, []string{"--yes", "--probe-image", "nginx:1.27", "--probe-timeout", "4s"}, 1, false, "ErrImagePull", ""},
		"it is refused": {
			map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}, []string{"--yes"}, 1, false, `violates PodSecurity "restricted:latest"`, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			namespace := plane.Namespace(t, tc.labels)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go kubelet(ctx, t, namespace)
			args := append([]string{"hostprocess", "--probe", "--probe-node", "win-20348", "--allow-incomplete", "-o", "json", "--namespace", namespace}, tc.args...)
			out, _ := command.Reading(t, plane.Kubeconfig, tc.answer, tc.status, args...)
			for _, n := range decode(t, out).HostProcess.Nodes {
				switch {
				case (n.Probe != nil) != (n.Name == "win-20348"):
					t.Errorf("%s: got probe %v", n.Name, n.Probe)
				case n.Probe != nil && (n.Probe.Ran != tc.ran || !strings.Contains(n.Probe.Says, tc.says)):
					t.Errorf("got %+v, want %v with %q", *n.Probe, tc.ran, tc.says)
				}
			}
			empty(t, namespace)
		})
	}
	t.Run("it is not agreed to", func(t *testing.T) {
		t.Parallel()
		namespace := plane.Namespace(t, nil)
		_, said := command.Reading(t, plane.Kubeconfig, "n\n", 0, "hostprocess", "--probe", "--probe-node", "win-20348", "--allow-incomplete", "--namespace", namespace)
		if !strings.Contains(said, "Go on? [y/N]") || !strings.Contains(said, "no probe: it was not agreed to") {
			t.Errorf("got %q", said)
		}
		empty(t, namespace)
	})
}

// TestProbeInterrupted: Ctrl-C while a probe runs leaves nothing.
func TestProbeInterrupted(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	go func() {
		_ = wait.PollUntilContextCancel(ctx, 20*time.Millisecond, true, func(ctx context.Context) (bool, error) {
			list, err := client(t).CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
			return err == nil && len(list.Items) > 0, nil
		})
		interrupt()
	}()
	out, said, status := command.Main(ctx, "", "hostprocess", "--probe", "--yes", "--probe-node", "win-20348,win-17763", "--probe-image", "nginx:1.27",
		"--namespace", namespace, "--kubeconfig", plane.Kubeconfig)
	if status != 3 || !strings.Contains(said, "interrupted") {
		t.Errorf("exit status %d:\n%s%s", status, out, said)
	}
	empty(t, namespace)
}

// kubelet ends the probes of a namespace whose containers run: KWOK lets them run for ever.
func kubelet(ctx context.Context, t *testing.T, namespace string) {
	t.Helper()
	c := client(t)
	_ = wait.PollUntilContextCancel(ctx, 50*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		list, err := c.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "winready.dev/probe"})
		if err != nil {
			return false, nil //nolint:nilerr // it is asked again
		}
		for _, p := range list.Items {
			if p.Status.Phase == corev1.PodRunning {
				_, _ = c.CoreV1().Pods(namespace).Patch(ctx, p.Name, types.MergePatchType, []byte(`{"status": {"phase": "Succeeded"}}`), metav1.PatchOptions{}, "status")
			}
		}
		return false, nil
	})
}

// empty wants no pods in a namespace, soon.
func empty(t *testing.T, namespace string) {
	t.Helper()
	controlplane.Within(t, time.Minute, func() error {
		list, err := client(t).CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
		if err == nil && len(list.Items) > 0 {
			err = fmt.Errorf("%d pods in %s", len(list.Items), namespace)
		}
		return err
	})
}
