package hostprocess_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// said is a judgement in one line, with its notes behind it.
func said(j hostprocess.Judgement) string {
	text := string(j.Verdict)
	if len(j.Reasons) > 0 {
		text += ": " + strings.Join(j.Reasons, "; ")
	}
	if len(j.Notes) > 0 {
		text += " (" + strings.Join(j.Notes, "; ") + ")"
	}
	return text
}

func TestNode(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		node inventory.Node
		want string
	}{
		"as they are today": {
			inventory.Node{Build: "10.0.20348", Revision: 2527, Runtime: "containerd://1.7.23-k3s2", Kubelet: "v1.34.1+rke2r1", Ready: true},
			"runs",
		},
		"with symlinks": {
			inventory.Node{Build: "10.0.20348", Revision: 2527, Runtime: "containerd://1.6.19", Kubelet: "v1.26.4", Ready: true},
			"runs (containerd 1.6.19 mounts volumes below %CONTAINER_SANDBOX_MOUNT_POINT% alone: containerd 1.7.0 is the first that mounts them at their paths)",
		},
		"the containerd of RKE2 1.23": {
			inventory.Node{Build: "10.0.17763", Revision: 6293, Runtime: "containerd://1.5.16", Kubelet: "v1.23.17+rke2r1", Ready: true},
			"does not run: its container runtime is containerd 1.5.16, and HostProcess pods take containerd 1.6.0",
		},
		"docker, whatever its version": {
			inventory.Node{Build: "10.0.17763", Revision: 6293, Runtime: "docker://unknown", Kubelet: "v1.23.17", Ready: true},
			"does not run: its container runtime is docker, and only containerd from 1.6.0 on runs HostProcess pods",
		},
		"kubelets of before": {
			inventory.Node{Build: "10.0.17763", Revision: 6293, Runtime: "containerd://1.6.0", Kubelet: "v1.21.14", Ready: true},
			"does not run: its kubelet is of Kubernetes 1.21.14, which has no HostProcess pods (containerd 1.6.0 mounts volumes below %CONTAINER_SANDBOX_MOUNT_POINT% alone: containerd 1.7.0 is the first that mounts them at their paths)",
		},
		"an alpha gate": {
			inventory.Node{Build: "10.0.20348", Runtime: "containerd://1.7.1", Kubelet: "v1.22.17", Ready: true},
			"cannot tell: its kubelet is of Kubernetes 1.22.17, where the feature gate WindowsHostProcessContainers is alpha and off unless set, and the API does not show it (its kubelet 1.22.17 takes hostProcess of the pod alone: set on containers only, the pod fails (kubernetes/kubernetes#110140))",
		},
		"what does not parse": {
			inventory.Node{Build: "10.0.20348", Runtime: "containerd://", Kubelet: "kubelet", Ready: true},
			`cannot tell: its container runtime cannot be read: want a container runtime such as containerd://1.7.23, got "containerd://"; the version of its kubelet cannot be read: want a version such as v1.34.1, got "kubelet"`,
		},
		"what does not run outranks what cannot be read": {
			inventory.Node{Build: "10.0.20348", Runtime: "docker://1.7.1", Kubelet: "", Ready: true},
			"does not run: its container runtime is docker 1.7.1, and only containerd from 1.6.0 on runs HostProcess pods",
		},
		"a build newer than this tool": {
			inventory.Node{Build: "10.0.29550", Revision: 1, Runtime: "containerd://3.0.1", Kubelet: "v1.40.0", Ready: true},
			"runs (its Windows build 10.0.29550 is newer than those this tool knows; HostProcess pods run on any build)",
		},
		"a build that is none of a server": {
			inventory.Node{Build: "10.0.22000", Revision: 1, Runtime: "containerd://1.7.1", Kubelet: "v1.34.0", Ready: true},
			"runs (its Windows build 10.0.22000 is none that this tool knows; HostProcess pods run on any build)",
		},
		"Windows Server 2016": {
			inventory.Node{Build: "10.0.14393", Revision: 1, Runtime: "containerd://1.7.1", Kubelet: "v1.34.0", Ready: true},
			"does not run: its Windows build 10.0.14393 is older than 10.0.17763, from which on Kubernetes supports Windows nodes",
		},
		"no build at all": {
			inventory.Node{Runtime: "containerd://1.7.1", Kubelet: "v1.34.0", Ready: true},
			"runs (its Windows build is not known; HostProcess pods run on any that Kubernetes runs on)",
		},
		"2019 without what bind mounts take": {
			inventory.Node{Build: "10.0.17763", Revision: 2000, Runtime: "containerd://1.7.1", Kubelet: "v1.34.0", Ready: true},
			"runs (10.0.17763.2000 is without the updates of July 2022, which mounts at their paths take on Windows Server 2019)",
		},
		"2019 of no revision": {
			inventory.Node{Build: "10.0.17763", Runtime: "containerd://1.7.1", Kubelet: "v1.34.0", Ready: true},
			"runs (its revision is not known: Windows Server 2019 takes the updates of July 2022 for mounts at their paths)",
		},
		"not ready and cordoned": {
			inventory.Node{Build: "10.0.20348", Runtime: "containerd://1.7.1", Kubelet: "v1.34.0", Unschedulable: true},
			"runs (the node is not ready; the node is cordoned: only what tolerates that is scheduled to it, as DaemonSets do)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(said(hostprocess.NodeOf(tc.node).Judgement), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"v1.34.1+rke2r1":  "runs",
		"v1.26.0":         "runs",
		"v1.24.17":        "runs (in Kubernetes 1.24.17 the feature gate WindowsHostProcessContainers is beta: on unless somebody turned it off)",
		"v1.24.1+rke2r1":  "runs (in Kubernetes 1.24.1 the feature gate WindowsHostProcessContainers is beta: on unless somebody turned it off)",
		"v1.23.17":        "runs (in Kubernetes 1.23.17 the feature gate WindowsHostProcessContainers is beta: on unless somebody turned it off)",
		"v1.23.17+rke2r1": "does not run: RKE2 v1.23.17+rke2r1 brings containerd 1.5.16 to Windows nodes, and HostProcess pods take 1.6.0: v1.24.1+rke2r1 is the first RKE2 with it",
		"v1.22.9":         "cannot tell: in Kubernetes 1.22.9 the feature gate WindowsHostProcessContainers is alpha and off unless set, and the API does not show it",
		"v1.20.15":        "does not run: Kubernetes 1.20.15 has no HostProcess pods: 1.22 was the first with them, 1.23 the first with them on by default",
		"snapshot":        `cannot tell: the version of the API server does not parse: want a version such as v1.34.1, got "snapshot"`,
	} {
		if diff := cmp.Diff(said(hostprocess.ServerFor(version).Judgement), want); diff != "" {
			t.Errorf("%s: got -, want +:\n%s", version, diff)
		}
	}
	none := hostprocess.ServerOf(&inventory.Inventory{Gaps: map[inventory.Kind]inventory.Gap{inventory.Server: {Reason: "files tell no version"}}})
	if diff := cmp.Diff(said(none.Judgement), "cannot tell: files tell no version"); diff != "" || none.Stage != platform.Stage("") {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
