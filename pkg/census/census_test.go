package census_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// object counts the workloads of a manifest, with the owners it names.
func object(t *testing.T, c *census.Census, text string) {
	t.Helper()
	var o map[string]any
	var meta struct{ Metadata metav1.ObjectMeta }
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(text), &meta); err != nil {
		t.Fatal(err)
	}
	for _, w := range workload.Of(o) {
		c.Workload(inventory.Workload{Workload: w}, meta.Metadata.OwnerReferences)
	}
}

func pod(t *testing.T, text string) *corev1.Pod {
	t.Helper()
	p := &corev1.Pod{}
	if err := yaml.UnmarshalStrict([]byte(text), p); err != nil {
		t.Fatal(err)
	}
	return p
}

func node(name, os string, more ...string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/os": os, "kubernetes.io/hostname": name}}}
	for i := 0; i+1 < len(more); i += 2 {
		n.Labels[more[i]] = more[i+1]
	}
	return n
}

// seen is what the tables below say of a workload.
type seen struct{ ID, Version, OS, Pods string }

// look says of every workload what it is and how many of its pods are where.
func look(inv *inventory.Inventory) []seen {
	var all []seen
	for i, w := range inv.Workloads {
		s := seen{ID: w.ID(), Version: w.Object.APIVersion, OS: w.Spec.NodeSelector["kubernetes.io/os"]}
		for _, g := range inv.Pods {
			if g.Workload != i {
				continue
			}
			at := "-"
			if g.Pool >= 0 {
				at = inv.Pools[g.Pool].Name
			}
			if s.Pods != "" {
				s.Pods += " "
			}
			s.Pods += fmt.Sprintf("%s:%d", at, g.Count)
		}
		all = append(all, s)
	}
	return all
}

const template = "template: {spec: {nodeSelector: {kubernetes.io/os: linux}}}"

