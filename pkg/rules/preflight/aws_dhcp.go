package preflight

import (
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var awsDHCP = &rule.Rule{
	ID: "WR673", Name: "aws-dhcp-options", Category: rule.Preflight, Group: Environment, Severity: finding.Warning,
	Title: "The DHCP option set of AWS names one domain",
	Rationale: "A DHCP option set of AWS may name several domains in domain-name, separated by spaces. Windows, and some Linux systems, take " +
		"them for one domain, and names no longer resolve on the node.",
	Remedy:     "Make a DHCP option set with one domain in domain-name, and associate it with the VPC.",
	Since:      "v0.1.0",
	References: []string{guide, "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkAwsDHCP,
}

func checkAwsDHCP(p *rule.Pass) {
	if !onCloud(p, platform.AWS) {
		return
	}
	p.Manualf(rule.OnCluster(), "aws ec2 describe-dhcp-options, for the option set of the VPC: domain-name has exactly one value")
}

// onCloud tells whether a node is of a cloud; when none is, the rule is skipped. Instances without a cloud provider have a name that tells:
// the private DNS names in UserGuide of awsdocs/amazon-vpc-user-guide.
func onCloud(p *rule.Pass, clouds ...platform.Cloud) bool {
	for _, n := range p.Nodes() {
		named := strings.HasSuffix(n.Name, ".compute.internal") || strings.HasSuffix(n.Name, ".ec2.internal")
		if slices.Contains(clouds, platform.CloudOf(n.ProviderID)) || named && slices.Contains(clouds, platform.AWS) {
			return true
		}
	}
	var names []string
	for _, c := range clouds {
		names = append(names, c.String())
	}
	p.Skipf("no node tells by its spec.providerID that it is of %s", strings.Join(names, ", "))
	return false
}
