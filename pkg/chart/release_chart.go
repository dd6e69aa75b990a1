package chart

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// surroundings are what a live release is rendered with: what the cluster can do, and an engine whose lookups ask it.
type surroundings struct {
	engine       engine.Engine
	capabilities *chartutil.Capabilities
}

// surroundingsOf asks the cluster as helm upgrade does: Configuration.getCapabilities of helm.sh/helm/v3/pkg/action.
func surroundingsOf(getter genericclioptions.RESTClientGetter) (*surroundings, error) {
	config, err := getter.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	discovery, err := getter.ToDiscoveryClient()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	discovery.Invalidate()
	version, err := discovery.ServerVersion()
	if err != nil {
		return nil, fmt.Errorf("asking the API server for its version: %w", err)
	}
	versions, err := action.GetVersionSet(discovery)
	if err != nil {
		return nil, fmt.Errorf("asking the API server for its APIs: %w", err)
	}
	slices.Sort(versions)
	return &surroundings{
		engine: engine.New(config),
		capabilities: &chartutil.Capabilities{
			APIVersions: versions, HelmVersion: chartutil.DefaultCapabilities.HelmVersion,
			KubeVersion: chartutil.KubeVersion{Version: version.GitVersion, Major: version.Major, Minor: version.Minor},
		},
	}, nil
}

// chart is the whole chart of the release.
func (i *Installed) chart(ctx context.Context, fetch Fetch) (*Chart, error) {
	recorded := i.record.Chart
	if fetch == nil {
		if names := i.leftOut(); len(names) > 0 {
			return nil, &SubchartsError{Release: i.Name, Chart: recorded.Name(), Version: recorded.Metadata.Version, Names: names}
		}
		return &Chart{helm: recorded}, nil
	}
	whole, err := fetch(ctx, recorded.Name(), recorded.Metadata.Version)
	if err != nil {
		return nil, err
	}
	if difference := notTheSame(recorded, whole.helm); difference != "" {
		return nil, usageError{fmt.Errorf("release %s was not installed from this chart: %s", i.Name, difference)}
	}
	return &Chart{helm: whole.helm}, nil
}

// leftOut are the sub-charts that the record tells of and does not have: those that Chart.yaml declares and that were enabled, and
// those that were only in charts/ but left something in the manifest.
func (i *Installed) leftOut() []string {
	var names []string
	for _, d := range i.record.Chart.Metadata.Dependencies {
		if d != nil {
			names = append(names, d.Name)
		}
	}
	for _, d := range i.Documents() {
		parts := strings.Split(d.Source, "/")
		if len(parts) > 2 && parts[1] == "charts" {
			names = append(names, parts[2])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// notTheSame says in what a chart differs from the recorded one, of what both have: not in sub-charts, and not in values, which Helm
// records with those of the sub-charts mixed in.
func notTheSame(recorded, c *helmchart.Chart) string {
	if recorded.Name() != c.Name() || recorded.Metadata.Version != c.Metadata.Version {
		return fmt.Sprintf("got %s %s, want %s %s", c.Name(), c.Metadata.Version, recorded.Name(), recorded.Metadata.Version)
	}
	if !bytes.Equal(recorded.Schema, c.Schema) {
		return "values.schema.json differs"
	}
	if name := differingFile(recorded.Templates, c.Templates); name != "" {
		return name + " differs"
	}
	if a, b := locked(recorded), locked(c); a != b {
		return fmt.Sprintf("Chart.lock has %s, want %s", b, a)
	}
	return ""
}

// locked are the versions of the sub-charts in Chart.lock.
func locked(c *helmchart.Chart) string {
	if c.Lock == nil {
		return "nothing"
	}
	var out []string
	for _, d := range c.Lock.Dependencies {
		if d != nil {
			out = append(out, d.Name+" "+d.Version)
		}
	}
	return strings.Join(out, ", ")
}

// differingFile is the first file that is not in both or not the same; empty when there is none.
func differingFile(a, b []*helmchart.File) string {
	data := map[string][]byte{}
	var names []string
	for _, f := range append(slices.Clone(a), b...) {
		if f != nil {
			names = append(names, f.Name)
		}
	}
	for _, f := range a {
		data[f.Name] = f.Data
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		i := slices.IndexFunc(b, func(f *helmchart.File) bool { return f != nil && f.Name == name })
		recorded, ok := data[name]
		if i < 0 || !ok || !bytes.Equal(recorded, b[i].Data) {
			return name
		}
	}
	return ""
}

// cutSource takes the comment off a document that says which template made it; what a post-renderer wrote may have none.
func cutSource(text string) (source, rest string) {
	first, rest, _ := strings.Cut(text, "\n")
	source, ok := strings.CutPrefix(first, "# Source: ")
	if !ok {
		return "", text
	}
	return strings.TrimSpace(source), rest
}
