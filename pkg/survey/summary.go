package survey

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Summary is a survey as reports draw and write it: the node pools, and what runs where. Lists are never nil.
type Summary struct {
	Pools     []PoolSummary     `json:"pools"`     // in the order of the survey
	Workloads []WorkloadSummary `json:"workloads"` // by namespace, kind and name
	// Unread are the parts that could not be read, or not wholly: what is counted of them is the least there is.
	Unread []Unread `json:"unread,omitempty"`
}

// Unread is a part of the inventory that could not be read, or not wholly.
type Unread struct {
	Part   inventory.Kind `json:"part"`
	Reason string         `json:"reason"`
}

// PoolSummary is one node pool, its nodes and what runs on them.
type PoolSummary struct {
	Name  string         `json:"name"`
	OS    platform.OS    `json:"os"`
	Build platform.Build `json:"build,omitempty"` // of Windows nodes
	// Product is what Microsoft calls the build; empty for Linux, and for a build that is not known.
	Product string `json:"product,omitempty"`
	// Support is the support the build has on the day of the inventory, and SupportEnd the last day of it, YYYY-MM-DD.
	Support    platform.SupportState `json:"support,omitempty"`
	SupportEnd string                `json:"supportEnd,omitempty"`
	Taints     []corev1.Taint        `json:"taints"`

	Nodes    int `json:"nodes"`
	Ready    int `json:"ready"`
	Cordoned int `json:"cordoned"`
	// CPU, Memory and MaxPods are what the nodes have in all.
	CPU     resource.Quantity `json:"cpu"`
	Memory  resource.Quantity `json:"memory"`
	MaxPods int64             `json:"maxPods"`
	// Kubelets and Runtimes are the versions that the nodes have, sorted.
	Kubelets []string `json:"kubelets"`
	Runtimes []string `json:"runtimes"`

	Workloads int `json:"workloads"` // that have a pod there
	Pods      int `json:"pods"`      // that are bound to a node there
}

// WorkloadSummary is where one workload could run and does run.
type WorkloadSummary struct {
	object.Ref
	// Field leads to the pod template of a custom resource, which may have several; empty for Kubernetes' own kinds.
	Field string `json:"field,omitempty"`
	// Static tells that the pods are files on their nodes, which no scheduler sees.
	Static bool `json:"static,omitempty"`
	// OS is the operating system the workload is for, and By what tells; empty when nothing tells.
	OS    platform.OS `json:"os,omitempty"`
	By    string      `json:"by,omitempty"`
	Pools InPools     `json:"pools"`
	// Pending counts the pods that are bound to no node.
	Pending int `json:"pending"`
}

// InPools names the pools of one workload.
type InPools struct {
	Fits []string       `json:"fits"` // that have a node which accepts it, in the order of the pools
	Runs map[string]int `json:"runs"` // its pods by pool; without the pools that have none
}

// Summarize makes the summary of an inventory and its survey.
func Summarize(inv *inventory.Inventory, s *Survey) *Summary {
	out := &Summary{Pools: make([]PoolSummary, 0, len(s.Pools)), Workloads: make([]WorkloadSummary, 0, len(s.Placements))}
	for i := range s.Pools {
		out.Pools = append(out.Pools, summarizePool(inv, s, i))
	}
	for i := range s.Placements {
		out.Workloads = append(out.Workloads, s.summarizeWorkload(&s.Placements[i]))
	}
	slices.SortStableFunc(out.Workloads, func(a, b WorkloadSummary) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	for _, kind := range inventory.Kinds() {
		if gap, missing := inv.Gaps[kind]; missing && drawn(kind) {
			out.Unread = append(out.Unread, Unread{Part: kind, Reason: gap.Reason})
		}
	}
	return out
}

// drawn tells the parts of an inventory that a summary counts.
func drawn(k inventory.Kind) bool {
	return slices.Contains([]inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Nodes, inventory.Pods}, k)
}

func summarizePool(inv *inventory.Inventory, s *Survey, index int) PoolSummary {
	pool := s.Pools[index]
	p := PoolSummary{
		Name: pool.Name, OS: pool.OS(), Build: pool.Build(), Taints: append([]corev1.Taint{}, pool.Taints...),
		Nodes: len(pool.Nodes), Kubelets: []string{}, Runtimes: []string{},
	}
	if p.Build != "" {
		support := p.Build.Support(inv.Today)
		p.Product, p.Support, p.SupportEnd = support.Product, support.State, support.Until
	}
	for _, n := range inv.Nodes {
		if n.Pool == index {
			p.count(n)
		}
	}
	p.Kubelets, p.Runtimes = distinct(p.Kubelets), distinct(p.Runtimes)
	for i := range s.Placements {
		if pods := s.Placements[i].Runs[index]; pods > 0 {
			p.Workloads++
			p.Pods += pods
		}
	}
	return p
}

// count adds one of the pool's nodes to what the pool has.
func (p *PoolSummary) count(n inventory.Node) {
	if n.Ready {
		p.Ready++
	}
	if n.Unschedulable {
		p.Cordoned++
	}
	p.CPU.Add(n.CPU)
	p.Memory.Add(n.Memory)
	p.MaxPods += n.MaxPods
	p.Kubelets = append(p.Kubelets, n.Kubelet)
	p.Runtimes = append(p.Runtimes, n.Runtime)
}

// distinct is a list sorted, without what is empty or there twice.
func distinct(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}

func (s *Survey) summarizeWorkload(p *Placement) WorkloadSummary {
	w := WorkloadSummary{
		Ref: p.Workload.Object, Static: p.Workload.Static, OS: p.OS, By: p.By, Pending: p.Unbound,
		Pools: InPools{Fits: []string{}, Runs: map[string]int{}},
	}
	if p.Workload.Custom {
		w.Field = p.Workload.SpecPath.String()
	}
	for i, pool := range s.Pools {
		if p.Verdicts[i].Fits {
			w.Pools.Fits = append(w.Pools.Fits, pool.Name)
		}
		if p.Runs[i] > 0 {
			w.Pools.Runs[pool.Name] = p.Runs[i]
		}
	}
	return w
}
