package cluster_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// podSpec has something in every corner that checks look at.
const podSpec = `{
  nodeSelector: {kubernetes.io/os: windows, zone: "1"}, runtimeClassName: legacy, os: {name: windows}, hostNetwork: true,
  tolerations: [{key: os, value: windows, effect: NoSchedule}, {operator: Exists, tolerationSeconds: 30}],
  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
    {matchExpressions: [{key: a, operator: In, values: [b, c]}, {key: d, operator: Exists}], matchFields: [{key: metadata.name, operator: In, values: [node]}]}]},
    preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5, preference: {matchExpressions: [{key: e, operator: DoesNotExist}]}}]}},
  securityContext: {runAsNonRoot: true, windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\SYSTEM', gmsaCredentialSpecName: x}},
  initContainers: [{name: init, image: busybox, command: [sh, -c, "true"], resources: {}}],
  containers: [{name: c, image: "mcr.microsoft.com/windows/servercore:ltsc2022", args: [a], ports: [{name: http, containerPort: 80, hostPort: 8080, protocol: TCP}],
    resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {cpu: "1", memory: 1.5Gi}},
    livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}, readinessProbe: {tcpSocket: {port: 80}},
    volumeMounts: [{name: v, mountPath: 'C:\data', subPath: s}, {name: e, mountPath: /e}],
    securityContext: {privileged: false, capabilities: {drop: [ALL]}, windowsOptions: {runAsUserName: ContainerUser}}}],
  volumes: [{name: v, hostPath: {path: 'C:\x', type: Directory}}, {name: e, emptyDir: {medium: Memory, sizeLimit: 1Gi}},
    {name: c, csi: {driver: d, volumeAttributes: {a: b}}}, {name: p, persistentVolumeClaim: {claimName: x}}],
  restartPolicy: Always, terminationGracePeriodSeconds: 30, dnsPolicy: ClusterFirst, schedulerName: default-scheduler, priority: 5
}`

const podTemplate = `{metadata: {labels: {app: x, kubernetes.io/os: windows}, annotations: {winready.dev/ignore: not of the object}}, spec: ` + podSpec + `}`

// controllers are objects of every kind with a pod template, by their plural.
func controllers() map[string]string {
	const meta = "{name: x, namespace: shop, uid: u, resourceVersion: '5', labels: {app: x}, " +
		"annotations: {winready.dev/ignore: WR101 known, helm.sh/hook: 'pre-install, post-upgrade', other: z}, " +
		"managedFields: [{manager: m, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {f:metadata: {}}}]}"
	object := func(version, kind, spec string) string {
		return fmt.Sprintf("{apiVersion: %s, kind: %s, metadata: %s, spec: %s, status: {}}", version, kind, meta, spec)
	}
	const selector = "selector: {matchLabels: {app: x}}, "
	return map[string]string{
		"replicationcontrollers": object("v1", "ReplicationController", "{selector: {app: x}, template: "+podTemplate+"}"),
		"daemonsets":             object("apps/v1", "DaemonSet", "{"+selector+"template: "+podTemplate+"}"),
		"deployments":            object("apps/v1", "Deployment", "{"+selector+"replicas: 3, template: "+podTemplate+"}"),
		"replicasets":            object("apps/v1", "ReplicaSet", "{"+selector+"template: "+podTemplate+"}"),
		"statefulsets":           object("apps/v1", "StatefulSet", "{"+selector+"serviceName: s, template: "+podTemplate+"}"),
		"cronjobs":               object("batch/v1", "CronJob", "{schedule: '* * * * *', jobTemplate: {spec: {template: "+podTemplate+"}}}"),
		"jobs":                   object("batch/v1", "Job", "{backoffLimit: 3, template: "+podTemplate+"}"),
	}
}

