// Package scheduler_test holds what placement says against what kube-scheduler does.
package scheduler_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/test/controlplane"
)

const (
	// seed is fixed, so that a failure can be seen again; a pod that once was judged wrong is kept in testdata beside it.
	seed = 20261123
	// randomPods is how many random pods the scheduler is asked about.
	randomPods = 2400
	// patience is how long the scheduler may take for all of them.
	patience = 4 * time.Minute
)

// TestPlacementAgreesWithTheScheduler makes random pods on a cluster of random nodes, and compares, for each pod, the nodes that
// placement says accept it with the node that the scheduler chose, or with its word that there is none.
func TestPlacementAgreesWithTheScheduler(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(seed, seed))
	nodes := fleet(random)
	plane := controlplane.Start(t, controlplane.Options{Nodes: nodes})
	config := rest.CopyConfig(plane.Config)
	config.WarningHandler = rest.NoWarnings{} // of labels that are deprecated, hundreds of times
	client := kubernetes.NewForConfigOrDie(config)
	known := liveNodes(t, client, len(nodes))
	pools := placement.Fold(known, nil)
	if len(pools) < 12 {
		t.Fatalf("%d pools, want at least 12", len(pools))
	}
	namespace := plane.Namespace(t, nil)
	pods := kept(t)
	for i := range randomPods {
		pods = append(pods, randomPod(random, fmt.Sprintf("random-%d", i)))
	}
	judged := ask(t, client, namespace, pods)
	t.Logf("%d pools of %d nodes, %d pods: %d scheduled, %d unschedulable, %d bound by name, %d refused by the API server",
		len(pools), len(nodes), len(pods), judged.count(scheduled), judged.count(unschedulable), judged.count(bound), judged.count(refused))
	for _, outcome := range []outcome{scheduled, unschedulable, bound, refused} {
		if judged.count(outcome) < 20 {
			t.Errorf("only %d pods are %s: the generator asks too little of that", judged.count(outcome), outcome)
		}
	}
	wrong := 0
	for i, pod := range pods {
		if problem := judged[i].against(&pod.Spec, known, pools); problem != "" {
			wrong++
			if text, err := yaml.Marshal(pod); err == nil && wrong <= 5 {
				t.Errorf("%s: %s\n%s", pod.Name, problem, text)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d pods are judged wrong; keep one of each kind in testdata", wrong, len(pods))
	}
}

// kept are the pods that were judged wrong once.
func kept(t *testing.T) []*corev1.Pod {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var pods []*corev1.Pod
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pod := &corev1.Pod{}
		if err := yaml.UnmarshalStrict(data, pod); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		pod.Name = "kept-" + strings.TrimSuffix(filepath.Base(file), ".yaml")
		pods = append(pods, pod)
	}
	return pods
}

// liveNodes are the nodes as the server has them, once the taints of their beginning are gone.
func liveNodes(t *testing.T, client kubernetes.Interface, want int) []placement.Node {
	t.Helper()
	list, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != want {
		t.Fatalf("listing nodes: %d of %d, %v", len(list.Items), want, err)
	}
	nodes := make([]placement.Node, 0, want)
	for i := range list.Items {
		nodes = append(nodes, placement.NodeOf(&list.Items[i]))
	}
	return nodes
}

// outcome is what became of a pod.
type outcome string

const (
	scheduled     outcome = "scheduled"
	unschedulable outcome = "unschedulable"
	bound         outcome = "bound by its nodeName" // the scheduler was not asked
	refused       outcome = "refused by the API server"
)

// judgement is what Kubernetes did with a pod.
type judgement struct {
	outcome outcome
	node    string // of scheduled and bound
	message string // of the scheduler or of the API server
}

type judgements []judgement

func (j judgements) count(o outcome) int {
	n := 0
	for _, one := range j {
		if one.outcome == o {
			n++
		}
	}
	return n
}

