package plugin

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

// chartOptions say which chart is rendered, and with what. The flags are Helm's.
type chartOptions struct {
	source  chart.Source
	values  chart.Values
	release chart.Release
	// fit makes the release what it will be where the chart is deployed, and is the values that it has there already; nil: the
	// flags say it all.
	fit     func(ctx context.Context, chart string, r *chart.Release) (map[string]any, error)
	live    liveOptions
	timeout time.Duration
}

func (o *chartOptions) addFlags(cmd *cobra.Command, deps Deps) {
	flagSection(cmd, "Values", o.valueFlags)
	flagSection(cmd, "Release", func(f *pflag.FlagSet) { o.releaseFlags(f, deps) })
	flagSection(cmd, "Chart", o.sourceFlags)
	o.live.addFlags(cmd)
}

// fewFlags are the flags of a chart for commands whose other flags are kubectl's. -f is for files there.
func (o *chartOptions) fewFlags(f *pflag.FlagSet) {
	v := &o.values
	f.StringSliceVar(&v.Files, "values", nil, "values of the CHART in a YAML `FILE` or at a URL, - for stdin (repeatable)")
	f.StringArrayVar(&v.Set, "set", nil, "values as `KEY=VALUE,...` (repeatable)")
	f.StringArrayVar(&v.SetString, "set-string", nil, "values that are strings, as `KEY=VALUE,...` (repeatable)")
	f.StringArrayVar(&v.SetJSON, "set-json", nil, "values that are JSON, as `KEY=JSON` (repeatable)")
	f.StringVar(&o.release.Name, "release-name", "release", "`NAME` of the release")
	f.StringVar(&o.release.KubeVersion, "kube-version", "", "Kubernetes `VERSION` that the chart is told")
	f.StringVar(&o.source.Version, "version", "", "chart `VERSION`, or a range of them (default: the latest)")
	f.StringVar(&o.source.Repo, "repo", "", "`URL` of the chart's repository")
	f.BoolVar(&o.source.DependencyUpdate, "dependency-update", false, "fetch missing dependencies of the chart")
	f.DurationVar(&o.timeout, "timeout", defaultTimeout, "how long rendering may take, as a `DURATION`; 0 is no limit")
}

func (o *chartOptions) valueFlags(f *pflag.FlagSet) {
	v := &o.values
	f.StringSliceVarP(&v.Files, "values", "f", nil, "values in a YAML `FILE` or at a URL, - for stdin (repeatable)")
	f.StringArrayVar(&v.Set, "set", nil, "values as `KEY=VALUE,...` (repeatable)")
	f.StringArrayVar(&v.SetString, "set-string", nil, "values that are strings, as `KEY=VALUE,...` (repeatable)")
	f.StringArrayVar(&v.SetFile, "set-file", nil, "values that are a file's content, as `KEY=FILE,...` (repeatable)")
	f.StringArrayVar(&v.SetJSON, "set-json", nil, "values that are JSON, as `KEY=JSON` (repeatable)")
	f.StringArrayVar(&v.SetLiteral, "set-literal", nil, "a value taken literally, as `KEY=VALUE` (repeatable)")
}

func (o *chartOptions) releaseFlags(f *pflag.FlagSet, deps Deps) {
	r := &o.release
	namespace := deps.Env("HELM_NAMESPACE")
	if namespace == "" {
		namespace = "default"
	}
	f.StringVar(&r.Name, "release-name", "release", "`NAME` of the release")
	f.StringVarP(&r.Namespace, "namespace", "n", namespace, "`NAMESPACE` of the release")
	o.live.namespace = f.Lookup("namespace")
	f.StringVar(&r.KubeVersion, "kube-version", "", "Kubernetes `VERSION` that the chart is told")
	f.StringSliceVarP(&r.APIVersions, "api-versions", "a", nil, "`API` that the chart is told of, beside Kubernetes' own (repeatable)")
	f.BoolVar(&r.IsUpgrade, "is-upgrade", false, "render as for helm upgrade instead of helm install")
	f.BoolVar(&r.SkipTests, "skip-tests", false, "leave out the pods of helm test")
	f.DurationVar(&o.timeout, "timeout", defaultTimeout, "how long rendering may take in all, and an upgrade at each of its waits, as a `DURATION`; 0 is no limit")
	f.BoolVar(&r.SkipSchemaValidation, "skip-schema-validation", false, "do not check the values against the chart's schema")
}

// defaultTimeout is Helm's for an installation. No chart that can be installed takes that long to render; a template that loops does.
const defaultTimeout = 5 * time.Minute

// timeoutError is a chart that did not render in time.
type timeoutError struct{ limit time.Duration }

func (e timeoutError) Error() string {
	return fmt.Sprintf("rendering took longer than %s: a template may loop", e.limit)
}

