package azurefile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/test/controlplane"
)

const inTreeClass = `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: %s, labels: {team: web}}, provisioner: kubernetes.io/azure-file,
  parameters: {skuname: standard_lrs, location: eastus}, mountOptions: [dir_mode=0777]}`

const inTreeVolume = `{apiVersion: v1, kind: PersistentVolume, metadata: {name: %s, annotations: {pv.kubernetes.io/provisioned-by: kubernetes.io/azure-file}}, spec: {storageClassName: %s, capacity: {storage: 1Gi}, accessModes: [ReadWriteMany],
  azureFile: {secretName: azure-storage-account-acc1-secret, %s shareName: share}}}`

// TestMigrate turns a class into one of the driver: first as a plan, then in its place. The real controllers hand what was asked of the
// old class to the driver, as the plan says.
func TestMigrate(t *testing.T) {
	t.Parallel()
	ns := plane.Namespace(t, nil)
	claim := fmt.Sprintf("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: waits, namespace: %s}, spec: {storageClassName: old, accessModes: [ReadWriteMany], resources: {requests: {storage: 2Gi}}}}", ns)
	bound := fmt.Sprintf("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: bound, namespace: %s}, spec: {storageClassName: old, volumeName: old-1, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}}", ns)
	plane.Apply(t, strings.Join([]string{
		fmt.Sprintf(inTreeClass, "old"), fmt.Sprintf(inTreeVolume, "old-1", "old", "secretNamespace: shop,"), fmt.Sprintf(inTreeVolume, "old-2", "old", ""), claim, bound,
	}, "\n---\n"))
	controlplane.Within(t, patience, func() error {
		for _, c := range [][]string{
			{"get", "pvc", "bound", "-n", ns, "-o", "jsonpath={.status.phase}", "Bound"},
			{"get", "pv", "old-1", "-o", `jsonpath={.metadata.annotations.pv\.kubernetes\.io/migrated-to}`, "file.csi.azure.com"},
			{"get", "pvc", "waits", "-n", ns, "-o", `jsonpath={.metadata.annotations.volume\.kubernetes\.io/storage-provisioner}`, "file.csi.azure.com"},
		} {
			got, err := plane.Run(t.Context(), "", c[:len(c)-1]...)
			if err != nil || got != c[len(c)-1] {
				return fmt.Errorf("%v: got %q, %w", c, got, err)
			}
		}
		return nil
	})
	out, said := winready(t, plane.Kubeconfig, 1, "migrate", "old")
	has(t, out, "replace StorageClass/old", "parameters.skuname: standard_lrs -> parameters.skuName: Standard_LRS", "parameters.location: eastus\n",
		"PersistentVolumeClaim/"+ns+"/waits goes on: is pending", "PersistentVolumeClaim/"+ns+"/bound goes on: is bound to volume old-1",
		"PersistentVolume/old-1 goes on", "PersistentVolume/old-2 does not go on: names no secretNamespace")
	has(t, said, "drops all mount options on Windows: dir_mode=0777")
	if c := classOf(t, plane, "old"); c.Provisioner != "kubernetes.io/azure-file" {
		t.Fatal("a plan has changed the class")
	}
	winready(t, plane.Kubeconfig, 0, "migrate", "old", "--apply", "--yes")
	c := classOf(t, plane, "old")
	got := []any{c.Provisioner, c.Parameters, c.MountOptions, c.Labels}
	want := []any{"file.csi.azure.com", map[string]string{"skuName": "Standard_LRS", "location": "eastus"}, []string{"dir_mode=0777"}, map[string]string{"team": "web"}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}

// TestMigrateBeside leaves the old class as it is, and is safe to repeat.
func TestMigrateBeside(t *testing.T) {
	t.Parallel()
	plane.Apply(t, fmt.Sprintf(inTreeClass, "stays"))
	for _, outcome := range []string{"created", "unchanged"} {
		out, _ := winready(t, plane.Kubeconfig, 0, "migrate", "stays", "--name", "beside", "--apply")
		if out != "storageclass.storage.k8s.io/beside "+outcome+"\n" {
			t.Errorf("got %q", out)
		}
	}
	if c := classOf(t, plane, "stays"); c.Provisioner != "kubernetes.io/azure-file" {
		t.Errorf("the old class is of %s", c.Provisioner)
	}
	_, said := winready(t, plane.Kubeconfig, 3, "migrate", "gone")
	has(t, said, `there is no StorageClass "gone"`)
}
