package controlplane_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
)

func TestClaimsAVersion(t *testing.T) {
	t.Parallel()
	type version struct {
		Major, Minor, GitVersion, EmulationMajor string
	}
	var got version
	if err := json.Unmarshal([]byte(shared.Kubectl(t, "get", "--raw", "/version")), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, version{"1", "30", "v1.30.4+rke2r1", ""}); d != "" {
		t.Error(d)
	}
	// It is still the server of its real version, with what came after the claimed one.
	shared.Kubectl(t, "get", "mutatingadmissionpolicies.v1.admissionregistration.k8s.io")
}

func TestNodesAreReady(t *testing.T) {
	t.Parallel()
	got := shared.Kubectl(t, "get", "nodes", "--sort-by=.metadata.name", "-o", `go-template={{range .items}}{{.metadata.name}}{{range .status.conditions}}{{if eq .type "Ready"}} {{.status}}{{end}}{{end}}`+
		`{{range .spec.taints}} {{.key}}{{end}} {{index .metadata.labels "kubernetes.io/os"}} {{index .metadata.labels "node.kubernetes.io/windows-build"}}`+
		` {{with .status.nodeInfo}}{{.operatingSystem}} {{.kernelVersion}} {{.kubeletVersion}} {{.containerRuntimeVersion}}{{end}} {{.status.allocatable.pods}}{{"\n"}}{{end}}`)
	want := `akswin000000 True windows 10.0.20348 windows 10.0.20348.2527 v1.30.4+rke2r1 containerd://1.7.23 110
ip-10-0-0-9.ec2.internal True os windows 10.0.17763 windows 10.0.17763.6293 v1.30.4+rke2r1 containerd://1.7.23 110
server True linux <no value> linux 6.8.0-45-generic v1.30.4+rke2r1 containerd://1.7.23 110
worker True linux <no value> linux 6.8.0-45-generic v1.30.4+rke2r1 containerd://1.7.23 110
`
	if d := cmp.Diff(got, want); d != "" {
		t.Error(d)
	}
}

// TestPodsTellTheTruth binds pods to nodes by name: what becomes of them is up to the node alone.
func TestPodsTellTheTruth(t *testing.T) {
	t.Parallel()
	const (
		linux, w2022, w2019 = "worker", "akswin000000", "ip-10-0-0-9.ec2.internal"
		nanoserver          = "mcr.microsoft.com/windows/nanoserver"
	)
	refused := func(image string) string {
		return fmt.Sprintf("Pending ErrImagePull failed to pull and unpack image %q: no match for platform in manifest: not found", image)
	}
	for _, test := range []struct{ name, node, spec, want string }{
		{"linux-on-linux", linux, `containers: [{name: c, image: "nginx:1.25"}]`, "Running"},
		{"linux-on-windows", w2022, `containers: [{name: c, image: "nginx:1.25"}]`, refused("nginx:1.25")},
		{"windows-on-linux", linux, `containers: [{name: c, image: "` + nanoserver + `:ltsc2022"}]`, refused(nanoserver + ":ltsc2022")},
		{"windows-on-windows", w2022, `containers: [{name: c, image: "` + nanoserver + `:ltsc2022"}]`, "Running"},
		{"other-build", w2019, `containers: [{name: c, image: "` + nanoserver + `:ltsc2022"}]`, refused(nanoserver + ":ltsc2022")},
		{"iis", w2019, `containers: [{name: c, image: shop/iis}]`, "Running"},
		{"no-iis", w2019, `containers: [{name: c, image: postgiis}]`, refused("postgiis")},
		{"both", w2019, `containers: [{name: c, image: "registry.k8s.io/pause:3.10"}]`, "Running"},
		{"one-of-two", w2022, `containers: [{name: c, image: shop/iis}, {name: d, image: envoy}]`, refused("envoy")},
		{"init", w2022, `initContainers: [{name: i, image: busybox}], containers: [{name: c, image: shop/iis}]`, "Pending PodInitializing "},
		{
			"sidecar", linux,
			`initContainers: [{name: i, image: envoy, restartPolicy: Always}, {name: j, image: busybox}], containers: [{name: c, image: nginx}]`,
			"Running",
		},
		{
			"os-name", w2022, `os: {name: linux}, containers: [{name: c, image: nginx}]`,
			"Failed PodOSNotSupported Pod was rejected: Failed to admit pod as the OS field doesn't match node OS",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ns := shared.Namespace(t, nil)
			shared.Apply(t, fmt.Sprintf("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: %s}, spec: {nodeName: %s, %s}}", ns, test.node, test.spec))
			started, state := "{.status.startTime}", `{.status.phase}{range .status.containerStatuses[*].state.waiting} {.reason} {.message}{end}`
			if strings.HasPrefix(test.want, "Failed") {
				started, state = "{.status.reason}", `{.status.phase} {.status.reason} {.status.message}`
			}
			shared.Kubectl(t, "wait", "-n", ns, "pod/p", "--for=jsonpath="+started, "--timeout=30s")
			if d := cmp.Diff(shared.Kubectl(t, "get", "-n", ns, "pod/p", "-o", "jsonpath="+state), test.want); d != "" {
				t.Error(d)
			}
		})
	}
}

