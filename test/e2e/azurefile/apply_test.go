package azurefile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/test/controlplane"
)

// TestApplyTwice: the plan tells what is missing, apply makes it, and to repeat it changes nothing, not even the resource's version.
func TestApplyTwice(t *testing.T) {
	t.Parallel()
	out, said := winready(t, plane.Kubeconfig, 0, "plan", "--name", "twice", "--tags", "team=web")
	has(t, out, "create StorageClass/twice", "+   skuName: Standard_LRS", "+   tags: team=web")
	has(t, said, "the driver has not registered on Windows nodes win-2")
	out, _ = winready(t, plane.Kubeconfig, 0, "apply", "--name", "twice", "--tags", "team=web")
	if out != "storageclass.storage.k8s.io/twice created\n" {
		t.Errorf("got %q", out)
	}
	first := classOf(t, plane, "twice")
	want := map[string]string{"skuName": "Standard_LRS", "protocol": "smb", "tags": "team=web"}
	if diff := cmp.Diff(first.Parameters, want); diff != "" {
		t.Error(diff)
	}
	out, _ = winready(t, plane.Kubeconfig, 0, "apply", "--name", "twice", "--tags", "team=web")
	if again := classOf(t, plane, "twice"); out != "storageclass.storage.k8s.io/twice unchanged\n" || again.ResourceVersion != first.ResourceVersion {
		t.Errorf("got %q, version %s, was %s", out, again.ResourceVersion, first.ResourceVersion)
	}
	out, _ = winready(t, plane.Kubeconfig, 0, "plan", "--name", "twice", "--tags", "team=web")
	if !strings.HasPrefix(out, "unchanged StorageClass/twice") {
		t.Errorf("got %q", out)
	}
	managers := []string{}
	for _, f := range first.ManagedFields {
		managers = append(managers, f.Manager+" "+string(f.Operation))
	}
	if !slices.Equal(managers, []string{azurefile.Manager + " Apply"}) {
		t.Errorf("managers %q", managers)
	}
}

// TestOthersSpelling: a class that somebody made by hand and that is as wanted is taken as it is.
func TestOthersSpelling(t *testing.T) {
	t.Parallel()
	plane.Apply(t, "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: by-hand}, provisioner: file.csi.azure.com, allowVolumeExpansion: true, parameters: {skuname: standard_lrs}}")
	winready(t, plane.Kubeconfig, 0, "apply", "--name", "by-hand")
	if diff := cmp.Diff(classOf(t, plane, "by-hand").Parameters, map[string]string{"skuname": "standard_lrs"}); diff != "" {
		t.Error(diff)
	}
}

// TestDrift: what another manager changed is a conflict, which names it; it is overridden only when that is asked for.
func TestDrift(t *testing.T) {
	t.Parallel()
	winready(t, plane.Kubeconfig, 0, "apply", "--name", "drift")
	if _, err := plane.Run(t.Context(), "", "patch", "storageclass", "drift", "--field-manager", "somebody", "-p", `{"allowVolumeExpansion": false}`); err != nil {
		t.Fatal(err)
	}
	out, _ := winready(t, plane.Kubeconfig, 0, "plan", "--name", "drift")
	has(t, out, "update StorageClass/drift", "allowVolumeExpansion: false -> true")
	_, said := winready(t, plane.Kubeconfig, 3, "apply", "--name", "drift")
	has(t, said, "error: applying StorageClass/drift: another field manager set something else: allowVolumeExpansion is owned by somebody", "hint: --force-conflicts")
	if c := classOf(t, plane, "drift"); *c.AllowVolumeExpansion {
		t.Error("the conflict was overridden")
	}
	out, _ = winready(t, plane.Kubeconfig, 0, "apply", "--name", "drift", "--force-conflicts")
	if c := classOf(t, plane, "drift"); !*c.AllowVolumeExpansion || out != "storageclass.storage.k8s.io/drift configured\n" {
		t.Errorf("got %q, expansion %v", out, *c.AllowVolumeExpansion)
	}
}

