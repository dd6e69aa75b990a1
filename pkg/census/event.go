package census

import (
	"cmp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// happening is what an event says happened. The zero value is nothing.
type happening struct {
	at   time.Time
	text string
}

// Event counts what the API says happened to a pod. Only warnings about pods that were counted before, and that are in trouble
// without saying why, are of interest. The newest one counts; to count one again changes nothing.
func (c *Census) Event(e *corev1.Event) {
	if e.Type != corev1.EventTypeWarning || e.InvolvedObject.Kind != "Pod" || e.Reason == "BackOff" {
		return // that one only says that something failed before
	}
	if t := c.troubled[podName{e.InvolvedObject.Namespace, e.InvolvedObject.Name}]; t != nil {
		t.event = t.event.orNewer(happening{when(e), strings.Clone(e.Reason + ": " + e.Message)})
	}
}

// when is the last time that an event happened. Which field has it hangs on the client that wrote the event: k8s.io/client-go,
// tools/record up to 1.18 and for most components, tools/events for the scheduler.
func when(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil && !e.Series.LastObservedTime.IsZero():
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	default:
		return e.CreationTimestamp.Time
	}
}

// orNewer is the newer of two, and one and the same of two that are of one time.
func (h happening) orNewer(other happening) happening {
	if cmp.Or(other.at.Compare(h.at), cmp.Compare(other.text, h.text)) > 0 {
		return other
	}
	return h
}

// says is the message of a group: the pods' own unless events say more. That of a container that fails is the kubelet's last word,
// while "Back-off pulling image" and an empty message only say that something failed before.
func (t *tally) says() string {
	vague := t.message == "" || strings.HasPrefix(strings.ToLower(t.message), "back-off")
	if vague {
		return cmp.Or(t.event.text, t.message)
	}
	return t.message
}

// Interest tells whether events could say more about the pods that were counted.
func (c *Census) Interest() bool { return len(c.troubled) > 0 }
