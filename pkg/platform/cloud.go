package platform

import "strings"

// Cloud is what the machines of a cluster are rented from or run on. The zero value is one that is not known.
type Cloud string

// The clouds that requirements tell apart.
const (
	AWS     Cloud = "aws"
	Azure   Cloud = "azure"
	GCE     Cloud = "gce"
	VSphere Cloud = "vsphere"
)

// String is the name that people know.
func (c Cloud) String() string {
	return map[Cloud]string{AWS: "AWS", Azure: "Azure", GCE: "Google Compute Engine", VSphere: "vSphere"}[c]
}

// CloudOf tells the cloud of a node by its spec.providerID, "aws:///eu-west-1a/i-0abc". Sources: ProviderName in
// pkg/providers/v1 of kubernetes/cloud-provider-aws, CloudProviderName in pkg/consts of kubernetes-sigs/cloud-provider-azure, ProviderName
// in providers/gce of kubernetes/cloud-provider-gcp, ProviderPrefix in pkg/cloudprovider/vsphere of kubernetes/cloud-provider-vsphere.
func CloudOf(providerID string) Cloud {
	scheme, _, found := strings.Cut(providerID, "://")
	if !found {
		return ""
	}
	for _, c := range []Cloud{AWS, Azure, GCE, VSphere} {
		if scheme == string(c) {
			return c
		}
	}
	return ""
}
