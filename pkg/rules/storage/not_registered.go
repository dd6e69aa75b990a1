package storage

import (
	"slices"
	"strings"

	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var notRegistered = &rule.Rule{
	ID: "WR310", Name: "azurefile-not-registered", Category: rule.Storage, Severity: finding.Error,
	Title: "The Azure File driver has not registered on a Windows node",
	Rationale: "A driver registers with the kubelet of every node that its DaemonSet runs on, and the node's CSINode object lists it then. The driver has " +
		"one DaemonSet for Linux and one for Windows. Where it is not registered, pods with its volumes stay in ContainerCreating. The chart's " +
		"DaemonSet for Windows tolerates one taint only, node.kubernetes.io/os.",
	Remedy: "Add the taints of the Windows nodes to windows.tolerations of the driver's chart, with windows.enabled: true. Where the DaemonSet has pods on " +
		"the node, look at the log of its container node-driver-registrar.",
	Since:      "v0.1.0",
	References: []string{chartValues, "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-node-v1/"},
	Needs:      []inventory.Kind{inventory.Nodes, inventory.Workloads, inventory.Pools, inventory.CSIDrivers, inventory.CSINodes},
	Check:      checkNotRegistered,
}

func checkNotRegistered(p *rule.Pass) {
	registered := map[string]bool{}
	for _, n := range decoded[storagev1.CSINode](p, inventory.CSINodes) {
		registered[n.Object.Name] = slices.ContainsFunc(n.Object.Spec.Drivers, func(d storagev1.CSINodeDriver) bool { return d.Name == azurefile.Driver })
	}
	missing := map[int][]string{} // by pool
	for _, n := range p.Nodes() {
		if n.OS == platform.Windows && !registered[n.Name] {
			missing[n.Pool] = append(missing[n.Pool], n.Name)
		}
	}
	if !driver(p) {
		return // which is said once, by another rule
	}
	s := p.Survey()
	for i := range s.Pools {
		if names := missing[i]; len(names) > 0 {
			p.Reportf(rule.OnNode(slices.Min(names)), "%s not registered on %s (%s): %s", azurefile.Driver, counted(len(names), "Windows node"), few(names), whyNotRegistered(s, i))
		}
	}
}

// whyNotRegistered says what the DaemonSet of the driver does on the nodes of a pool.
func whyNotRegistered(s *survey.Survey, pool int) string {
	sets := nodeSets(s)
	if len(sets) == 0 {
		return "there is no DaemonSet of the driver for Windows"
	}
	for _, at := range sets {
		if at.Verdicts[pool].Fits {
			return "the pods of DaemonSet " + at.Workload.Object.Namespace + "/" + at.Workload.Object.Name + " can run there"
		}
	}
	at := sets[0]
	return "DaemonSet " + at.Workload.Object.Namespace + "/" + at.Workload.Object.Name + " cannot run there: " + strings.Join(at.Verdicts[pool].Reasons, ", ")
}

// nodeSets are the DaemonSets of the driver for Windows nodes: those with its image.
func nodeSets(s *survey.Survey) []*survey.Placement {
	var out []*survey.Placement
	for i := range s.Placements {
		at := &s.Placements[i]
		if at.Workload.Object.Kind == "DaemonSet" && at.OS == platform.Windows && ofDriver(at) {
			out = append(out, at)
		}
	}
	return out
}

// ofDriver tells a workload of the driver by the image of its own container, whatever the registry: image.azurefile in values.yaml of
// its chart.
func ofDriver(at *survey.Placement) bool {
	for _, c := range at.Workload.Spec.Containers {
		name, _, _ := strings.Cut(c.Image[strings.LastIndexByte(c.Image, '/')+1:], ":")
		if name, _, _ = strings.Cut(name, "@"); name == "azurefile-csi" {
			return true
		}
	}
	return false
}
