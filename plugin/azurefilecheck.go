package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// azureFileCheckOptions are the flags of azurefile check, as they were given.
type azureFileCheckOptions struct {
	check   checkOptions
	cluster clusterOptions
	probe   volumeProbe
}

func newAzureFileCheckCmd(deps Deps) *cobra.Command {
	var o azureFileCheckOptions
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the Azure File driver, and the classes, claims and volumes that there are",
		Long: `Check whether Windows pods of a cluster get the Azure File volumes that they ask for: whether the driver is installed
and has registered on every Windows node, and if not, why; what is wrong with the parameters of classes; which classes
and volumes are of the in-tree driver; and why claims are pending and mounts fail, in plain words.

--probe makes a claim and a Windows pod that writes to its volume, and deletes both, whatever becomes of them. It asks
first. Otherwise nothing in the cluster is changed; what may not be read is said, and never taken for fine.

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage, 3 something could not be read.`,
		Example: `  # The cluster of the current context
  kubectl winready azurefile check

  # With a volume that is really made and mounted
  kubectl winready azurefile check --probe --class azurefile-windows

  # A cluster that somebody saved
  kubectl get nodes,pods,daemonsets,deployments,events,sc,csidrivers,csinodes,pv,pvc -A -o json > cluster.json
  kubectl winready azurefile check --filename cluster.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p problems
			if len(o.check.rules) == 0 {
				o.check.rules = []string{"storage", "share-refused"}
			}
			c := o.check.validate(&p)
			o.cluster.parts = c.parts()
			selector := o.cluster.scope(&p)
			o.probe.validate(&p, cmd, len(o.cluster.files) > 0)
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, c, selector)
		},
	}
	o.check.addFlags(cmd)
	o.probe.addFlags(cmd)
	o.cluster.addFlags(cmd)
	return cmd
}

func (o *azureFileCheckOptions) run(ctx context.Context, deps Deps, c check, selector labels.Selector) error {
	inv, err := o.cluster.inventory(ctx, deps, selector)
	if err != nil {
		return err
	}
	if gap, missing := inv.Gaps[inventory.Nodes]; !missing || !gap.Unread {
		if !slices.ContainsFunc(inv.Nodes, func(n inventory.Node) bool { return n.OS == platform.Windows }) {
			fmt.Fprintln(deps.ErrOut, "note: the cluster has no Windows node")
		}
	}
	if len(o.cluster.files) == 0 {
		if err := o.credentials(ctx, deps); err != nil {
			return err
		}
	}
	verdict := c.run(ctx, deps, inv.Source, []*inventory.Inventory{inv}, false)
	if !o.probe.on || verdict != nil && !errors.Is(verdict, errFindings) {
		return verdict
	}
	if err := o.probe.run(ctx, deps, &o.cluster, inv); err != nil {
		return err
	}
	return verdict
}

// credentials says which of the driver's default objects for them there are not: a driver may well have them from elsewhere, so that
// it is no finding. Of a Secret only the name is read.
func (o *azureFileCheckOptions) credentials(ctx context.Context, deps Deps) error {
	reader, err := cluster.New(o.cluster.config, cluster.Options{})
	if err != nil {
		return err
	}
	for _, c := range azurefile.Credentials() {
		there, err := reader.Exists(ctx, c.Ref)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			fmt.Fprintf(deps.ErrOut, "note: not looked at: %v\n", err)
		case !there:
			fmt.Fprintf(deps.ErrOut, "note: there is no %s: %s\n", c.Ref, c.Without)
		}
	}
	return nil
}