// workload is one of a kind with a pod template.
func workload(kind, ns, pod string) string {
	version := "apps/v1"
	selector := "selector: {matchLabels: {app: a}}, "
	if kind == "Job" {
		version, selector = "batch/v1", ""
	}
	return fmt.Sprintf("{apiVersion: %s, kind: %s, metadata: {name: a, namespace: %s}, spec: {%stemplate: {metadata: {labels: {app: a}}, spec: {%s}}}}\n---\n", version, kind, ns, selector, pod)
}

func TestControllersMakePods(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct{ pod, want string }{
		"Deployment":  {`nodeSelector: {kubernetes.io/os: linux}, containers: [{name: c, image: nginx}]`, "jsonpath={.status.readyReplicas}=1"},
		"StatefulSet": {`nodeSelector: {kubernetes.io/os: windows}, containers: [{name: c, image: iis}]`, "jsonpath={.status.readyReplicas}=1"},
		"Job":         {`restartPolicy: Never, nodeSelector: {kubernetes.io/os: windows}, containers: [{name: c, image: iis}]`, "condition=Complete"},
		// Of four nodes one keeps it out with a taint, and on one its image does not run.
		"DaemonSet": {`containers: [{name: c, image: nginx}]`, "jsonpath={.status.numberUnavailable}=1"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ns := shared.Namespace(t, nil)
			shared.Apply(t, workload(kind, ns, test.pod))
			shared.Kubectl(t, "wait", "-n", ns, kind+"/a", "--for="+test.want, "--timeout=30s")
			if kind == "DaemonSet" {
				got := shared.Kubectl(t, "get", "-n", ns, "ds/a", "-o", "jsonpath={.status.desiredNumberScheduled} {.status.numberReady}")
				if got != "3 2" {
					t.Errorf("got %q pods wanted and ready, want 3 2", got)
				}
			}
			// Its pods have an owner, whose end is theirs.
			shared.Kubectl(t, "delete", "-n", ns, kind+"/a", "--cascade=foreground", "--timeout=30s")
			if got := shared.Kubectl(t, "get", "-n", ns, "pods", "-o", "name"); got != "" {
				t.Errorf("still there: %s", got)
			}
		})
	}
}

func TestUserWithoutRights(t *testing.T) {
	t.Parallel()
	ns := shared.Namespace(t, nil)
	shared.Apply(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: `+ns+`},
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]}`)
	jane := shared.As(t, "jane", "devs")
	shared.Kubectl(t, "--kubeconfig", jane, "get", "pods", "-n", ns)
	_, err := shared.Run(t.Context(), "", "--kubeconfig", jane, "get", "nodes")
	if want := `User "jane" cannot list resource "nodes" in API group "" at the cluster scope`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestOptions has the cluster that surprises people: the one Linux node is tainted, as kubeadm does it, and the one worker
// has Windows, so that a pod that says nothing ends there.
func TestOptions(t *testing.T) {
	t.Parallel()
	p := controlplane.Start(t, controlplane.Options{
		Nodes: []*corev1.Node{
			controlplane.ControlPlane("server", corev1.Taint{Key: "node-role.kubernetes.io/control-plane", Effect: corev1.TaintEffectNoSchedule}),
			controlplane.Windows("worker", "10.0.26100"),
		},
		FeatureGates:  map[string]bool{"AllAlpha": false},
		RuntimeConfig: map[string]bool{"batch/v1": false},
		Admission:     map[string]bool{"AlwaysPullImages": true, "DefaultStorageClass": false},
		PodSecurity:   "baseline",
	})
	p.Apply(t, `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: nginx}]}}`)
	p.Kubectl(t, "wait", "pod/p", "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull", "--timeout=30s")
	got := p.Kubectl(t, "get", "pod/p", "-o", "jsonpath={.spec.nodeName} {.spec.containers[0].imagePullPolicy}")
	if got != "worker Always" {
		t.Errorf("got node and pull policy %q, want worker Always", got)
	}
	for name, test := range map[string]struct{ manifest, want string }{
		"runtime config": {`{apiVersion: batch/v1, kind: Job, metadata: {name: j}}`, `no matches for kind "Job" in version "batch/v1"`},
		"pod security": {
			`{apiVersion: v1, kind: Pod, metadata: {name: q}, spec: {hostNetwork: true, containers: [{name: c, image: nginx}]}}`,
			`violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)`,
		},
	} {
		if _, err := p.Run(t.Context(), test.manifest, "apply", "-f", "-"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func TestWrongOptionIsAnError(t *testing.T) {
	t.Parallel()
	_, err := controlplane.New(t.Context(), controlplane.Options{FeatureGates: map[string]bool{"NoSuchGate": true}})
	if want := "unrecognized feature gate: NoSuchGate"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
