package preflight

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var linuxWorker = &rule.Rule{
	ID: "WR603", Name: "linux-worker", Category: rule.Preflight, Group: Architecture, Severity: finding.Error,
	Title: "A Linux node takes ordinary pods",
	Rationale: "Rancher's cluster agent, the cluster's DNS, the metrics server and the ingress controller run on Linux, as ordinary pods. Where no Linux " +
		"node takes them the cluster does not come up, and drops out of Rancher.",
	Remedy:     "Add a Linux node with the role of a worker, or uncordon one.",
	Since:      "v0.1.0",
	References: []string{guide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkLinuxWorker,
}

func checkLinuxWorker(p *rule.Pass) {
	d, _ := distroOf(p)
	var takes []inventory.Node
	var refused []string
	for _, n := range of(p.Nodes(), platform.Linux) {
		if why := refuses(n, d); why != "" {
			refused = append(refused, n.Name+" "+why)
			continue
		}
		takes = append(takes, n)
	}
	switch {
	case len(takes) > 0:
		p.Sawf("%s", counted(takes))
	case len(refused) == 0:
		p.Reportf(rule.OnCluster(), "there is no Linux node")
	default:
		p.Reportf(rule.OnCluster(), "no Linux node takes ordinary pods: %s", few(refused))
	}
}

// refuses says why a node takes no ordinary pods; empty when it does. RKE1 tells workers by their label. The taint cattle.io/os is on
// all Linux nodes of an RKE1 cluster with Windows, and what is to run there tolerates it.
func refuses(n inventory.Node, d platform.Distro) string {
	switch {
	case !n.Ready:
		return "is not ready"
	case n.Unschedulable:
		return "is cordoned"
	case d == platform.RKE1 && n.Labels["node-role.kubernetes.io/worker"] != "true":
		return "has not the role worker"
	}
	for _, t := range n.Taints {
		if strings.HasPrefix(t.Key, "node-role.kubernetes.io/") && t.Effect != corev1.TaintEffectPreferNoSchedule {
			return "has the taint " + t.ToString()
		}
	}
	return ""
}
