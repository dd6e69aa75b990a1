package platform

// Stage is how far a feature has come in a version of Kubernetes.
type Stage string

// The stages. An alpha feature is off unless its gate is set, a beta one is on unless its gate says otherwise; a stable one is on.
const (
	Absent Stage = "absent"
	Alpha  Stage = "alpha"
	Beta   Stage = "beta"
	Stable Stage = "stable"
)

// HostProcessGate is the feature gate of the API server and of the kubelet that lets HostProcess pods be.
const HostProcessGate = "WindowsHostProcessContainers"

// HostProcessStage is the stage of HostProcess pods in a version of Kubernetes. A server of before takes the pod and drops the field.
// Sources: kep.yaml of keps/sig-windows/1981-windows-privileged-container-support in kubernetes/enhancements for 1.22,
// pkg/features/kube_features.go of k8s.io/kubernetes v1.23.17, v1.24.17 and v1.26.15, and of v1.28.15, which has the gate no more.
func HostProcessStage(kubernetes Version) Stage {
	switch {
	case kubernetes.AtLeast(1, 26, 0):
		return Stable
	case kubernetes.AtLeast(1, 23, 0):
		return Beta
	case kubernetes.AtLeast(1, 22, 0):
		return Alpha
	default:
		return Absent
	}
}

// IgnoresContainerHostProcess tells a kubelet that makes the sandbox of a pod by the pod's own hostProcess alone: a pod of which only the
// containers set it fails there. Source: kubernetes/kubernetes#110140; generatePodSandboxWindowsConfig in
// pkg/kubelet/kuberuntime/kuberuntime_sandbox.go of k8s.io/kubernetes v1.23.9 and v1.24.3, which have the fault, and v1.23.10 and v1.24.4,
// which have not.
func IgnoresContainerHostProcess(kubelet Version) bool {
	switch {
	case kubelet.Major != 1:
		return false
	case kubelet.Minor == 23:
		return kubelet.Patch < 10
	case kubelet.Minor == 24:
		return kubelet.Patch < 4
	default:
		return kubelet.Minor == 22
	}
}

// Mounts says where a HostProcess container finds its volumes and its image. It is empty for a runtime that runs none.
type Mounts string

// The two ways. With symlinks a volume is at its mountPath below $CONTAINER_SANDBOX_MOUNT_POINT, and nothing is at the mountPath itself:
// what looks for /var/run/secrets/kubernetes.io/serviceaccount there does not find it. With binds it is at its mountPath, the image at
// C:\hpc.
// Source: "Volume mounts" in keps/sig-windows/1981-windows-privileged-container-support/README.md of kubernetes/enhancements.
const (
	SymlinkMounts Mounts = "symlink"
	BindMounts    Mounts = "bind"
)

// FirstHostProcess and FirstBind are the first releases of containerd with HostProcess containers, and with bind mounts in them: the same
// README.md. Docker has neither.
const (
	FirstHostProcess = "1.6.0"
	FirstBind        = "1.7.0"
)

// HostProcess is how the runtime mounts in HostProcess containers; empty for one that has none. Of a runtime that was not known when
// this was written, which is newer, bind is the answer.
func (r Runtime) HostProcess() Mounts {
	switch {
	case r.Name != Containerd, !r.Version.AtLeast(1, 6, 0):
		return ""
	case r.Version.AtLeast(1, 7, 0):
		return BindMounts
	default:
		return SymlinkMounts
	}
}

// bindRevision is the revision of 10.0.17763 that brought what bind mounts take: "OS APIs that were added to Windows Server 2019 in July
// 2022" says the README.md above, and the update of 2022-07-12 for that build is KB5015811, 17763.3165.
const bindRevision = 3165

// BindsMounts tells whether a Windows of a build and revision has what bind mounts in HostProcess containers take, and known whether that
// can be told: a node may not say its revision.
func (b Build) BindsMounts(revision int) (binds, known bool) {
	if b != "10.0.17763" {
		return true, b != ""
	}
	return revision >= bindRevision, revision > 0
}

// bundled is the containerd that a release of RKE2 brings for its Windows nodes.
type bundled struct{ rke2, containerd Version }

func row(minor, patch int, major2, minor2, patch2 int) bundled {
	return bundled{Version{Major: 1, Minor: minor, Patch: patch}, Version{Major: major2, Minor: minor2, Patch: patch2}}
}

// rke2Containerd is which containerd came with which release of RKE2 for Windows, oldest first: where it changed in a minor version as
// far as HostProcess is concerned. Source: Dockerfile.windows of rancher/rke2 at the tag of each row, CONTAINERD_VERSION. There is no tag
// v1.24.0+rke2r1. Linux nodes of v1.24.1 still had 1.5.13.
func rke2Containerd() []bundled {
	return []bundled{
		row(22, 9, 1, 5, 10),
		row(23, 6, 1, 5, 10), row(23, 9, 1, 5, 13), row(23, 17, 1, 5, 16),
		row(24, 1, 1, 6, 4), row(24, 13, 1, 6, 19), row(24, 14, 1, 7, 1),
		row(25, 0, 1, 6, 8), row(25, 9, 1, 6, 19), row(25, 10, 1, 7, 1),
		row(26, 4, 1, 6, 19), row(26, 5, 1, 7, 1),
		row(27, 1, 1, 6, 19), row(27, 2, 1, 7, 1),
		row(30, 0, 1, 7, 11), row(32, 0, 1, 7, 23), row(33, 0, 2, 0, 4), row(34, 1, 2, 1, 4), row(35, 0, 2, 1, 5), row(36, 4, 2, 3, 4),
	}
}

// RKE2Containerd is the containerd that the Windows nodes of a release of RKE2 have at least: that of the nearest release at or before it in
// the table. It is not known for what is older than the table and for what is no RKE2.
func RKE2Containerd(rke2 Version) (containerd Version, known bool) {
	if !rke2.RKE2() {
		return Version{}, false
	}
	for _, r := range rke2Containerd() {
		if rke2.Compare(r.rke2) >= 0 {
			containerd, known = r.containerd, true
		}
	}
	return containerd, known
}

// FirstRKE2 is the first release of RKE2 with HostProcess pods on Windows: its gate was on before, in 1.23, but its containerd was 1.5.
const FirstRKE2 = "v1.24.1+rke2r1"

// PipePrefix begins the path of a named pipe of Windows.
const PipePrefix = `\\.\pipe\`

// Pipes through which pods that are no HostProcess pods have something done on the host.
const (
	// WinsPipe is that of rancher/wins: "rancher_wins" in rancher-windows-exporter and rancher-monitoring of rancher/charts.
	WinsPipe = PipePrefix + "rancher_wins"
	// CSIProxyPipe begins those of csi-proxy: client/api of kubernetes-csi/csi-proxy v1.1.3.
	CSIProxyPipe = PipePrefix + "csi-proxy-"
)