// TestWorkloadsAreWhatManifestsSay reads an object of every kind as protobuf and as JSON, and from its manifest.
func TestWorkloadsAreWhatManifestsSay(t *testing.T) {
	t.Parallel()
	for plural, text := range controllers() {
		t.Run(plural, func(t *testing.T) {
			t.Parallel()
			var manifest map[string]any
			if err := yaml.Unmarshal([]byte(text), &manifest); err != nil {
				t.Fatal(err)
			}
			want := census.New()
			for _, w := range workload.Of(manifest) {
				if len(w.Problems) > 0 {
					t.Fatal(w.Problems)
				}
				want.Workload(inventory.Workload{Workload: w}, nil)
			}
			expected := want.Inventory()
			for format, answer := range answers(t, text) {
				got := census.New()
				if err := cluster.CountAll(got, plural, bytes.NewReader(answer)); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(got.Inventory(), expected); diff != "" {
					t.Errorf("%s: got -, want +:\n%s", format, diff)
				}
			}
		})
	}
}

// answers are lists of one object, in both formats.
func answers(t *testing.T, text string) map[string][]byte {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, kind, err := scheme.Codecs.UniversalDeserializer().Decode(data, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := scheme.Scheme.New(kind.GroupVersion().WithKind(kind.Kind + "List"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(map[string]any{"kind": kind.Kind + "List", "metadata": map[string]any{}, "items": []runtime.Object{o}})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, list); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"JSON": raw, "protobuf": inProtobuf(t, list)}
}

// TestPruning compares what is read of pruned pods, nodes and events with what is read of whole ones, of many that differ in
// what a kubelet says of them.
func TestPruning(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	pods, nodes, events := &corev1.PodList{}, &corev1.NodeList{}, &corev1.EventList{}
	for i := range 300 {
		pods.Items = append(pods.Items, somePod(t, random, i))
		nodes.Items = append(nodes.Items, someNode(random, i))
		events.Items = append(events.Items, someEvent(random, i))
	}
	want, got := census.New(), census.New()
	for i := range pods.Items {
		want.Pod(pods.Items[i].DeepCopy())
		want.Node(&nodes.Items[i])
	}
	for i := range events.Items {
		want.Event(&events.Items[i])
	}
	for _, list := range []struct {
		plural string
		items  runtime.Object
	}{{"pods", pods}, {"nodes", nodes}, {"events", events}} {
		if err := cluster.CountAll(got, list.plural, bytes.NewReader(inProtobuf(t, list.items))); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(got.Inventory(), want.Inventory()); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func oneOf[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func someMeta(r *rand.Rand, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: name, Namespace: "shop", UID: "u", ResourceVersion: "7", Generation: 300, CreationTimestamp: metav1.Unix(int64(r.IntN(100)), 0),
		Labels:        map[string]string{"app": name, "kubernetes.io/os": oneOf(r, "linux", "windows")},
		Annotations:   map[string]string{"winready.dev/ignore": "WR101 " + name, "last": string(make([]byte, r.IntN(70000)))},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "m", FieldsV1: metav1.NewFieldsV1(`{"f:spec":{}}`)}},
	}
}

func somePod(t *testing.T, r *rand.Rand, i int) corev1.Pod {
	t.Helper()
	p := corev1.Pod{ObjectMeta: someMeta(r, fmt.Sprint("p", i))}
	if err := yaml.Unmarshal([]byte(podSpec), &p.Spec); err != nil {
		t.Fatal(err)
	}
	p.Spec.NodeName = oneOf(r, "", "n1", "n2")
	if owner := oneOf(r, "", "a", "b", "c"); owner != "" {
		p.OwnerReferences = []metav1.OwnerReference{
			{APIVersion: "v1", Kind: "ConfigMap", Name: "other"}, {APIVersion: "apps/v1", Kind: "ReplicaSet", Name: owner, Controller: new(true)},
		}
	}
	p.Status = corev1.PodStatus{
		Phase: oneOf(r, corev1.PodRunning, corev1.PodPending, corev1.PodFailed, corev1.PodSucceeded), HostIP: "10.0.0.1", PodIP: "10.42.0.1",
		Reason: oneOf(r, "", "", "Evicted"), Message: oneOf(r, "", "the node was low on memory"), QOSClass: corev1.PodQOSBestEffort,
		Conditions: []corev1.PodCondition{
			{Type: corev1.PodReady, Status: oneOf(r, corev1.ConditionTrue, corev1.ConditionFalse), LastTransitionTime: metav1.Unix(5, 0)},
			{Type: corev1.PodScheduled, Status: oneOf(r, corev1.ConditionTrue, corev1.ConditionFalse), Reason: "Unschedulable", Message: "0/3 nodes"},
		},
	}
	for range r.IntN(3) {
		p.Status.InitContainerStatuses = append(p.Status.InitContainerStatuses, someStatus(r))
	}
	for range r.IntN(4) {
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, someStatus(r))
	}
	return p
}

