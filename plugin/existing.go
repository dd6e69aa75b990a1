package plugin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/dialect"
)

// existing is the object of a format that is to be edited; the zero value is none.
type existing struct {
	data   []byte
	name   string // of the file, or of what was read from the cluster
	beside []dialect.File
}

// fit is how an object deploys a chart: the release goes by the chart's name unless a flag says otherwise, that of a HelmChartConfig
// is in kube-system, and it has the values of the object that is to be edited.
func (w *work) fit(ctx context.Context, name string, r *chart.Release) (map[string]any, error) {
	f := w.outputs.main
	if !w.named {
		r.Name = name
	}
	if f.Name == "helmchartconfig" && !w.chart.live.namespace.Changed {
		r.Namespace = kubeSystem
	}
	var err error
	if w.existing, err = w.findExisting(ctx, *r); err != nil || w.existing.data == nil {
		return map[string]any{}, err
	}
	target := dialect.Target{Chart: dialect.Chart{Name: name}, Release: r.Name, Existing: w.existing.data, Beside: w.existing.beside}
	values, err := f.Read(w.existing.data, target)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", w.existing.name, err)
	}
	return values, nil
}

// kubeSystem is where RKE2 and K3s keep the HelmCharts that they come with.
const kubeSystem = "kube-system"

// findExisting is what --existing names, or the --values file that is an object of the format. The latter is then no values file
// any more.
func (w *work) findExisting(ctx context.Context, r chart.Release) (existing, error) {
	switch w.overlay.existing {
	case liveCluster:
		return w.liveExisting(ctx, r)
	case "":
		return w.valuesExisting(w.outputs.main)
	}
	return readExisting(w.overlay.existing)
}

func readExisting(path string) (existing, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return existing{}, &usageError{problems: []string{fmt.Sprintf("--existing %q: %v, want a file, or cluster", path, cause(err))}}
	}
	return existing{data: data, name: path, beside: neighbours(path)}, nil
}

// neighbours are the files beside a fleet.yaml, which may name some of them.
func neighbours(path string) []dialect.File {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil
	}
	var out []dialect.File
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		if data, err := os.ReadFile(filepath.Join(filepath.Dir(path), e.Name())); err == nil {
			out = append(out, dialect.File{Path: e.Name(), Data: data})
		}
	}
	return out
}

// valuesExisting takes the object out of the --values files, where one of them is of one of the format's kinds.
func (o *patchOptions) valuesExisting(f dialect.Format) (existing, error) {
	for i, path := range o.chart.values.Files {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // stdin, an address, or nothing: what reads the values says so
		}
		var object struct{ APIVersion, Kind string }
		if yaml.Unmarshal(data, &object) != nil || object.APIVersion == "" || !slices.Contains(f.Kinds, object.Kind) {
			continue
		}
		o.chart.values.Files = slices.Delete(slices.Clone(o.chart.values.Files), i, i+1)
		return existing{data: data, name: path}, nil
	}
	return existing{}, nil
}

// liveExisting reads the object of the release from the cluster. There need not be one.
func (w *work) liveExisting(ctx context.Context, r chart.Release) (existing, error) {
	f := w.outputs.main
	of := cluster.Resource{Namespace: r.Namespace, Name: r.Name}
	switch f.Name {
	case "helmchartconfig":
		of.Group, of.Plural, of.Namespace = "helm.cattle.io", "helmchartconfigs", kubeSystem
	case "flux":
		of.Group, of.Plural = "helm.toolkit.fluxcd.io", "helmreleases"
	case "argocd":
		of.Group, of.Plural, of.Namespace = "argoproj.io", "applications", "argocd"
	case "rancher-app":
		of.Group, of.Plural = "catalog.cattle.io", "apps"
	default:
		return existing{}, &usageError{problems: []string{fmt.Sprintf("--existing cluster: %s is not in the cluster that the chart goes to, want a file", f.Doc)}}
	}
	reader, err := cluster.New(w.chart.getter(w.deps), cluster.Options{})
	if err != nil {
		return existing{}, err
	}
	data, err := reader.Object(ctx, of)
	if err != nil || data == nil {
		return existing{}, err
	}
	return existing{data: data, name: of.String()}, nil
}

// errOverruled is an edit of a values file that has no effect.
var errOverruled = errors.New("what comes after it on the command line overrules what would be written there")

// edited is the file of --in-place with the overlay in it. It is tried: what the command line then says in all has to be the
// values that were proven.
func (w *work) edited() (file, error) {
	path := w.overlay.inPlace
	f, err := inPlace(path, w.result.Overlay)
	if err != nil {
		return f, err
	}
	v := w.chart.values
	if slices.Contains(v.Files, "-") {
		return f, nil // stdin was read, and cannot be again
	}
	v.Files = slices.Clone(v.Files)
	v.Files[slices.Index(v.Files, path)] = "-"
	got, err := v.Read(bytes.NewReader(f.data))
	if err != nil {
		return f, err
	}
	if !same(got, chart.Merge(w.opened.values, w.result.Overlay.Tree())) {
		return f, fmt.Errorf("editing %s: %w", path, errOverruled)
	}
	return f, nil
}

// same compares values as YAML has them.
func same(a, b map[string]any) bool {
	x, errX := yaml.Marshal(a)
	y, errY := yaml.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
