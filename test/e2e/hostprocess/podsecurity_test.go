package hostprocess_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// many is how many pods are asked about.
const many = 1200

// TestPodSecurity: for each of many pods our verdict is the admission plugin's, word for word, in namespaces of every level and of several
// versions.
func TestPodSecurity(t *testing.T) {
	t.Parallel()
	version, err := platform.ParseVersion("v1.37.2")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := hostprocess.NewPodSecurity(version)
	if err != nil {
		t.Fatal(err)
	}
	names, labels := namespaces(t)
	c := client(t)
	g := generator{rand.New(rand.NewPCG(20261123, 5))} //nolint:gosec // the same pods each time
	refused, hostProcess := 0, 0
	for i := range many {
		name := names[g.IntN(len(names))]
		pod := g.pod(name)
		_, err := c.CoreV1().Pods(name).Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		if apierrors.IsInvalid(err) {
			t.Fatalf("pod %d is none: %v", i, err)
		}
		theirs := ""
		if err != nil {
			_, theirs, _ = strings.Cut(err.Error(), "is forbidden: ")
			refused++
		}
		if hostprocess.Wanted(&pod.Spec) {
			hostProcess++
		}
		in := ours.Of(name, labels[name])
		if got := ours.Violation(in.Enforce, &pod.ObjectMeta, &pod.Spec); got != theirs {
			t.Errorf("pod %d in a namespace with %v:\ngot  %s\nwant %s", i, labels[name], got, theirs)
		}
	}
	t.Logf("%d pods in %d namespaces: %d refused, %d are HostProcess pods", many, len(names), refused, hostProcess)
	if refused < many/4 || refused > many*9/10 || hostProcess < many/10 {
		t.Errorf("the pods ask too little: %d refused, %d HostProcess", refused, hostProcess)
	}
}

// namespaces are one for each level and several versions, and one without labels.
func namespaces(t *testing.T) ([]string, map[string]map[string]string) {
	t.Helper()
	labels := map[string]map[string]string{}
	names := []string{plane.Namespace(t, nil)}
	for _, level := range []string{"privileged", "baseline", "restricted"} {
		for _, version := range []string{"", "latest", "v1.0", "v1.18", "v1.22", "v1.24", "v1.25", "v1.29", "v1.34", "v1.37", "v1.99"} {
			l := map[string]string{"pod-security.kubernetes.io/enforce": level}
			if version != "" {
				l["pod-security.kubernetes.io/enforce-version"] = version
			}
			name := plane.Namespace(t, l)
			labels[name] = l
			names = append(names, name)
		}
	}
	return names, labels
}

// generator makes pods that the API server takes but for Pod Security: HostProcess pods, Windows pods and Linux pods, with the fields that
// the standards look at.
type generator struct{ *rand.Rand }

func (g generator) yes(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

func (g generator) pod(namespace string) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "p-", Namespace: namespace}}
	p.Spec.SecurityContext = &corev1.PodSecurityContext{}
	windows, host := g.yes(60), g.yes(40)
	switch {
	case host:
		g.hostProcess(&p.Spec)
	case g.yes(20):
		p.Spec.HostNetwork = true
	}
	for i := range 1 + g.IntN(3) {
		p.Spec.Containers = append(p.Spec.Containers, g.container(fmt.Sprintf("c%d", i), windows || host))
	}
	if g.yes(30) {
		p.Spec.InitContainers = append(p.Spec.InitContainers, g.container("init", windows || host))
		p.Spec.InitContainers[0].LivenessProbe = nil // which init containers cannot have
	}
	if windows {
		p.Spec.OS = &corev1.PodOS{Name: corev1.Windows}
	}
	if !windows && !host {
		g.linux(&p.Spec)
	}
	g.common(&p.Spec)
	return p
}

// hostProcess makes a pod one: by the pod or, below, by its containers.
func (g generator) hostProcess(spec *corev1.PodSpec) {
	spec.HostNetwork = true
	spec.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{HostProcess: new(true), RunAsUserName: new(`NT AUTHORITY\SYSTEM`)}
}

func (g generator) container(name string, windows bool) corev1.Container {
	c := corev1.Container{Name: name, Image: "i", SecurityContext: &corev1.SecurityContext{}}
	if g.yes(30) {
		c.SecurityContext.RunAsNonRoot = new(g.yes(70))
	}
	if g.yes(15) {
		c.Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 80}}
	}
	if g.yes(15) {
		c.LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: pick(g, "", "192.0.2.1", "127.0.0.1")}}}
		c.LivenessProbe.TCPSocket.Port.IntVal = 80
	}
	if windows {
		return c
	}
	if g.yes(40) {
		c.SecurityContext.AllowPrivilegeEscalation = new(g.yes(30))
	}
	if g.yes(50) {
		c.SecurityContext.Capabilities = &corev1.Capabilities{Drop: pick(g, nil, []corev1.Capability{"ALL"}), Add: pick(g, nil, []corev1.Capability{"NET_BIND_SERVICE"}, []corev1.Capability{"SYS_ADMIN"})}
	}
	if g.yes(30) {
		c.SecurityContext.SeccompProfile = &corev1.SeccompProfile{Type: pick(g, corev1.SeccompProfileTypeRuntimeDefault, corev1.SeccompProfileTypeUnconfined)}
	}
	if c.SecurityContext.AllowPrivilegeEscalation == nil && g.yes(15) {
		c.SecurityContext.Privileged = new(g.yes(70))
	}
	if g.yes(20) {
		c.SecurityContext.RunAsUser = new(int64(g.IntN(2)))
	}
	return c
}

// linux sets what only pods of Linux have.
func (g generator) linux(spec *corev1.PodSpec) {
	sc := spec.SecurityContext
	spec.HostPID, spec.HostIPC = g.yes(10), g.yes(10)
	if g.yes(30) {
		sc.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
	}
	if g.yes(20) && !spec.HostNetwork && !spec.HostIPC { // whose namespaces are not the pod's to set
		sc.Sysctls = []corev1.Sysctl{{Name: pick(g, "kernel.shm_rmid_forced", "net.core.somaxconn", "net.ipv4.tcp_keepalive_time"), Value: "1"}}
	}
	if g.yes(10) {
		sc.SELinuxOptions = &corev1.SELinuxOptions{Type: pick(g, "container_t", "spc_t")}
	}
	if g.yes(10) {
		sc.AppArmorProfile = &corev1.AppArmorProfile{Type: pick(g, corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeUnconfined)}
	}
}

// common sets what pods of both systems have.
func (g generator) common(spec *corev1.PodSpec) {
	if g.yes(50) {
		spec.SecurityContext.RunAsNonRoot = new(g.yes(80))
	}
	if g.yes(15) {
		spec.Volumes = append(spec.Volumes, corev1.Volume{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\var`}}})
	}
	if g.yes(15) {
		spec.Volumes = append(spec.Volumes, corev1.Volume{Name: "empty", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
	}
	if g.yes(5) {
		spec.Volumes = append(spec.Volumes, corev1.Volume{Name: "nfs", VolumeSource: corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{Server: "s", Path: "/p"}}})
	}
	for i := range spec.Containers { // no two may have the same
		for p := range spec.Containers[i].Ports {
			spec.Containers[i].Ports[p].ContainerPort, spec.Containers[i].Ports[p].HostPort = int32(81+i), int32(81+i)
		}
	}
}
