package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kwok/pkg/utils/informer"
)

var (
	// windowsImage matches what is taken for an image that only Windows runs: registries are not asked, as tests have none.
	windowsImage = regexp.MustCompile(`windows|nanoserver|servercore|ltsc20|dotnet/framework|\biis\b`)
	// anyImage matches images that are built for both, and for every Windows: build/pause and test/images of k8s.io/kubernetes.
	anyImage = regexp.MustCompile(`/(mirrored-)?pause\b|agnhost`)
)

// podStatus is what the kubelet of a pod's node would first write about it, as JSON. A pod of another operating system is
// rejected; a container whose image has nothing for the node waits for ever; everything else runs at once.
func podStatus(nodes informer.Getter[*corev1.Node], data any, hostIPs, podIPs []string) (string, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	var pod corev1.Pod
	if err := json.Unmarshal(raw, &pod); err != nil {
		return "", err
	}
	node, ok := nodes.Get(pod.Spec.NodeName)
	if !ok {
		return "", fmt.Errorf("pod %s/%s is on node %q, which is not there", pod.Namespace, pod.Name, pod.Spec.NodeName)
	}
	out := admit(&pod, node, metav1.Now())
	if out.Phase != corev1.PodFailed {
		setIPs(&out, hostIPs, podIPs)
	}
	raw, err = json.Marshal(out)
	return string(raw), err
}

// admit is podStatus but for addresses.
func admit(pod *corev1.Pod, node *corev1.Node, now metav1.Time) corev1.PodStatus {
	if pod.Spec.OS != nil && string(pod.Spec.OS.Name) != osOf(node) {
		// pkg/kubelet/lifecycle/predicate.go and rejectPod in pkg/kubelet/kubelet.go of k8s.io/kubernetes.
		return corev1.PodStatus{
			Phase:   corev1.PodFailed,
			Reason:  "PodOSNotSupported",
			Message: "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS",
		}
	}
	inits, initialized := initStatuses(pod, node, now)
	containers, ready := []corev1.ContainerStatus{}, initialized
	for _, c := range pod.Spec.Containers {
		s := containerStatus(c, node, initialized, now)
		containers, ready = append(containers, s), ready && s.Ready
	}
	phase := corev1.PodPending // with one container that never started, whatever the others do: getPhase in pkg/kubelet/kubelet_pods.go
	if ready {
		phase = corev1.PodRunning
	}
	conditions := []corev1.PodCondition{
		condition(corev1.PodInitialized, initialized, now), condition(corev1.ContainersReady, ready, now), condition(corev1.PodReady, ready, now),
	}
	for _, g := range pod.Spec.ReadinessGates {
		conditions = append(conditions, condition(g.ConditionType, true, now))
	}
	return corev1.PodStatus{
		Phase: phase, StartTime: &now, Conditions: conditions,
		InitContainerStatuses: inits, ContainerStatuses: containers,
	}
}

// initStatuses are those of the init containers, which run one after the other, and whether all of them did.
func initStatuses(pod *corev1.Pod, node *corev1.Node, now metav1.Time) ([]corev1.ContainerStatus, bool) {
	var out []corev1.ContainerStatus
	on := true
	for _, c := range pod.Spec.InitContainers {
		s := containerStatus(c, node, on, now)
		sidecar := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		if s.Ready && !sidecar {
			s.Started = new(false)
			s.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: now, FinishedAt: now}}
		}
		out, on = append(out, s), on && s.Ready
	}
	return out, on
}

// containerStatus is that of one container, on being what has to run before it having run.
func containerStatus(c corev1.Container, node *corev1.Node, on bool, now metav1.Time) corev1.ContainerStatus {
	s := corev1.ContainerStatus{Name: c.Name, Image: c.Image, Started: new(false)}
	switch {
	case !on:
		s.State.Waiting = &corev1.ContainerStateWaiting{Reason: "PodInitializing"}
	case !runs(c.Image, node):
		// What containerd says of an index without an entry for the node; it would write the image's name in full.
		s.State.Waiting = &corev1.ContainerStateWaiting{
			Reason:  "ErrImagePull",
			Message: fmt.Sprintf("failed to pull and unpack image %q: no match for platform in manifest: not found", c.Image),
		}
	default:
		s.Ready, s.Started = true, new(true)
		s.State.Running = &corev1.ContainerStateRunning{StartedAt: now}
	}
	return s
}

// osOf is the operating system of a node, as its kubelet says it or else as its label does.
func osOf(node *corev1.Node) string {
	if os := node.Status.NodeInfo.OperatingSystem; os != "" {
		return os
	}
	return node.Labels[corev1.LabelOSStable]
}

// runs tells whether a node has a use for an image.
func runs(image string, node *corev1.Node) bool {
	switch {
	case anyImage.MatchString(image):
		return true
	case osOf(node) != string(corev1.Windows):
		return !windowsImage.MatchString(image)
	default:
		return windowsImage.MatchString(image) && runsBuild(image, node.Labels[corev1.LabelWindowsBuild])
	}
}

// runsBuild tells whether Windows of a build runs an image by the release in its name: the same release, or an older one
// from 2022 on. Source: virtualization/windowscontainers/deploy-containers/version-compatibility.md of
// MicrosoftDocs/Virtualization-Documentation, process isolation.
func runsBuild(image, build string) bool {
	for _, r := range []struct{ name, build string }{
		{"ltsc2016", "10.0.14393"}, {"ltsc2019", "10.0.17763"}, {"1809", "10.0.17763"}, {"ltsc2022", "10.0.20348"}, {"ltsc2025", "10.0.26100"},
	} {
		if strings.Contains(image, r.name) {
			return build == "" || build == r.build || r.build == "10.0.20348" && build == "10.0.26100"
		}
	}
	return true
}

func condition(kind corev1.PodConditionType, holds bool, now metav1.Time) corev1.PodCondition {
	if holds {
		return corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: now}
	}
	return corev1.PodCondition{Type: kind, Status: corev1.ConditionFalse, LastTransitionTime: now, Reason: "ContainersNotReady"}
}

func setIPs(s *corev1.PodStatus, hostIPs, podIPs []string) {
	for _, ip := range hostIPs {
		s.HostIPs = append(s.HostIPs, corev1.HostIP{IP: ip})
	}
	for _, ip := range podIPs {
		s.PodIPs = append(s.PodIPs, corev1.PodIP{IP: ip})
	}
	if len(hostIPs) > 0 {
		s.HostIP = hostIPs[0]
	}
	if len(podIPs) > 0 {
		s.PodIP = podIPs[0]
	}
}
