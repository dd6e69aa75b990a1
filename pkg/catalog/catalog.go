// Package catalog reads which charts a repository of Rancher's has, and sums up what each says of operating systems and what its pods say.
// It must not fetch or render, and calls nothing wrong: that is for rules.
package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Entry is one version of a chart in a repository.
type Entry struct {
	Name, Version string
	Ref           string // a folder, an archive or an address
	// Annotations are what the index says, which is what Rancher goes by; nil for a chart that was found without an index.
	Annotations map[string]string
}

// The annotations of Rancher's catalogue: shell/config/labels-annotations.js of rancher/dashboard.
const (
	PermitsOS   = "catalog.cattle.io/permits-os"
	DeploysOnOS = "catalog.cattle.io/deploys-on-os"
	ForOS       = "catalog.cattle.io/os"
	ReleaseName = "catalog.cattle.io/release-name"
	Namespace   = "catalog.cattle.io/namespace"
)

// WindowsValues are what Rancher sets where a cluster has Windows workers, whatever the chart: addGlobalValuesTo in
// shell/pages/c/_cluster/apps/charts/install.vue of rancher/dashboard.
func WindowsValues() map[string]any {
	return map[string]any{"global": map[string]any{"cattle": map[string]any{"windows": map[string]any{"enabled": true}}}}
}

// index is what is looked at of an index.yaml: pkg/repo/index.go of helm.sh/helm/v3.
type index struct {
	APIVersion string `json:"apiVersion"`
	Entries    map[string][]struct {
		Name        string            `json:"name"`
		Version     string            `json:"version"`
		URLs        []string          `json:"urls"`
		Annotations map[string]string `json:"annotations"`
	} `json:"entries"`
}

// ReadIndex reads an index.yaml. Addresses in it that are not whole are from base on, which is a folder or an address.
func ReadIndex(data []byte, base string) ([]Entry, error) {
	var in index
	if err := yaml.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("it is not YAML: %w", err)
	}
	if in.APIVersion == "" || in.Entries == nil {
		return nil, fmt.Errorf("it is no index of a chart repository: want apiVersion and entries, got apiVersion %q and %d entries", in.APIVersion, len(in.Entries))
	}
	var out []Entry
	for _, name := range slices.Sorted(maps.Keys(in.Entries)) {
		for i, e := range in.Entries[name] {
			if len(e.URLs) == 0 || e.URLs[0] == "" {
				return nil, fmt.Errorf("entries.%s[%d].urls: want the address of the chart, got none", name, i)
			}
			notes := e.Annotations
			if notes == nil {
				notes = map[string]string{}
			}
			out = append(out, Entry{Name: cmp.Or(e.Name, name), Version: e.Version, Ref: resolve(base, e.URLs[0]), Annotations: notes})
		}
	}
	return out, nil
}

// resolve is an address of an index.
func resolve(base, ref string) string {
	if u, err := url.Parse(ref); err == nil && u.Scheme != "" {
		return ref
	}
	if root, err := url.Parse(base); err == nil && root.Scheme != "" {
		return root.JoinPath(ref).String()
	}
	return path.Join(base, ref)
}

// Newest are the entries with the highest version of each chart, in order.
func Newest(entries []Entry) []Entry {
	best := map[string]Entry{}
	for _, e := range entries {
		if have, ok := best[e.Name]; !ok || newer(e.Version, have.Version) {
			best[e.Name] = e
		}
	}
	var out []Entry
	for _, name := range slices.Sorted(maps.Keys(best)) {
		out = append(out, best[name])
	}
	return out
}

func newer(a, b string) bool {
	one, e1 := version.ParseSemantic(a)
	two, e2 := version.ParseSemantic(b)
	switch {
	case e1 != nil || e2 != nil:
		return e1 == nil || e2 != nil && a > b
	case one.LessThan(two) || two.LessThan(one):
		return two.LessThan(one)
	default:
		return a > b // what is behind a + does not count for semver, and Rancher's packages count on with it
	}
}

// Windows tells whether annotations say that the chart may be installed, or has pods, where there are Windows workers.
func Windows(annotations map[string]string) bool {
	return strings.Contains(annotations[PermitsOS], "windows") || strings.Contains(annotations[DeploysOnOS], "windows")
}

// Row is one chart of the table.
type Row struct {
	Name, Version, Ref   string
	Permits, Deploys, OS string // the annotations; empty when they are not set
	// Linux, Windows and Unnamed count the workloads by the system that they name, Helm's tests aside.
	Linux, Windows, Unnamed int
	// Hooks counts the hooks that name no system, and Repeated the keys that are there twice and say where pods run or name a system.
	Hooks, Repeated int
	Findings        int
	Problem         string // why it could not be looked at; empty when it could
	// Differs are the annotations that the index has otherwise than the chart.
	Differs []string
}

// RowOf sums a chart up.
func RowOf(e Entry, inv *inventory.Inventory) Row {
	r := Row{Name: e.Name, Version: e.Version, Ref: e.Ref}
	for _, text := range inv.Texts {
		if text.Problem != "" && r.Problem == "" {
			r.Problem = text.Problem
		}
		for _, d := range text.Duplicates {
			if places(d) {
				r.Repeated++
			}
		}
	}
	if c := inv.Chart; c != nil {
		r.Permits, r.Deploys, r.OS = c.Annotations[PermitsOS], c.Annotations[DeploysOnOS], c.Annotations[ForOS]
		for _, key := range []string{PermitsOS, DeploysOnOS, ForOS} {
			if e.Annotations != nil && e.Annotations[key] != c.Annotations[key] {
				r.Differs = append(r.Differs, fmt.Sprintf("%s is %q in the index and %q in the chart", key, e.Annotations[key], c.Annotations[key]))
			}
		}
	}
	r.count(survey.Of(inv))
	return r
}

// count counts the workloads by the system that they name.
func (r *Row) count(s *survey.Survey) {
	for _, p := range s.Placements {
		switch {
		case p.Workload.Test():
		case p.Named == platform.Linux:
			r.Linux++
		case p.Named == platform.Windows:
			r.Windows++
		default:
			r.Unnamed++
			if p.Workload.Hook() {
				r.Hooks++
			}
		}
	}
}

// places tells a repeated key that is, or is in, what says where pods run.
func places(d inventory.Duplicate) bool {
	return slices.ContainsFunc(d.Path, func(step any) bool {
		name, _ := step.(string)
		return slices.Contains([]string{"nodeSelector", "tolerations", "affinity", "kubernetes.io/os", "beta.kubernetes.io/os"}, name)
	})
}