// TestImmutable: the API server says itself that it changes no such field; a class is replaced only when that is asked for and
// confirmed, with what was made with it listed, and what is refused leaves the class as it was.
func TestImmutable(t *testing.T) {
	t.Parallel()
	winready(t, plane.Kubeconfig, 0, "apply", "--name", "fixed")
	before := classOf(t, plane, "fixed")
	if _, err := plane.Run(t.Context(), "", "patch", "storageclass", "fixed", "-p", `{"parameters": {"skuName": "Premium_LRS"}}`); err == nil || !strings.Contains(err.Error(), "immutable") {
		t.Fatalf("the API server has changed parameters: %v", err)
	}
	plane.Apply(t, "{apiVersion: v1, kind: PersistentVolume, metadata: {name: fixed-1}, spec: {storageClassName: fixed, capacity: {storage: 1Gi}, accessModes: [ReadWriteMany], "+
		"csi: {driver: file.csi.azure.com, volumeHandle: rg#acc#share}}}")
	for _, command := range []string{"plan", "apply"} {
		out, said := winready(t, plane.Kubeconfig, 1, command, "--name", "fixed", "--sku", "Premium_LRS")
		has(t, out+said, "cannot change StorageClass/fixed", "parameters.skuName: Standard_LRS -> Premium_LRS (immutable)", "volumes made with it, which stay as they are: fixed-1", "--replace")
	}
	replace := []string{"apply", "--name", "fixed", "--sku", "Premium_LRS", "--replace"}
	_, said := answering(t, plane.Kubeconfig, "no\n", 3, replace...)
	has(t, said, "replace StorageClass/fixed? [y/N]", "nothing was replaced")
	out, _ := winready(t, plane.Kubeconfig, 0, append(replace, "--dry-run=server")...)
	has(t, out, "storageclass.storage.k8s.io/fixed replaced (server dry run)")
	if c := classOf(t, plane, "fixed"); c.UID != before.UID {
		t.Fatal("the class was replaced without a yes")
	}
	_, said = answering(t, plane.Kubeconfig, "yes\n", 0, replace...)
	has(t, said, "volumes made with it, which stay as they are: fixed-1")
	after := classOf(t, plane, "fixed")
	if after.UID == before.UID || after.Parameters["skuName"] != "Premium_LRS" {
		t.Errorf("got %v", after.Parameters)
	}
	plane.Kubectl(t, "get", "pv", "fixed-1")
}

// TestDefault: other default classes are left alone and told, and are made ordinary ones only when that is asked for.
func TestDefault(t *testing.T) {
	t.Parallel()
	plane.Apply(t, "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: was-default, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}, provisioner: disk.csi.azure.com}")
	_, said := winready(t, plane.Kubeconfig, 0, "apply", "--name", "is-default", "--default")
	has(t, said, "StorageClass was-default is the default, too")
	if c := classOf(t, plane, "was-default"); !azurefile.IsDefault(&c) {
		t.Error("nobody had asked for it")
	}
	out, _ := winready(t, plane.Kubeconfig, 0, "apply", "--name", "is-default", "--default", "--unset-default")
	has(t, out, "storageclass.storage.k8s.io/was-default configured")
	was, is := classOf(t, plane, "was-default"), classOf(t, plane, "is-default")
	if azurefile.IsDefault(&was) || !azurefile.IsDefault(&is) || was.Provisioner != "disk.csi.azure.com" {
		t.Errorf("was %v, is %v", was, is)
	}
	// The real controller gives a claim without a class the default one.
	ns := plane.Namespace(t, nil)
	plane.Apply(t, "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: "+ns+"}, spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}}")
	if got := plane.Kubectl(t, "get", "pvc", "c", "-n", ns, "-o", "jsonpath={.spec.storageClassName}"); got != "is-default" {
		t.Errorf("a claim without a class got %q", got)
	}
}

