package chart

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/downloader"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/registry"
)

// Source says where a chart comes from. Its fields are Helm's flags of the same names.
type Source struct {
	Ref     string // a folder, a .tgz, repo/name, an oci:// or https:// address; with Repo, a name in that repository
	Version string // a version or a range; empty is the newest release

	Repo, Username, Password           string
	CAFile, CertFile, KeyFile, Keyring string

	Devel, Verify, DependencyUpdate                   bool
	InsecureSkipTLSVerify, PlainHTTP, PassCredentials bool
}

// Chart is a loaded chart with its dependencies. It is not changed by rendering.
type Chart struct {
	helm     *helmchart.Chart
	around   *surroundings // nil: it is rendered offline
	revision int           // of the release it is installed as; 0 when it is not
}

// Name is the name in Chart.yaml.
func (c *Chart) Name() string { return c.helm.Name() }

// Version is the version in Chart.yaml.
func (c *Chart) Version() string { return c.helm.Metadata.Version }

// MissingDependenciesError says which dependencies Chart.yaml declares and charts/ does not hold.
type MissingDependenciesError struct {
	Chart string
	Names []string // sorted
}

func (e *MissingDependenciesError) Error() string {
	return fmt.Sprintf("chart %q: dependencies not in charts/: %s", e.Chart, strings.Join(e.Names, ", "))
}

// Load finds, fetches where needed, and loads a chart the way helm template does, with Helm's own configuration.
// Progress of a download or a dependency update is written to progress, by a goroutine that outlives a canceled context.
func Load(ctx context.Context, src Source, progress io.Writer) (*Chart, error) {
	return interruptible(ctx, func() (*Chart, error) { return load(src, progress) })
}

func load(src Source, progress io.Writer) (*Chart, error) {
	settings := cli.New()
	path, client, err := locate(src, settings, progress)
	if err != nil {
		return nil, err
	}
	helm, err := read(path, src.Ref)
	if err != nil {
		return nil, err
	}
	if t := helm.Metadata.Type; t != "" && t != "application" {
		return nil, usageError{fmt.Errorf("chart %q is of type %s: want an application chart, which has workloads of its own", helm.Name(), t)}
	}
	missing := missingDependencies(helm)
	if missing == nil {
		return &Chart{helm: helm}, nil
	}
	if !src.DependencyUpdate {
		return nil, missing
	}
	if err := updateDependencies(path, src, settings, client, progress); err != nil {
		return nil, err
	}
	if helm, err = read(path, src.Ref); err != nil {
		return nil, err
	}
	return &Chart{helm: helm}, nil
}

// locate turns a reference into a path on disk, downloading what is not there.
func locate(src Source, settings *cli.EnvSettings, progress io.Writer) (string, *registry.Client, error) {
	if strings.TrimSpace(src.Ref) == "" {
		return "", nil, usageError{errors.New("CHART is empty: want a folder, a .tgz, repo/name, an oci:// or an https:// address")}
	}
	opts := action.NewInstall(new(action.Configuration))
	opts.Version = src.Version
	if src.Version == "" && src.Devel {
		opts.Version = ">0.0.0-0"
	}
	opts.RepoURL, opts.Username, opts.Password = src.Repo, src.Username, src.Password
	opts.CaFile, opts.CertFile, opts.KeyFile = src.CAFile, src.CertFile, src.KeyFile
	opts.Keyring, opts.Verify = src.Keyring, src.Verify
	opts.InsecureSkipTLSverify, opts.PlainHTTP, opts.PassCredentialsAll = src.InsecureSkipTLSVerify, src.PlainHTTP, src.PassCredentials
	var client *registry.Client
	if _, err := os.Stat(src.Ref); err != nil || src.DependencyUpdate {
		if client, err = registryClient(src, settings, progress); err != nil {
			return "", nil, fmt.Errorf("making the registry client: %w", err)
		}
		opts.SetRegistryClient(client)
	}
	path, err := opts.LocateChart(src.Ref, settings)
	if err != nil {
		return "", nil, locateError(src, err)
	}
	return path, client, nil
}

