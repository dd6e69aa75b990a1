package platform

import (
	"fmt"
	"strconv"
	"strings"
)

// Update is a Windows update that matters to a cluster. A node has it when its revision, the UBR, is that one or a later one: updates
// are cumulative.
type Update struct {
	Build    Build
	Revision int
	Name     string // "KB4489899", or what else it is known by
	What     string // what it is for
	Source   string
	// Confirmed tells that a page of its maker names the revision. That of the others is put together from what came out in the month
	// that the source names.
	Confirmed bool
}

// The updates that requirements ask for.
const (
	OverlayUpdate    = "KB4489899"
	DSRUpdate        = "KB4551853"
	RKE2TestedUpdate = "the build RKE2 is tested with"
)

// Updates are those that matter, by build and revision. What bind mounts in HostProcess containers take is told by BindsMounts.
func Updates() []Update {
	return []Update{
		{
			"10.0.17763", 379, OverlayUpdate, "overlay networks",
			// The number is in the pages of Microsoft Defender, microsoft-365/security/defender-endpoint of MicrosoftDocs/microsoft-365-docs.
			"virtualization/windowscontainers/container-networking/network-drivers-topologies.md of MicrosoftDocs/Virtualization-Documentation", true,
		},
		{
			// The base images of May 2020 have this revision: docker-library/repo-info; so does the AKS image 17763.1217.200513 in
			// vhd/release-notes/aks-windows of Azure/aks-engine.
			"10.0.17763", 1217, DSRUpdate, "direct server return of kube-proxy",
			"keps/sig-windows/5100-windows-dsr of kubernetes/enhancements, which asks for the updates of May 2020", false,
		},
		{
			"10.0.17763", 2061, RKE2TestedUpdate, "RKE2",
			"docs/install/requirements.md of rancher/rke2-docs", true,
		},
		{
			"10.0.20348", 169, RKE2TestedUpdate, "RKE2",
			"docs/install/requirements.md of rancher/rke2-docs", true,
		},
	}
}

// UpdateFor is the update of that name for a build; false when that build has it from the beginning, or never gets it.
func UpdateFor(b Build, name string) (Update, bool) {
	for _, u := range Updates() {
		if u.Build == b && u.Name == name {
			return u, true
		}
	}
	return Update{}, false
}

// ParseKernel reads the kernel version of a Windows node, "10.0.20348.2527". The revision is 0 when it has none. The error says what
// is accepted. Source: GetPatchVersion in pkg/kubelet/winstats/version.go of k8s.io/kubernetes.
func ParseKernel(s string) (Build, int, error) {
	build := fullBuild(s)
	if build == "" {
		return "", 0, fmt.Errorf("got %q, want 10.0.NNNNN.NNNN", s)
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(s, string(build)), ".")
	if rest == "" {
		return build, 0, nil
	}
	revision, err := strconv.Atoi(rest)
	if err != nil {
		return "", 0, fmt.Errorf("got %q, want 10.0.NNNNN.NNNN", s)
	}
	return build, revision, nil
}
