package census

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// state is what a pod's status says of it.
type state struct {
	started, ready  bool
	reason, message string
}

// trouble tells whether events may say more: something is wrong, or nothing has happened yet.
func (s state) trouble() bool { return s.reason != "" }

// stateOf reads a pod's status. What is wrong is, in this order, what the kubelet says of the whole pod, of a container, and what
// the scheduler says. The kubelet's words for a container that merely has not begun are reported too: with an event about it
// they tell of a sandbox that cannot be made.
func stateOf(p *corev1.Pod) state {
	containers := slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses)
	s := state{started: slices.ContainsFunc(containers, started), ready: isReady(p)}
	if s.ready || p.Status.Phase == corev1.PodSucceeded {
		return s
	}
	if p.Status.Reason != "" {
		return s.wrong(p.Status.Reason, p.Status.Message)
	}
	for _, c := range containers {
		if w := c.State.Waiting; w != nil && w.Reason != "" && w.Reason != "PodInitializing" {
			return s.wrong(w.Reason, waitingMessage(c))
		}
	}
	for _, c := range containers {
		if t := c.State.Terminated; t != nil && t.ExitCode != 0 {
			return s.wrong(t.Reason, t.Message)
		}
	}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return s.wrong(c.Reason, c.Message)
		}
	}
	return s
}

// wrong is the state with what is wrong. The texts are copied: they are all that is kept of a page of pods.
func (s state) wrong(reason, message string) state {
	s.reason, s.message = strings.Clone(reason), strings.Clone(message)
	return s
}

// started tells whether a container ran, now or before: its image is for the operating system of its node.
func started(c corev1.ContainerStatus) bool {
	ran := func(s corev1.ContainerState) bool {
		// A container that could not be created is shown as terminated too, with these reasons and without a start:
		// pkg/kubelet/kuberuntime and pkg/kubelet/status of k8s.io/kubernetes.
		return s.Running != nil || s.Terminated != nil && !s.Terminated.StartedAt.IsZero() && s.Terminated.Reason != "StartError" &&
			s.Terminated.Reason != "ContainerCannotRun" && s.Terminated.Reason != "ContainerStatusUnknown"
	}
	return ran(c.State) || ran(c.LastTerminationState)
}

// waitingMessage is what the kubelet says of a container that waits; of one that is restarted, how it ended before.
func waitingMessage(c corev1.ContainerStatus) string {
	if t := c.LastTerminationState.Terminated; c.State.Waiting.Reason == "CrashLoopBackOff" && t != nil && t.Message != "" {
		return t.Reason + ": " + t.Message
	}
	return c.State.Waiting.Message
}

func isReady(p *corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}
