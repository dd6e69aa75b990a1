package windowspod

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
)

// The tables follow validateWindows in pkg/apis/core/validation/validation.go of k8s.io/kubernetes v1.37.2. What is refused
// from a later version on is a field that the API server dropped before it looked, while its gate was off by default: AppArmor
// fields until 1.30, UserNamespacesSupport, SupplementalGroupsPolicy and SELinuxChangePolicy until 1.33 (pkg/features/kube_features.go).
// That nodes ignore them: "Compatibility v1.Pod.spec.securityContext" in content/en/docs/concepts/windows/intro.md of
// kubernetes/website.

func podRows() []row[*corev1.PodSpec] {
	type spec = *corev1.PodSpec
	return []row[spec]{
		{"hostUsers", 33, func(s spec) (string, bool) { return scalar(s.HostUsers) }},
		{"hostPID", FirstRefusal, func(s spec) (string, bool) { return truth(s.HostPID) }},
		{"hostIPC", FirstRefusal, func(s spec) (string, bool) { return truth(s.HostIPC) }},
		{"shareProcessNamespace", FirstRefusal, func(s spec) (string, bool) { return scalar(s.ShareProcessNamespace) }},
	}
}

func podSecurityRows() []row[*corev1.PodSecurityContext] {
	type sc = *corev1.PodSecurityContext
	return []row[sc]{
		{"appArmorProfile", 30, func(c sc) (string, bool) { return whole(c.AppArmorProfile) }},
		{"seLinuxOptions", FirstRefusal, func(c sc) (string, bool) { return whole(c.SELinuxOptions) }},
		{"seccompProfile", FirstRefusal, func(c sc) (string, bool) { return whole(c.SeccompProfile) }},
		{"fsGroup", FirstRefusal, func(c sc) (string, bool) { return scalar(c.FSGroup) }},
		{"fsGroupChangePolicy", FirstRefusal, func(c sc) (string, bool) { return scalar(c.FSGroupChangePolicy) }},
		{"sysctls", FirstRefusal, func(c sc) (string, bool) { return "", len(c.Sysctls) > 0 }},
		{"runAsUser", FirstRefusal, func(c sc) (string, bool) { return scalar(c.RunAsUser) }},
		{"runAsGroup", FirstRefusal, func(c sc) (string, bool) { return scalar(c.RunAsGroup) }},
		{"supplementalGroups", FirstRefusal, func(c sc) (string, bool) { return fmt.Sprint(c.SupplementalGroups), c.SupplementalGroups != nil }},
		{"supplementalGroupsPolicy", 33, func(c sc) (string, bool) { return scalar(c.SupplementalGroupsPolicy) }},
		{"seLinuxChangePolicy", 33, func(c sc) (string, bool) { return scalar(c.SELinuxChangePolicy) }},
	}
}

// podFields are those of the pod itself.
func podFields(spec *corev1.PodSpec) []Field {
	var fields []Field
	if sc := spec.SecurityContext; sc != nil {
		fields = setIn(podSecurityRows(), sc, object.Path{"securityContext"})
	}
	fields = append(fields, setIn(podRows(), spec, nil)...)
	if spec.HostNetwork && !placement.HostProcess(spec) {
		// Only HostProcess goes into the sandbox's configuration: generatePodSandboxWindowsConfig in
		// pkg/kubelet/kuberuntime/kuberuntime_sandbox.go of k8s.io/kubernetes v1.37.2. The gate WindowsHostNetwork was alpha from 1.26
		// on and is deprecated since 1.33.
		fields = append(fields, Field{
			Path: object.Path{"hostNetwork"}, Value: "true", Effect: Fails,
			What: "only HostProcess pods share a Windows node's network: this one gets a network of its own",
		})
	}
	if spec.DNSPolicy == corev1.DNSClusterFirstWithHostNet {
		// "not supported on Windows because host networking is not provided": content/en/docs/concepts/windows/intro.md of
		// kubernetes/website.
		fields = append(fields, Field{Path: object.Path{"dnsPolicy"}, Value: string(spec.DNSPolicy)})
	}
	if spec.Resources != nil {
		// validatePodResources beside validateWindows, with the gate PodLevelResources on by default since 1.34; for the kubelet
		// pkg/kubelet/lifecycle/features_windows.go.
		fields = append(fields, Field{
			Path: object.Path{"resources"}, Refused: 34, Says: "may not be set for a windows pod", Effect: Fails,
			What: "the kubelet fails the pod: pod-level resources are not supported on Windows",
		})
	}
	if len(spec.ResourceClaims) > 0 {
		// "DRA is not supported on Windows": pkg/kubelet/cm/container_manager_windows.go of k8s.io/kubernetes v1.37.2.
		fields = append(fields, Field{
			Path: object.Path{"resourceClaims"}, Effect: Fails, What: "Windows nodes have no dynamic resource allocation",
		})
	}
	return fields
}

// administrator is the user that runAsNonRoot does not let pass: verifyRunAsNonRoot in
// pkg/kubelet/kuberuntime/security_context_windows.go of k8s.io/kubernetes v1.37.2. It is one of the two that Windows images have
// by default: manage-containers/container-security.md of MicrosoftDocs/Virtualization-Documentation.
const administrator = "ContainerAdministrator"

// nonRootFields are the settings of runAsNonRoot that keep a container from starting, or may. Those of HostProcess pods are left to
// what checks HostProcess pods.
func nonRootFields(spec *corev1.PodSpec) []Field {
	if placement.HostProcess(spec) {
		return nil
	}
	var fields []Field
	seen := map[string]bool{}
	for _, l := range containers(spec) {
		for i, c := range l.items {
			at := nonRootAt(spec.SecurityContext, c.SecurityContext, object.Path{l.name, i})
			if len(at) == 0 || seen[at.String()] {
				continue
			}
			if f, bad := nonRootField(at, userName(spec.SecurityContext, c.SecurityContext)); bad {
				seen[at.String()] = true
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// nonRootAt is the path of the runAsNonRoot true that counts for a container, which is at a path itself; empty when there is none.
func nonRootAt(pod *corev1.PodSecurityContext, own *corev1.SecurityContext, container object.Path) object.Path {
	switch {
	case own != nil && own.RunAsNonRoot != nil:
		if *own.RunAsNonRoot {
			return container.Then("securityContext", "runAsNonRoot")
		}
	case pod != nil && pod.RunAsNonRoot != nil && *pod.RunAsNonRoot:
		return object.Path{"securityContext", "runAsNonRoot"}
	}
	return nil
}

// userName is the runAsUserName that counts for a container; empty when the image's own user does.
func userName(pod *corev1.PodSecurityContext, own *corev1.SecurityContext) string {
	if own != nil && own.WindowsOptions != nil && own.WindowsOptions.RunAsUserName != nil {
		return *own.WindowsOptions.RunAsUserName
	}
	if pod != nil && pod.WindowsOptions != nil && pod.WindowsOptions.RunAsUserName != nil {
		return *pod.WindowsOptions.RunAsUserName
	}
	return ""
}

func nonRootField(at object.Path, user string) (f Field, bad bool) {
	f = Field{Path: at, Value: "true", Effect: MayFail}
	switch {
	case user == "":
		f.What = "the kubelet refuses a container whose user is " + administrator + ", and the image may have that one"
	case strings.EqualFold(user, administrator):
		f.Effect, f.What = Fails, "the kubelet refuses a container whose runAsUserName is "+user
	default:
		return Field{}, false
	}
	return f, true
}
