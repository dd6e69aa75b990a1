package azurefile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
)

func claim(name, class, volume string) corev1.PersistentVolumeClaim {
	return corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
		Spec:       corev1.PersistentVolumeClaimSpec{StorageClassName: &class, VolumeName: volume},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound},
	}
}

func volume(name, class string) corev1.PersistentVolume {
	source := &corev1.AzureFilePersistentVolumeSource{SecretName: "azure-storage-account-acc1-secret", SecretNamespace: new("shop"), ShareName: "share"}
	return corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PersistentVolumeSpec{StorageClassName: class, PersistentVolumeSource: corev1.PersistentVolumeSource{AzureFile: source}},
	}
}

// TestMigrationKeepsParameters makes in-tree classes of any parameters, in any spelling: what has a counterpart is in the new class with
// its value, what has none is told, and nothing else is made up. What is made is a class that the check finds nothing wrong with.
func TestMigrationKeepsParameters(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	values := map[string][]string{
		"skuName": {"Standard_LRS", "standard_grs", "Premium_LRS"}, "storageAccount": {"acc1"}, "location": {"eastus", "West Europe"},
		"resourceGroup": {"rg-1"}, "shareName": {"share-1"}, "tags": {"a=b,c=d"}, "secretName": {"key"}, "secretNamespace": {"default"},
		"storageAccountType": {"Standard_ZRS"}, "readOnly": {"true"}, "cachingMode": {"None"}, "fsType": {"smb"},
	}
	names := []string{"skuName", "storageAccount", "location", "resourceGroup", "shareName", "secretName", "secretNamespace", "readOnly", "cachingMode", "fsType"}
	for range 500 {
		old := storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "old"}, Provisioner: azurefile.InTree, Parameters: map[string]string{}}
		kept, lost := map[string]string{}, 0
		for _, name := range names {
			if random.IntN(2) == 0 {
				continue
			}
			if name == "skuName" && random.IntN(4) == 0 {
				name = "storageAccountType"
			}
			value := values[name][random.IntN(len(values[name]))]
			old.Parameters[mangled(random, name)] = value
			p, known := azurefile.LookupParameter(name)
			if !known || name == "fsType" {
				lost++
				continue
			}
			kept[p.Name] = strings.ToLower(value)
		}
		made, translations := azurefile.Translate(&old)
		got := map[string]string{}
		for name, value := range made.Parameters {
			got[name] = strings.ToLower(value)
		}
		if diff := cmp.Diff(got, kept); diff != "" {
			t.Fatalf("%v (-got +want):\n%s", old.Parameters, diff)
		}
		told := 0
		for _, tr := range translations {
			if tr.To == "" && tr.Note != "" {
				told++
			}
		}
		if problems := azurefile.CheckParameters(made.Parameters); told != lost || len(translations) != len(old.Parameters)+1 || len(problems) > 0 {
			t.Fatalf("%v: %d lost, %d told, %d translations, %v", old.Parameters, lost, told, len(translations), lines(problems))
		}
	}
}

// mangled is a name with letters in another case: drivers do not look at it.
func mangled(random *rand.Rand, name string) string {
	letters := []byte(name)
	for i := range letters {
		if random.IntN(3) == 0 {
			letters[i] = strings.ToUpper(string(letters[i]))[0]
		}
	}
	return string(letters)
}

// rancherForm is a class as Rancher's form for the in-tree driver makes it, and one parameter of an old guide.
const rancherForm = `
metadata:
  name: azure
  uid: u1
  annotations: {storageclass.kubernetes.io/is-default-class: "true", kubectl.kubernetes.io/last-applied-configuration: "{}"}
provisioner: kubernetes.io/azure-file
parameters: {skuname: standard_lrs, location: eastus, storageAccount: acc1, readOnly: "true"}
mountOptions: [dir_mode=0777, file_mode=0777]
`

