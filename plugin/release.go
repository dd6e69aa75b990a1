package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/cluster"
)

// liveOptions say in which cluster release/NAME is, and what it was installed from. The flags are kubectl's, but for those of
// whose names the commands about charts have another from Helm.
type liveOptions struct {
	config    *genericclioptions.ConfigFlags
	chart     string
	namespace *pflag.Flag
}

func (o *liveOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Cluster", func(f *pflag.FlagSet) {
		f.StringVar(&o.chart, "chart", "", "`CHART` that release/NAME was installed from, where Helm's record does not have all of it")
		o.config = genericclioptions.NewConfigFlags(true)
		insecure := o.config.Insecure
		o.config.Namespace, o.config.Insecure = nil, nil
		o.config.AddFlags(f)
		o.config.Insecure = insecure
		f.BoolVar(insecure, "kube-insecure-skip-tls-verify", false, "the server's certificate is not checked")
		f.VisitAll(func(flag *pflag.Flag) {
			if flag.Name != "chart" && flag.Name != "kube-insecure-skip-tls-verify" {
				tidyKubectlFlag(flag)
			}
		})
	})
	cmd.Flags().SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(kubectlName(name))
	})
}

// kubectlName is kubectl's name of a flag, for one of Helm's that says the same: pkg/cli/environment.go of helm.sh/helm/v3.
func kubectlName(name string) string {
	switch name {
	case "kube-context":
		return "context"
	case "kube-token":
		return "token"
	case "kube-as-user":
		return "as"
	case "kube-as-group":
		return "as-group"
	case "kube-apiserver":
		return "server"
	case "kube-ca-file":
		return "certificate-authority"
	case "kube-tls-server-name":
		return "tls-server-name"
	}
	return name
}

// releaseName is NAME of release/NAME. What is on disk by that name is meant before a release is, as Helm means it before a
// repository: so a shell's release/* stays what it was.
func releaseName(ref string) (string, bool) {
	name, ok := strings.CutPrefix(ref, "release/")
	if !ok || name == "" || strings.Contains(name, "/") {
		return "", false
	}
	_, err := os.Stat(ref)
	return name, err != nil
}

// poolsOfReleases makes the pools those of the cluster, which is at hand, where only its releases are looked at and no flag says
// otherwise.
func poolsOfReleases(cmd *cobra.Command, args []string, pools *string) {
	offline := slices.ContainsFunc(args, func(ref string) bool {
		_, live := releaseName(ref)
		return !live
	})
	if !offline && !cmd.Flags().Changed("pools") {
		*pools = liveCluster
	}
}

// getter leads to the cluster: by flags, then by Helm's variables, then by the kubeconfig.
func (o *chartOptions) getter(deps Deps) genericclioptions.RESTClientGetter {
	c := o.live.config
	for name, value := range map[string]*string{
		"HELM_KUBECONTEXT": c.Context, "HELM_KUBETOKEN": c.BearerToken, "HELM_KUBEASUSER": c.Impersonate, "HELM_KUBEAPISERVER": c.APIServer,
		"HELM_KUBECAFILE": c.CAFile, "HELM_KUBETLS_SERVER_NAME": c.TLSServerName,
	} {
		if *value == "" {
			*value = deps.Env(name)
		}
	}
	if groups := strings.Trim(deps.Env("HELM_KUBEASGROUPS"), ", "); len(*c.ImpersonateGroup) == 0 && groups != "" {
		*c.ImpersonateGroup = strings.Split(groups, ",")
	}
	if insecure, err := strconv.ParseBool(deps.Env("HELM_KUBEINSECURE_SKIP_TLS_VERIFY")); err == nil && insecure {
		*c.Insecure = true
	}
	if o.live.namespace.Changed || deps.Env("HELM_NAMESPACE") != "" {
		c.Namespace = &o.release.Namespace
	}
	return cluster.Unhurried(c)
}

