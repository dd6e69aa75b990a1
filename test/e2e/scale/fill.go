package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// size is how much there is in the cluster.
type size struct{ nodes, pods, workloads int }

const (
	namespaces = 20
	daemonSets = 3
)

func clientOf(kubeconfig string) (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.ContentType, config.WarningHandler = -1, runtime.ContentTypeProtobuf, rest.NoWarnings{}
	config.UserAgent = "kube-controller-manager/v1.37.2 (linux/amd64) kubernetes/0123456"
	return kubernetes.NewForConfig(config)
}

// filler makes objects. The API server makes the first of each kind; the others have managed fields like it, as they are made alike.
type filler struct {
	client *kubernetes.Clientset
	store  *store
	size
	managed map[string][]metav1.ManagedFieldsEntry // by kind
}

// fill makes everything that is measured: nodes of six pools, Deployments of ten pods with their present and two former ReplicaSets,
// DaemonSets on the nodes of their operating system, and events about the pods that are in trouble.
func fill(ctx context.Context, kubeconfig string, s size) error {
	client, err := clientOf(kubeconfig)
	if err != nil {
		return err
	}
	f := &filler{client, newStore(kubeconfig), s, map[string][]metav1.ManagedFieldsEntry{}}
	for i := range namespaces {
		n := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespaceName(i)}}
		if _, err := client.CoreV1().Namespaces().Create(ctx, n, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		count int
		make  func(ctx context.Context, i int) error
	}{{s.nodes, f.node}, {daemonSets, f.daemonSet}, {f.deployments(), f.deployment}} {
		for i := range step.count {
			if err := step.make(ctx, i); err != nil {
				return err
			}
		}
	}
	return f.store.flush(ctx)
}

type object interface {
	runtime.Object
	metav1.Object
}

// stored completes an object as the API server does, and stores it.
func (f *filler) stored(ctx context.Context, kind string, o object, folder string) error {
	o.SetUID(types.UID(uid(kind, o.GetNamespace(), o.GetName())))
	o.SetCreationTimestamp(when(0))
	o.SetManagedFields(f.managed[kind])
	path := folder + "/" + o.GetName()
	if o.GetNamespace() != "" {
		path = folder + "/" + o.GetNamespace() + "/" + o.GetName()
	}
	return f.store.put(ctx, o, path)
}

func uid(parts ...any) string {
	d := digest(parts...)
	return fmt.Sprintf("%s-%s-%s-%s-%s", d[:8], d[8:12], d[12:16], d[16:20], d[20:32])
}

