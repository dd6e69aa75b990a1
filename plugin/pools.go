package plugin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// poolsOptions are the flags of pools, as they were given.
type poolsOptions struct {
	cluster clusterOptions
	output  string
}

func newPoolsCmd(deps Deps) *cobra.Command {
	var o poolsOptions
	cmd := &cobra.Command{
		Use:   "pools",
		Short: "Show a cluster's node pools by operating system, build and taints",
		Long: `Show the node pools of a cluster: nodes that placement cannot tell apart. For each its operating system, its Windows
build and product with the end of their support, its nodes, taints and capacity, and the pods that run there. Below
the pools is what is wrong with the nodes themselves.

Nodes share a pool when they agree on operating system, build, architecture, role and lasting taints, and on every label
that some workload looks at. --output json or yaml is accepted by --pools of patch and lint as their node pools.

Exit status: 0 done, 2 wrong usage, 3 the nodes could not be read.`,
		Example: `  # The cluster of the current context
  kubectl winready pools

  # With taints, capacity and support
  kubectl winready pools --output wide

  # A cluster that somebody saved
  kubectl winready pools --filename nodes.yaml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p problems
			if _, ok := printer.LookupPools(o.output); !ok {
				p.add("--output %q: want %s", o.output, quoted(poolsFormats().names()))
			}
			selector := o.cluster.scope(&p)
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, selector)
		},
	}
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&o.output, "output", "o", "text", "`FORMAT`: "+poolsFormats().list())
	})
	o.cluster.addFlags(cmd)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, poolsFormats().names()...)
	return cmd
}

func (o *poolsOptions) run(ctx context.Context, deps Deps, selector labels.Selector) error {
	inv, err := o.cluster.inventory(ctx, deps, selector)
	if err != nil {
		return err
	}
	format, _ := printer.LookupPools(o.output)
	s := survey.Of(inv)
	if err := format.Pools(deps.Out, inv.Source, survey.Summarize(inv, s), deps.style(deps.OutTerminal)); err != nil {
		return err
	}
	if err := o.aboutNodes(deps, inv, s); err != nil {
		return err
	}
	if gap, missing := inv.Gaps[inventory.Nodes]; missing && gap.Unread {
		return &incompleteError{reasons: []string{gap.Reason}}
	}
	return nil
}

// aboutNodes writes, for people, what the rules say of the nodes. Those of workloads are for audit.
func (o *poolsOptions) aboutNodes(deps Deps, inv *inventory.Inventory, s *survey.Survey) error {
	format, forPeople := map[string]string{"text": "text", "wide": "wide"}[o.output]
	if !forPeople {
		return nil
	}
	about, err := rules.Select([]string{"builds-differ", "unsupported-build", "unlabeled-node"}, nil)
	if err != nil {
		return err
	}
	report := rule.Run(inv, s, about)
	report.Results = nil
	if len(report.Findings) == 0 {
		return nil
	}
	fmt.Fprintln(deps.Out)
	write, _ := printer.LookupReport(format)
	return write.Report(deps.Out, &printer.Checked{Report: report, Rules: about}, deps.style(deps.OutTerminal))
}
