package plugin

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/printer"
)

type inspectOptions struct {
	chart  chartOptions
	output string
}

func newInspectCmd(deps Deps) *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect CHART",
		Short: "Show which values steer which workloads, and what no value reaches",
		Long: `Show, for every workload of a chart, which of its values choose the nodes it runs on; which workloads no value
reaches, and why; and which values look as if they placed something but do not.

The chart is rendered as helm template renders it, and once more with a mark at every value that could matter. Where
a mark turns up is what that value steers. CHART is a folder, a .tgz, repo/name, an oci:// or https:// address, or
release/NAME: what Helm has installed in the cluster, with its values.`,
		Example: `  # Look at a chart before you install it on a cluster with Windows nodes
  kubectl winready inspect ./mychart

  # With the values you install it with, tolerations and affinity too
  kubectl winready inspect ./mychart --values my.yaml --output wide

  # For a script
  kubectl winready inspect ./mychart --output json`,
		Args: oneChart,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, args[0])
		},
	}
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&o.output, "output", "o", "text", "`FORMAT`: "+inspectFormats().list())
	})
	o.chart.addFlags(cmd, deps)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, inspectFormats().names()...)
	return cmd
}

func (o *inspectOptions) validate(cmd *cobra.Command) error {
	var p problems
	if _, ok := printer.Lookup(o.output); !ok {
		p.add("--output %q: want %s", o.output, quoted(inspectFormats().names()))
	}
	return p.err(cmd)
}

func (o *inspectOptions) run(ctx context.Context, deps Deps, ref string) error {
	renderer, err := o.chart.open(ctx, deps, ref)
	if err != nil {
		return err
	}
	var inspection *patch.Inspection
	err = deps.working("rendering "+ref, func() error {
		return o.chart.within(ctx, func(ctx context.Context) (err error) {
			inspection, err = patch.Inspect(ctx, renderer)
			return err
		})
	})
	if err != nil {
		return err
	}
	format, _ := printer.Lookup(o.output)
	return format.Inspection(deps.Out, inspection, deps.style(deps.OutTerminal))
}