// TestRights: what may not be read is told and not taken for missing, and what may not be done names the verb.
func TestRights(t *testing.T) {
	t.Parallel()
	out, said := winready(t, plane.As(t, "nobody"), 0, "plan", "--name", "rights")
	has(t, out, "apply StorageClass/rights: a class whose volumes Windows pods can mount; whether there is one already is not known")
	has(t, said, `not looked at: listing csidrivers: forbidden for user "nobody": needs the verb list on csidrivers.storage.k8s.io`,
		`not looked at: listing storageclasses: forbidden for user "nobody": needs the verb list on storageclasses.storage.k8s.io`)
	if strings.Contains(said, "not installed") {
		t.Errorf("what could not be read is called missing: %s", said)
	}
	plane.Apply(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: reader}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}, subjects: [{kind: User, name: reader, apiGroup: rbac.authorization.k8s.io}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader}, rules: [{apiGroups: ['*'], resources: ['*'], verbs: [get, list]}]}`)
	controlplane.Within(t, patience, func() error {
		_, err := plane.Run(t.Context(), "", "get", "storageclasses", "--as", "reader")
		return err
	})
	_, said = winready(t, plane.As(t, "reader"), 3, "apply", "--name", "rights")
	has(t, said, `error: applying StorageClass/rights: forbidden for user "reader": needs the verb patch on storageclasses.storage.k8s.io`)
}

// TestDryRuns: neither kind changes anything, and that of the server hears what the server has to say.
func TestDryRuns(t *testing.T) {
	t.Parallel()
	out, _ := winready(t, plane.Kubeconfig, 0, "apply", "--name", "dry", "--dry-run=server")
	if out != "storageclass.storage.k8s.io/dry created (server dry run)\n" {
		t.Errorf("got %q", out)
	}
	out, _ = winready(t, plane.Kubeconfig, 0, "apply", "--name", "dry", "--dry-run=client")
	has(t, out, "create StorageClass/dry")
	if _, err := plane.Run(t.Context(), "", "get", "storageclass", "dry"); err == nil {
		t.Error("the class was made")
	}
	out, _ = winready(t, plane.Kubeconfig, 0, "apply", "--name", "dry", "--dry-run=server", "-o", "yaml")
	has(t, out, "kind: StorageClass", "provisioner: file.csi.azure.com", "creationTimestamp:")
	out, _ = winready(t, plane.Kubeconfig, 0, "apply", "--name", "dry", "--dry-run=server", "-o", "name")
	if out != "storageclass.storage.k8s.io/dry\n" {
		t.Errorf("got %q", out)
	}
}

// TestServerTakesEveryClass has the API server look at a class with each parameter, and at what plan writes for repositories.
func TestServerTakesEveryClass(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, flags := range [][]string{
		{},
		{"--sku", "PremiumV2_ZRS"},
		{"--storage-account", "acc1", "--resource-group", "rg_1", "--share-name", "share"},
		{"--location", "eastus", "--tags", "a=b"},
		{"--secret-name", "key", "--secret-namespace", "default"},
		{"--network-endpoint-type", "privateEndpoint"},
		{"--reclaim-policy", "Retain", "--binding-mode", "WaitForFirstConsumer", "--allow-expansion=false"},
		{"--mount-option", "mfsymlinks", "--keep-mount-options"},
		{"--default"},
		{"--parameter", "accountQuota=200", "--parameter", "matchTags=true"},
	} {
		out, _ := winready(t, plane.Kubeconfig, 0, append([]string{"plan", "--name", "every", "-o", "yaml"}, flags...)...)
		all.WriteString("---\n" + out)
		winready(t, plane.Kubeconfig, 0, append([]string{"apply", "--name", "every", "--dry-run=server"}, flags...)...)
	}
	if _, err := plane.Run(t.Context(), all.String(), "create", "--dry-run=server", "--validate=strict", "-f", "-"); err != nil {
		t.Error(err)
	}
}

// TestOldServer: before 1.30 the in-tree form is to be had, with its RBAC and its warning; and where the driver is missing, a HelmChart is written.
func TestOldServer(t *testing.T) {
	t.Parallel()
	old := controlplane.Start(t, controlplane.Options{ServerVersion: "v1.29.6", Nodes: nodes()})
	out, said := winready(t, old.Kubeconfig, 0, "apply", "--in-tree", "--name", "azure-file", "--location", "eastus")
	want := "storageclass.storage.k8s.io/azure-file created\nclusterrole.rbac.authorization.k8s.io/system:azure-cloud-provider created\nclusterrolebinding.rbac.authorization.k8s.io/system:azure-cloud-provider created\n"
	if diff := cmp.Diff(out, want); diff != "" {
		t.Error(diff)
	}
	has(t, said, "ended with Kubernetes 1.30", "the driver is not installed")
	if got := old.Kubectl(t, "auth", "can-i", "create", "secrets", "--as", "system:serviceaccount:kube-system:persistent-volume-binder", "-A"); got != "yes\n" {
		t.Errorf("the controller may create secrets: %q", got)
	}
	out, _ = winready(t, old.Kubeconfig, 0, "apply", "--in-tree", "--name", "azure-file", "--location", "eastus")
	if strings.Count(out, " unchanged\n") != 3 {
		t.Errorf("got %q", out)
	}
	out, _ = winready(t, old.Kubeconfig, 0, "plan", "-o", "helmchart")
	has(t, out, "kind: HelmChart", "key: os\n", "useHostProcessContainers: true")
	_, said = winready(t, plane.Kubeconfig, 3, "plan", "--in-tree")
	has(t, said, "the API server is v1.37.2", "hint: without --in-tree")
	_, said = winready(t, plane.Kubeconfig, 0, "plan", "-o", "helmchart")
	has(t, said, "nothing to install")
}

// TestWait: --wait tells what is still missing when its time is up.
func TestWait(t *testing.T) {
	t.Parallel()
	_, said := winready(t, plane.Kubeconfig, 3, "apply", "--name", "waits", "--wait", "--timeout", "2s")
	has(t, said, "error: waiting for the driver: after 2s there is still not file.csi.azure.com on node win-2")
	classOf(t, plane, "waits")
}
