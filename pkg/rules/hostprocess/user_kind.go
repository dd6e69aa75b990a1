package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var userKind = &rule.Rule{
	ID: "WR205", Name: "hostprocess-user", Category: rule.HostProcess, Severity: finding.Error,
	Title: "A HostProcess container runs as a user that nodes do not have",
	Rationale: "A HostProcess container runs as a user of the node: as one of its service accounts, or as a member of a local group, for whom an " +
		"account is made while the container runs. ContainerAdministrator and ContainerUser are users of images. Other users would have to log " +
		"on with a password, which the container runtime does not have.",
	Remedy: "Set runAsUserName to NT AUTHORITY\\LocalService, or to NT AUTHORITY\\SYSTEM for what needs all rights, spelled so; or to a local " +
		"group that is on every node.",
	Since:      "v0.1.0",
	References: []string{docs + "#choosing-a-user-account", kep, "https://github.com/microsoft/hcsshim/blob/v0.13.0/internal/jobcontainers/logon.go"},
	Needs:      []inventory.Kind{inventory.Workloads},
	Check:      checkUserKind,
}

func checkUserKind(p *rule.Pass) {
	report(p, hostprocess.UserKind, func(t rule.Target, f hostprocess.Fault) {
		switch {
		case f.Depends:
			t = t.As(finding.Info)
		case !f.Certain:
			t = t.As(finding.Warning)
		}
		p.Reportf(t, "runAsUserName %q: %s", f.Value, f.What)
	})
}
