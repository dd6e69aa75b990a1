package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var bindMountUpdate = &rule.Rule{
	ID: "WR659", Name: "bind-mount-update", Category: rule.Preflight, Group: Windows, Severity: finding.Warning,
	Title: "Windows Server 2019 has the update that HostProcess containers need with containerd 1.7",
	Rationale: "From containerd 1.7 on volumes of HostProcess containers are bind mounts, for which Windows Server 2019 got what it takes in " +
		"the updates of July 2022. Without them such a container does not see its volumes.",
	Remedy:     "Install the latest cumulative update on the node.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/kubernetes/enhancements/tree/master/keps/sig-windows/1981-windows-privileged-container-support"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkBindMountUpdate,
}

func checkBindMountUpdate(p *rule.Pass) {
	nodes := windowsNodes(p)
	for _, n := range nodes {
		runtime, err := platform.ParseRuntime(n.Runtime)
		binds, known := n.Build.BindsMounts(n.Revision)
		switch {
		case err != nil:
			p.Unknownf("node %s: reading its runtime: %v", n.Name, err)
		case runtime.HostProcess() != platform.BindMounts:
		case !known:
			p.Unknownf("node %s: its revision cannot be read: kernelVersion %q", n.Name, n.Kernel)
		case !binds:
			p.Reportf(onKernel(n), "the node has build %s and %s: bind mounts of HostProcess containers need the updates of July 2022", windowsBuild(n), runtime)
		}
	}
	if len(nodes) > 0 {
		p.Sawf("%s", counted(nodes))
	}
}
