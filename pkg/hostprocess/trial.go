package hostprocess

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Pod is a pod as the controller of a workload would make it, in a namespace that counts where the workload names none; nil for what has
// no pods of its own to speak of. Labels and annotations of the template are not known, nor is the environment of its containers.
func Pod(w *inventory.Workload, namespace string) *corev1.Pod {
	if w.Static || len(w.Spec.Containers) == 0 {
		return nil
	}
	if w.Object.Namespace != "" {
		namespace = w.Object.Namespace
	}
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "winready-verify-", Namespace: of(namespace)}, Spec: *w.Spec.DeepCopy()}
	p.Spec.EphemeralContainers = nil // which no pod has when it is made
	return p
}

// Answered notes what the API server says of a pod of the workload, and corrects what was decided by it.
func (w *Workload) Answered(accepted bool, message string, warnings []string) {
	a := &Answer{Accepted: accepted, Message: message, Agrees: accepted != w.Refused}
	if accepted {
		a.Message = strings.Join(warnings, "; ")
	}
	w.Server = a
	switch {
	case a.Agrees:
	case accepted:
		expected := strings.Join(w.Reasons, "; ")
		w.Refused, w.Verdict, w.Reasons = false, CannotTell, nil
		w.add("the API server accepts it, which was not expected: " + expected)
	default:
		w.Refused, w.Nodes = true, nil
		w.not("the API server refuses it: " + message)
	}
}

// Probe is a HostProcess pod that tries a node.
type Probe struct {
	Node, Namespace, Image, User string
	Seconds                      int64 // how long it may take
}

// LabelProbe is on all pods that try nodes, so that what is left of them can be found.
const LabelProbe = "winready.dev/probe"

// ProbeImage is the image that a probe has where nobody says otherwise: the base image of HostProcess containers, which runs on any build
// and holds no program. github.com/microsoft/windows-host-process-containers-base-image.
const ProbeImage = "mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0"

// Pod is the pod of a probe: it goes to its node whatever the scheduler thinks of it, says which Windows and which user it is there, and
// ends. It gets no token.
func (p Probe) Pod() *corev1.Pod {
	yes, no, none := true, false, int64(0)
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: "winready-probe-", Namespace: p.Namespace,
			Labels: map[string]string{LabelProbe: "true", "app.kubernetes.io/managed-by": "kubectl-winready"},
		},
		Spec: corev1.PodSpec{
			NodeName: p.Node, NodeSelector: map[string]string{platform.LabelOS: string(platform.Windows)}, HostNetwork: true,
			Tolerations:   []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
			RestartPolicy: corev1.RestartPolicyNever, ActiveDeadlineSeconds: &p.Seconds, TerminationGracePeriodSeconds: &none,
			AutomountServiceAccountToken: &no, EnableServiceLinks: &no,
			SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: &yes, RunAsUserName: &p.User}},
			Containers: []corev1.Container{{
				Name: "probe", Image: p.Image, Command: []string{"cmd.exe", "/c", "ver && whoami"},
			}},
		},
	}
}

// Outcome is how far a probe has come: over, and whether it ran, with what the node said.
type Outcome struct {
	Ran  bool   `json:"ran"`
	Says string `json:"says,omitempty"`
	Over bool   `json:"-"`
}

// OutcomeOf reads a probe's pod; nil is one that somebody else deleted.
func OutcomeOf(p *corev1.Pod) Outcome {
	if p == nil {
		return Outcome{Over: true, Says: "the pod is gone: somebody deleted it"}
	}
	says := waiting(p)
	switch p.Status.Phase {
	case corev1.PodSucceeded:
		return Outcome{Over: true, Ran: true, Says: says}
	case corev1.PodFailed:
		return Outcome{Over: true, Says: orElse(says, orElse(p.Status.Message, "the pod failed"))}
	case corev1.PodPending, corev1.PodRunning, corev1.PodUnknown:
	}
	return Outcome{Says: says}
}

// waiting is what the kubelet says of the pod or of its container, unless nothing is wrong.
func waiting(p *corev1.Pod) string {
	if p.Status.Reason != "" {
		return strings.TrimSuffix(p.Status.Reason+": "+p.Status.Message, ": ")
	}
	for _, c := range p.Status.ContainerStatuses {
		if w := c.State.Waiting; w != nil && w.Reason != "" && w.Reason != "ContainerCreating" && w.Reason != "PodInitializing" {
			return strings.TrimSuffix(w.Reason+": "+w.Message, ": ")
		}
		if t := c.State.Terminated; t != nil && t.ExitCode != 0 {
			return strings.TrimSuffix(t.Reason+": "+t.Message, ": ")
		}
	}
	return ""
}
