package azurefile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// differences are the fields of a class that are not as wanted. Which of them the API server does not change: pkg/apis/storage/
// validation/validation.go of k8s.io/kubernetes@v1.37.2, ValidateStorageClassUpdate.
func differences(want, have *storagev1.StorageClass) []Change {
	out := parameterChanges(want.Parameters, have.Parameters)
	add := func(field, is, wanted string, immutable bool) {
		if is != wanted {
			out = append(out, Change{Field: field, Old: is, New: wanted, Immutable: immutable})
		}
	}
	if have.Provisioner != want.Provisioner {
		add("provisioner", have.Provisioner, want.Provisioner, true)
	}
	add("reclaimPolicy", deref(have.ReclaimPolicy, corev1.PersistentVolumeReclaimDelete), deref(want.ReclaimPolicy, ""), true)
	add("volumeBindingMode", deref(have.VolumeBindingMode, storagev1.VolumeBindingImmediate), deref(want.VolumeBindingMode, ""), true)
	add("allowVolumeExpansion", strconv.FormatBool(have.AllowVolumeExpansion != nil && *have.AllowVolumeExpansion), strconv.FormatBool(*want.AllowVolumeExpansion), false)
	if len(want.MountOptions) > 0 {
		add("mountOptions", listed(have.MountOptions), listed(want.MountOptions), false)
	}
	if IsDefault(want) && !IsDefault(have) {
		add("metadata.annotations["+defaultAnnotation+"]", orNone(have.Annotations[defaultAnnotation]), "true", false)
	}
	return out
}

// parameterChanges compares what parameters mean: names in any case, and one that is not set with the driver's default.
func parameterChanges(want, have map[string]string) []Change {
	wanted, present := canonical(want), canonical(have)
	names := map[string]bool{}
	for _, m := range []map[string]string{wanted, present} {
		for name := range m {
			names[name] = true
		}
	}
	var out []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !same(name, wanted, present) {
			out = append(out, Change{Field: "parameters." + name, Old: shown(present, name), New: shown(wanted, name), Immutable: true})
		}
	}
	return out
}

// same tells whether two classes have a parameter alike.
func same(name string, a, b map[string]string) bool {
	p, _ := LookupParameter(name)
	value := func(m map[string]string) string {
		v, has := m[name]
		if !has {
			return p.Default
		}
		if p.Form == Boolean {
			return strings.ToLower(v)
		}
		return v
	}
	return value(a) == value(b)
}

func shown(m map[string]string, name string) string {
	if v, has := m[name]; has {
		return v
	}
	return None
}

// adopt spells the parameters of a class as those of one that is there, so that an application of them changes nothing: the API
// server takes skuname and skuName for two.
func adopt(want, have *storagev1.StorageClass, changed bool) {
	if changed {
		return // the class is made anew, if at all
	}
	want.Parameters = maps.Clone(have.Parameters)
}

// carry gives a class that is made anew what the one before it has beside what is wanted.
func carry(want, have *storagev1.StorageClass) {
	for key, value := range have.Annotations {
		if _, wanted := want.Annotations[key]; !wanted && key != corev1.LastAppliedConfigAnnotation {
			metav1.SetMetaDataAnnotation(&want.ObjectMeta, key, value)
		}
	}
	want.Labels, want.AllowedTopologies = have.Labels, have.AllowedTopologies
	if len(want.MountOptions) == 0 {
		want.MountOptions = have.MountOptions
	}
}

// foreign says what a class has beside what is wanted, and keeps.
func foreign(want, have *storagev1.StorageClass) []string {
	var out []string
	if len(want.MountOptions) == 0 && len(have.MountOptions) > 0 {
		out = append(out, fmt.Sprintf("StorageClass %s keeps its mountOptions for Linux pods (%s); on Windows the driver drops all of them", have.Name, strings.Join(have.MountOptions, ", ")))
	}
	if len(have.AllowedTopologies) > 0 {
		out = append(out, fmt.Sprintf("StorageClass %s keeps its allowedTopologies", have.Name))
	}
	return out
}

// applied is a class as it is applied: the fields that are wanted, and no others.
func applied(c *storagev1.StorageClass) map[string]any {
	meta := map[string]any{"name": c.Name}
	if len(c.Annotations) > 0 {
		meta["annotations"] = anyMap(c.Annotations)
	}
	if len(c.Labels) > 0 {
		meta["labels"] = anyMap(c.Labels)
	}
	out := map[string]any{
		"apiVersion": storagev1.SchemeGroupVersion.String(), "kind": "StorageClass", "metadata": meta, "provisioner": c.Provisioner,
		"reclaimPolicy": deref(c.ReclaimPolicy, ""), "volumeBindingMode": deref(c.VolumeBindingMode, ""), "allowVolumeExpansion": *c.AllowVolumeExpansion,
	}
	if len(c.Parameters) > 0 {
		out["parameters"] = anyMap(c.Parameters)
	}
	if len(c.MountOptions) > 0 {
		out["mountOptions"] = anyList(c.MountOptions)
	}
	if len(c.AllowedTopologies) > 0 {
		out["allowedTopologies"] = topologies(c.AllowedTopologies)
	}
	return out
}

func topologies(terms []corev1.TopologySelectorTerm) []any {
	var out []any
	for _, t := range terms {
		var expressions []any
		for _, e := range t.MatchLabelExpressions {
			expressions = append(expressions, map[string]any{"key": e.Key, "values": anyList(e.Values)})
		}
		out = append(out, map[string]any{"matchLabelExpressions": expressions})
	}
	return out
}

func anyList(list []string) []any {
	out := make([]any, 0, len(list))
	for _, v := range list {
		out = append(out, v)
	}
	return out
}

func anyMap(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

func deref[T ~string](v *T, otherwise T) string {
	if v == nil {
		return string(otherwise)
	}
	return string(*v)
}

func orNone(v string) string {
	if v == "" {
		return None
	}
	return v
}

func listed(options []string) string { return orNone(strings.Join(options, ", ")) }
