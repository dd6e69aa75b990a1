package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var userFormat = &rule.Rule{
	ID: "WR204", Name: "run-as-user-name-format", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A runAsUserName is not written as a user of Windows is",
	Rationale: "The API server refuses a pod with such a runAsUserName, HostProcess or not. Often a backslash was doubled by quotes that do not " +
		"need it: in YAML, 'NT AUTHORITY\\SYSTEM' in single quotes has one.",
	Remedy:     "Write DOMAIN\\USER or USER: at most one backslash, a user of at most 104 characters without \"/\\:;|=,+*?<>@[].",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/#windows-username-limitations", validation},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check: func(p *rule.Pass) {
		report(p, hostprocess.UserFormat, func(t rule.Target, f hostprocess.Fault) {
			p.Reportf(t, "runAsUserName %q: the API server refuses it, %q", f.Value, f.Says)
		})
	},
}
