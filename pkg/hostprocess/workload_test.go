package hostprocess_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// node is a Windows node in a manifest.
func node(name, build, runtime string) string {
	return fmt.Sprintf(`{apiVersion: v1, kind: Node, metadata: {name: %s, labels: {kubernetes.io/os: windows, kubernetes.io/hostname: %[1]s, node.kubernetes.io/windows-build: %s}},
  status: {nodeInfo: {operatingSystem: windows, kernelVersion: %[2]s.2527, containerRuntimeVersion: "%s", kubeletVersion: v1.34.1}, conditions: [{type: Ready, status: "True"}]}}
---
`, name, build, runtime)
}

const linux = `{apiVersion: v1, kind: Node, metadata: {name: lin-1, labels: {kubernetes.io/os: linux}}, status: {conditions: [{type: Ready, status: "True"}]}}
---
`

func today(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(node(name, "10.0.20348", "containerd://1.7.23"))
	}
	return b.String()
}

// pod is a HostProcess pod with further fields, in JSON's form of YAML.
func pod(more string) string {
	return `{apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: shop}, spec: {nodeSelector: {kubernetes.io/os: windows}, hostNetwork: true, ` + more +
		`securityContext: {windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\SYSTEM'}}, containers: [{name: c, image: i}]}}
---
`
}

func namespace(labels string) string {
	return "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {" + labels + "}}}\n---\n"
}

const privileged = "pod-security.kubernetes.io/enforce: privileged"

// report is what is decided about manifests on a server.
func report(t *testing.T, server, text string) hostprocess.Report {
	t.Helper()
	r := dump.New(dump.Scope{})
	if err := r.Read(strings.NewReader(text), "in.yaml"); err != nil {
		t.Fatal(err)
	}
	inv := r.Inventory("test")
	if inv.Version = server; server != "" {
		delete(inv.Gaps, inventory.Server)
	}
	return hostprocess.Of(inv, survey.Of(inv))
}

