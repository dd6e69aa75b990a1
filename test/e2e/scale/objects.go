package main

import (
	"crypto/sha256"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// poolOf says what the nodes of the six pools are: four of Linux and two of Windows, which have a third of the nodes.
func poolOf(i int) (name, os, build string) {
	switch i % 6 {
	case 0:
		return "windows-2019", "windows", "10.0.17763"
	case 1:
		return "windows-2022", "windows", "10.0.20348"
	default:
		return fmt.Sprintf("linux-%d", i%6), "linux", ""
	}
}

func osOf(i int) string {
	_, os, _ := poolOf(i)
	return os
}

// nodeFor is a node of the system that a nodeSelector names.
func nodeFor(i, nodes int, selector map[string]string) int {
	for n := i % nodes; ; n = (n + 1) % nodes {
		if osOf(n) == selector[corev1.LabelOSStable] {
			return n
		}
	}
}

func nodeName(i int) string      { return fmt.Sprintf("node-%05d.cluster.internal", i) }
func namespaceName(i int) string { return fmt.Sprintf("team-%02d", i) }

// digest is a text that looks like one, and always the same.
func digest(parts ...any) string { return fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, parts...))) }

func suffix(n int) string { return digest(n)[:5] }

func nodeOf(i int) *corev1.Node {
	pool, os, build := poolOf(i)
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{
		Name: nodeName(i),
		Labels: map[string]string{
			corev1.LabelOSStable: os, corev1.LabelArchStable: "amd64", corev1.LabelHostname: nodeName(i), "beta.kubernetes.io/os": os,
			"node.kubernetes.io/instance-type": "m5.4xlarge", "topology.kubernetes.io/region": "eu-west-1",
			"topology.kubernetes.io/zone": fmt.Sprintf("eu-west-1%c", 'a'+i%3), "rke.cattle.io/rke-machine-pool-name": pool,
			"rke.cattle.io/machine": digest("machine", i)[:36],
		},
		Annotations: map[string]string{
			"csi.volume.kubernetes.io/nodeid": `{"ebs.csi.aws.com":"i-` + digest(i)[:17] + `"}`, "node.alpha.kubernetes.io/ttl": "0",
			"volumes.kubernetes.io/controller-managed-attach-detach": "true", "rke2.io/node-args": digest("args", i),
		},
	}}
	n.Spec.PodCIDR, n.Spec.ProviderID = fmt.Sprintf("10.%d.%d.0/24", i/256, i%256), "aws:///eu-west-1a/i-"+digest(i)[:17]
	if build != "" {
		n.Labels[corev1.LabelWindowsBuild] = build
		n.Spec.Taints = []corev1.Taint{{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}}
	}
	n.Status = nodeStatus(i, os, build)
	return n
}

func nodeStatus(i int, os, build string) corev1.NodeStatus {
	room := corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("16"), corev1.ResourceMemory: resource.MustParse("65431236Ki"),
		corev1.ResourceEphemeralStorage: resource.MustParse("104845292Ki"), corev1.ResourcePods: resource.MustParse("110"),
	}
	s := corev1.NodeStatus{Capacity: room, Allocatable: room, NodeInfo: corev1.NodeSystemInfo{
		MachineID: digest("id", i)[:32], SystemUUID: digest("uuid", i)[:36], BootID: digest("boot", i)[:36], KernelVersion: "6.8.0-1021-aws",
		OSImage: "Ubuntu 24.04.1 LTS", ContainerRuntimeVersion: "containerd://1.7.23-k3s2", KubeletVersion: "v1.31.4+rke2r1",
		OperatingSystem: os, Architecture: "amd64",
	}}
	if build != "" {
		s.NodeInfo.KernelVersion, s.NodeInfo.OSImage = build+".2527", "Windows Server 2022 Datacenter"
	}
	for _, kind := range []corev1.NodeConditionType{"MemoryPressure", "DiskPressure", "PIDPressure", "EtcdIsVoter", corev1.NodeReady} {
		c := corev1.NodeCondition{
			Type: kind, Status: corev1.ConditionFalse, Reason: "KubeletHasSufficient", Message: "kubelet has sufficient resources available",
			LastHeartbeatTime: when(i), LastTransitionTime: when(0),
		}
		if kind == corev1.NodeReady {
			c.Status, c.Reason, c.Message = corev1.ConditionTrue, "KubeletReady", "kubelet is posting ready status"
		}
		s.Conditions = append(s.Conditions, c)
	}
	for j := range 40 { // as many as a kubelet tells of are 50
		s.Images = append(s.Images, corev1.ContainerImage{SizeBytes: int64(10_000_000 + j), Names: []string{
			fmt.Sprintf("registry.example.com/team-%02d/web-%03d@sha256:%s", j%namespaces, j, digest("image", j)),
			fmt.Sprintf("registry.example.com/team-%02d/web-%03d:v1.%d.0", j%namespaces, j, j),
		}})
	}
	return s
}

func when(i int) metav1.Time {
	return metav1.NewTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(i) * time.Second))
}

func metaOf(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: namespace, Name: name,
		Labels: map[string]string{
			"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/managed-by": "Helm",
			"app.kubernetes.io/version": "1.2.3", "helm.sh/chart": "web-1.2.3",
		},
		Annotations: map[string]string{"meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace},
	}
}

