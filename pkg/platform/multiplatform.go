package platform

import (
	"slices"
	"strings"
)

// multiPlatformRepositories are repositories whose tags hold images for Linux and for Windows at once. Rows match as those of
// windowsRepositories do. Most repositories that do so have no row: an image that has none may still be one of them.
func multiPlatformRepositories() []string {
	return []string{
		// build/pause/CHANGELOG.md of kubernetes/kubernetes; content/en/docs/concepts/windows/intro.md of kubernetes/website for that
		// of mcr.microsoft.com; scripts/package-windows-images of rancher/rke2 for Rancher's.
		"pause",
		"rancher/mirrored-pause",
		// "now support multi-arch": kubernetes-sigs/secrets-store-csi-driver#358, of k8s.gcr.io/sig-storage; deploy/ of
		// kubernetes-sigs/azurefile-csi-driver has those of mcr.microsoft.com in its DaemonSets for both.
		"csi-node-driver-registrar",
		"livenessprobe",
		// deploy/csi-azurefile-node.yaml and csi-azurefile-node-windows.yaml of the same: one tag for both. Those for HostProcess have
		// tags of their own, which end in windows-hp.
		"kubernetes-csi/azurefile-csi",
	}
}

// MultiPlatform tells an image that is known to be for both operating systems, by its name. It asks no registry.
func MultiPlatform(image string) bool {
	repository, tag := splitImage(strings.ToLower(image))
	if windowsTag(tag) != "" || linuxTag(tag) != "" {
		return false // one of the images that make up the others
	}
	parts := strings.Split(repository, "/")
	return slices.ContainsFunc(multiPlatformRepositories(), func(row string) bool { return endsIn(parts, strings.Split(row, "/")) })
}
