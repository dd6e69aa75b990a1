package plugin

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// rancherShowOptions are the flags of rancher cluster show, as they were given.
type rancherShowOptions struct {
	rancher         rancherOptions
	output          string
	allowIncomplete bool
}

func newRancherClusterShowCmd(deps Deps) *cobra.Command {
	var o rancherShowOptions
	cmd := &cobra.Command{
		Use:   "show [CLUSTER]",
		Short: "Show what a cluster lacks for Windows nodes, by Rancher's guide",
		Long: `Show what Rancher knows of a cluster, and hold it against what its guide to Windows clusters asks for: the distribution,
the network plugin, the order in which nodes are registered, their roles and sizes, and the taint of Linux nodes.

CLUSTER is a name or an ID; without it the cluster of the current context is meant. kubectl winready preflight asks the
cluster itself for what Rancher does not know.

Exit status: 0 all is as the guide wants it, 1 something is not, or not yet, 2 wrong usage, 3 something could not be read.`,
		Example: `  # The cluster of the current context
  kubectl winready rancher cluster show

  # Another one, for a script
  kubectl winready rancher cluster show win --output json`,
		Args: oneCluster,
		RunE: func(cmd *cobra.Command, args []string) error {
			var p problems
			if !slices.Contains(dataFormats(), o.output) {
				p.add("--output %q: want %s", o.output, quoted(dataFormats()))
			}
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, cmd.CommandPath(), args)
		},
	}
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&o.output, "output", "o", "text", "`FORMAT`: text, json or yaml")
		f.BoolVar(&o.allowIncomplete, "allow-incomplete", false, "do not exit with 3 when something could not be read; the answer still says so")
	})
	o.rancher.addFlags(cmd)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, dataFormats()...)
	return cmd
}

// dataFormats are those of commands that show one thing.
func dataFormats() []string { return []string{"json", "text", "yaml"} }

// oneCluster accepts a CLUSTER or nothing.
func oneCluster(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return usage(cmd, cmd.Name()+" takes one CLUSTER, got "+quoted(args))
}

func (o *rancherShowOptions) run(ctx context.Context, deps Deps, path string, args []string) error {
	at, c, err := o.rancher.cluster(ctx, deps, path, args)
	if err != nil {
		return err
	}
	report := guide.Make(at.place, c)
	if err := printer.Guide(deps.Out, o.output, report, deps.style(deps.OutTerminal)); err != nil {
		return err
	}
	return o.verdict(report)
}

// guided is a cluster with its nodes. Nodes that cannot be read are a gap.
func (r *rancherAt) guided(ctx context.Context, id string) (*guide.Cluster, error) {
	found, err := r.Cluster(ctx, id)
	if err != nil {
		return nil, err
	}
	c := &guide.Cluster{Cluster: found}
	if c.Nodes, err = r.Nodes(ctx, id); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.Nodes, c.NodesGap = nil, err.Error()
	}
	return c, nil
}

// verdict says how the command ends: not knowing outranks knowing.
func (o *rancherShowOptions) verdict(r *guide.Report) error {
	var unread []string
	worst := guide.Pass
	for _, q := range r.Requirements {
		switch q.Status {
		case guide.Unknown:
			unread = append(unread, q.Name+": "+q.Says)
		case guide.Fail, guide.Waiting:
			worst = q.Status
		case guide.Pass, guide.Warn, guide.Skip:
		}
	}
	switch {
	case len(unread) > 0 && !o.allowIncomplete:
		return &incompleteError{reasons: unread}
	case worst != guide.Pass:
		return errFindings
	}
	return nil
}
