package placement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// Node is what placement looks at of a node.
type Node struct {
	Name          string
	Labels        map[string]string
	Taints        []corev1.Taint
	Unschedulable bool // cordoned: spec.unschedulable
}

// NodeOf is what placement looks at of a Node.
func NodeOf(n *corev1.Node) Node {
	return Node{Name: n.Name, Labels: n.Labels, Taints: n.Spec.Taints, Unschedulable: n.Spec.Unschedulable}
}

// Refusals are the reasons for which the scheduler refuses this node to a pod now, in the order in which it looks; empty when
// it accepts it. A pod that the API server refuses is refused by every node. Room on the node, volumes and other pods are not considered. A pod that is bound by nodeName never comes
// before the scheduler: what is said of it is what the kubelet of that node would find.
func (n Node) Refusals(spec *corev1.PodSpec) []string {
	reasons := refusedTolerations(spec.Tolerations)
	if spec.NodeName != "" && spec.NodeName != n.Name {
		reasons = append(reasons, fmt.Sprintf("%s: nodeName %s", reasonNodeName, spec.NodeName))
	}
	cordon := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
	covers := func(t corev1.Toleration) bool { return Tolerates(t, cordon) }
	if n.Unschedulable && !slices.ContainsFunc(spec.Tolerations, covers) {
		reasons = append(reasons, reasonCordon)
	}
	reasons = append(reasons, untolerated(spec.Tolerations, n.Taints)...)
	for _, why := range slices.Concat(selectorMisses(spec.NodeSelector, n.Labels), affinityMisses(spec.Affinity, n, oneNode)) {
		reasons = append(reasons, reasonAffinity+": "+why)
	}
	return reasons
}

// Fold makes pools of nodes, in the order of each pool's first node, nodes sorted by name. Nodes share a pool when they agree on
// their operating system, Windows build, architecture and role, on the taints they have for good, and on every label that
// mentioned tells of; nil stands for every label. Labels that are there to tell a node from all others never make a pool.
func Fold(nodes []Node, mentioned func(label string) bool) []Pool {
	nodes = slices.SortedFunc(slices.Values(nodes), func(a, b Node) int {
		return cmp.Or(cmp.Compare(a.Labels[platform.LabelOS], b.Labels[platform.LabelOS]), cmp.Compare(a.Name, b.Name))
	})
	own := ownLabels(nodes)
	var pools []Pool
	index := map[string]int{}
	for _, n := range nodes {
		n.Taints = lasting(n.Taints)
		same := n.sameness(own, mentioned)
		at, seen := index[same]
		if !seen {
			at = len(pools)
			index[same] = at
			pools = append(pools, Pool{Labels: maps.Clone(n.Labels), Taints: sortedTaints(n.Taints)})
		}
		pools[at].Nodes = append(pools[at].Nodes, n.Name)
		maps.DeleteFunc(pools[at].Labels, func(k, v string) bool { return n.Labels[k] != v })
	}
	addParticulars(pools, nodes)
	nameAll(pools)
	return pools
}

// addParticulars notes for each node the labels that its pool has not.
func addParticulars(pools []Pool, nodes []Node) {
	byName := make(map[string]Node, len(nodes))
	for _, n := range nodes {
		byName[n.Name] = n
	}
	for i := range pools {
		p := &pools[i]
		for j, name := range p.Nodes {
			for k, v := range byName[name].Labels {
				if have, shared := p.Labels[k]; shared && have == v {
					continue
				}
				if p.Own == nil {
					p.Own = make([]map[string]string, len(p.Nodes))
				}
				if p.Own[j] == nil {
					p.Own[j] = map[string]string{}
				}
				p.Own[j][k] = v
			}
		}
	}
}

// passing are the taints that come and go with a node's condition. They say nothing of where a pod may run for good: a node
// that was cordoned or short of memory while it was read is the node of its pool it was before. From well_known_taints.go of
// k8s.io/api and api/well_known_taints.go of k8s.io/cloud-provider.
func passing() []string {
	return []string{
		corev1.TaintNodeNotReady,
		corev1.TaintNodeUnreachable,
		corev1.TaintNodeUnschedulable,
		corev1.TaintNodeMemoryPressure,
		corev1.TaintNodeDiskPressure,
		corev1.TaintNodePIDPressure,
		corev1.TaintNodeNetworkUnavailable,
		corev1.TaintNodeOutOfService,
		"node.cloudprovider.kubernetes.io/uninitialized",
		"node.cloudprovider.kubernetes.io/shutdown",
		// Of nodes that are about to go: cluster-autoscaler/utils/taints of kubernetes/autoscaler, pkg/apis/v1/taints.go of
		// kubernetes-sigs/karpenter.
		"ToBeDeletedByClusterAutoscaler",
		"DeletionCandidateOfClusterAutoscaler",
		"karpenter.sh/disrupted",
		"karpenter.sh/unregistered",
	}
}

