package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/catalog"
)

func TestReadIndex(t *testing.T) {
	t.Parallel()
	const text = `
apiVersion: v1
entries:
  web:
    - {name: web, version: 1.0.0, urls: [assets/web-1.0.0.tgz]}
    - {version: 1.1.0, urls: ["https://example.com/web-1.1.0.tgz"], annotations: {catalog.cattle.io/permits-os: linux}}
`
	for base, want := range map[string]string{"repo": "repo/assets/web-1.0.0.tgz", "https://example.com/charts": "https://example.com/charts/assets/web-1.0.0.tgz", ".": "assets/web-1.0.0.tgz"} {
		got, err := catalog.ReadIndex([]byte(text), base)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, []catalog.Entry{
			{Name: "web", Version: "1.0.0", Ref: want, Annotations: map[string]string{}},
			{Name: "web", Version: "1.1.0", Ref: "https://example.com/web-1.1.0.tgz", Annotations: map[string]string{catalog.PermitsOS: "linux"}},
		}); diff != "" {
			t.Errorf("%s: %s", base, diff)
		}
	}
	for _, bad := range []string{"", "a: [", "apiVersion: v1", "entries: {}", "apiVersion: v1\nentries: {web: [{version: 1.0.0}]}"} {
		if got, err := catalog.ReadIndex([]byte(bad), "."); err == nil {
			t.Errorf("%q: got %v, want an error", bad, got)
		}
	}
}

// TestNewest: Rancher's packages count on behind the + where the version of the chart is the same.
func TestNewest(t *testing.T) {
	t.Parallel()
	entries := func(versions ...string) []catalog.Entry {
		var out []catalog.Entry
		for _, v := range versions {
			out = append(out, catalog.Entry{Name: "web", Version: v})
		}
		return out
	}
	for want, versions := range map[string][]string{
		"1.10.0":           {"1.9.0", "1.10.0", "1.2.0"},
		"104.1.2+up57.0.3": {"104.1.2+up57.0.3", "103.1.1+up61.3.2"},
		"104.0.0+up2.1.0":  {"104.0.0+up2.1.0", "104.0.0+up2.0.0"},
		"2.0.0":            {"2.0.0-rc1", "2.0.0"},
		"0.0.1":            {"latest", "0.0.1"},
	} {
		if got := catalog.Newest(entries(versions...)); len(got) != 1 || got[0].Version != want {
			t.Errorf("%q: got %v, want %s", versions, got, want)
		}
	}
}
