package hostprocess

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var serverUnable = &rule.Rule{
	ID: "WR217", Name: "hostprocess-server", Category: rule.HostProcess, Severity: finding.Error,
	Title: "The cluster is of a version without HostProcess pods",
	Rationale: "The feature gate WindowsHostProcessContainers was alpha and off in Kubernetes 1.22, beta and on from 1.23, and is stable since 1.26. An API " +
		"server of before drops the field: the pod starts as an ordinary one. RKE2 had the gate in 1.23, but its Windows nodes had " +
		"containerd 1.5; v1.24.1 is the first with 1.6.",
	Remedy:     "Upgrade the cluster: Kubernetes to 1.26 or newer, and RKE2 at least to v1.24.1.",
	Since:      "v0.1.0",
	References: []string{docs, kep, "https://github.com/rancher/rke2/blob/6ce1a80/Dockerfile.windows"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Server},
	Check:      checkServerUnable,
}

func checkServerUnable(p *rule.Pass) {
	server := hostprocess.ServerFor(p.Server())
	if server.Verdict == hostprocess.Runs {
		return
	}
	wanted(p, func(at *survey.Placement) {
		t := rule.On(at.Workload)
		if server.Verdict == hostprocess.CannotTell {
			t = t.As(finding.Warning)
		}
		p.Reportf(t, "a HostProcess pod: %s", strings.Join(server.Reasons, "; "))
	})
}
