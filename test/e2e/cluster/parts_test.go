package cluster_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

const partObjects = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: parts}
provisioner: file.csi.azure.com
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: parts, namespace: default}
spec: {storageClassName: parts, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-flannel-cfg, namespace: kube-system}
data: {net-conf.json: '{"Backend": {"Type": "vxlan"}}'}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: parts, namespace: default}
spec: {podSelector: {}}
`

// TestPartsAreWhatKubectlSaves compares the objects that are read as they are with those that kubectl saves.
func TestPartsAreWhatKubectlSaves(t *testing.T) {
	t.Parallel()
	apply(t, "", partObjects)
	parts := []inventory.Kind{inventory.StorageClasses, inventory.PersistentVolumeClaims, inventory.ConfigMaps, inventory.NetworkPolicies, inventory.HelmCharts}
	got := read(t, plane.Kubeconfig, cluster.Scope{Namespace: "default", Parts: parts})
	files := dump.New(dump.Scope{})
	for _, what := range [][]string{
		{"storageclass/parts"}, {"-n", "default", "persistentvolumeclaim/parts", "networkpolicy/parts"}, {"-n", "kube-system", "configmap/kube-flannel-cfg"},
	} {
		saved := plane.Kubectl(t, append([]string{"get", "-o", "json"}, what...)...)
		if err := files.Read(strings.NewReader(saved), "saved.json"); err != nil {
			t.Fatal(err)
		}
	}
	want := files.Inventory("saved")
	differ := cmpopts.IgnoreFields(inventory.Object{}, "Location", "Text", "At")
	for _, part := range parts {
		mine := slices.DeleteFunc(slices.Clone(got.Objects[part]), func(o inventory.Object) bool {
			return o.Ref.Name != "parts" && o.Ref.Name != "kube-flannel-cfg"
		})
		if diff := cmp.Diff(mine, want.Objects[part], differ, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: got -, want +:\n%s", part, diff)
		}
		// There are no HelmCharts, for the server does not have the kind: that is known, and no gap.
		if gap, missing := got.Gaps[part]; missing {
			t.Errorf("%s: got gap %v", part, gap)
		}
	}
	if gap, missing := got.Gaps[inventory.CSIDrivers]; !missing || gap.Unread {
		t.Errorf("csidrivers: got gap %v, %v; they were not asked for", gap, missing)
	}
}

// TestPartsThatMayNotBeRead: each is a gap of its own, and one that is read by name is one too.
func TestPartsThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	grant(t, "no-parts", "", "nodes, csidrivers")
	parts := []inventory.Kind{inventory.StorageClasses, inventory.ConfigMaps, inventory.CSIDrivers}
	inv := read(t, plane.As(t, "no-parts"), cluster.Scope{NodesOnly: true, Parts: parts})
	want := map[inventory.Kind]string{
		inventory.StorageClasses: `listing storageclasses: forbidden for user "no-parts": needs the verb list on storageclasses.storage.k8s.io`,
		inventory.ConfigMaps: `reading configmap kube-flannel-cfg in namespace kube-system: forbidden: needs the verb get on configmaps: ` +
			`configmaps "kube-flannel-cfg" is forbidden: User "no-parts" cannot get resource "configmaps" in API group "" in the namespace "kube-system"`,
	}
	if diff := cmp.Diff(unread(inv), want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
