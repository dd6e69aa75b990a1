package plugin

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/rancher"
)

func newRancherCmd(deps Deps) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rancher",
		Short: "Make clusters of Rancher ready for Windows nodes: the cluster, its nodes, its taint, its charts",
		Long: `Do and check the steps of Rancher's guide to Windows clusters from the command line: write the manifest of a cluster and
see what it still lacks, get the commands that register its nodes in their order, look at the taint of its Linux nodes,
and check a repository of charts for its catalogue.

Rancher is found from the current context: its server is Rancher's proxy, or the context has the user of one that is, or its
credential plugin is the Rancher CLI. Otherwise the cluster is asked, and then the Rancher CLI's own login is taken.
--rancher-url, or RANCHER_URL with RANCHER_TOKEN_KEY, say it outright. --verbose tells what led there. Nothing on the server is
changed, but by cluster new --apply and taint --apply. Tokens and registration commands are never shown without --show-secrets.`,
		Example: `  # The steps of the guide: the cluster, its nodes, what is missing
  kubectl winready rancher cluster new win --kubernetes-version v1.34.1+rke2r1 > win.yaml
  kubectl winready rancher register win
  kubectl winready rancher cluster show win`,
		Args: rootArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cluster := &cobra.Command{
		Use:   "cluster",
		Short: "Write the manifest of a cluster, and show what one lacks for Windows nodes",
		Long: `Write the manifest of a cluster for Linux and Windows nodes, and show what a cluster lacks for Windows nodes by the guide
of Rancher.`,
		Example: `  # What the cluster of the current context lacks
  kubectl winready rancher cluster show`,
		Args: rootArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cluster.AddCommand(newRancherClusterNewCmd(deps), newRancherClusterShowCmd(deps))
	taint := &cobra.Command{
		Use:   "taint",
		Short: "Show, add or remove the taint that keeps pods for Windows off Linux nodes",
		Long: `Show, add or remove the taint cattle.io/os=linux:NoSchedule, by which Rancher keeps pods for Windows off the Linux nodes of
clusters of RKE1, and see what hangs on it.`,
		Example: `  # Which nodes have it, and what hangs on it
  kubectl winready rancher taint show`,
		Args: rootArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	taint.AddCommand(newRancherTaintShowCmd(deps), newRancherTaintChangeCmd(deps, addTaint), newRancherTaintChangeCmd(deps, removeTaint))
	cmd.AddCommand(cluster, newRancherRegisterCmd(deps), taint, newRancherChartsCmd(deps))
	return cmd
}

// rancherOptions say where Rancher is, and which of its clusters is meant.
type rancherOptions struct {
	config  *genericclioptions.ConfigFlags
	url, id string
	folder  string // of cli2.json
	verbose bool
	own     bool         // only what is about the cluster of the context counts
	context string       // that is meant, of several; empty for the one that is used
	log     *slog.Logger // of all that ask side by side; nil for one of its own
}

func (o *rancherOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Rancher", func(f *pflag.FlagSet) {
		f.StringVar(&o.id, "cluster-id", "", "`ID` of the cluster in Rancher, as c-m-12345678 (default: that of the current context)")
		o.serverFlags(f)
	})
	o.config = genericclioptions.NewConfigFlags(true)
	o.config.Namespace = nil // it is about clusters
	flagSection(cmd, "Cluster", func(f *pflag.FlagSet) {
		o.config.AddFlags(f)
		f.VisitAll(tidyKubectlFlag)
	})
}

// serverFlags say which server is Rancher, where the current context does not.
func (o *rancherOptions) serverFlags(f *pflag.FlagSet) {
	f.StringVar(&o.url, "rancher-url", "", "`URL` of the Rancher server (default: RANCHER_URL, or where the current context leads to)")
	f.StringVar(&o.folder, "rancher-config", "", "`FOLDER` of the Rancher CLI's configuration (default: RANCHER_CONFIG_DIR, or ~/.rancher)")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say on stderr how Rancher was found and what it was asked")
}

// rancherHint is what the user can do about an error of these commands.
func rancherHint(err error) string {
	var none *rancher.NoneError
	var locked *rancher.NoCredentialsError
	var elsewhere *notRancherError
	switch {
	case errors.As(err, &none):
		return "--rancher-url names the server; RANCHER_TOKEN_KEY or the Rancher CLI's login give the credentials"
	case errors.As(err, &locked):
		return "RANCHER_URL with RANCHER_TOKEN_KEY give them, or rancher login"
	case errors.As(err, &elsewhere):
		return "--context names one that is: Rancher calls it local, and its server ends in /k8s/clusters/local"
	case rancher.Unauthorized(err):
		return "the token has expired, or is for another cluster: a new kubeconfig from Rancher has a new one"
	case errors.Is(err, rancher.ErrNoRegistration), errors.Is(err, rancher.ErrHidden):
		return "Rancher makes it when the Registration tab of the cluster is looked at, by somebody who may manage the cluster"
	case errors.Is(err, rancher.ErrPlaceholder):
		return "an older Rancher behind a newer one's data shows it so: ask the server that the cluster belongs to"
	}
	return ""
}

// notRancherError is a cluster that Rancher does not run in.
type notRancherError struct{ context, why string }

func (e *notRancherError) Error() string {
	return fmt.Sprintf("context %s is not the cluster that Rancher runs in: %s", e.context, e.why)
}
