package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var gceProvider = &rule.Rule{
	ID: "WR675", Name: "gce-cloud-provider", Category: rule.Preflight, Group: Environment, Severity: finding.Warning,
	Title: "RKE1 on GCE has the cloud provider in its file",
	Rationale: "With RKE1 on Google Compute Engine the cloud provider has to be enabled in cluster.yml, and in Rancher the cloud provider " +
		"Custom be chosen: the one for GCE does not know Windows nodes.",
	Remedy:     "Set cloud_provider.name: gce in cluster.yml, and choose Custom as the cloud provider in Rancher.",
	Since:      "v0.1.0",
	References: []string{guide},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkGceProvider,
}

func checkGceProvider(p *rule.Pass) {
	if concerns(p, platform.RKE1) && onCloud(p, platform.GCE) {
		p.Manualf(rule.OnCluster(), "cluster.yml has the cloud provider gce, and Rancher shows Custom as the cluster's cloud provider")
	}
}