func TestWorkload(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ server, text, want string }{
		"it runs": {"v1.34.1", today("win-1", "win-2") + namespace(privileged) + pod(""), "runs on win-1 runs, win-2 runs"},
		"the API server refuses it": {
			"v1.34.1", today("win-1") + namespace(privileged) + strings.ReplaceAll(pod(""), "hostNetwork: true, ", ""),
			"does not run: the API server refuses it: hostNetwork false: hostNetwork must be true if pod contains any hostProcess containers",
		},
		"Pod Security refuses it": {
			"v1.34.1", today("win-1") + namespace("pod-security.kubernetes.io/enforce: baseline") + pod(""),
			`does not run: violates PodSecurity "baseline:latest": ` + refusedAs,
		},
		"a field of Linux beside os.name": {
			"v1.34.1", today("win-1") + namespace(privileged) + pod("os: {name: windows}, hostPID: true, "),
			"does not run: the API server refuses it: hostPID true: cannot be set for a windows pod",
		},
		"a field that the server of then let pass": {
			"v1.32.1", today("win-1") + namespace(privileged) + pod("os: {name: windows}, hostUsers: false, "), "runs on win-1 runs",
		},
		"os.name linux": {
			"v1.34.1", today("win-1") + namespace(privileged) + pod("os: {name: linux}, "),
			"does not run: the API server refuses it: os.name linux: windows options cannot be set for a linux pod",
		},
		"no Windows nodes": {"v1.34.1", linux + namespace(privileged) + pod(""), "does not run: the cluster has no Windows node"},
		"no node that accepts it": {
			"v1.34.1", today("win-1") + namespace(privileged) + strings.ReplaceAll(pod(""), "{kubernetes.io/os: windows}", "{kubernetes.io/os: windows, disk: ssd}"),
			"does not run: no Windows node accepts it: node(s) didn't match Pod's node affinity/selector: nodeSelector disk=ssd, label not set",
		},
		"bound to one of several": {
			"v1.34.1", today("win-1", "win-2") + namespace(privileged) + pod("nodeName: win-2, "), "runs on win-2 runs",
		},
		"some nodes run it": {
			"v1.34.1", today("win-1") + node("win-2", "10.0.17763", "containerd://1.5.16") + namespace(privileged) + pod(""),
			"runs (win-2: does not run because its container runtime is containerd 1.5.16, and HostProcess pods take containerd 1.6.0) " +
				"on win-1 runs, win-2 does not run: its container runtime is containerd 1.5.16, and HostProcess pods take containerd 1.6.0",
		},
		"a node that does not say": {
			"v1.34.1", node("win-1", "10.0.20348", "containerd://x") + namespace(privileged) + pod(""),
			`cannot tell: win-1: its container runtime cannot be read: want a container runtime such as containerd://1.7.23, got "containerd://x" ` +
				`on win-1 cannot tell: its container runtime cannot be read: want a container runtime such as containerd://1.7.23, got "containerd://x"`,
		},
		"manifests alone": {
			"", pod(""), "cannot tell: no nodes are known: there are no nodes in the files (what Pod Security enforces in namespace shop is not known)",
		},
		"manifests alone that are refused": {
			"", strings.ReplaceAll(pod(""), "hostNetwork: true, ", ""),
			"does not run: the API server refuses it: hostNetwork false: hostNetwork must be true if pod contains any hostProcess containers " +
				"(what Pod Security enforces in namespace shop is not known)",
		},
		"a RuntimeClass that is not there": {
			"v1.34.1", today("win-1") + namespace(privileged) + pod("runtimeClassName: gone, "), "cannot tell: RuntimeClass gone is not known on win-1 runs",
		},
		"a RuntimeClass of Hyper-V": {
			"v1.34.1", today("win-1") + namespace(privileged) + pod("runtimeClassName: vm, ") +
				"{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: vm}, handler: runhcs-wcow-hypervisor}\n",
			"does not run: RuntimeClass vm has the handler runhcs-wcow-hypervisor, and HostProcess containers are not isolated by Hyper-V on win-1 runs",
		},
		"a pipe": {
			"v1.34.1", today("win-1") + namespace(privileged) + strings.ReplaceAll(pod(`volumes: [{name: p, hostPath: {path: '\\.\pipe\x'}}], `),
				"image: i}", `image: i, volumeMounts: [{name: p, mountPath: '\\.\pipe\x'}]}`),
			`does not run: containers[0].volumeMounts[0] \\.\pipe\x: the container is not created: named pipe mounts not supported for job containers - interact with the pipe directly on win-1 runs`,
		},
		"a server of before": {
			"v1.21.1", today("win-1") + namespace(privileged) + pod(""),
			"does not run: Kubernetes 1.21.1 has no HostProcess pods: 1.22 was the first with them, 1.23 the first with them on by default on win-1 runs",
		},
		"a field that cannot be read": {
			"v1.34.1", today("win-1") + namespace(privileged) + pod("priority: high, "),
			"cannot tell: a field of the pod spec cannot be read: spec.priority: want a whole number, got the string \"high\" on win-1 runs",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := report(t, tc.server, tc.text)
			if len(r.Workloads) != 1 {
				t.Fatalf("got %d workloads", len(r.Workloads))
			}
			var on []string
			for _, n := range r.Workloads[0].Nodes {
				on = append(on, n.Node+" "+said(n.Judgement))
			}
			got := said(r.Workloads[0].Judgement)
			if len(on) > 0 {
				got += " on " + strings.Join(on, ", ")
			}
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

// TestUnread tells what could not be read from what is not there by nature: manifests have no nodes.
func TestUnread(t *testing.T) {
	t.Parallel()
	if got := report(t, "", pod("")); len(got.Unread()) != 0 || got.Fails() {
		t.Errorf("manifests: got %q", got.Unread())
	}
	unclear := report(t, "v1.34.1", node("win-1", "10.0.20348", "containerd")+pod(""))
	got := unclear.Unread()
	const why = `its container runtime cannot be read: want a container runtime such as containerd://1.7.23, got "containerd"`
	if diff := cmp.Diff(got, []string{"node win-1: " + why, "Pod/shop/agent: win-1: " + why}); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

// TestAnswered: the API server's word outranks ours.
func TestAnswered(t *testing.T) {
	t.Parallel()
	fine := today("win-1") + namespace(privileged)
	refused := strings.ReplaceAll(pod(""), "hostNetwork: true, ", "")
	for name, tc := range map[string]struct {
		text     string
		accepted bool
		message  string
		want     string
	}{
		"both accept": {pod(""), true, "", "runs, agrees true"},
		"both refuse": {
			refused, false, "hostNetwork must be true",
			"does not run: the API server refuses it: hostNetwork false: hostNetwork must be true if pod contains any hostProcess containers, agrees true",
		},
		"it refuses": {pod(""), false, "denied by a webhook", "does not run: the API server refuses it: denied by a webhook, agrees false"},
		"it accepts": {
			refused, true, "", "cannot tell: the API server accepts it, which was not expected: the API server refuses it: hostNetwork false: " +
				"hostNetwork must be true if pod contains any hostProcess containers, agrees false",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := report(t, "v1.34.1", fine+tc.text)
			w := &r.Workloads[0]
			w.Answered(tc.accepted, tc.message, nil)
			if diff := cmp.Diff(fmt.Sprintf("%s, agrees %v", said(w.Judgement), w.Server.Agrees), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

// TestHardenedByNodeArgs: RKE2 notes on its servers what they were started with.
func TestHardenedByNodeArgs(t *testing.T) {
	t.Parallel()
	server := `{apiVersion: v1, kind: Node, metadata: {name: cp-1, labels: {kubernetes.io/os: linux}, annotations: {rke2.io/node-args: '["server","--profile","cis"]'}}}
---
`
	r := report(t, "v1.34.1+rke2r1", today("win-1")+server+namespace("team: a")+pod(""))
	want := "RKE2 runs with --profile cis, as node cp-1 tells"
	if got := said(r.Workloads[0].Judgement); !strings.Contains(got, want) || r.Workloads[0].Verdict != hostprocess.RunsNot {
		t.Errorf("got %q, want %q in it", got, want)
	}
}