// ask creates pods and waits until Kubernetes has decided about every one.
func ask(t *testing.T, client kubernetes.Interface, namespace string, pods []*corev1.Pod) judgements {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out := make(judgements, len(pods))
	group, creating := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for i, pod := range pods {
		group.Go(func() error {
			_, err := client.CoreV1().Pods(namespace).Create(creating, pod, metav1.CreateOptions{})
			if apierrors.IsInvalid(err) {
				out[i] = judgement{outcome: refused, message: err.Error()}
				return nil
			}
			// A pod that names its node is there at once, and gone again when a taint of that node evicts it.
			if pod.Spec.NodeName != "" {
				out[i] = judgement{outcome: bound, node: pod.Spec.NodeName}
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	index := map[string]int{}
	for i, pod := range pods {
		index[pod.Name] = i
	}
	for !decided(ctx, t, client, namespace, pods, index, out) {
		select {
		case <-ctx.Done():
			t.Fatalf("the scheduler did not decide about %d of %d pods: %v", out.count(""), len(out), ctx.Err())
		case <-time.After(500 * time.Millisecond):
		}
	}
	return out
}

// decided notes what the server shows, and tells whether that is all.
func decided(ctx context.Context, t *testing.T, client kubernetes.Interface, namespace string, pods []*corev1.Pod, index map[string]int, out judgements) bool {
	t.Helper()
	list, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list.Items {
		i := index[p.Name]
		switch c := scheduledCondition(&p); {
		case pods[i].Spec.NodeName != "":
		case p.Spec.NodeName != "":
			out[i] = judgement{outcome: scheduled, node: p.Spec.NodeName}
		case c != nil && c.Status == corev1.ConditionFalse && c.Reason == corev1.PodReasonUnschedulable:
			out[i] = judgement{outcome: unschedulable, message: c.Message}
		}
	}
	return !slices.ContainsFunc(out, func(j judgement) bool { return j.outcome == "" })
}

func scheduledCondition(p *corev1.Pod) *corev1.PodCondition {
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == corev1.PodScheduled {
			return &p.Status.Conditions[i]
		}
	}
	return nil
}

// against says what placement has wrong about a pod; empty when it agrees.
func (j judgement) against(spec *corev1.PodSpec, nodes []placement.Node, pools []placement.Pool) string {
	var accepting []string
	for _, n := range nodes {
		if len(n.Refusals(spec)) == 0 {
			accepting = append(accepting, n.Name)
		}
	}
	switch {
	case j.outcome == scheduled && !slices.Contains(accepting, j.node):
		return fmt.Sprintf("the scheduler chose %s, placement says only %s accept it", j.node, accepting)
	case j.outcome == unschedulable && len(accepting) > 0:
		return fmt.Sprintf("the scheduler says %q, placement says %s accept it", j.message, accepting)
	case j.outcome == refused && len(accepting) > 0:
		return fmt.Sprintf("the API server says %q, placement says %s accept it", j.message, accepting)
	}
	if j.outcome == bound {
		return "" // whatever its wishes are, and whatever its node has
	}
	return byPool(spec, accepting, nodes, pools)
}

// byPool says where the verdict on a pool is not what its nodes give. Cordons come and go, and are no part of a pool.
func byPool(spec *corev1.PodSpec, accepting []string, nodes []placement.Node, pools []placement.Pool) string {
	for _, pool := range pools {
		could, cordoned := false, false
		for _, n := range nodes {
			if slices.Contains(pool.Nodes, n.Name) {
				could = could || slices.Contains(accepting, n.Name)
				cordoned = cordoned || n.Unschedulable
			}
		}
		verdict := placement.Could(spec, pool)
		if verdict.Fits != could && !cordoned {
			return fmt.Sprintf("pool %s: fits is %v for reasons %q, its accepting nodes are %s", pool.Name, verdict.Fits, verdict.Reasons, accepting)
		}
		if verdict.Fits == (len(verdict.Reasons) > 0) {
			return fmt.Sprintf("pool %s: fits is %v with reasons %q", pool.Name, verdict.Fits, verdict.Reasons)
		}
	}
	return ""
}
