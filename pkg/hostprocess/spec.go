package hostprocess

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// container is one container of a pod and where it is.
type container struct {
	*corev1.Container
	at object.Path
}

// containers are all containers of a pod, in the order in which the API server looks at them: VisitContainersWithPath in
// pkg/api/pod/util.go of k8s.io/kubernetes v1.37.2.
func containers(spec *corev1.PodSpec) []container {
	var out []container
	for i := range spec.InitContainers {
		out = append(out, container{&spec.InitContainers[i], object.Path{"initContainers", i}})
	}
	for i := range spec.Containers {
		out = append(out, container{&spec.Containers[i], object.Path{"containers", i}})
	}
	for i := range spec.EphemeralContainers {
		c := corev1.Container(spec.EphemeralContainers[i].EphemeralContainerCommon)
		out = append(out, container{&c, object.Path{"ephemeralContainers", i}})
	}
	return out
}

// podOptions are the pod's windowsOptions; empty where it has none.
func podOptions(spec *corev1.PodSpec) corev1.WindowsSecurityContextOptions {
	if spec.SecurityContext == nil || spec.SecurityContext.WindowsOptions == nil {
		return corev1.WindowsSecurityContextOptions{}
	}
	return *spec.SecurityContext.WindowsOptions
}

func (c container) options() corev1.WindowsSecurityContextOptions {
	if c.SecurityContext == nil || c.SecurityContext.WindowsOptions == nil {
		return corev1.WindowsSecurityContextOptions{}
	}
	return *c.SecurityContext.WindowsOptions
}

func set(b *bool) bool { return b != nil && *b }

// hostProcess tells whether a container is a HostProcess container: by its own value, or by the pod's where it has none.
func (c container) hostProcess(spec *corev1.PodSpec) bool {
	if own := c.options().HostProcess; own != nil {
		return *own
	}
	return set(podOptions(spec).HostProcess)
}

// Wanted tells whether a pod asks for HostProcess anywhere. The API server wants it everywhere or nowhere.
func Wanted(spec *corev1.PodSpec) bool {
	wanted := set(podOptions(spec).HostProcess)
	for _, c := range containers(spec) {
		wanted = wanted || c.hostProcess(spec)
	}
	return wanted
}

// OnlyByContainers tells whether the containers of a pod ask for HostProcess and the pod itself does not.
func OnlyByContainers(spec *corev1.PodSpec) bool {
	return Wanted(spec) && !set(podOptions(spec).HostProcess)
}

// Faults are those of a pod spec, in the order in which the API server tells them, then those that show on a node. A pod that asks for no
// HostProcess may have faults of the format of its user only.
func Faults(spec *corev1.PodSpec) []Fault {
	faults := append(valueFaults(spec), userFormats(spec)...)
	if !Wanted(spec) {
		return faults
	}
	faults = append(faults, nonRoot(spec)...)
	faults = append(faults, userKinds(spec)...)
	return append(faults, namedPipes(spec)...)
}

// valueFaults are those of validateWindowsHostProcessPod in pkg/apis/core/validation/validation.go of k8s.io/kubernetes v1.37.2.
func valueFaults(spec *corev1.PodSpec) []Fault {
	var faults []Fault
	pod := podOptions(spec).HostProcess
	all, many := containers(spec), 0
	for _, c := range all {
		own := c.options().HostProcess
		if pod != nil && own != nil && *pod != *own {
			faults = append(faults, Fault{
				Kind: ValuesDiffer, Path: c.at.Then("securityContext", "windowsOptions", "hostProcess"), Value: strconv.FormatBool(*own), Certain: true,
				Says: fmt.Sprintf("pod hostProcess value must be identical if both are specified, was %v", *pod),
			})
		}
		if c.hostProcess(spec) {
			many++
		}
	}
	if many == 0 {
		return faults
	}
	if many != len(all) {
		faults = append(faults, Fault{
			Kind: MixedContainers, Value: fmt.Sprintf("%d of %d containers", many, len(all)), Certain: true,
			Says: "If pod contains any hostProcess containers then all containers must be HostProcess containers",
		})
	}
	if !spec.HostNetwork {
		faults = append(faults, Fault{
			Kind: NoHostNetwork, Path: object.Path{"hostNetwork"}, Value: "false", Certain: true,
			Says: "hostNetwork must be true if pod contains any hostProcess containers",
		})
	}
	return faults
}

// Ordinary are the names of the containers that are no HostProcess containers.
func Ordinary(spec *corev1.PodSpec) []string {
	var names []string
	for _, c := range containers(spec) {
		if !c.hostProcess(spec) {
			names = append(names, c.Name)
		}
	}
	return names
}

// nonRoot are the settings of runAsNonRoot. The documentation rules them out, and the kubelet looks at nothing but the name
// ContainerAdministrator: content/en/docs/tasks/configure-pod-container/create-hostprocess-pod.md of kubernetes/website, and
// verifyRunAsNonRoot in pkg/kubelet/kuberuntime/security_context_windows.go of k8s.io/kubernetes v1.37.2.
func nonRoot(spec *corev1.PodSpec) []Fault {
	var faults []Fault
	seen := map[string]bool{}
	for _, c := range containers(spec) {
		at := object.Path{"securityContext", "runAsNonRoot"}
		switch own := c.SecurityContext; {
		case own != nil && own.RunAsNonRoot != nil:
			if !*own.RunAsNonRoot {
				continue
			}
			at = c.at.Then(at...)
		case spec.SecurityContext == nil || !set(spec.SecurityContext.RunAsNonRoot):
			continue
		}
		f := Fault{
			Kind: NonRoot, Path: at, Value: "true",
			What: "a HostProcess container has the rights of a user of the node, and the kubelet does not check them",
		}
		if user := userOf(spec, c); strings.EqualFold(user, containerAdministrator) {
			f.Certain, f.What = true, "the kubelet refuses a container whose runAsUserName is "+user
		}
		if key := at.String() + f.What; !seen[key] {
			seen[key] = true
			faults = append(faults, f)
		}
	}
	return faults
}

// namedPipes are the volumes of a HostProcess pod that are named pipes and that a container mounts: "named pipe mounts not supported for
// job containers - interact with the pipe directly", internal/jobcontainers/mounts.go of github.com/Microsoft/hcsshim v0.13.0.
func namedPipes(spec *corev1.PodSpec) []Fault {
	var faults []Fault
	for _, c := range containers(spec) {
		for i, m := range c.VolumeMounts {
			if pipe := pipeOf(spec, m.Name); pipe != "" {
				faults = append(faults, Fault{
					Kind: NamedPipe, Path: c.at.Then("volumeMounts", i), Value: pipe, Certain: true,
					What: "the container is not created: named pipe mounts not supported for job containers - interact with the pipe directly",
				})
			}
		}
	}
	return faults
}

// pipeOf is the named pipe that a volume of a pod is; empty when it is none.
func pipeOf(spec *corev1.PodSpec, volume string) string {
	for _, v := range spec.Volumes {
		if v.Name == volume && v.HostPath != nil && IsPipe(v.HostPath.Path) {
			return v.HostPath.Path
		}
	}
	return ""
}

// IsPipe tells the path of a named pipe. Windows takes slashes for backslashes, and any case.
func IsPipe(path string) bool {
	return strings.HasPrefix(strings.ToLower(strings.ReplaceAll(path, "/", `\`)), platform.PipePrefix)
}
