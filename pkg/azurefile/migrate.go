package azurefile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Translation is what becomes of one part of an in-tree class.
type Translation struct {
	Name, Value string // as the in-tree class has it: parameters.skuname
	To, ToValue string // as the class of the driver has it; empty when it has no counterpart
	Note        string // why it is gone, or what is different; empty for nothing to say
}

// Follower is a claim or volume of an in-tree class, and whether it goes on with the CSI driver.
type Follower struct {
	Ref     object.Ref
	Follows bool
	Reason  string
}

// Migration is what becomes of one in-tree class.
type Migration struct {
	Class        string
	Translations []Translation
	Followers    []Follower
	Plan         *Plan
}

// Migrate plans a class of the driver for an in-tree one. With a name it is a class beside the in-tree one; without, it takes its place,
// and claims that name it get volumes of the driver. The error is a *RefusedError.
func Migrate(old *storagev1.StorageClass, name string, have *Have) (*Migration, error) {
	if old.Provisioner != InTree {
		return nil, &RefusedError{Reason: fmt.Sprintf("StorageClass %s is not one of the in-tree driver: its provisioner is %s, not %s", old.Name, old.Provisioner, InTree)}
	}
	want, translations := Translate(old)
	m := &Migration{Class: old.Name, Translations: translations, Plan: &Plan{}}
	for _, p := range CheckParameters(want.Parameters) {
		if p.Cause != NoEffect {
			m.Plan.Warnings = append(m.Plan.Warnings, p.Message)
		}
	}
	for _, p := range CheckMountOptions(want.MountOptions) {
		m.Plan.Notes = append(m.Plan.Notes, p.Message+"; they are kept for Linux pods")
	}
	a := Action{Verb: Replace, Ref: classRef(old.Name), Old: old, Reason: "takes the place of the in-tree class"}
	if name != "" && name != old.Name {
		if err := m.beside(want, name, have); err != nil {
			return nil, err
		}
		a = Action{Verb: Create, Ref: classRef(name), Reason: "stands beside the in-tree class " + old.Name}
		if there := have.Class(name); there != nil {
			a.Changes = differences(want, there)
			a.settle(want, there, false, have)
		}
	} else {
		a.Changes = differences(want, old)
		a.Claims, a.Volumes = have.Using(old.Name)
	}
	a.Object = applied(want)
	m.Plan.Actions = []Action{a}
	m.Followers = followers(old.Name, have)
	m.Plan.aboutCluster(false, have)
	return m, nil
}

// beside makes a class one that stands beside the one it was made of.
func (m *Migration) beside(want *storagev1.StorageClass, name string, have *Have) error {
	if there := have.Class(name); there != nil && there.Provisioner != Driver {
		return &RefusedError{
			Reason: fmt.Sprintf("StorageClass %s is there already and is of another provisioner: %s, not %s", name, there.Provisioner, Driver),
			Hint:   "--name gives the class another name",
		}
	}
	want.Name = name
	for _, key := range []string{defaultAnnotation, defaultAnnotationBeta} {
		if want.Annotations[key] == "true" {
			delete(want.Annotations, key)
			m.Plan.Notes = append(m.Plan.Notes, fmt.Sprintf("StorageClass %s stays the default class; %s is not one", m.Class, name))
		}
	}
	return nil
}

// Translate is the class of the driver that does what an in-tree class did, and what became of each of its parts. The driver takes
// the in-tree driver's names for what they have in common: TranslateInTreeStorageClassToCSI in plugins/azure_file.go of
// k8s.io/csi-translation-lib@v0.37.2 changes nothing.
func Translate(old *storagev1.StorageClass) (*storagev1.StorageClass, []Translation) {
	made := old.DeepCopy()
	made.ObjectMeta = *old.ObjectMeta.DeepCopy()
	made.Provisioner, made.Parameters = Driver, map[string]string{}
	delete(made.Annotations, corev1.LastAppliedConfigAnnotation)
	if made.ReclaimPolicy == nil {
		made.ReclaimPolicy = new(corev1.PersistentVolumeReclaimDelete)
	}
	if made.VolumeBindingMode == nil {
		made.VolumeBindingMode = new(storagev1.VolumeBindingImmediate)
	}
	if made.AllowVolumeExpansion == nil {
		made.AllowVolumeExpansion = new(false)
	}
	out := []Translation{{Name: "provisioner", Value: InTree, To: "provisioner", ToValue: Driver}}
	for _, key := range sorted(old.Annotations) {
		t := Translation{Name: object.Path{"metadata", "annotations", key}.String(), Value: old.Annotations[key]}
		if key == corev1.LastAppliedConfigAnnotation {
			t.Value, t.Note = "...", "it is of what kubectl applied to the old class"
		} else {
			t.To, t.ToValue = t.Name, t.Value
		}
		out = append(out, t)
	}
	for _, name := range sorted(old.Parameters) {
		t := translate(name, old.Parameters[name])
		if t.To != "" {
			made.Parameters[strings.TrimPrefix(t.To, "parameters.")] = t.ToValue
		}
		out = append(out, t)
	}
	return made, out
}

