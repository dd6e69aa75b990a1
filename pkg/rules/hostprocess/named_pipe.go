package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var namedPipe = &rule.Rule{
	ID: "WR207", Name: "hostprocess-named-pipe", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A HostProcess container mounts a named pipe",
	Rationale: "A HostProcess container opens the pipes of its node as any process does. The shim of containerd does not mount them: it does not " +
		"create the container.",
	Remedy:     "Remove the volume and its mounts, and have the program open the pipe by its path on the node, \\\\.\\pipe\\NAME.",
	Since:      "v0.1.0",
	References: []string{docs + "#volume-mounts", kep, "https://github.com/microsoft/hcsshim/blob/v0.13.0/internal/jobcontainers/mounts.go"},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check: func(p *rule.Pass) {
		report(p, hostprocess.NamedPipe, func(t rule.Target, f hostprocess.Fault) {
			p.Reportf(t, "mounts the named pipe %s: %s", f.Value, f.What)
		})
	},
}
