package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var dsrUpdate = &rule.Rule{
	ID: "WR658", Name: "direct-server-return-update", Category: rule.Preflight, Group: Windows, Severity: finding.Warning,
	Title: "Windows Server 2019 has the update that kube-proxy needs from Kubernetes 1.33 on",
	Rationale: "From Kubernetes 1.33 on kube-proxy turns on direct server return on Windows nodes by itself, which takes the updates of May " +
		"2020. That they made 10.0.17763.1217 is put together from images of that month, and not from the page that asks for them.",
	Remedy:     "Install the latest cumulative update on the node.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/kubernetes/enhancements/tree/master/keps/sig-windows/5100-windows-dsr"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkDsrUpdate,
}

func checkDsrUpdate(p *rule.Pass) {
	v, text, ok := serverVersion(p)
	switch {
	case !ok:
	case !v.AtLeast(1, 33, 0):
		p.Skipf("direct server return is off before Kubernetes 1.33, and this is %s", text)
	default:
		updated(p, platform.DSRUpdate)
	}
}
