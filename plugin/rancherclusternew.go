package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// rancherNewOptions are the flags of rancher cluster new, as they were given.
type rancherNewOptions struct {
	cluster guide.New
	config  *genericclioptions.ConfigFlags
	output  string
	apply   bool
	dryRun  string
}

func newRancherClusterNewCmd(deps Deps) *cobra.Command {
	var o rancherNewOptions
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Write the manifest of a cluster for Linux and Windows nodes",
		Long: `Write the manifest of a custom RKE2 cluster that takes Windows workers, as Rancher's form would, with the steps that come
next in its comments. What Windows nodes rule out is refused: network plugins other than calico and flannel, versions that
do not have them on Windows, and dual stack.

--apply makes the cluster: only where Rancher itself runs, which is checked, and only if there is none of that name.
--dry-run=server has the API server, and Rancher's webhook, check it and keep nothing.

Exit status: 0 done, 2 wrong usage, 3 it could not be done.`,
		Example: `  # A manifest to keep
  kubectl winready rancher cluster new win --kubernetes-version v1.34.1+rke2r1 > win.yaml

  # With flannel, made at once
  kubectl winready rancher cluster new win --kubernetes-version v1.34.1+rke2r1 --cni flannel --apply`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return usage(cmd, fmt.Sprintf("new takes one NAME, got %q", args))
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.cluster.Name = args[0]
			if err := o.validate(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps)
		},
	}
	n := &o.cluster
	flagSection(cmd, "Manifest", func(f *pflag.FlagSet) {
		f.StringVar(&n.Version, "kubernetes-version", "", "`VERSION` of RKE2, as v1.34.1+rke2r1 (needed)")
		f.StringVar(&n.CNI, "cni", guide.CNIs()[0], "network `PLUGIN`: calico or flannel")
		f.StringVar(&n.ClusterCIDR, "cluster-cidr", "", "addresses of pods, a `RANGE` of IPv4 (default: RKE2's)")
		f.StringVar(&n.ServiceCIDR, "service-cidr", "", "addresses of services, a `RANGE` of IPv4 (default: RKE2's)")
		f.StringVarP(&o.output, "output", "o", "yaml", "`FORMAT`: yaml (with comments) or json")
	})
	flagSection(cmd, "Making it", func(f *pflag.FlagSet) {
		f.BoolVar(&o.apply, "apply", false, "make the cluster")
		f.StringVar(&o.dryRun, "dry-run", dryRunNone, "`MODE` of --apply: none or server (have it checked and keep nothing)")
	})
	o.config = genericclioptions.NewConfigFlags(true)
	flagSection(cmd, "Cluster", func(f *pflag.FlagSet) {
		o.config.AddFlags(f)
		f.VisitAll(tidyKubectlFlag)
	})
	namespace := cmd.Flags().Lookup("namespace")
	namespace.Usage, namespace.DefValue = "namespace of the cluster: its workspace in Fleet, a NAMESPACE (default: fleet-default)", ""
	words(cmd, "cni", cobra.ShellCompDirectiveNoFileComp, guide.CNIs()...)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, "json", "yaml")
	words(cmd, "dry-run", cobra.ShellCompDirectiveNoFileComp, dryRunNone, dryRunServer)
	return cmd
}

func (o *rancherNewOptions) validate(cmd *cobra.Command) error {
	o.cluster.Namespace = "fleet-default" // pkg/fleet/const.go of rancher/rancher
	if *o.config.Namespace != "" {
		o.cluster.Namespace = *o.config.Namespace
	}
	var p problems
	if o.cluster.Version == "" {
		p.add("--kubernetes-version is needed: a release of RKE2 that your Rancher offers, as v1.34.1+rke2r1")
		o.cluster.Version = "v9.9.9+rke2r1" // said once
	}
	p = append(p, o.cluster.Problems()...)
	if !slices.Contains([]string{"yaml", "json"}, o.output) {
		p.add("--output %q: want yaml or json", o.output)
	}
	if !slices.Contains([]string{dryRunNone, dryRunServer}, o.dryRun) {
		p.add("--dry-run %q: want none or server", o.dryRun)
	}
	if !o.apply && cmd.Flags().Changed("dry-run") {
		p.add("--dry-run is about --apply")
	}
	return p.err(cmd)
}

func (o *rancherNewOptions) run(ctx context.Context, deps Deps) error {
	text := []byte(o.cluster.Manifest())
	var made map[string]any
	if err := yaml.Unmarshal(text, &made); err != nil {
		return fmt.Errorf("reading the manifest that was made: %w", err)
	}
	if o.apply {
		return o.create(ctx, deps, made)
	}
	if o.output == "json" {
		var err error
		if text, err = printer.JSON(made); err != nil {
			return err
		}
	}
	if _, err := deps.Out.Write(text); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	return nil
}

// create makes the cluster, once the server has checked it.
func (o *rancherNewOptions) create(ctx context.Context, deps Deps, made map[string]any) error {
	reader, err := cluster.New(o.config, cluster.Options{})
	if err != nil {
		return err
	}
	if err := runsRancher(ctx, reader); err != nil {
		return err
	}
	name := o.cluster.Namespace + "/" + o.cluster.Name
	there, err := reader.Get(ctx, object.Ref{APIVersion: "provisioning.cattle.io/v1", Kind: "Cluster", Namespace: o.cluster.Namespace, Name: o.cluster.Name})
	if err != nil {
		return err
	}
	if there != nil {
		return fmt.Errorf("making cluster %s: there is one of that name, which stays as it is", name)
	}
	if _, err := reader.Create(ctx, made, cluster.Writing{Manager: "kubectl-winready", DryRun: true}); err != nil {
		return err
	}
	if o.dryRun == dryRunServer {
		fmt.Fprintf(deps.ErrOut, "dry run: the API server accepts cluster %s\n", name)
		return nil
	}
	if _, err := reader.Create(ctx, made, cluster.Writing{Manager: "kubectl-winready"}); err != nil {
		return err
	}
	fmt.Fprintf(deps.ErrOut, "created: cluster %s\nnext: %s rancher register %s\n", name, deps.Name, o.cluster.Name)
	return nil
}

// runsRancher makes sure that Rancher runs in a cluster: it has Rancher's clusters, and knows itself among them as local
// (pkg/data/dashboard/cluster_data.go of rancher/rancher).
func runsRancher(ctx context.Context, reader *cluster.Reader) error {
	const group, resource = "provisioning.cattle.io", "clusters"
	served, err := reader.Served(ctx, group, resource)
	if err != nil {
		return err
	}
	if !slices.Contains(served.Versions, "v1") {
		why := "its API server has no " + resource + "." + group + "/v1"
		if len(served.Versions) > 0 {
			why += ", but " + strings.Join(served.Versions, ", ")
		}
		return &notRancherError{reader.Context(), why}
	}
	own, err := reader.Get(ctx, object.Ref{APIVersion: "management.cattle.io/v3", Kind: "Cluster", Name: "local"})
	if err != nil {
		return err
	}
	if own == nil {
		return &notRancherError{reader.Context(), "it has no cluster local of management.cattle.io"}
	}
	return nil
}
