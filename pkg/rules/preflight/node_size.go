package preflight

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// slack is what a machine may lack of a size in bytes: a kubelet reports what the operating system has, which is less than what the machine
// was given. Source: MemTotal and GlobalMemoryStatusEx in pkg/kubelet/winstats and in cadvisor of k8s.io/kubernetes.
const slack = 0.95

// bytes is a size in bytes with the slack, of decimal gigabytes as Rancher's guide counts.
func bytes(gigabytes float64) int64 { return int64(gigabytes * 1e9 * slack) }

// gigabytes is a quantity as the guide counts: 4.9 GB.
func gigabytes(q resource.Quantity) string { return fmt.Sprintf("%.1f GB", float64(q.Value())/1e9) }

// size looks at one size of every node. A node that reports none is one of which it cannot be told.
func size(p *rule.Pass, resourceName string, of func(inventory.Node) resource.Quantity, judge func(inventory.Node, rule.Target, resource.Quantity)) {
	least := resource.Quantity{}
	for _, n := range p.Nodes() {
		q := of(n)
		if q.IsZero() {
			p.Unknownf("node %s: it reports no capacity of %s", n.Name, resourceName)
			continue
		}
		if least.IsZero() || q.Cmp(least) < 0 {
			least = q
		}
		judge(n, rule.OnNode(n.Name, "status", "capacity", resourceName), q)
	}
	if resourceName == "cpu" {
		p.Sawf("%s or more on %s", least.String(), count(len(p.Nodes()), "node"))
		return
	}
	p.Sawf("%s or more on %s", gigabytes(least), count(len(p.Nodes()), "node"))
}
