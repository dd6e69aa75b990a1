package preflight

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var nodeDisk = &rule.Rule{
	ID: "WR643", Name: "node-disk", Category: rule.Preflight, Group: Size, Severity: finding.Error,
	Title: "Every node has 50 GB of disk or more",
	Rationale: "Windows images are large: a single base image unpacks to several gigabytes. What is looked at is the volume of the kubelet's folder, for nodes " +
		"report no other. On Linux nodes less is a warning: the guide's sentence names the hosts of the cluster, its heading Windows. 5% " +
		"less is taken for as much.",
	Remedy:     "Give the machine a larger disk, or the kubelet's folder a larger volume.",
	Since:      "v0.1.0",
	References: []string{guide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkNodeDisk,
}

func checkNodeDisk(p *rule.Pass) {
	size(p, "ephemeral-storage", func(n inventory.Node) resource.Quantity { return n.Disk }, func(n inventory.Node, at rule.Target, q resource.Quantity) {
		switch {
		case q.Value() >= bytes(50):
		case n.OS == platform.Windows:
			p.Reportf(at, "the node has a volume of %s, and Rancher's guide asks for 50 GB", gigabytes(q))
		default:
			p.Reportf(at.As(finding.Warning), "the node has a volume of %s, and Rancher's guide asks for 50 GB", gigabytes(q))
		}
	})
}