func (f *filler) node(ctx context.Context, i int) error {
	n := nodeOf(i)
	if i > 0 {
		return f.stored(ctx, "Node", n, "minions")
	}
	made, err := f.client.CoreV1().Nodes().Create(ctx, n, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Status = n.Status
	made, err = f.client.CoreV1().Nodes().UpdateStatus(ctx, made, metav1.UpdateOptions{})
	if err == nil {
		f.managed["Node"] = made.ManagedFields
	}
	return err
}

// daemonSet makes the first two for Linux nodes and the third for Windows nodes, each with a pod on every one of them, but no more
// than half of all pods.
func (f *filler) daemonSet(ctx context.Context, i int) error {
	os := map[bool]string{true: "windows", false: "linux"}[i == daemonSets-1]
	name := fmt.Sprintf("agent-%d", i)
	template := templateOf(name, os)
	ds := &appsv1.DaemonSet{ObjectMeta: metaOf("kube-system", name), Spec: appsv1.DaemonSetSpec{
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": name}}, Template: template,
	}}
	made, err := f.client.AppsV1().DaemonSets("kube-system").Create(ctx, ds, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	owner := metav1.NewControllerRef(made, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))
	for n := range f.withDaemons() {
		if osOf(n) == os {
			if err := f.pod(ctx, template, owner, "kube-system", fmt.Sprintf("agent-%d-%05d", i, n), n, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// withDaemons is how many nodes run the pods of DaemonSets.
func (f *filler) withDaemons() int { return min(f.nodes, f.pods/(2*daemonSets)) }

// daemonPods is how many pods the DaemonSets have.
func (f *filler) daemonPods() int {
	count := 0
	for n := range f.withDaemons() {
		count += map[bool]int{true: 1, false: daemonSets - 1}[osOf(n) == "windows"]
	}
	return count
}

func (f *filler) deployments() int {
	if f.workloads > 0 {
		return f.workloads
	}
	return max(1, f.pods/10)
}

func (f *filler) deployment(ctx context.Context, i int) error {
	namespace, name := namespaceName(i%namespaces), fmt.Sprintf("web-%05d", i)
	template := templateOf(name, map[bool]string{true: "windows", false: "linux"}[i%3 == 0])
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": name}}
	rest := f.pods - f.daemonPods()
	pods := rest / f.deployments()
	if i < rest%f.deployments() {
		pods++
	}
	d := &appsv1.Deployment{ObjectMeta: metaOf(namespace, name), Spec: appsv1.DeploymentSpec{
		Replicas: new(int32(pods)), Selector: selector, Template: template,
	}}
	if err := create(ctx, f, "Deployment", "deployments", d, f.client.AppsV1().Deployments(namespace).Create); err != nil {
		return err
	}
	for revision := range 3 {
		rs := &appsv1.ReplicaSet{ObjectMeta: metaOf(namespace, fmt.Sprintf("%s-%010x", name, revision)), Spec: appsv1.ReplicaSetSpec{
			Replicas: new(int32(0)), Selector: selector, Template: template,
		}}
		rs.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))}
		if err := create(ctx, f, "ReplicaSet", "replicasets", rs, f.client.AppsV1().ReplicaSets(namespace).Create); err != nil {
			return err
		}
		if revision < 2 {
			continue
		}
		owner := metav1.NewControllerRef(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
		for n := range pods {
			at := i*pods + n
			node := nodeFor(at, f.nodes, template.Spec.NodeSelector)
			if err := f.pod(ctx, template, owner, namespace, rs.Name+"-"+suffix(n), node, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// create makes the first object of a kind through the API, and completes and stores all others as that one was.
func create[T object](ctx context.Context, f *filler, kind, folder string, o T, through func(context.Context, T, metav1.CreateOptions) (T, error)) error {
	if f.managed[kind] != nil {
		return f.stored(ctx, kind, o, folder)
	}
	made, err := through(ctx, o, metav1.CreateOptions{})
	if err == nil {
		o.SetUID(made.GetUID())
		f.managed[kind] = made.GetManagedFields()
	}
	return err
}

// pod makes one pod on a node. Every hundredth cannot pull its image, and has events that say why.
func (f *filler) pod(ctx context.Context, template corev1.PodTemplateSpec, owner *metav1.OwnerReference, namespace, name string, node, n int) error {
	p := &corev1.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	p.Namespace, p.Name, p.OwnerReferences = namespace, name, []metav1.OwnerReference{*owner}
	p.Spec.NodeName = nodeName(node)
	broken := n%100 == 99
	p.Status = statusOf(p, n, broken)
	if f.managed["Pod"] == nil {
		return f.firstPod(ctx, p)
	}
	if err := f.stored(ctx, "Pod", p, "pods"); err != nil || !broken {
		return err
	}
	for i := range 2 {
		if err := f.stored(ctx, "Event", eventOf(p, i), "events"); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) firstPod(ctx context.Context, p *corev1.Pod) error {
	made, err := f.client.CoreV1().Pods(p.Namespace).Create(ctx, p, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Status = p.Status
	made, err = f.client.CoreV1().Pods(p.Namespace).UpdateStatus(ctx, made, metav1.UpdateOptions{})
	if err == nil {
		f.managed["Pod"] = made.ManagedFields
	}
	return err
}