func TestMigrate(t *testing.T) {
	t.Parallel()
	have := ready(class(t, rancherForm))
	have.Claims = []corev1.PersistentVolumeClaim{claim("data", "azure", "pv-1")}
	waiting := claim("new", "azure", "")
	waiting.Status.Phase = corev1.ClaimPending
	have.Claims = append(have.Claims, waiting)
	lone := volume("pv-2", "azure")
	lone.Spec.AzureFile.SecretNamespace = nil
	own := volume("pv-3", "azure")
	own.Spec.AzureFile.SecretName = "mine"
	have.Volumes = []corev1.PersistentVolume{volume("pv-1", "azure"), lone, own}
	m, err := azurefile.Migrate(have.Class("azure"), "", have)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, tr := range m.Translations {
		got = append(got, fmt.Sprintf("%s %s -> %s %s; %s", tr.Name, tr.Value, tr.To, tr.ToValue, tr.Note))
	}
	for _, f := range m.Followers {
		got = append(got, fmt.Sprintf("%v %s: %s", f.Follows, f.Ref, f.Reason))
	}
	want := []string{
		"provisioner kubernetes.io/azure-file -> provisioner file.csi.azure.com; ",
		"metadata.annotations[kubectl.kubernetes.io/last-applied-configuration] ... ->  ; it is of what kubectl applied to the old class",
		"metadata.annotations[storageclass.kubernetes.io/is-default-class] true -> metadata.annotations[storageclass.kubernetes.io/is-default-class] true; ",
		"parameters.location eastus -> parameters.location eastus; ",
		"parameters.readOnly true ->  ; the driver has no such parameter and would refuse the class: readOnly: true beside the claim in the volumes of a pod does it",
		"parameters.skuname standard_lrs -> parameters.skuName Standard_LRS; ",
		"parameters.storageAccount acc1 -> parameters.storageAccount acc1; ",
		"true PersistentVolumeClaim/shop/data: is bound to volume pv-1, which CSI migration hands to the driver",
		"true PersistentVolumeClaim/shop/new: is pending: the driver makes its volume from the new class",
		"true PersistentVolume/pv-1: CSI migration hands to the driver",
		"false PersistentVolume/pv-2: names no secretNamespace and is bound to no claim, so that its Secret cannot be found",
		"true PersistentVolume/pv-3: CSI migration hands to the driver; it mounts, but cannot be expanded or deleted: the account is not to be read from the name of its Secret, mine",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	object := `allowVolumeExpansion: false
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  annotations:
    storageclass.kubernetes.io/is-default-class: "true"
  name: azure
mountOptions:
- dir_mode=0777
- file_mode=0777
parameters:
  location: eastus
  skuName: Standard_LRS
  storageAccount: acc1
provisioner: file.csi.azure.com
reclaimPolicy: Delete
volumeBindingMode: Immediate
`
	if diff := cmp.Diff(text(t, m.Plan.Actions[0].Object), object); diff != "" || m.Plan.Actions[0].Verb != azurefile.Replace {
		t.Errorf("%s (-got +want):\n%s", m.Plan.Actions[0].Verb, diff)
	}
}

// TestMigrateBeside: a class under another name leaves the in-tree one as it is, default and all.
func TestMigrateBeside(t *testing.T) {
	t.Parallel()
	have := ready(class(t, rancherForm), class(t, "{metadata: {name: taken}, provisioner: nfs.csi.k8s.io}"))
	m, err := azurefile.Migrate(have.Class("azure"), "azure-csi", have)
	if err != nil {
		t.Fatal(err)
	}
	a := m.Plan.Actions[0]
	if a.Verb != azurefile.Create || a.Ref.Name != "azure-csi" || strings.Contains(text(t, a.Object), "default-class") {
		t.Errorf("%s %s:\n%s", a.Verb, a.Ref, text(t, a.Object))
	}
	have.Classes = append(have.Classes, class(t, text(t, a.Object)))
	if m, err = azurefile.Migrate(have.Class("azure"), "azure-csi", have); err != nil || m.Plan.Actions[0].Verb != azurefile.Unchanged {
		t.Errorf("%v %v", m.Plan.Actions[0], err)
	}
	if _, err = azurefile.Migrate(have.Class("azure"), "taken", have); err == nil {
		t.Error("a class of another provisioner is taken over")
	}
	if _, err = azurefile.Migrate(have.Class("taken"), "", have); err == nil {
		t.Error("a class of another provisioner is migrated")
	}
}

func TestVolumesThatStay(t *testing.T) {
	t.Parallel()
	v := volume("pv", "azure")
	for name, c := range map[string]struct {
		have azurefile.Have
		want string
	}{
		"before CSI migration": {azurefile.Have{Version: "v1.23.17", Driver: true}, "the in-tree driver serves: CSI migration is on by default from Kubernetes 1.24 on, and the API server is v1.23.17"},
		"without the driver":   {azurefile.Have{Version: "v1.33.1"}, "nothing serves until the driver is installed"},
	} {
		if got := azurefile.VolumeFollows(&v, &c.have); got.Follows || got.Reason != c.want {
			t.Errorf("%s: %v %q, want %q", name, got.Follows, got.Reason, c.want)
		}
		inline := azurefile.InlineFollows(azurefile.Inline{Volume: "v"}, &c.have)
		if inline.Follows || !strings.HasSuffix(inline.Reason, c.want) {
			t.Errorf("%s: %+v", name, inline)
		}
	}
}