// lasting are the taints that a node has for good.
func lasting(taints []corev1.Taint) []corev1.Taint {
	return slices.DeleteFunc(slices.Clone(taints), func(t corev1.Taint) bool { return slices.Contains(passing(), t.Key) })
}

// fewNodes is a number of nodes below which it is no sign of anything that each has its own value of a label.
const fewNodes = 8

// ownLabels are the labels that tell nodes apart one by one: those whose values are nearly as many as the nodes that have them,
// as an instance's ID is that a cloud puts on each.
func ownLabels(nodes []Node) map[string]bool {
	counts, values := map[string]int{}, map[string]map[string]bool{}
	for _, n := range nodes {
		for k, v := range n.Labels {
			counts[k]++
			if values[k] == nil {
				values[k] = map[string]bool{}
			}
			values[k][v] = true
		}
	}
	own := map[string]bool{}
	for k, seen := range values {
		own[k] = counts[k] >= fewNodes && len(seen) > counts[k]*9/10
	}
	return own
}

// ownLabel tells a label that is there to tell a node from all others: kubernetes.io/hostname, the machine of Rancher's
// provisioning (machinePoolNameLabel's neighbour rke.cattle.io/machine in pkg/capr of rancher/rancher), eksctl's instance, and
// whatever has the node's own name as its value.
func (n Node) ownLabel(key string) bool {
	own := []string{corev1.LabelHostname, "rke.cattle.io/machine", "alpha.eksctl.io/instance-id"}
	return slices.Contains(own, key) || n.Labels[key] == n.Name
}

// sameness is a text that two nodes share when they belong to one pool.
func (n Node) sameness(own map[string]bool, mentioned func(string) bool) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(n.Labels)) {
		counts := mentioned == nil || mentioned(k) || alwaysCounts(k)
		if counts && !own[k] && !n.ownLabel(k) {
			fmt.Fprintf(&b, "%s=%s\n", k, n.Labels[k])
		}
	}
	for _, t := range sortedTaints(n.Taints) {
		fmt.Fprintf(&b, "%s=%s:%s\n", t.Key, t.Value, t.Effect)
	}
	return b.String()
}

// alwaysCounts tells the labels that make pools whether or not a pod looks at them.
func alwaysCounts(label string) bool {
	return slices.Contains([]string{platform.LabelOS, platform.LabelArch, platform.LabelWindowsBuild}, label) ||
		slices.Contains(poolLabels(), label) || slices.Contains(controlPlaneLabels(), label)
}

// poolLabels are the labels by which those who make nodes in pools name them.
func poolLabels() []string {
	return []string{
		"rke.cattle.io/rke-machine-pool-name", // pkg/capr of rancher/rancher
		"kubernetes.azure.com/agentpool",      // AKS: reserved labels in articles/aks/use-labels.md of MicrosoftDocs/azure-aks-docs
		"eks.amazonaws.com/nodegroup",         // EKS: pkg/cloudprovider of kubernetes/autoscaler
		"cloud.google.com/gke-nodepool",       // GKE: the same
		"karpenter.sh/nodepool",               // pkg/apis/v1/labels.go of kubernetes-sigs/karpenter
	}
}

// controlPlaneLabels mark the nodes of the control plane: RKE2 and upstream, RKE1, and what they were called before.
func controlPlaneLabels() []string {
	return []string{"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/controlplane", "node-role.kubernetes.io/master"}
}

// sortedTaints is the taints in an order of their own: on a node they are in the order in which they came.
func sortedTaints(taints []corev1.Taint) []corev1.Taint {
	return slices.SortedFunc(slices.Values(taints), func(a, b corev1.Taint) int {
		return strings.Compare(a.Key+"\n"+string(a.Effect), b.Key+"\n"+string(b.Effect))
	})
}

// nameAll names the pools: by the name that whoever made them gave them, else by what they are, with a number where that is
// not enough to tell them apart.
func nameAll(pools []Pool) {
	builds := map[platform.Build]bool{}
	for _, p := range pools {
		if p.OS() == platform.Windows {
			builds[p.Build()] = true
		}
	}
	taken := map[string]int{}
	for i := range pools {
		name := pools[i].calledBy(len(builds) > 1)
		taken[name]++
		if n := taken[name]; n > 1 {
			name += "-" + strconv.Itoa(n)
		}
		pools[i].Name = name
	}
}

// calledBy is what a pool goes by.
func (p Pool) calledBy(manyBuilds bool) string {
	for _, label := range poolLabels() {
		if name := p.Labels[label]; name != "" {
			return name
		}
	}
	for _, label := range controlPlaneLabels() {
		if _, ok := p.Labels[label]; ok && p.OS() == platform.Linux {
			return "control-plane"
		}
	}
	if release := p.Build().Release(); manyBuilds && release != "" {
		return string(p.OS()) + "-" + release
	}
	if p.OS() == "" {
		return "unlabeled"
	}
	return string(p.OS())
}
