package census_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestWhatIsWrongWithAPod(t *testing.T) {
	t.Parallel()
	const image = "image: i, imageID: i"
	for name, tc := range map[string]struct {
		status string
		want   inventory.PodGroup
	}{
		"nothing": {
			"phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: c, " + image + ", state: {running: {}}}]",
			inventory.PodGroup{Phase: corev1.PodRunning, Started: true, Ready: true},
		},
		"it is done": {
			"phase: Succeeded, containerStatuses: [{name: c, " + image + ", state: {terminated: {exitCode: 0, reason: Completed, startedAt: 2026-01-01T00:00:00Z}}}]",
			inventory.PodGroup{Phase: corev1.PodSucceeded, Started: true},
		},
		"the kubelet rejected it": {
			"phase: Failed, reason: PodOSNotSupported, message: 'Failed to admit pod as the OS field does not match node OS'",
			inventory.PodGroup{Phase: corev1.PodFailed, Reason: "PodOSNotSupported", Message: "Failed to admit pod as the OS field does not match node OS"},
		},
		"its image cannot be pulled": {
			"phase: Pending, containerStatuses: [{name: c, " + image + ", state: {waiting: {reason: ErrImagePull, message: no match for platform in manifest}}}]",
			inventory.PodGroup{Phase: corev1.PodPending, Reason: "ErrImagePull", Message: "no match for platform in manifest"},
		},
		"it crashes, for a reason of before": {
			"phase: Running, containerStatuses: [{name: c, " + image + ", state: {waiting: {reason: CrashLoopBackOff, message: back-off 5m0s}}, " +
				"lastState: {terminated: {exitCode: 1, reason: Error, message: exec format error, startedAt: 2026-01-01T00:00:00Z}}}]",
			inventory.PodGroup{Phase: corev1.PodRunning, Started: true, Reason: "CrashLoopBackOff", Message: "Error: exec format error"},
		},
		"it could not be started": {
			"phase: Failed, containerStatuses: [{name: c, " + image + ", state: {terminated: {exitCode: 128, reason: StartError, message: no such file, startedAt: 1970-01-01T00:00:00Z}}}]",
			inventory.PodGroup{Phase: corev1.PodFailed, Reason: "StartError", Message: "no such file"},
		},
		"no node takes it": {
			"phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 0/3 nodes are available}]",
			inventory.PodGroup{Phase: corev1.PodPending, Reason: "Unschedulable", Message: "0/3 nodes are available"},
		},
		"it waits for its init containers": {
			"phase: Pending, initContainerStatuses: [{name: i, " + image + ", state: {running: {}}}], containerStatuses: [{name: c, " + image + ", state: {waiting: {reason: PodInitializing}}}]",
			inventory.PodGroup{Phase: corev1.PodPending, Started: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := census.New()
			c.Pod(pod(t, "{metadata: {name: p, namespace: shop}, status: {"+tc.status+"}}"))
			tc.want.Pool, tc.want.Count, tc.want.Names = -1, 1, []string{"p"}
			if diff := cmp.Diff(c.Inventory().Pods, []inventory.PodGroup{tc.want}); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestEventsSayWhatPodsDoNot(t *testing.T) {
	t.Parallel()
	at := func(second int, reason, message string) *corev1.Event {
		return &corev1.Event{
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "p"}, Type: corev1.EventTypeWarning,
			Reason: reason, Message: message, LastTimestamp: metav1.NewTime(time.Unix(int64(second), 0)),
		}
	}
	other := at(9, "Failed", "of another pod")
	other.InvolvedObject.Name = "q"
	normal := at(9, "Pulling", "normal")
	normal.Type = corev1.EventTypeNormal
	node := at(9, "Failed", "of a node")
	node.InvolvedObject.Kind = "Node"
	series := at(0, "Failed", "a series")
	series.LastTimestamp, series.Series = metav1.Time{}, &corev1.EventSeries{LastObservedTime: metav1.NewMicroTime(time.Unix(5, 0))}
	for name, tc := range map[string]struct {
		waiting string
		events  []*corev1.Event
		want    string
	}{
		"the newest counts":                       {"ContainerCreating", []*corev1.Event{at(1, "A", "old"), at(3, "B", "new"), at(2, "C", "between")}, "B: new"},
		"a series counts by its last":             {"ContainerCreating", []*corev1.Event{at(4, "A", "old"), series}, "Failed: a series"},
		"a back-off says nothing":                 {"ImagePullBackOff, message: Back-off pulling image", []*corev1.Event{at(1, "Failed", "why"), at(2, "BackOff", "again")}, "Failed: why"},
		"the kubelet's own word stays":            {"ErrImagePull, message: no match", []*corev1.Event{at(1, "Failed", "something")}, "no match"},
		"without events a back-off is all":        {"ImagePullBackOff, message: Back-off pulling image", nil, "Back-off pulling image"},
		"others are of no interest":               {"ContainerCreating", []*corev1.Event{other, normal, node}, ""},
		"to count one again changes nothing":      {"ContainerCreating", []*corev1.Event{at(1, "A", "x"), at(1, "A", "x")}, "A: x"},
		"of two of one time it is always the one": {"ContainerCreating", []*corev1.Event{at(1, "B", "x"), at(1, "A", "x")}, "B: x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := census.New()
			c.Pod(pod(t, "{metadata: {name: p, namespace: shop}, status: {phase: Pending, containerStatuses: [{name: c, image: i, imageID: i, state: {waiting: {reason: "+tc.waiting+"}}}]}}"))
			if !c.Interest() {
				t.Error("events are of no interest")
			}
			for _, e := range tc.events {
				c.Event(e)
			}
			if got := c.Inventory().Pods[0].Message; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestNodes(t *testing.T) {
	t.Parallel()
	c := census.New()
	n := node("w1", "windows", "node.kubernetes.io/windows-build", "10.0.20348", "node-role.kubernetes.io/etcd", "true")
	n.Spec = corev1.NodeSpec{
		Unschedulable: true, ProviderID: "azure:///x", PodCIDRs: []string{"10.42.0.0/24"},
		Taints: []corev1.Taint{{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}},
	}
	n.Annotations = map[string]string{"rke2.io/node-args": "[]", "large": "is not looked at"}
	n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.0.0.4"}}
	n.Status.Capacity = corev1.ResourceList{corev1.ResourceEphemeralStorage: resource.MustParse("60G")}
	n.Status.NodeInfo = corev1.NodeSystemInfo{OperatingSystem: "windows", KernelVersion: "10.0.20348.2527", OSImage: "Windows Server 2022", ContainerRuntimeVersion: "containerd://2", KubeletVersion: "v1.34.1"}
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
	c.Node(n)
	old := node("w0", "windows")
	old.Status.NodeInfo.KernelVersion = "10.0.17763.6293"
	c.Node(old)
	inv := c.Inventory()
	want := []inventory.Node{
		{Name: "w0", Pool: 0, OS: platform.Windows, Build: "10.0.17763", Revision: 6293, Kernel: "10.0.17763.6293", Labels: old.Labels},
		{
			Name: "w1", Pool: 1, OS: platform.Windows, Build: "10.0.20348", Revision: 2527, Image: "Windows Server 2022", Runtime: "containerd://2",
			Kubelet: "v1.34.1", Ready: true, Unschedulable: true, ControlPlane: true, Kernel: "10.0.20348.2527", System: "windows",
			Labels: n.Labels, Annotations: map[string]string{"rke2.io/node-args": "[]"}, Taints: n.Spec.Taints, ProviderID: "azure:///x",
			PodCIDRs: []string{"10.42.0.0/24"}, Addresses: n.Status.Addresses,
		},
	}
	for i := range want {
		want[i].CPU, want[i].Memory = inv.Nodes[i].CPU, inv.Nodes[i].Memory
	}
	want[1].Disk = resource.MustParse("60G")
	if diff := cmp.Diff(inv.Nodes, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