func someStatus(r *rand.Rand) corev1.ContainerStatus {
	state := func() corev1.ContainerState {
		return oneOf(r,
			corev1.ContainerState{},
			corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Unix(9, 0)}},
			corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: oneOf(r, "PodInitializing", "ErrImagePull", "CrashLoopBackOff", "ImagePullBackOff"), Message: "Back-off pulling"}},
			corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
				ExitCode: oneOf[int32](r, 0, 1, -1073741819), Reason: oneOf(r, "Error", "StartError"), Message: "exec format error", StartedAt: oneOf(r, metav1.Time{}, metav1.Unix(3, 0)),
			}})
	}
	return corev1.ContainerStatus{
		Name: "c", Image: "i", ImageID: "id", ContainerID: "containerd://x", State: state(), LastTerminationState: state(), Ready: oneOf(r, true, false),
		RestartCount: int32(r.IntN(1000)), Started: oneOf(r, nil, new(true), new(false)),
		VolumeMounts: []corev1.VolumeMountStatus{{Name: "v", MountPath: "/v"}},
	}
}

func someNode(r *rand.Rand, i int) corev1.Node {
	n := corev1.Node{ObjectMeta: someMeta(r, fmt.Sprint("n", i))}
	n.Namespace = ""
	n.Annotations["rke2.io/node-args"], n.Annotations["flannel.alpha.coreos.com/backend-type"] = "[]", "vxlan"
	n.Spec = corev1.NodeSpec{
		ProviderID: "azure:///x", PodCIDRs: []string{"10.0.0.0/24"},
		PodCIDR: "10.0.0.0/24", Unschedulable: oneOf(r, true, false),
		Taints: []corev1.Taint{{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule, TimeAdded: &metav1.Time{Time: time.Unix(7, 0)}}},
	}
	n.Status = corev1.NodeStatus{
		Phase: "x", NodeInfo: corev1.NodeSystemInfo{KernelVersion: "10.0.20348.2527", OSImage: "Windows Server 2022", KubeletVersion: "v1.34.1"},
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: oneOf(r, corev1.ConditionTrue, corev1.ConditionFalse)}},
		Images:     []corev1.ContainerImage{{Names: []string{"i"}, SizeBytes: 5}}, Addresses: []corev1.NodeAddress{{Type: "x", Address: "y"}},
	}
	return n
}

func someEvent(r *rand.Rand, i int) corev1.Event {
	e := corev1.Event{
		ObjectMeta: someMeta(r, fmt.Sprint("e", i)), Type: "Warning", Reason: oneOf(r, "Failed", "BackOff", "FailedScheduling"), Message: fmt.Sprint("m", r.IntN(9)), Count: 300,
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: fmt.Sprint("p", r.IntN(40))}, Source: corev1.EventSource{Component: "kubelet"},
	}
	switch r.IntN(3) {
	case 0:
		e.LastTimestamp = metav1.Unix(int64(r.IntN(100)), 0)
	case 1:
		e.EventTime = metav1.NewMicroTime(time.Unix(int64(r.IntN(100)), 0))
	}
	return e
}