// within runs f, which renders, for as long as --timeout allows.
func (o *chartOptions) within(ctx context.Context, f func(context.Context) error) error {
	if o.timeout <= 0 {
		return f(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	err := f(limited)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return timeoutError{o.timeout}
	}
	return err
}

func (o *chartOptions) sourceFlags(f *pflag.FlagSet) {
	s := &o.source
	f.StringVar(&s.Version, "version", "", "chart `VERSION`, or a range of them (default: the latest)")
	f.StringVar(&s.Repo, "repo", "", "`URL` of the chart's repository")
	f.BoolVar(&s.Devel, "devel", false, "take pre-releases too; ignored beside --version")
	f.BoolVar(&s.DependencyUpdate, "dependency-update", false, "fetch missing dependencies of the chart")
	f.StringVar(&s.Username, "username", "", "`USER` of the chart's repository")
	f.StringVar(&s.Password, "password", "", "`PASSWORD` for the chart's repository")
	f.BoolVar(&s.PassCredentials, "pass-credentials", false, "send the credentials to every domain")
	f.StringVar(&s.CAFile, "ca-file", "", "`FILE` with the CA bundle that the repository is checked by")
	f.StringVar(&s.CertFile, "cert-file", "", "`FILE` with the certificate shown to the repository")
	f.StringVar(&s.KeyFile, "key-file", "", "`FILE` with the key of that certificate")
	f.BoolVar(&s.InsecureSkipTLSVerify, "insecure-skip-tls-verify", false, "do not check the repository's certificate")
	f.BoolVar(&s.PlainHTTP, "plain-http", false, "use plain HTTP for the download")
	f.BoolVar(&s.Verify, "verify", false, "check the package's provenance before it is used")
	f.StringVar(&s.Keyring, "keyring", "", "`FILE` with the public keys for --verify (default: GnuPG's)")
}

// oneChart accepts exactly one argument, the chart.
func oneChart(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		err := usage(cmd, cmd.Name()+" needs a CHART")
		err.hint = "CHART is a folder, a .tgz, repo/name, an oci:// or https:// address, or release/NAME"
		return err
	case 1:
		return nil
	}
	err := usage(cmd, fmt.Sprintf("%s takes one CHART, got %q", cmd.Name(), args))
	err.hint = "the name of the release is given by --release-name"
	return err
}

// open loads the chart and its values.
func (o *chartOptions) open(ctx context.Context, deps Deps, ref string) (*chart.Renderer, error) {
	c, err := o.opener(deps).open(ctx, ref)
	if err != nil {
		return nil, err
	}
	return c.renderer, nil
}

// opened is a chart that is ready to be rendered, and what it is rendered with.
type opened struct {
	renderer *chart.Renderer
	chart    *chart.Chart
	release  chart.Release
	values   map[string]any // the user's, and below them those of a release
	live     *liveRelease   // the release that it was read from; nil when it is none
}

// opener opens charts and releases. It is safe for concurrent use.
type opener struct {
	options  *chartOptions
	deps     Deps
	progress *progress                               // of upgrades
	releases func() (*chart.Releases, error)         // once
	values   func() (values map[string]any, _ error) // of the flags, once: stdin can be read but once
}

func (o *chartOptions) opener(deps Deps) *opener {
	chart.LogTo(io.Discard) // what Helm logs it would repeat at every render
	p := deps.newProgress()
	return &opener{
		options: o, deps: deps, progress: p,
		releases: sync.OnceValues(func() (*chart.Releases, error) { return o.releases(deps, p) }),
		values:   sync.OnceValues(func() (map[string]any, error) { return o.values.Read(deps.In) }),
	}
}

// open loads a chart with the user's values.
func (o *opener) open(ctx context.Context, ref string) (*opened, error) {
	if name, ok := releaseName(ref); ok {
		renderer, live, err := o.named(ctx, name)
		if err != nil {
			return nil, err
		}
		return &opened{renderer, live.installed.Chart, live.release, live.values, live}, nil
	}
	source := o.options.source
	source.Ref = ref
	c, err := chart.Load(ctx, source, o.deps.progress())
	if err != nil {
		return nil, err
	}
	release := o.options.release
	below := map[string]any{}
	if o.options.fit != nil {
		if below, err = o.options.fit(ctx, c.Name(), &release); err != nil {
			return nil, err
		}
	}
	values, err := o.values()
	if err != nil {
		return nil, err
	}
	values = chart.Merge(below, values)
	renderer, err := c.Renderer(release, values)
	return &opened{renderer: renderer, chart: c, release: release, values: values}, err
}

// helmInstall is the command that installs the chart as it was rendered here.
func (o *chartOptions) helmInstall(ref string) string {
	words := []string{"helm install", o.release.Name, shellWord(ref)}
	if name, ok := releaseName(ref); ok {
		words = []string{"helm upgrade", name, "CHART", "--reuse-values"}
	}
	flag := func(name, value string) {
		if value != "" {
			words = append(words, "--"+name, shellWord(value))
		}
	}
	flag("repo", o.source.Repo)
	flag("version", o.source.Version)
	if o.release.Namespace != "default" {
		flag("namespace", o.release.Namespace)
	}
	for _, f := range o.values.Files {
		flag("values", f)
	}
	v := o.values
	if len(v.Set)+len(v.SetString)+len(v.SetFile)+len(v.SetJSON)+len(v.SetLiteral) > 0 {
		words = append(words, "--set ...")
	}
	return strings.Join(words, " ")
}

// settle gives what names no namespace the one that Helm installs it in.
func (o *chartOptions) settle(inv *inventory.Inventory) {
	for i := range inv.Workloads {
		if w := &inv.Workloads[i]; w.Object.Namespace == "" {
			w.Object.Namespace = o.release.Namespace
		}
	}
}
