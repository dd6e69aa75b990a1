package preflight

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var calicoChecksum = &rule.Rule{
	ID: "WR672", Name: "calico-checksum-offload", Category: rule.Preflight, Group: Environment, Severity: finding.Warning,
	Title: "Checksums of Calico's VXLAN are not offloaded where the kernel has the fault",
	Rationale: "Some kernels compute wrong checksums for what VXLAN encapsulates when the network card is to do it, and packets are dropped. " +
		"RKE2 sets Calico's featureDetectOverride ChecksumOffloadBroken=true by itself; with another distribution it is up to who " +
		"installs Calico. The fault is not that of vmxnet3.",
	Remedy:     "Set featureDetectOverride: ChecksumOffloadBroken=true in the default FelixConfiguration, or upgrade the kernel.",
	Since:      "v0.1.0",
	References: []string{"https://docs.rke2.io/known_issues"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkCalicoChecksum,
}

func checkCalicoChecksum(p *rule.Pass) {
	vxlan := filter(p.Nodes(), func(n inventory.Node) bool { return n.Annotations[calicoVXLAN] != "" })
	if len(vxlan) == 0 {
		p.Skipf("no node has the annotation %s of Calico's VXLAN", calicoVXLAN)
		return
	}
	if d, why := distroOf(p); d == platform.RKE2 {
		p.Sawf("RKE2 sets featureDetectOverride ChecksumOffloadBroken=true: %s", why)
		return
	}
	p.Manualf(rule.OnCluster(), "kubectl get felixconfigurations default -o yaml shows featureDetectOverride: ChecksumOffloadBroken=true, or the kernels have no such fault")
}

// The annotations by which Calico's nodes tell how they carry packets: libcalico-go/lib/backend/k8s/resources/node.go of projectcalico/calico.
const (
	calicoAddress = "projectcalico.org/IPv4Address"
	calicoVXLAN   = "projectcalico.org/IPv4VXLANTunnelAddr"
	calicoIPIP    = "projectcalico.org/IPv4IPIPTunnelAddr"
)