// releases are what Helm has installed where the flags and variables say. What Helm says while it works goes to progress.
func (o *chartOptions) releases(deps Deps, p *progress) (*chart.Releases, error) {
	getter := o.getter(deps)
	return chart.NewReleases(getter, chart.ReleasesOptions{
		Driver: deps.Env("HELM_DRIVER"), SQLConnection: deps.Env("HELM_DRIVER_SQL_CONNECTION_STRING"),
		Rehearsal: cluster.Rehearsal(getter),
		Log: func(format string, args ...any) {
			line, _, _ := strings.Cut(strings.TrimSpace(fmt.Sprintf(format, args...)), "\n")
			p.say("%.100s", line)
		},
	})
}

// liveRelease is a release, and what it is rendered with.
type liveRelease struct {
	releases  *chart.Releases
	installed *chart.Installed
	release   chart.Release
	values    map[string]any // the release's, and the user's over them
	wanted    bool           // the user gave values
	timeout   time.Duration  // of each wait of an upgrade
	progress  *progress      // of upgrades
}

// named reads a release by its name.
func (o *opener) named(ctx context.Context, name string) (*chart.Renderer, *liveRelease, error) {
	releases, err := o.releases()
	if err != nil {
		return nil, nil, err
	}
	installed, err := releases.Load(ctx, name, o.fetch())
	if err != nil {
		return nil, nil, err
	}
	return o.installed(releases, installed)
}

// installed prepares a release for rendering. The user's values are laid over its own.
func (o *opener) installed(releases *chart.Releases, i *chart.Installed) (*chart.Renderer, *liveRelease, error) {
	values, err := o.values()
	if err != nil {
		return nil, nil, err
	}
	for _, note := range i.Notes {
		fmt.Fprintf(o.deps.ErrOut, "note: %s\n", note)
	}
	live := &liveRelease{
		releases: releases, installed: i, release: o.options.release,
		values: chart.Merge(i.Values, values), wanted: len(values) > 0, timeout: o.options.timeout, progress: o.progress,
	}
	live.release.Name, live.release.Namespace, live.release.IsUpgrade = i.Name, i.Namespace, true
	renderer, err := i.Chart.Renderer(live.release, live.values)
	live.release.SkipTests = false // an upgrade does not
	return renderer, live, err
}

// fetch loads the chart that a release was installed from; nil when the user does not say where it is.
func (o *opener) fetch() chart.Fetch {
	from := o.options
	if from.live.chart == "" && from.source.Repo == "" {
		return nil
	}
	return func(ctx context.Context, name, version string) (*chart.Chart, error) {
		source := from.source
		source.Ref, source.Version = cmp.Or(from.live.chart, name), cmp.Or(from.source.Version, version)
		return chart.Load(ctx, source, o.deps.progress())
	}
}

// releaseHint is what the user can do about an error of a release.
func releaseHint(err error) string {
	var pending *chart.PendingError
	var none *chart.NoReleaseError
	var parts *chart.SubchartsError
	var failed *chart.UpgradeError
	switch {
	case errors.As(err, &pending):
		return pending.WayOut()
	case errors.As(err, &parts):
		return fmt.Sprintf("--chart says where %s %s is: a folder, a .tgz, repo/name or an oci:// address; --repo finds it by its name", parts.Chart, parts.Version)
	case errors.As(err, &none) && len(none.Elsewhere) > 0:
		return "--namespace says where to look"
	case errors.As(err, &none) && none.Tiller != "":
		return "helm 2to3 convert " + none.Name + " makes a release of Helm 3 of it"
	case errors.As(err, &failed) && !failed.RolledBack():
		return fmt.Sprintf("helm rollback %s %d --namespace %s brings it back; --atomic does so by itself", failed.Name, failed.Before, failed.Namespace)
	case err != nil && strings.Contains(err.Error(), "field is immutable"):
		return "some fields of what exists cannot change, as the pods of a Job cannot: delete the object, and it is made anew"
	}
	return ""
}
