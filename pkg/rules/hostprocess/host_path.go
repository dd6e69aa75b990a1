package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var hostPath = &rule.Rule{
	ID: "WR219", Name: "hostprocess-host-path", Category: rule.HostProcess, Severity: finding.Info,
	Title: "A HostProcess pod mounts a folder of the node that it sees anyway",
	Rationale: "A HostProcess container sees the whole file system of its node. A hostPath volume shows it the same folder a second time, and with " +
		"containerd 1.6 at another path than the mount says.",
	Remedy:     "Use the path on the node, and leave out the volume.",
	Since:      "v0.1.0",
	References: []string{kep},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check:      checkHostPath,
}

func checkHostPath(p *rule.Pass) {
	workloads := p.Workloads()
	for i := range workloads {
		w := &workloads[i]
		if !hostprocess.Wanted(&w.Spec) {
			continue
		}
		for n, v := range w.Spec.Volumes {
			if v.HostPath != nil && !hostprocess.IsPipe(v.HostPath.Path) {
				p.Reportf(rule.On(w, "volumes", n, "hostPath"), "hostPath %s: a HostProcess container sees it at that path without a mount", v.HostPath.Path)
			}
		}
	}
}