func TestPodsCountForTheTopOfTheirOwners(t *testing.T) {
	t.Parallel()
	const owner = "ownerReferences: [{controller: true, "
	for name, tc := range map[string]struct {
		objects []string
		pods    []string
		want    []seen
	}{
		"a Deployment's, of two ReplicaSets": {
			[]string{
				"{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: shop}, spec: {" + template + "}}",
				"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d-1, namespace: shop, " + owner + "apiVersion: apps/v1, kind: Deployment, name: d}]}, spec: {" + template + "}}",
				"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d-2, namespace: shop, " + owner + "apiVersion: apps/v1, kind: Deployment, name: d}]}, spec: {" + template + "}}",
			},
			[]string{
				"{metadata: {name: d-1-a, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: d-1}]}, spec: {nodeName: l1}}",
				"{metadata: {name: d-2-a, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: d-2}]}, spec: {nodeName: l2}}",
			},
			[]seen{{"Deployment/shop/d", "apps/v1", "linux", "linux:2"}},
		},
		"a CronJob's": {
			[]string{
				"{apiVersion: batch/v1, kind: CronJob, metadata: {name: c, namespace: shop}, spec: {jobTemplate: {spec: {" + template + "}}}}",
				"{apiVersion: batch/v1, kind: Job, metadata: {name: c-1, namespace: shop, " + owner + "apiVersion: batch/v1, kind: CronJob, name: c}]}, spec: {" + template + "}}",
			},
			[]string{"{metadata: {name: c-1-a, namespace: shop, " + owner + "apiVersion: batch/v1, kind: Job, name: c-1}]}, spec: {nodeName: l1}}"},
			[]seen{{"CronJob/shop/c", "batch/v1", "linux", "linux:1"}},
		},
		"a ReplicaSet's own": {
			[]string{"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: r, namespace: shop}, spec: {" + template + "}}"},
			[]string{"{metadata: {name: r-a, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: r}]}, spec: {nodeName: w1}}"},
			[]seen{{"ReplicaSet/shop/r", "apps/v1", "linux", "windows:1"}},
		},
		"a Rollout's": {
			[]string{
				"{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: r, namespace: shop}, spec: {" + template + "}}",
				"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: r-1, namespace: shop, " + owner + "apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: r}]}, spec: {" + template + "}}",
			},
			[]string{"{metadata: {name: r-1-a, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: r-1}]}, spec: {nodeName: l1}}"},
			[]seen{{"Rollout/shop/r", "argoproj.io/v1alpha1", "linux", "linux:1"}},
		},
		"one that nothing controls": {
			nil,
			[]string{"{metadata: {name: p, namespace: shop}, spec: {nodeName: l1, nodeSelector: {kubernetes.io/os: linux}}}"},
			[]seen{{"Pod/shop/p", "v1", "linux", "linux:1"}},
		},
		"static ones, of every node": {
			nil,
			[]string{
				"{metadata: {name: proxy-l1, namespace: kube-system, " + owner + "apiVersion: v1, kind: Node, name: l1}]}, spec: {nodeName: l1}}",
				"{metadata: {name: proxy-l2, namespace: kube-system, " + owner + "apiVersion: v1, kind: Node, name: l2}]}, spec: {nodeName: l2}}",
			},
			[]seen{{"Pod/kube-system/proxy", "v1", "", "linux:2"}},
		},
		"of a kind that is not known": {
			nil,
			[]string{"{metadata: {name: p, namespace: shop, " + owner + "apiVersion: example.com/v2, kind: Machine, name: m}]}, spec: {nodeSelector: {kubernetes.io/os: windows}}}"},
			[]seen{{"Machine/shop/m", "example.com/v2", "windows", "-:1"}},
		},
		"of a Deployment that a kind controls which is not known": {
			[]string{
				"{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: shop, " + owner + "apiVersion: example.com/v2, kind: Machine, name: m}]}, spec: {" + template + "}}",
				"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d-1, namespace: shop, " + owner + "apiVersion: apps/v1, kind: Deployment, name: d}]}, spec: {" + template + "}}",
			},
			[]string{"{metadata: {name: d-1-a, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: d-1}]}, spec: {nodeName: l1}}"},
			[]seen{{"Deployment/shop/d", "apps/v1", "linux", "linux:1"}},
		},
		"of a Deployment that may not be read": {
			[]string{"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d-1, namespace: shop, " + owner + "apiVersion: apps/v1, kind: Deployment, name: d}]}, spec: {" + template + "}}"},
			[]string{"{metadata: {name: d-1-a, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: d-1}]}, spec: {nodeName: l1, nodeSelector: {kubernetes.io/os: linux}}}"},
			[]seen{{"Deployment/shop/d", "apps/v1", "linux", "linux:1"}},
		},
		"of one of the templates of a custom resource": {
			[]string{
				"{apiVersion: elasticsearch.k8s.elastic.co/v1, kind: Elasticsearch, metadata: {name: e, namespace: shop}, spec: {nodeSets: [{podTemplate: {spec: {nodeSelector: {kubernetes.io/os: linux}}}}, {podTemplate: {}}]}}",
				"{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: e-es-a, namespace: shop, " + owner + "apiVersion: elasticsearch.k8s.elastic.co/v1, kind: Elasticsearch, name: e}]}, spec: {" + template + "}}",
			},
			[]string{"{metadata: {name: e-es-a-0, namespace: shop, " + owner + "apiVersion: apps/v1, kind: StatefulSet, name: e-es-a}]}, spec: {nodeName: l1}}"},
			[]seen{
				{"Elasticsearch/shop/e", "elasticsearch.k8s.elastic.co/v1", "linux", ""},
				{"Elasticsearch/shop/e (spec.nodeSets[1].podTemplate.spec)", "elasticsearch.k8s.elastic.co/v1", "", ""},
				{"StatefulSet/shop/e-es-a", "apps/v1", "linux", "linux:1"},
			},
		},
		"whose owners go in a circle": {
			[]string{
				"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: a, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: b}]}, spec: {" + template + "}}",
				"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: b, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: a}]}, spec: {" + template + "}}",
			},
			[]string{"{metadata: {name: p, namespace: shop, " + owner + "apiVersion: apps/v1, kind: ReplicaSet, name: a}]}, spec: {nodeName: l1}}"},
			[]seen{{"ReplicaSet/shop/a", "apps/v1", "", "linux:1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := census.New()
			for _, n := range []*corev1.Node{node("l1", "linux"), node("l2", "linux"), node("w1", "windows")} {
				c.Node(n)
			}
			for _, text := range tc.pods {
				c.Pod(pod(t, text))
			}
			for _, text := range tc.objects {
				object(t, c, text)
			}
			if diff := cmp.Diff(look(c.Inventory()), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestWhatIsKnownOfAPodAlone(t *testing.T) {
	t.Parallel()
	c := census.New()
	c.Pod(pod(t, `
metadata:
  name: test
  namespace: shop
  annotations: {winready.dev/ignore: WR101 known, helm.sh/hook: test, other: x}
  labels: {kubernetes.io/os: windows, app: x}
spec: {nodeName: w1, nodeSelector: {a: b}, containers: [{name: c, image: i, env: [{name: SECRET, value: x}]}]}
`))
	inv := c.Inventory()
	want := []inventory.Workload{{Workload: workload.Workload{
		Object: inv.Workloads[0].Object, SpecPath: inv.Workloads[0].SpecPath, Hooks: []string{"test"}, Ignore: "WR101 known", LabeledOS: "windows",
		Fields: []string{"nodeSelector", "tolerations", "affinity", "runtimeClassName"},
		Spec:   corev1.PodSpec{NodeSelector: map[string]string{"a": "b"}, Containers: []corev1.Container{{Name: "c", Image: "i"}}},
	}}}
	if diff := cmp.Diff(inv.Workloads, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func TestWhatAdmissionAdded(t *testing.T) {
	t.Parallel()
	const deployment = "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: r, namespace: shop}, spec: {template: {spec: {nodeSelector: {a: b}, tolerations: [{key: own, operator: Exists}]}}}}"
	const everywhere = "{key: own, operator: Exists}, {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}"
	for name, tc := range map[string]struct {
		pod  string
		want *inventory.Admitted
	}{
		"nothing but what every pod gets": {"nodeSelector: {a: b}, tolerations: [" + everywhere + "]", nil},
		"a label": {
			"nodeSelector: {a: b, c: d}, tolerations: [{key: own, operator: Exists}]",
			&inventory.Admitted{NodeSelector: map[string]string{"a": "b", "c": "d"}, Tolerations: []corev1.Toleration{{Key: "own", Operator: "Exists"}}},
		},
		"a toleration": {
			"nodeSelector: {a: b}, tolerations: [{key: own, operator: Exists}, {key: os, value: windows}]",
			&inventory.Admitted{NodeSelector: map[string]string{"a": "b"}, Tolerations: []corev1.Toleration{{Key: "own", Operator: "Exists"}, {Key: "os", Value: "windows"}}},
		},
		"to a pod of an earlier template": {"nodeSelector: {c: d, e: f}", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := census.New()
			object(t, c, deployment)
			c.Pod(pod(t, "{metadata: {name: p, namespace: shop, ownerReferences: [{controller: true, apiVersion: apps/v1, kind: ReplicaSet, name: r}]}, spec: {"+tc.pod+"}}"))
			if diff := cmp.Diff(c.Inventory().Workloads[0].Admitted, tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestSelectorIsOfWorkloads(t *testing.T) {
	t.Parallel()
	const owner = "ownerReferences: [{controller: true, "
	selector := labels.SelectorFromSet(labels.Set{"app": "x"})
	c := census.Selecting(selector)
	object(t, c, "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: in, namespace: shop, labels: {app: x}}, spec: {"+template+"}}")
	var o map[string]any
	if err := yaml.Unmarshal([]byte("{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: out, namespace: shop}, spec: {"+template+"}}"), &o); err != nil {
		t.Fatal(err)
	}
	c.Unselected(workload.Of(o)[0].Object, nil)
	for _, text := range []string{
		// Its workload's labels count, not its own.
		"{metadata: {name: a, namespace: shop, " + owner + "apiVersion: apps/v1, kind: DaemonSet, name: in}]}}",
		"{metadata: {name: b, namespace: shop, labels: {app: x}, " + owner + "apiVersion: apps/v1, kind: DaemonSet, name: out}]}}",
		// Of what nothing else is known, its own do.
		"{metadata: {name: c, namespace: shop, labels: {app: x}}}",
		"{metadata: {name: d, namespace: shop}}",
		"{metadata: {name: e, namespace: shop, labels: {app: x}, " + owner + "apiVersion: e.io/v1, kind: Known, name: f}]}}",
		"{metadata: {name: g, namespace: shop, " + owner + "apiVersion: e.io/v1, kind: Unknown, name: h}]}}",
	} {
		c.Pod(pod(t, text))
	}
	want := []seen{{"DaemonSet/shop/in", "apps/v1", "linux", "-:1"}, {"Known/shop/f", "e.io/v1", "", "-:1"}, {"Pod/shop/c", "v1", "", "-:1"}}
	if diff := cmp.Diff(look(c.Inventory()), want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

// cluster is what TestOrderDoesNotMatter counts.
type cluster struct {
	nodes   []*corev1.Node
	objects []string
	pods    []*corev1.Pod
	events  []*corev1.Event
}

func someCluster(t *testing.T) cluster {
	t.Helper()
	var c cluster
	for i := range 12 {
		c.nodes = append(c.nodes, node(fmt.Sprintf("n%02d", i), []string{"linux", "windows"}[i%2], "zone", strconv.Itoa(i%3)))
	}
	for d := range 4 {
		c.objects = append(c.objects, fmt.Sprintf("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d%d, namespace: shop}, spec: {%s}}", d, template))
		for r := range 2 {
			c.objects = append(c.objects, fmt.Sprintf("{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d%d-%d, namespace: shop, "+
				"ownerReferences: [{controller: true, apiVersion: apps/v1, kind: Deployment, name: d%d}]}, spec: {%s}}", d, r, d, template))
			for p := range 12 {
				status := []string{
					"phase: Running, conditions: [{type: Ready, status: 'True'}]", "phase: Pending",
					fmt.Sprintf("phase: Failed, reason: Evicted, message: the node was low on resource %d", p),
					"phase: Pending, containerStatuses: [{name: c, image: i, imageID: i, state: {waiting: {reason: ImagePullBackOff, message: Back-off pulling image}}}]",
				}[p%4]
				c.pods = append(c.pods, pod(t, fmt.Sprintf("{metadata: {name: d%d-%d-%d, namespace: shop, "+
					"ownerReferences: [{controller: true, apiVersion: apps/v1, kind: ReplicaSet, name: d%d-%d}]}, spec: {nodeName: n%02d}, status: {%s}}",
					d, r, p, d, r, (d+p)%12, status)))
				c.events = append(c.events, &corev1.Event{
					InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: fmt.Sprintf("d%d-%d-%d", d, r, p)},
					Type:           corev1.EventTypeWarning, Reason: "Failed", Message: fmt.Sprint("event ", p), LastTimestamp: metav1.Unix(int64(p%5), 0),
				})
			}
		}
	}
	return c
}

// TestOrderDoesNotMatter counts the same cluster in many ways: nodes, workloads and pods in any order, all in one census or each in
// its own, with alike nodes kept apart, from the beginning or from somewhere on put together.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	all := someCluster(t)
	var want *inventory.Inventory
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(all.objects), func(i, j int) { all.objects[i], all.objects[j] = all.objects[j], all.objects[i] })
		random.Shuffle(len(all.events), func(i, j int) { all.events[i], all.events[j] = all.events[j], all.events[i] })
		random.Shuffle(len(all.nodes), func(i, j int) { all.nodes[i], all.nodes[j] = all.nodes[j], all.nodes[i] })
		nodes, objects, pods := census.New(), census.New(), census.New()
		for _, n := range all.nodes {
			nodes.Node(n)
		}
		places := nodes.Places()
		settle := random.IntN(2 * len(all.pods)) // or not at all
		for i, p := range all.pods {
			if i == settle {
				pods.Settle(places)
			}
			pods.Pod(p)
		}
		for _, e := range all.events {
			pods.Event(e)
		}
		for _, o := range all.objects {
			object(t, objects, o)
		}
		parts := []*census.Census{nodes, objects, pods}
		random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		total := census.New()
		for _, p := range parts {
			total.Add(p)
		}
		got := total.Inventory()
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Fatalf("seed %d: got -, want +:\n%s", seed, diff)
		}
	}
	count := 0
	for _, g := range want.Pods {
		count += g.Count
	}
	if count != len(all.pods) {
		t.Errorf("got %d pods, want %d", count, len(all.pods))
	}
}

func TestMemoryFollowsWorkloads(t *testing.T) {
	t.Parallel()
	nodes, pods := census.New(), census.New()
	for i := range 500 {
		nodes.Node(node(fmt.Sprintf("n%d", i), "linux"))
	}
	pods.Settle(nodes.Places())
	p := pod(t, "{metadata: {name: p, namespace: shop, ownerReferences: [{controller: true, apiVersion: apps/v1, kind: DaemonSet, name: d}]}, status: {phase: Running}}")
	for i := range 5000 {
		p.Name, p.Spec.NodeName = fmt.Sprintf("p-%d", i), fmt.Sprintf("n%d", i%500)
		pods.Pod(p)
	}
	groups, samples := census.Kept(pods)
	if groups != 1 || samples != 1 {
		t.Errorf("got %d groups and %d samples of 5000 pods that are alike, want 1 and 1", groups, samples)
	}
}

func TestClassesAreSortedAndMakePools(t *testing.T) {
	t.Parallel()
	c := census.New()
	c.Node(node("a", "windows", "gpu", "yes"))
	c.Node(node("b", "windows"))
	c.RuntimeClass(nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: "z"}, Scheduling: &nodev1.Scheduling{NodeSelector: map[string]string{"gpu": "yes"}}})
	c.RuntimeClass(nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: "y"}})
	inv := c.Inventory()
	if len(inv.Pools) != 2 || inv.RuntimeClasses[0].Name != "y" {
		t.Errorf("got %d pools and class %q first, want 2 and y", len(inv.Pools), inv.RuntimeClasses[0].Name)
	}
}
