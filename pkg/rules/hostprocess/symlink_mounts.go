package hostprocess

import (
	"fmt"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var symlinkMounts = &rule.Rule{
	ID: "WR214", Name: "hostprocess-symlink-mounts", Category: rule.HostProcess, Severity: finding.Warning,
	Title: "Nodes with containerd 1.6 mount the volumes of a HostProcess pod where its programs do not look",
	Rationale: "In HostProcess containers containerd 1.6 puts volumes below %CONTAINER_SANDBOX_MOUNT_POINT% alone. A program that opens a mountPath " +
		"finds nothing there, and a client of Kubernetes does not find the token of its service account. containerd 1.7 mounts volumes at " +
		"their paths. With RKE2 that is v1.24.14, v1.25.10, v1.26.5 and v1.27.2.",
	Remedy: "Upgrade the nodes to containerd 1.7. Until then put %CONTAINER_SANDBOX_MOUNT_POINT% in front of paths, and give clients a kubeconfig that " +
		"is made of the token there.",
	Since:      "v0.1.0",
	References: []string{docs + "#volume-mounts", kep, "https://github.com/rancher/rke2/blob/6ce1a80/Dockerfile.windows"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Nodes},
	Check:      checkSymlinkMounts,
}

func checkSymlinkMounts(p *rule.Pass) {
	nodes := p.Nodes()
	wanted(p, func(at *survey.Placement) {
		lost := hostprocess.Unfound(at.Spec)
		var old []string
		for _, n := range windowsNodes(nodes, at) {
			if n.Mounts == platform.SymlinkMounts {
				old = append(old, n.Name+" ("+n.Runtime+")")
			}
		}
		if len(old) > 0 && len(lost) > 0 {
			p.Reportf(rule.On(at.Workload), "on %s: %s", few(old), strings.Join(lost, "; "))
		}
	})
}

// few are the first of some names, and how many more there are.
func few(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