// templateOf is a pod template as charts have them: an application and a sidecar, settings in the environment, probes, volumes.
func templateOf(name, os string) corev1.PodTemplateSpec {
	t := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{
		Labels: map[string]string{
			"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/component": "server", "pod-template-hash": digest(name)[:10],
		},
		Annotations: map[string]string{
			"checksum/config": digest("config", name), "checksum/secret": digest("secret", name), "prometheus.io/scrape": "true", "prometheus.io/port": "9090",
			"cni.projectcalico.org/containerID": digest("cni", name), "cni.projectcalico.org/podIP": "10.42.17.23/32", "cni.projectcalico.org/podIPs": "10.42.17.23/32",
		},
	}}
	t.Spec = corev1.PodSpec{
		NodeSelector: map[string]string{corev1.LabelOSStable: os}, ServiceAccountName: name, SchedulerName: "default-scheduler",
		InitContainers:   []corev1.Container{container("init", name, 2)},
		Containers:       []corev1.Container{container("server", name, 8), container("proxy", name, 3)},
		ImagePullSecrets: []corev1.LocalObjectReference{{Name: "registry"}},
		Tolerations: []corev1.Toleration{
			{Key: "os", Value: os, Effect: corev1.TaintEffectNoSchedule},
			{Key: corev1.TaintNodeNotReady, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: new(int64(300))},
			{Key: corev1.TaintNodeUnreachable, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: new(int64(300))},
		},
		Volumes: []corev1.Volume{
			{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}},
			{Name: "secret", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name}}},
			{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: "kube-api-access-abcde", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{ExpirationSeconds: new(int64(3607)), Path: "token"}},
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}}},
			}}}},
		},
	}
	return t
}

func container(name, app string, env int) corev1.Container {
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8080)}}}
	c := corev1.Container{
		Name: name, Image: "registry.example.com/" + app + "/" + name + ":v1.2.3", Args: []string{"--config=/etc/app/config.yaml", "--log-format=json"},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("128Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")},
		},
		VolumeMounts: []corev1.VolumeMount{
			{Name: "config", MountPath: "/etc/app", ReadOnly: true},
			{Name: "secret", MountPath: "/etc/secret", ReadOnly: true},
			{Name: "tmp", MountPath: "/tmp"},
			{Name: "kube-api-access-abcde", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true},
		},
		SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
	}
	if name == "server" {
		c.Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}}
	}
	if name == "server" {
		c.LivenessProbe, c.ReadinessProbe = probe, probe
	} else {
		c.VolumeMounts = c.VolumeMounts[2:]
	}
	for i := range env {
		c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("APP_SETTING_%02d", i), Value: "http://service." + app + ".svc.cluster.local:8080"})
	}
	return c
}

// statusOf is that of a pod which runs, or of one that cannot pull an image.
func statusOf(p *corev1.Pod, n int, broken bool) corev1.PodStatus {
	started := when(n)
	s := corev1.PodStatus{
		Phase: corev1.PodRunning, HostIP: "10.0.0.1", HostIPs: []corev1.HostIP{{IP: "10.0.0.1"}}, PodIP: "10.42.17.23", PodIPs: []corev1.PodIP{{IP: "10.42.17.23"}},
		StartTime: &started, QOSClass: corev1.PodQOSBurstable,
	}
	healthy := corev1.ConditionTrue
	if broken {
		healthy, s.Phase = corev1.ConditionFalse, corev1.PodPending
	}
	for _, kind := range []corev1.PodConditionType{"PodReadyToStartContainers", corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady} {
		s.Conditions = append(s.Conditions, corev1.PodCondition{Type: kind, Status: healthy, LastTransitionTime: started})
	}
	s.Conditions = append(s.Conditions, corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: started})
	for i, c := range append(p.Spec.InitContainers, p.Spec.Containers...) {
		cs := corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, ImageID: c.Image + "@sha256:" + digest("image", c.Name), ContainerID: "containerd://" + digest(p.Name, c.Name),
			Ready: !broken, Started: new(!broken), State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: started}},
		}
		switch {
		case i == 0:
			cs.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
				Reason: "Completed", StartedAt: started, FinishedAt: started, ContainerID: cs.ContainerID,
			}}
			s.InitContainerStatuses = append(s.InitContainerStatuses, cs)
			continue
		case broken:
			cs.ContainerID, cs.ImageID = "", ""
			cs.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: `Back-off pulling image "` + c.Image + `"`}}
		}
		s.ContainerStatuses = append(s.ContainerStatuses, cs)
	}
	return s
}

func eventOf(p *corev1.Pod, i int) *corev1.Event {
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: p.Namespace, Name: fmt.Sprintf("%s.%016x", p.Name, i)},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID, APIVersion: "v1", FieldPath: "spec.containers{server}"},
		Reason:         "Failed", Type: corev1.EventTypeWarning, Source: corev1.EventSource{Component: "kubelet", Host: p.Spec.NodeName},
		Message:        `Failed to pull image "registry.example.com/web": rpc error: code = NotFound desc = failed to pull and unpack image: no match for platform in manifest: not found`,
		FirstTimestamp: when(i), LastTimestamp: when(100 + i), Count: 5,
	}
}
