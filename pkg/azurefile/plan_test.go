package azurefile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/object"
)

// class reads a class as the API server stores it.
func class(t *testing.T, text string) storagev1.StorageClass {
	t.Helper()
	var c storagev1.StorageClass
	if err := yaml.UnmarshalStrict([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	if c.ReclaimPolicy == nil {
		c.ReclaimPolicy = new(corev1.PersistentVolumeReclaimDelete)
	}
	if c.VolumeBindingMode == nil {
		c.VolumeBindingMode = new(storagev1.VolumeBindingImmediate)
	}
	return c
}

// ready is a cluster with the driver and a Windows node on which it has registered.
func ready(classes ...storagev1.StorageClass) *azurefile.Have {
	return &azurefile.Have{
		Version: "v1.37.2", Classes: classes, Driver: true,
		Nodes: []azurefile.Node{{Name: "win-1", Runtime: "containerd://1.7.23", Registered: true}},
	}
}

func plan(t *testing.T, r azurefile.Request, have *azurefile.Have) *azurefile.Plan {
	t.Helper()
	if problems := r.Problems(); len(problems) > 0 {
		t.Fatal(lines(problems))
	}
	p, err := azurefile.Make(r, have)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func text(t *testing.T, o map[string]any) string {
	t.Helper()
	out, err := yaml.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestClassForWindows(t *testing.T) {
	t.Parallel()
	p := plan(t, azurefile.Request{MountOptions: []string{"dir_mode=0777", "mfsymlinks"}, Default: true}, ready())
	want := `allowVolumeExpansion: true
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  annotations:
    storageclass.kubernetes.io/is-default-class: "true"
  name: azurefile-windows
parameters:
  protocol: smb
  skuName: Standard_LRS
provisioner: file.csi.azure.com
reclaimPolicy: Delete
volumeBindingMode: Immediate
`
	if diff := cmp.Diff(text(t, p.Actions[0].Object), want); diff != "" || p.Actions[0].Verb != azurefile.Create {
		t.Errorf("%s (-got +want):\n%s", p.Actions[0].Verb, diff)
	}
	notes := []string{"mountOptions left out of the class: dir_mode=0777, mfsymlinks; on Windows the driver drops all of them"}
	if diff := cmp.Diff([][]string{p.Notes, p.Warnings}, [][]string{notes, nil}); diff != "" {
		t.Error(diff)
	}
}

// TestDifferences holds a plan against classes that are there.
func TestDifferences(t *testing.T) {
	t.Parallel()
	const same = "{metadata: {name: azurefile-windows}, provisioner: file.csi.azure.com, allowVolumeExpansion: true, "
	gone := azurefile.None
	for name, c := range map[string]struct {
		there   string
		request azurefile.Request
		verb    azurefile.Verb
		changes []azurefile.Change
	}{
		"the same, spelled in another way": {there: same + "parameters: {skuname: standard_lrs}}", verb: azurefile.Unchanged},
		"a default that is written out":    {there: same + `parameters: {storageAccountType: Standard_LRS, protocol: smb, matchTags: "false"}}`, verb: azurefile.Unchanged},
		"a field that can be changed": {
			there: strings.Replace(same, "allowVolumeExpansion: true", "allowVolumeExpansion: false", 1) + "parameters: {skuName: Standard_LRS}}",
			verb:  azurefile.Update, changes: []azurefile.Change{{Field: "allowVolumeExpansion", Old: "false", New: "true"}},
		},
		"fields that cannot be changed": {
			there: same + "parameters: {skuName: Premium_LRS, location: eastus}, reclaimPolicy: Retain}", verb: azurefile.Blocked,
			changes: []azurefile.Change{
				{Field: "parameters.location", Old: "eastus", New: gone, Immutable: true},
				{Field: "parameters.skuName", Old: "Premium_LRS", New: "Standard_LRS", Immutable: true},
				{Field: "reclaimPolicy", Old: "Retain", New: "Delete", Immutable: true},
			},
		},
		"fields that cannot be changed, and leave to replace": {
			there: same + "volumeBindingMode: WaitForFirstConsumer}", request: azurefile.Request{Replace: true}, verb: azurefile.Replace,
			changes: []azurefile.Change{{Field: "volumeBindingMode", Old: "WaitForFirstConsumer", New: "Immediate", Immutable: true}},
		},
		"mount options of Linux pods are left alone": {there: same + "mountOptions: [nobrl]}", verb: azurefile.Unchanged},
		"to be the default": {
			there: same + "}", request: azurefile.Request{Default: true}, verb: azurefile.Update,
			changes: []azurefile.Change{{Field: "metadata.annotations[storageclass.kubernetes.io/is-default-class]", Old: gone, New: "true"}},
		},
	} {
		p := plan(t, c.request, ready(class(t, c.there)))
		a := p.Actions[0]
		if diff := cmp.Diff(a.Changes, c.changes); diff != "" || a.Verb != c.verb {
			t.Errorf("%s: %s, want %s (-got +want):\n%s", name, a.Verb, c.verb, diff)
		}
	}
}

// TestAppliedAsItIs: what is applied to a class that is as wanted has the parameters as the class spells them, of which the API server
// would take another spelling for a change.
func TestAppliedAsItIs(t *testing.T) {
	t.Parallel()
	there := class(t, `{metadata: {name: azurefile-windows}, provisioner: file.csi.azure.com, allowVolumeExpansion: true, parameters: {skuname: standard_lrs, MatchTags: "false"}}`)
	p := plan(t, azurefile.Request{}, ready(there))
	want := map[string]any{"skuname": "standard_lrs", "MatchTags": "false"}
	if diff := cmp.Diff(p.Actions[0].Object["parameters"], any(want)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWouldBeReplaced(t *testing.T) {
	t.Parallel()
	have := ready(class(t, "{metadata: {name: shared}, provisioner: file.csi.azure.com, allowVolumeExpansion: true, parameters: {skuName: Premium_LRS}}"))
	have.Claims = []corev1.PersistentVolumeClaim{claim("data", "shared", "pv-1"), claim("other", "else", "pv-2")}
	have.Volumes = []corev1.PersistentVolume{volume("pv-1", "shared"), volume("pv-2", "else")}
	a := plan(t, azurefile.Request{Name: "shared"}, have).Actions[0]
	want := [][]object.Ref{
		{{APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: "shop", Name: "data"}},
		{{APIVersion: "v1", Kind: "PersistentVolume", Name: "pv-1"}},
	}
	if diff := cmp.Diff([][]object.Ref{a.Claims, a.Volumes}, want); diff != "" || a.Verb != azurefile.Blocked {
		t.Errorf("%s (-got +want):\n%s", a.Verb, diff)
	}
}

func TestDefaultSwitch(t *testing.T) {
	t.Parallel()
	old := class(t, "{metadata: {name: old, uid: u1, annotations: {storageclass.beta.kubernetes.io/is-default-class: 'true'}}, provisioner: disk.csi.azure.com}")
	p := plan(t, azurefile.Request{Default: true}, ready(old))
	warned := []string{"StorageClass old is the default, too; claims without a class get the one that was created last (--unset-default makes azurefile-windows the only one)"}
	if diff := cmp.Diff(p.Warnings, warned); diff != "" || len(p.Actions) != 1 {
		t.Errorf("%d actions (-got +want):\n%s", len(p.Actions), diff)
	}
	p = plan(t, azurefile.Request{Default: true, Unset: true}, ready(old))
	want := `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  annotations:
    storageclass.beta.kubernetes.io/is-default-class: "false"
  name: old
  uid: u1
`
	if diff := cmp.Diff(text(t, p.Actions[1].Object), want); diff != "" || len(p.Warnings) > 0 || !p.Actions[1].Force {
		t.Errorf("%q (-got +want):\n%s", p.Warnings, diff)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request azurefile.Request
		have    *azurefile.Have
		want    azurefile.RefusedError
	}{
		"a class of another provisioner": {
			azurefile.Request{Name: "fast"},
			ready(class(t, "{metadata: {name: fast}, provisioner: disk.csi.azure.com}")),
			azurefile.RefusedError{Reason: "StorageClass fast is there already and is of another provisioner: disk.csi.azure.com, not file.csi.azure.com", Hint: "--name gives the class another name"},
		},
		"an in-tree class": {
			azurefile.Request{Name: "old"},
			ready(class(t, "{metadata: {name: old}, provisioner: kubernetes.io/azure-file}")),
			azurefile.RefusedError{
				Reason: "StorageClass old is there already and is of another provisioner: kubernetes.io/azure-file, not file.csi.azure.com",
				Hint:   "azurefile migrate makes a class of file.csi.azure.com of it",
			},
		},
		"in-tree where it has ended": {
			azurefile.Request{InTree: true},
			&azurefile.Have{Version: "v1.30.4+rke2r1"},
			azurefile.RefusedError{Reason: "the API server is v1.30.4+rke2r1, and the in-tree driver kubernetes.io/azure-file ended with Kubernetes 1.30", Hint: "without --in-tree the class is for file.csi.azure.com"},
		},
		"in-tree for who knows what": {
			azurefile.Request{InTree: true},
			&azurefile.Have{},
			azurefile.RefusedError{Reason: "the in-tree driver ended with Kubernetes 1.30, and the version of the API server is not known", Hint: "--kube-version says it"},
		},
	} {
		_, err := azurefile.Make(c.request, c.have)
		refused, ok := errors.AsType[*azurefile.RefusedError](err)
		if !ok {
			t.Errorf("%s: got %v", name, err)
		} else if diff := cmp.Diff(*refused, c.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
	}
	in := azurefile.Request{InTree: true, Reclaim: "Recycle", Name: "A", Parameters: map[string]string{"protocol": "smb"}}
	want := []string{
		`value: metadata.name: the name of the class is "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ` +
			`and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
		`value: reclaimPolicy: reclaimPolicy is "Recycle": want Delete or Retain`,
		`unknown: parameters.protocol: the in-tree driver has no parameter "protocol"; it has skuName, storageAccount, location, resourceGroup, shareName, tags, secretName or secretNamespace`,
	}
	if diff := cmp.Diff(lines(in.Problems()), want); diff != "" {
		t.Error(diff)
	}
}

func TestInTreeForm(t *testing.T) {
	t.Parallel()
	p := plan(t, azurefile.Request{Name: "azure-file", InTree: true, Parameters: map[string]string{"location": "eastus", "skuName": "Standard_LRS"}}, &azurefile.Have{Version: "v1.22.17"})
	want := []string{`allowVolumeExpansion: true
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: azure-file
parameters:
  location: eastus
  skuName: Standard_LRS
provisioner: kubernetes.io/azure-file
reclaimPolicy: Delete
volumeBindingMode: Immediate
`, `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: system:azure-cloud-provider
rules:
- apiGroups:
  - ""
  resources:
  - secrets
  verbs:
  - get
  - create
`, `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: system:azure-cloud-provider
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: system:azure-cloud-provider
subjects:
- kind: ServiceAccount
  name: persistent-volume-binder
  namespace: kube-system
`}
	var got []string
	for _, a := range p.Actions {
		got = append(got, text(t, a.Object))
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	warned := slices.ContainsFunc(p.Warnings, func(w string) bool { return strings.Contains(w, "ended with Kubernetes 1.30") })
	if !warned || !slices.Contains(p.Notes, "the cluster has no Windows node") {
		t.Errorf("warnings %q, notes %q", p.Warnings, p.Notes)
	}
}

// TestWhatClusterLacks: what is missing is said, and what could not be looked at is not called missing.
func TestWhatClusterLacks(t *testing.T) {
	t.Parallel()
	bare := &azurefile.Have{Version: "v1.34.0", Nodes: []azurefile.Node{{Name: "win-1"}}}
	got := plan(t, azurefile.Request{}, bare).Warnings
	want := []string{"the driver is not installed: there is no CSIDriver file.csi.azure.com (-o helmchart writes a HelmChart that installs it)"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	bare.Driver = true
	got = plan(t, azurefile.Request{}, bare).Warnings
	if diff := cmp.Diff(got, []string{"the driver has not registered on Windows nodes win-1; azurefile check says why"}); diff != "" {
		t.Error(diff)
	}
	blind := &azurefile.Have{Version: "v1.34.0", Gaps: []string{"listing csidrivers: forbidden", "listing csinodes: forbidden", "listing nodes: forbidden", "listing storageclasses: forbidden"}}
	p := plan(t, azurefile.Request{}, blind)
	want = []string{"not looked at: listing csidrivers: forbidden", "not looked at: listing csinodes: forbidden", "not looked at: listing nodes: forbidden", "not looked at: listing storageclasses: forbidden"}
	if p.Actions[0].Verb != azurefile.Apply {
		t.Errorf("a class of which nobody knows is to be %sd", p.Actions[0].Verb)
	}
	if diff := cmp.Diff([][]string{p.Warnings, p.Notes}, [][]string{want, nil}); diff != "" {
		t.Error(diff)
	}
}

func TestHelmChart(t *testing.T) {
	t.Parallel()
	taints := []corev1.Taint{{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}, {Key: "node.kubernetes.io/not-ready", Effect: corev1.TaintEffectNoExecute}}
	have := &azurefile.Have{Nodes: []azurefile.Node{{Name: "win-1", Runtime: "containerd://1.5.9", Taints: taints}, {Name: "win-2", Runtime: "containerd://2.0.1", Taints: taints[:1]}}}
	chart, err := azurefile.HelmChart(have)
	if err != nil {
		t.Fatal(err)
	}
	want := `linux:
  enabled: true
windows:
  enabled: true
  tolerations:
  - effect: NoSchedule
    key: node.kubernetes.io/os
    operator: Exists
  - effect: NoSchedule
    key: os
    operator: Exists
  useHostProcessContainers: false
`
	spec, _ := chart["spec"].(map[string]any)
	if diff := cmp.Diff(spec["valuesContent"], any(want)); diff != "" {
		t.Error(diff)
	}
}
