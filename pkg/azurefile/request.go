package azurefile

import (
	"fmt"
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Request is the class that somebody wants. Its zero value is a class of the CSI driver with the defaults of this package.
type Request struct {
	Name       string            // empty: DefaultName
	Parameters map[string]string // by any spelling
	// MountOptions are left out of a class unless Keep is set: Windows drops them. Linux pods that share the class have them.
	MountOptions []string
	Keep         bool
	Reclaim      corev1.PersistentVolumeReclaimPolicy // empty: Delete
	Binding      storagev1.VolumeBindingMode          // empty: Immediate
	NoExpansion  bool
	Default      bool // the class is to be the default one
	Unset        bool // with Default: classes that are the default now are no longer
	InTree       bool // for the in-tree driver
	Replace      bool // a class whose immutable fields differ may be deleted and made anew
}

// Problems say what is wrong with what is wanted, whatever the cluster has.
func (r Request) Problems() []Problem {
	var out []Problem
	add := func(field, format string, args ...any) {
		at := object.Path{}
		for step := range strings.SplitSeq(field, ".") {
			at = append(at, step)
		}
		out = append(out, Problem{Cause: Value, Field: at, Message: fmt.Sprintf(format, args...)})
	}
	if wrong := validation.IsDNS1123Subdomain(r.name()); len(wrong) > 0 {
		add("metadata.name", "the name of the class is %q: %s", r.Name, strings.Join(wrong, "; "))
	}
	if r.Reclaim != "" && r.Reclaim != corev1.PersistentVolumeReclaimDelete && r.Reclaim != corev1.PersistentVolumeReclaimRetain {
		add("reclaimPolicy", "reclaimPolicy is %q: want Delete or Retain", r.Reclaim)
	}
	if r.Binding != "" && r.Binding != storagev1.VolumeBindingImmediate && r.Binding != storagev1.VolumeBindingWaitForFirstConsumer {
		add("volumeBindingMode", "volumeBindingMode is %q: want Immediate or WaitForFirstConsumer", r.Binding)
	}
	for _, p := range CheckParameters(r.Parameters) {
		if p.Cause != NoEffect {
			out = append(out, p)
		}
	}
	if r.InTree {
		out = append(out, r.notInTree()...)
	}
	return out
}

// notInTree are the parameters that the in-tree driver does not take.
func (r Request) notInTree() []Problem {
	var out []Problem
	for _, name := range sorted(r.Parameters) {
		if p, known := LookupParameter(name); known && !p.InTree {
			out = append(out, Problem{
				Cause: Unknown, Field: []any{"parameters", name},
				Message: fmt.Sprintf("the in-tree driver has no parameter %q; it has %s", name, inTreeParameters()),
			})
		}
	}
	return out
}

func inTreeParameters() string {
	var names []string
	for _, p := range Parameters() {
		if p.InTree {
			names = append(names, p.Name)
		}
	}
	return choices(names)
}

func (r Request) name() string {
	if r.Name == "" {
		return DefaultName
	}
	return r.Name
}

// class is what is wanted as an object of the API, with its parameters as the documentation spells them.
func (r Request) class() *storagev1.StorageClass {
	c := &storagev1.StorageClass{
		TypeMeta:    metav1.TypeMeta{APIVersion: storagev1.SchemeGroupVersion.String(), Kind: "StorageClass"},
		ObjectMeta:  metav1.ObjectMeta{Name: r.name()},
		Provisioner: Driver, Parameters: canonical(r.Parameters),
		ReclaimPolicy: orElse(r.Reclaim, corev1.PersistentVolumeReclaimDelete), VolumeBindingMode: orElse(r.Binding, storagev1.VolumeBindingImmediate),
		AllowVolumeExpansion: new(!r.NoExpansion),
	}
	if r.Default {
		c.Annotations = map[string]string{defaultAnnotation: "true"}
	}
	if r.Keep {
		c.MountOptions = r.MountOptions
	}
	if c.Parameters["skuName"] == "" && c.Parameters["storageAccount"] == "" {
		c.Parameters["skuName"] = "Standard_LRS" // of an account that is there already, the type is what it is
	}
	if r.InTree {
		c.Provisioner = InTree
		return c
	}
	if c.Parameters["protocol"] == "" {
		c.Parameters["protocol"] = "smb"
	}
	return c
}

func orElse[T ~string](v, otherwise T) *T {
	if v == "" {
		return &otherwise
	}
	return &v
}

// canonical are parameters as the documentation spells them. Those that it does not have stay as they are.
func canonical(parameters map[string]string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, parameters)
	for name, value := range parameters {
		if p, known := LookupParameter(name); known {
			delete(out, name)
			out[p.Name] = p.value(value)
		}
	}
	return out
}
