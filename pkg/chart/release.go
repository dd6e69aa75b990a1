package chart

import (
	"context"
	"fmt"
	"sync"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/release"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// ReleasesOptions say where Helm keeps its releases. The zero value is where it keeps them unless it is told otherwise.
type ReleasesOptions struct {
	Namespace     string // of the releases; empty: the one that the kubeconfig names
	Driver        string // HELM_DRIVER: secrets, which is the default, configmaps or sql
	SQLConnection string // HELM_DRIVER_SQL_CONNECTION_STRING
	// Rehearsal leads to the same cluster, which is to keep nothing of what it is asked to change. Only Rehearse needs it.
	Rehearsal genericclioptions.RESTClientGetter
	// Log is told what Helm does during an upgrade, by several goroutines; nil for nobody.
	Log func(format string, args ...any)
}

// Releases are what Helm has installed in a cluster.
type Releases struct {
	getter    genericclioptions.RESTClientGetter
	options   ReleasesOptions
	store     store
	surrounds func() (*surroundings, error)
}

// NewReleases are the releases of the cluster that kubectl's flags lead to. Nothing is asked of it yet.
func NewReleases(getter genericclioptions.RESTClientGetter, o ReleasesOptions) (*Releases, error) {
	if o.Namespace == "" {
		var err error
		if o.Namespace, _, err = getter.ToRawKubeConfigLoader().Namespace(); err != nil {
			return nil, fmt.Errorf("reading the kubeconfig: %w", err)
		}
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	// Who changed a field is remembered by this name, and helm upgrade is to find its own fields again.
	kube.ManagedFieldsManager = "helm"
	s, err := newStore(getter, o)
	if err != nil {
		return nil, err
	}
	return &Releases{
		getter: getter, options: o, store: s,
		surrounds: sync.OnceValues(func() (*surroundings, error) { return surroundingsOf(getter) }),
	}, nil
}

// Namespace is where releases are looked for by name.
func (r *Releases) Namespace() string { return r.options.Namespace }

// Installed is one release as Helm's record has it: the revision that helm upgrade would start from, which is the deployed one, or
// the last one where none is.
type Installed struct {
	Name, Namespace string
	Revision        int
	Chart           *Chart         // rendered with what the cluster can do, and with lookups, as by helm upgrade
	Values          map[string]any // what the user set, without the chart's defaults
	Notes           []string       // what a user has to know of this release before looking at it

	record *release.Release
	last   head // the newest record, of whatever status
}

// Release is what templates are told: that the release is upgraded.
func (i *Installed) Release() Release {
	return Release{Name: i.Name, Namespace: i.Namespace, IsUpgrade: true}
}

// Documents are what Helm has installed: resources, as a post-renderer may have left them, and hooks.
func (i *Installed) Documents() []Document {
	out := documentsOf(i.record.Manifest)
	for _, h := range i.record.Hooks {
		if h != nil {
			out = append(out, Document{Source: h.Path, Text: h.Manifest, Hook: true})
		}
	}
	return out
}

// Fetch finds the chart that a release was installed from, by its name and version.
type Fetch func(ctx context.Context, name, version string) (*Chart, error)

// Load reads a release by name. A chart that fetch finds has to be the one of the record, and is taken instead of it; without
// fetch the record has to do, and does not where the chart has sub-charts. Errors are *NoReleaseError, *RecordError, *AccessError,
// *SubchartsError, and those of the connection.
func (r *Releases) Load(ctx context.Context, name string, fetch Fetch) (*Installed, error) {
	if err := chartutil.ValidateReleaseName(name); err != nil {
		return nil, usageError{fmt.Errorf("release name %q: %w", name, err)}
	}
	heads, err := r.store.heads(ctx, r.options.Namespace, name)
	if err != nil {
		return nil, fmt.Errorf("reading release %s: %w", name, err)
	}
	if len(heads) == 0 {
		return nil, r.missing(ctx, name)
	}
	return r.load(ctx, heads, fetch)
}

// load reads the record to start from, of those of one release.
func (r *Releases) load(ctx context.Context, heads []head, fetch Fetch) (*Installed, error) {
	current, last, notes, err := choose(heads)
	if err != nil {
		return nil, err
	}
	record, err := r.store.body(ctx, current)
	if err != nil {
		return nil, fmt.Errorf("reading release %s: %w", current.name, err)
	}
	around, err := r.surrounds()
	if err != nil {
		return nil, err
	}
	i := installed(record, last, notes)
	if i.Chart, err = i.chart(ctx, fetch); err != nil {
		return nil, err
	}
	i.Chart.around, i.Chart.revision = around, last.revision
	return i, i.settleNumbers(ctx)
}

// installed is the release of a record, without its chart.
func installed(record *release.Release, last head, notes []string) *Installed {
	i := &Installed{
		Name: record.Name, Namespace: record.Namespace, Revision: record.Version, Notes: notes,
		Values: record.Config, record: record, last: last,
	}
	if i.Values == nil {
		i.Values = map[string]any{}
	}
	return i
}

// Summary is one release of a list.
type Summary struct {
	Name, Namespace string
	heads           []head
}

// List finds all releases that are not uninstalled, of the namespace or of all, by namespace and name.
func (r *Releases) List(ctx context.Context, everywhere bool) ([]Summary, error) {
	namespace := r.options.Namespace
	if everywhere {
		namespace = ""
	}
	heads, err := r.store.heads(ctx, namespace, "")
	if err != nil {
		return nil, fmt.Errorf("listing releases: %w", err)
	}
	return summaries(heads), nil
}

// Read is Load for a release of a list.
func (r *Releases) Read(ctx context.Context, s Summary, fetch Fetch) (*Installed, error) {
	return r.load(ctx, s.heads, fetch)
}
