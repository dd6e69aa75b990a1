package platform_test

import (
	"testing"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestMultiPlatform(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]bool{
		"registry.k8s.io/pause:3.10.2": true,
		"pause":                        true,
		"rancher/mirrored-pause:3.6":   true,
		"mirror:5000/oss/v2/kubernetes-csi/livenessprobe:v2.18.0":                     true,
		"registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.16.0@sha256:00":     true,
		"mcr.microsoft.com/oss/kubernetes/pause:3.6-windows-1809":                     false,
		"registry.k8s.io/pause-counter:1":                                             false,
		"nginx:1.27":                                                                  false,
		"mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image": false,
	} {
		if got := platform.MultiPlatform(image); got != want {
			t.Errorf("%s: got %v, want %v", image, got, want)
		}
	}
}
