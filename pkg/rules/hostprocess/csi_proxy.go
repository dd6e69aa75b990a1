package hostprocess

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var csiProxy = &rule.Rule{
	ID: "WR213", Name: "csi-proxy", Category: rule.HostProcess, Severity: finding.Warning,
	Title: "A storage driver on Windows needs csi-proxy on the node",
	Rationale: "Before HostProcess pods a storage driver had the service csi-proxy mount volumes for it, through \\\\.\\pipe\\csi-proxy-*. That service " +
		"has to be installed on every Windows node, which RKE2 and most platforms do not do: without it volumes do not mount. The drivers " +
		"for Azure and SMB run as HostProcess pods instead; of the chart azurefile-csi-driver that is the default since 1.31.0.",
	Remedy: "Set windows.useHostProcessContainers: true in the values of the driver's chart, and see that its namespace is privileged and its nodes have " +
		"containerd 1.6 or newer. Otherwise install csi-proxy on every Windows node.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/kubernetes-csi/csi-proxy", "https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/7b5ae18/charts/README.md", kep,
	},
	Needs: []inventory.Kind{inventory.Workloads},
	Check: func(p *rule.Pass) {
		reportPipes(p, func(path string) bool { return sameSpelled(path, platform.CSIProxyPipe) }, "has csi-proxy mount volumes on the node")
	},
}
