package windowspod

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
)

func securityRows() []row[*corev1.SecurityContext] {
	type sc = *corev1.SecurityContext
	return []row[sc]{
		{"appArmorProfile", 30, func(c sc) (string, bool) { return whole(c.AppArmorProfile) }},
		{"seLinuxOptions", FirstRefusal, func(c sc) (string, bool) { return whole(c.SELinuxOptions) }},
		{"seccompProfile", FirstRefusal, func(c sc) (string, bool) { return whole(c.SeccompProfile) }},
		{"capabilities", FirstRefusal, func(c sc) (string, bool) { return whole(c.Capabilities) }},
		{"readOnlyRootFilesystem", FirstRefusal, func(c sc) (string, bool) { return scalar(c.ReadOnlyRootFilesystem) }},
		{"privileged", FirstRefusal, func(c sc) (string, bool) { return scalar(c.Privileged) }},
		{"allowPrivilegeEscalation", FirstRefusal, func(c sc) (string, bool) { return scalar(c.AllowPrivilegeEscalation) }},
		{"procMount", FirstRefusal, func(c sc) (string, bool) { return scalar(c.ProcMount) }},
		{"runAsUser", FirstRefusal, func(c sc) (string, bool) { return scalar(c.RunAsUser) }},
		{"runAsGroup", FirstRefusal, func(c sc) (string, bool) { return scalar(c.RunAsGroup) }},
	}
}

// containerFields are those of one container.
func containerFields(c *corev1.Container, at object.Path) []Field {
	fields := commands(c, at)
	if c.SecurityContext != nil {
		fields = append(fields, setIn(securityRows(), c.SecurityContext, at.Then("securityContext"))...)
	}
	for name := range c.Resources.Limits {
		if strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) {
			// Only Linux kubelets count huge pages: pkg/kubelet/cadvisor/cadvisor_windows.go of k8s.io/kubernetes v1.37.2.
			fields = append(fields, Field{
				Path: at.Then("resources", "limits", string(name)), Effect: Fails, What: "no Windows node has huge pages: the pod stays Pending",
			})
		}
	}
	slices.SortFunc(fields, func(a, b Field) int { return strings.Compare(a.Path.String(), b.Path.String()) })
	if len(c.VolumeDevices) > 0 {
		// pkg/volume/util/volumepathhandler/volume_path_handler_unsupported.go of k8s.io/kubernetes v1.37.2: "not supported for this
		// build".
		fields = append(fields, Field{
			Path: at.Then("volumeDevices"), Effect: Fails, What: "Windows nodes map no block devices into pods: the pod does not start",
		})
	}
	for i, m := range c.VolumeMounts {
		// translateMountPropagation in pkg/kubelet/kubelet_pods.go of k8s.io/kubernetes v1.37.2 makes it private on Windows.
		if p := m.MountPropagation; p != nil && *p != corev1.MountPropagationNone {
			fields = append(fields, Field{Path: at.Then("volumeMounts", i, "mountPropagation"), Value: string(*p)})
		}
	}
	return fields
}

// commands are what a container runs that is no program of Windows': as its command, by a probe or by a hook of its life.
func commands(c *corev1.Container, at object.Path) []Field {
	var fields []Field
	look := func(command []string, steps ...any) {
		if len(command) > 0 && linuxProgram(command[0]) {
			fields = append(fields, Field{
				Path: at.Then(steps...).Then("command"), Value: command[0], Effect: MayFail,
				What: "Windows has no such program unless the image brings it",
			})
		}
	}
	look(c.Command)
	for name, probe := range map[string]*corev1.Probe{
		"livenessProbe": c.LivenessProbe, "readinessProbe": c.ReadinessProbe, "startupProbe": c.StartupProbe,
	} {
		if probe != nil && probe.Exec != nil {
			look(probe.Exec.Command, name, "exec")
		}
	}
	if c.Lifecycle == nil {
		return fields
	}
	for name, hook := range map[string]*corev1.LifecycleHandler{"postStart": c.Lifecycle.PostStart, "preStop": c.Lifecycle.PreStop} {
		if hook != nil && hook.Exec != nil {
			look(hook.Exec.Command, "lifecycle", name, "exec")
		}
	}
	return fields
}

// linuxProgram tells a shell of Linux, and the path of a program that every Linux has. An image for Windows may have a program of its
// own at such a path: /bin/aws-ebs-csi-driver has.
func linuxProgram(name string) bool {
	shells := []string{"sh", "bash", "ash", "dash"}
	tools := []string{
		"busybox", "cat", "chmod", "chown", "cp", "curl", "echo", "env", "false", "grep", "kill", "ln", "ls", "mkdir", "mv", "nc", "python3",
		"rm", "sed", "sleep", "tail", "tar", "test", "tini", "touch", "true", "wget",
	}
	folder, program := path.Split(name)
	switch folder {
	case "":
		return slices.Contains(shells, program)
	case "/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", "/usr/local/bin/":
		return slices.Contains(shells, program) || slices.Contains(tools, program)
	}
	return false
}
