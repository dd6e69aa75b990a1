package order_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/order"
)

func TestOf(t *testing.T) {
	t.Parallel()
	const certificate = "cert-manager.io/Certificate"
	for name, tc := range map[string]struct {
		releases []order.Release
		want     []string
	}{
		"nothing": {},
		"by name": {[]order.Release{{Name: "b/a"}, {Name: "a/z"}, {Name: "a/b"}}, []string{"a/b", "a/z", "b/a"}},
		"most pods on the wrong system first": {
			[]order.Release{{Name: "a"}, {Name: "b", Misplaced: 2}, {Name: "c", Misplaced: 5}}, []string{"c", "b", "a"},
		},
		"who defines a kind before who uses it, though it has no pod on the wrong system": {
			[]order.Release{{Name: "app", Uses: []string{certificate}, Misplaced: 3}, {Name: "z-operator", Defines: []string{certificate}}, {Name: "b"}},
			[]string{"b", "z-operator", "app"},
		},
		"one that defines what it uses waits for nobody": {
			[]order.Release{{Name: "a", Defines: []string{certificate}, Uses: []string{certificate}}, {Name: "b", Defines: []string{certificate}}},
			[]string{"a", "b"},
		},
		"a chain": {
			[]order.Release{{Name: "a", Uses: []string{"x"}, Defines: []string{"y"}}, {Name: "b", Uses: []string{"y"}}, {Name: "c", Defines: []string{"x"}}},
			[]string{"c", "a", "b"},
		},
		"a circle ends": {
			[]order.Release{{Name: "a", Uses: []string{"x"}, Defines: []string{"y"}}, {Name: "b", Uses: []string{"y"}, Defines: []string{"x"}, Misplaced: 1}},
			[]string{"b", "a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, i := range order.Of(tc.releases) {
				got = append(got, tc.releases[i].Name)
			}
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}
