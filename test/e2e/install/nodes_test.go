package install_test

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// nodes are one of each kind.
func nodes() []*corev1.Node {
	return []*corev1.Node{
		controlplane.ControlPlane("server-1"), controlplane.Linux("linux-1"), controlplane.Windows("win2022-1", "10.0.20348"),
	}
}
