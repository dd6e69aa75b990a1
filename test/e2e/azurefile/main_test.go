// Package azurefile_test has the real API server and its controllers judge what azurefile plans, applies, checks and migrates. The
// objects of the driver are those that its chart makes, as far as anybody looks at them.
package azurefile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/command"
)

// plane has the driver installed, for Linux and for Windows; each test has classes of its own.
var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(context.Background(), m, &plane, controlplane.Options{Nodes: nodes()}, install))
}

// nodes are one of each system, and a Windows one with a taint that the driver's DaemonSet does not tolerate.
func nodes() []*corev1.Node {
	taint := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
	return []*corev1.Node{controlplane.Linux("lin-1"), controlplane.Windows("win-1", "10.0.20348"), controlplane.Windows("win-2", "10.0.20348", taint)}
}

// install makes the objects of the driver, and has it register as its node plugins would.
func install(ctx context.Context, on *controlplane.Plane) error {
	text, err := os.ReadFile("testdata/driver.yaml")
	if err != nil {
		return err
	}
	if _, err := on.Run(ctx, string(text), "apply", "-f", "-"); err != nil {
		return err
	}
	for _, node := range []string{"lin-1", "win-1"} {
		owner, err := on.Run(ctx, "", "get", "node", node, "-o", "jsonpath={.metadata.uid}")
		if err != nil {
			return err
		}
		registered := fmt.Sprintf("{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: %s, ownerReferences: [{apiVersion: v1, kind: Node, name: %s, uid: %s}]}, "+
			"spec: {drivers: [{name: file.csi.azure.com, nodeID: %s, topologyKeys: []}]}}", node, node, owner, node)
		if _, err := on.Run(ctx, registered, "apply", "--server-side", "--force-conflicts", "-f", "-"); err != nil {
			return err
		}
	}
	return nil
}

// winready runs the command with a kubeconfig, and wants an exit status.
func winready(t *testing.T, kubeconfig string, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	return answering(t, kubeconfig, "", status, args...)
}

// answering is winready with somebody who answers its questions.
func answering(t *testing.T, kubeconfig, answer string, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	return command.Reading(t, kubeconfig, answer, status, append([]string{"azurefile"}, args...)...)
}

// classOf is a class as the API server has it.
func classOf(t *testing.T, on *controlplane.Plane, name string) storagev1.StorageClass {
	t.Helper()
	var c storagev1.StorageClass
	if err := json.Unmarshal([]byte(on.Kubectl(t, "get", "storageclass", name, "-o", "json", "--show-managed-fields")), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// has wants words in a text.
func has(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("no %q in:\n%s", w, text)
		}
	}
}

// patience is how long controllers may take to do what was asked of them.
const patience = time.Minute
