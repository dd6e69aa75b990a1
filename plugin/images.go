package plugin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// imagesOptions are the flags of images, as they were given.
type imagesOptions struct {
	registry        registryOptions
	cluster         clusterOptions
	chart           chartOptions
	pools           string
	output          string
	allowIncomplete bool
}

func newImagesCmd(deps Deps) *cobra.Command {
	var o imagesOptions
	cmd := &cobra.Command{
		Use:   "images [CHART|PATH...]",
		Short: "Show on which OS and Windows build images run, and whether they run where they are needed",
		Long: `Show for each image of a chart, of manifests or of a cluster for which operating systems, processors and Windows builds it is,
and whether it runs where it is needed: on every node pool that accepts the pods which use it.

CHART and PATH are as for lint. Without them the images are those of the cluster of the current context, or with --filename of
a saved one. The pools are those of the cluster, or the nodes among the manifests, or what --pools says.

Most names of images do not tell. --registry asks their registries, with the logins of docker or podman and with those of
--pull-secret; images are not downloaded. What a registry says is checked against its digest. HostProcess containers run on
any build.

Exit status: 0 all images run where they are needed, 1 some do not, 2 wrong usage, 3 of some it is not known.`,
		Example: `  # Every image of the cluster of the current context
  kubectl winready images --registry

  # What the names of a chart's images tell, and whether they will run on these nodes
  kubectl get nodes --output yaml > nodes.yaml
  kubectl winready images ./mychart --pools nodes.yaml --allow-incomplete

  # From a mirror, with a pull secret of the cluster
  kubectl get secret regcred --namespace shop --output yaml > regcred.yaml
  kubectl winready images --registry --mirror docker.io=mirror.example:5000/hub --pull-secret regcred.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			selector, err := o.validate(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, selector, args)
		},
	}
	o.registry.addFlags(cmd)
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&o.output, "output", "o", "text", "`FORMAT`: "+imagesFormats().list())
		f.BoolVar(&o.allowIncomplete, "allow-incomplete", false, "do not exit with 3 when something is not known; the report still says so")
	})
	flagSection(cmd, "Chart", o.chart.fewFlags)
	flagSection(cmd, "Scope", func(f *pflag.FlagSet) {
		f.StringVar(&o.pools, "pools", "", poolsUsage()+" (default "+placement.Presets()[0]+" for what has no nodes)")
	})
	o.cluster.addFlags(cmd)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, imagesFormats().names()...)
	words(cmd, "pools", cobra.ShellCompDirectiveDefault, append(placement.Presets(), liveCluster)...)
	return cmd
}

func (o *imagesOptions) validate(cmd *cobra.Command, args []string) (labels.Selector, error) {
	var p problems
	if _, ok := printer.LookupImages(o.output); !ok {
		p.add("--output %q: want %s", o.output, quoted(imagesFormats().names()))
	}
	if o.pools != "" && len(args) == 0 && len(o.cluster.files) == 0 {
		p.add("--pools: only for a CHART, a PATH or --filename; a live cluster has nodes")
	}
	selector := o.cluster.scope(&p)
	o.registry.validate(&p)
	if len(args) > 0 && o.pools == "" && len(o.cluster.files) == 0 {
		o.pools = placement.Presets()[0]
		poolsOfReleases(cmd, args, &o.pools)
	}
	o.chart.live.config, o.chart.live.namespace = o.cluster.config, cmd.Flags().Lookup("namespace")
	o.chart.release.Namespace = o.cluster.namespace()
	if o.chart.release.Namespace == "" {
		o.chart.release.Namespace = "default"
	}
	return selector, p.err(cmd)
}

func (o *imagesOptions) run(ctx context.Context, deps Deps, selector labels.Selector, args []string) error {
	inv, err := o.inventory(ctx, deps, selector, args)
	if err != nil {
		return err
	}
	asked := []*inventory.Inventory{inv}
	if err := o.registry.ask(ctx, deps, asked); err != nil {
		return err
	}
	inv = asked[0]
	list := survey.Images(inv, survey.Of(inv))
	format, _ := printer.LookupImages(o.output)
	if err := format.Images(deps.Out, inv.Source, list, deps.style(deps.OutTerminal)); err != nil {
		return err
	}
	return o.verdict(list)
}

// verdict says how the command ends: not knowing outranks knowing.
func (o *imagesOptions) verdict(list *survey.ImageList) error {
	var reasons []string
	for _, u := range list.Unread {
		if u.Part != inventory.Images {
			reasons = append(reasons, u.Reason)
		}
	}
	unknown := list.Unknown()
	if !o.registry.on && len(unknown) > 0 {
		reasons = append(reasons, fmt.Sprintf("%d of %d images are not known by their names: --registry asks their registries", len(unknown), len(list.Images)))
	}
	for _, u := range unknown {
		if o.registry.on {
			reasons = append(reasons, "image "+u.Image+": "+u.Why())
		}
	}
	switch {
	case len(reasons) > 0 && !o.allowIncomplete:
		return &incompleteError{reasons: reasons}
	case list.Wanting():
		return errFindings
	default:
		return nil
	}
}