func locateError(src Source, err error) error {
	if _, gone := os.Stat(src.Ref); gone == nil {
		return fmt.Errorf("verifying chart %q: %w", src.Ref, err)
	}
	first, _, slash := strings.Cut(src.Ref, "/")
	switch {
	case filepath.IsAbs(src.Ref), strings.HasPrefix(src.Ref, "."), src.Repo == "" && !slash:
		return usageError{fmt.Errorf("chart %q: no such file or folder", src.Ref)}
	case src.Repo == "" && err.Error() == fmt.Sprintf("repo %s not found", first):
		return usageError{fmt.Errorf("chart %q: no such file or folder, and no repository %s in Helm's configuration: helm repo add adds one",
			src.Ref, first)}
	}
	return fmt.Errorf("finding chart %q: %w", src.Ref, err)
}

func registryClient(src Source, settings *cli.EnvSettings, progress io.Writer) (*registry.Client, error) {
	if src.CertFile != "" && src.KeyFile != "" || src.CAFile != "" || src.InsecureSkipTLSVerify {
		return registry.NewRegistryClientWithTLS(progress, src.CertFile, src.KeyFile, src.CAFile,
			src.InsecureSkipTLSVerify, settings.RegistryConfig, settings.Debug)
	}
	opts := []registry.ClientOption{
		registry.ClientOptWriter(progress),
		registry.ClientOptCredentialsFile(settings.RegistryConfig),
		registry.ClientOptBasicAuth(src.Username, src.Password),
	}
	if src.PlainHTTP {
		opts = append(opts, registry.ClientOptPlainHTTP())
	}
	return registry.NewClient(opts...)
}

// read loads a folder or an archive. Helm's loader refuses archives with entries outside their root and of absurd size.
func read(path, ref string) (*helmchart.Chart, error) {
	if err := checkIsChart(path, ref); err != nil {
		return nil, err
	}
	c, err := loader.Load(path)
	var invalid helmchart.ValidationError
	var notMap *json.UnmarshalTypeError
	switch {
	case err == nil:
		return c, nil
	case errors.As(err, &invalid):
		return nil, fmt.Errorf("loading chart %q: Chart.yaml: %w", ref, err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, gzip.ErrChecksum):
		return nil, fmt.Errorf("loading chart %q: the archive is cut short or damaged: %w", ref, err)
	case errors.As(err, &notMap) && notMap.Field == "" && notMap.Type.Kind() == reflect.Map:
		return nil, fmt.Errorf("loading chart %q: %w: want a map of values at the top", ref, err)
	}
	return nil, fmt.Errorf("loading chart %q: %w", ref, err)
}

// checkIsChart refuses what cannot be a chart at all.
func checkIsChart(path, ref string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("loading chart %q: %w", ref, err)
	}
	if info.IsDir() {
		if meta, err := os.Stat(filepath.Join(path, "Chart.yaml")); err != nil || meta.IsDir() {
			return usageError{fmt.Errorf("%s is not a chart: it has no file Chart.yaml", ref)}
		}
		return nil
	}
	head := make([]byte, len(gzipMagic))
	f, err := os.Open(path)
	if err != nil {
		return usageError{err}
	}
	defer f.Close()
	if _, err := io.ReadFull(f, head); err != nil || string(head) != gzipMagic {
		return usageError{fmt.Errorf("%s is not a chart: want a folder with a Chart.yaml, or a gzipped archive of one", ref)}
	}
	return nil
}

const gzipMagic = "\x1f\x8b\x08"

func missingDependencies(c *helmchart.Chart) error {
	if action.CheckDependencies(c, c.Metadata.Dependencies) == nil {
		return nil
	}
	have := map[string]bool{}
	for _, d := range c.Dependencies() {
		have[d.Name()] = true
	}
	missing := &MissingDependenciesError{Chart: c.Name()}
	for _, d := range c.Metadata.Dependencies {
		if !have[d.Name] {
			missing.Names = append(missing.Names, strings.TrimSpace(d.Name+" "+d.Version))
		}
	}
	sort.Strings(missing.Names)
	return missing
}

func updateDependencies(path string, src Source, settings *cli.EnvSettings, client *registry.Client, progress io.Writer) error {
	m := &downloader.Manager{
		Out: progress, ChartPath: path, Keyring: src.Keyring, Getters: getter.All(settings), RegistryClient: client,
		RepositoryConfig: settings.RepositoryConfig, RepositoryCache: settings.RepositoryCache, Debug: settings.Debug,
	}
	if err := m.Update(); err != nil {
		return fmt.Errorf("updating the dependencies of %q: %w", src.Ref, err)
	}
	return nil
}