// translate is what becomes of one parameter.
func translate(name, value string) Translation {
	t := Translation{Name: "parameters." + name, Value: value}
	p, known := LookupParameter(name)
	switch {
	case strings.EqualFold(name, "readOnly"):
		t.Note = "the driver has no such parameter and would refuse the class: readOnly: true beside the claim in the volumes of a pod does it"
		return t
	case !known:
		t.Note = "the driver has no such parameter and would refuse the class" + suggestion(name)
		return t
	case p.Name == "fsType":
		t.Note = "the driver refuses any fsType: SMB shares have no file system to choose"
		return t
	}
	t.To, t.ToValue = "parameters."+p.Name, p.value(value)
	if !p.InTree {
		t.Note = "the in-tree driver did not take it"
	}
	if want := p.wrong(value); want != "" {
		t.Note = want
	}
	return t
}

// followers are the claims, volumes and pod templates that the in-tree driver served: those of a class, and the volumes of pods.
func followers(class string, have *Have) []Follower {
	var out []Follower
	for _, c := range have.Claims {
		if ClaimClass(&c) == class {
			out = append(out, claimFollows(c, have))
		}
	}
	for i := range have.Volumes {
		if have.Volumes[i].Spec.StorageClassName == class {
			out = append(out, VolumeFollows(&have.Volumes[i], have))
		}
	}
	return out
}

// claimFollows tells what becomes of a claim. One that is bound goes the way of its volume.
func claimFollows(c corev1.PersistentVolumeClaim, have *Have) Follower {
	f := Follower{Ref: claimRef(c), Follows: true}
	if c.Status.Phase != corev1.ClaimBound {
		f.Reason = "is pending: the driver makes its volume from the new class"
		return f
	}
	i := slices.IndexFunc(have.Volumes, func(v corev1.PersistentVolume) bool { return v.Name == c.Spec.VolumeName })
	if i < 0 {
		f.Follows, f.Reason = false, fmt.Sprintf("is bound to volume %s, which could not be looked at", c.Spec.VolumeName)
		return f
	}
	v := VolumeFollows(&have.Volumes[i], have)
	f.Follows, f.Reason = v.Follows, fmt.Sprintf("is bound to volume %s, which %s", c.Spec.VolumeName, v.Reason)
	return f
}

// migratedTo is set by the controllers that hand an in-tree volume to a CSI driver: pkg/controller/volume/persistentvolume/
// pv_controller_base.go of k8s.io/kubernetes@v1.37.2.
const migratedTo = "pv.kubernetes.io/migrated-to"

// secretForm is the name that both drivers give to Secrets with account keys; the account is read from it:
// getStorageAccountName in plugins/azure_file.go of k8s.io/csi-translation-lib@v0.37.2.
var secretForm = regexp.MustCompile(`azure-storage-account-(.+)-secret`)

// secretNamespace is where the Secret of an in-tree volume is; empty when nothing tells.
func secretNamespace(v *corev1.PersistentVolume) string {
	if of := v.Spec.AzureFile.SecretNamespace; of != nil {
		return *of
	}
	if v.Spec.ClaimRef != nil {
		return v.Spec.ClaimRef.Namespace
	}
	return ""
}

// VolumeFollows tells whether CSI migration hands a volume to the driver: TranslateInTreePVToCSI in plugins/azure_file.go of
// k8s.io/csi-translation-lib@v0.37.2.
func VolumeFollows(v *corev1.PersistentVolume, have *Have) Follower {
	f := Follower{Ref: volumeRef(*v), Follows: true}
	source := v.Spec.AzureFile
	switch {
	case v.Spec.CSI != nil && v.Spec.CSI.Driver == Driver:
		f.Reason = "is the driver's already"
		return f
	case source == nil:
		f.Follows, f.Reason = false, "is no Azure File volume"
		return f
	case secretNamespace(v) == "":
		f.Follows, f.Reason = false, "names no secretNamespace and is bound to no claim, so that its Secret cannot be found"
		return f
	}
	if reason := have.noMigration(); reason != "" {
		f.Follows, f.Reason = false, reason
		return f
	}
	f.Reason = "CSI migration hands to the driver"
	if v.Annotations[migratedTo] == Driver {
		f.Reason = "CSI migration has handed to the driver"
	}
	if !secretForm.MatchString(source.SecretName) {
		f.Reason += "; it mounts, but cannot be expanded or deleted: the account is not to be read from the name of its Secret, " + source.SecretName
	}
	return f
}

// InlineFollows tells the same of a volume that a pod template names itself. Its Secret is in the namespace of the pod.
func InlineFollows(i Inline, have *Have) Follower {
	f := Follower{Ref: i.Object, Follows: true, Reason: fmt.Sprintf("names a share in its volume %s, which CSI migration hands to the driver", i.Volume)}
	if reason := have.noMigration(); reason != "" {
		f.Follows, f.Reason = false, fmt.Sprintf("names a share in its volume %s, which %s", i.Volume, reason)
	}
	return f
}

// noMigration says why the cluster hands no in-tree volumes to the driver; empty when it does.
func (h *Have) noMigration() string {
	minor := h.minor()
	switch {
	case minor != 0 && minor < migrationOn:
		return "the in-tree driver serves: CSI migration is on by default from Kubernetes 1.24 on, and the API server is " + h.Version
	case !h.Driver && !h.gap("csidrivers"):
		return "nothing serves until the driver is installed"
	}
	return ""
}

// InTreeClasses are the classes of the in-tree driver, in the order of their names.
func (h *Have) InTreeClasses() []*storagev1.StorageClass {
	byName := map[string]*storagev1.StorageClass{}
	for i := range h.Classes {
		if h.Classes[i].Provisioner == InTree {
			byName[h.Classes[i].Name] = &h.Classes[i]
		}
	}
	var out []*storagev1.StorageClass
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}
