package azurefile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/command"
)

// TestCheck: a node without the driver is told with the taint that keeps it away, and a pending claim with what its events mean.
func TestCheck(t *testing.T) {
	t.Parallel()
	ns := plane.Namespace(t, nil)
	winready(t, plane.Kubeconfig, 0, "apply", "--name", "checked")
	plane.Apply(t, fmt.Sprintf("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: waits, namespace: %s}, spec: {storageClassName: checked, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}}", ns))
	controlplane.Within(t, patience, func() error {
		got, err := plane.Run(t.Context(), "", "get", "events", "-n", ns, "-o", "jsonpath={.items[*].reason}")
		if err != nil || !strings.Contains(got, "ExternalProvisioning") {
			return fmt.Errorf("got %q, %w", got, err)
		}
		return nil
	})
	out, said := winready(t, plane.Kubeconfig, 1, "check")
	has(t, said, "note: there is no Secret/kube-system/azure-cloud-provider", "note: there is no ClusterRole/csi-azurefile-node-secret-role")
	if strings.Contains(said, "csi-azurefile-controller-secret-role") {
		t.Errorf("it is there: %s", said)
	}
	has(t, out, "WR310", "win-2", "untolerated taint", "WR313", ns+"/waits", "no driver has answered")
}

// left is what a probe left behind in a namespace, as names.
func left(t *testing.T, ns string) string {
	t.Helper()
	return plane.Kubectl(t, "get", "pods,pvc", "-n", ns, "-o", "name")
}

// TestProbe: it asks first, makes a claim and a pod on a Windows node, tells what became of them and leaves nothing behind, also when it
// is interrupted.
func TestProbe(t *testing.T) {
	t.Parallel()
	winready(t, plane.Kubeconfig, 0, "apply", "--name", "probed")
	probe := func(ns string, more ...string) []string {
		return append([]string{"check", "--fail-on", "never", "--allow-incomplete", "--probe", "--class", "probed", "-n", ns}, more...)
	}
	ns := plane.Namespace(t, nil)
	_, said := answering(t, plane.Kubeconfig, "\n", 3, probe(ns)...)
	has(t, said, "make a claim of 1Gi of StorageClass probed and a Windows pod in namespace "+ns, "nothing was probed")
	_, said = winready(t, plane.Kubeconfig, 1, probe(ns, "--yes", "--timeout", "3s")...)
	has(t, said, "probe: no Windows pod wrote to a volume of StorageClass probed: the pod has not done so within 3s", "no driver has answered")
	if got := left(t, ns); got != "" {
		t.Errorf("left behind: %s", got)
	}

	made := make(chan error, 1)
	ns = plane.Namespace(t, map[string]string{"pod-security.kubernetes.io/enforce": "restricted"})
	go func() { made <- serve(t.Context(), ns) }()
	_, said = winready(t, plane.Kubeconfig, 0, probe(ns, "--yes", "--timeout", "1m")...)
	if err := <-made; err != nil {
		t.Error(err)
	}
	has(t, said, "probe: a Windows pod wrote to a volume of StorageClass probed and read it again")

	ns = plane.Namespace(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		_, _, status := command.Main(ctx, "", append([]string{"azurefile", "--kubeconfig", plane.Kubeconfig}, probe(ns, "--yes")...)...)
		done <- status
	}()
	controlplane.Within(t, patience, func() error {
		if got := left(t, ns); !strings.Contains(got, "pod/") {
			return fmt.Errorf("no pod yet: %q", got)
		}
		return nil
	})
	cancel()
	if status, got := <-done, left(t, ns); status != 3 || got != "" {
		t.Errorf("exit status %d, left behind: %s", status, got)
	}
}

// serve does for a claim what the driver does, and for a pod what its node does.
func serve(ctx context.Context, ns string) error {
	wait := func(kind string) (string, error) {
		for {
			got, err := plane.Run(ctx, "", "get", kind, "-n", ns, "-o", "jsonpath={.items[*].metadata.name}")
			if got != "" || err != nil {
				return got, err
			}
		}
	}
	claim, err := wait("pvc")
	if err != nil {
		return err
	}
	volume := fmt.Sprintf("{apiVersion: v1, kind: PersistentVolume, metadata: {name: for-%s}, spec: {storageClassName: probed, capacity: {storage: 1Gi}, accessModes: [ReadWriteMany], "+
		"claimRef: {namespace: %s, name: %s}, csi: {driver: file.csi.azure.com, volumeHandle: for-%s}}}", ns, ns, claim, ns)
	if _, err := plane.Run(ctx, volume, "apply", "-f", "-"); err != nil {
		return err
	}
	pod, err := wait("pods")
	if err != nil {
		return err
	}
	if _, err := plane.Run(ctx, "", "wait", "--for=jsonpath={.status.phase}=Running", "pod/"+pod, "-n", ns, "--timeout=30s"); err != nil {
		return err
	}
	node, err := plane.Run(ctx, "", "get", "pod", pod, "-n", ns, "-o", "jsonpath={.spec.nodeName}")
	if err != nil || !strings.HasPrefix(node, "win-") {
		return fmt.Errorf("the pod is on %q: %w", node, err)
	}
	_, err = plane.Run(ctx, "", "patch", "pod", pod, "-n", ns, "--subresource=status", "-p", `{"status": {"phase": "Succeeded"}}`)
	return err
}
