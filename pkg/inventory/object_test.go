package inventory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/inventory"
)

func TestTakeTellsThePart(t *testing.T) {
	t.Parallel()
	about := func(kind string) map[string]any { return map[string]any{"kind": kind} }
	for name, tc := range map[string]struct {
		object map[string]any
		want   inventory.Kind
	}{
		"by group and kind":             {map[string]any{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass"}, inventory.StorageClasses},
		"of another version":            {map[string]any{"apiVersion": "storage.k8s.io/v1beta1", "kind": "CSIDriver"}, inventory.CSIDrivers},
		"of another group":              {map[string]any{"apiVersion": "example.com/v1", "kind": "StorageClass"}, ""},
		"an event about a claim":        {map[string]any{"apiVersion": "v1", "kind": "Event", "involvedObject": about("PersistentVolumeClaim")}, inventory.ClaimEvents},
		"an event about a pod":          {map[string]any{"apiVersion": "v1", "kind": "Event", "involvedObject": about("Pod")}, ""},
		"a ConfigMap that is looked at": {map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"namespace": "kube-system", "name": "kube-flannel-cfg"}}, inventory.ConfigMaps},
		"any other ConfigMap":           {map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"namespace": "shop", "name": "kube-flannel-cfg"}}, ""},
		"what is no object":             {map[string]any{"replicas": 1}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, o, known := inventory.Take(tc.object)
			if res.Part != tc.want || known != (tc.want != "") {
				t.Errorf("got %q, %v; want %q", res.Part, known, tc.want)
			}
			if known && o.Ref.Kind != tc.object["kind"] {
				t.Errorf("got %v", o.Ref)
			}
		})
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	o := inventory.Object{Body: map[string]any{"spec": map[string]any{"a": []any{"b"}, "c": "d"}}}
	for _, tc := range []struct {
		path []string
		want any
	}{{[]string{"spec", "a"}, []any{"b"}}, {[]string{"spec", "c"}, "d"}, {[]string{"spec", "c", "d"}, nil}, {[]string{"none"}, nil}} {
		if diff := cmp.Diff(o.Field(tc.path...), tc.want); diff != "" {
			t.Errorf("%v (-got +want):\n%s", tc.path, diff)
		}
	}
}
