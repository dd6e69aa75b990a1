package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rancher"
	"github.com/winready/kubectl-winready/pkg/retaint"
)

// rancherTaint is pkg/controllers/managementuser/windows/linux_node_taints.go of rancher/rancher.
func rancherTaint() corev1.Taint {
	return corev1.Taint{Key: "cattle.io/os", Value: "linux", Effect: corev1.TaintEffectNoSchedule}
}

// rancherTaintOptions are the flags of rancher taint show, as they were given.
type rancherTaintOptions struct {
	rancher         rancherOptions
	output          string
	allowIncomplete bool
}

func newRancherTaintShowCmd(deps Deps) *cobra.Command {
	var o rancherTaintOptions
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show which Linux nodes have Rancher's taint, who manages it, and what hangs on it",
		Long: `Show which Linux nodes have the taint cattle.io/os=linux:NoSchedule, who puts it there, and which workloads would be placed
otherwise if all Linux nodes had it, or none. Nothing is changed.

Rancher puts it on every Linux node of a cluster of RKE1 that was made for Windows, those of etcd and the control plane too,
and puts it back where it is taken away. To clusters of RKE2 and K3s it adds none: pods are placed by nodeSelector there.

Exit status: 0 done, 2 wrong usage, 3 something could not be read.`,
		Example: `  # The cluster of the current context
  kubectl winready rancher taint show`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p problems
			if !slices.Contains(dataFormats(), o.output) {
				p.add("--output %q: want %s", o.output, quoted(dataFormats()))
			}
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *rancherTaintOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&o.output, "output", "o", "text", "`FORMAT`: text, json or yaml")
		f.BoolVar(&o.allowIncomplete, "allow-incomplete", false, "take what could be read for all there is; the answer still says what could not")
	})
	o.rancher.addFlags(cmd)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, dataFormats()...)
}

func (o *rancherTaintOptions) run(ctx context.Context, deps Deps) error {
	view, _, err := o.view(ctx, deps)
	if err != nil {
		return err
	}
	if err := printer.Taint(deps.Out, o.output, view, deps.style(deps.OutTerminal)); err != nil {
		return err
	}
	return o.whole(view)
}

// whole is an error when something could not be read.
func (o *rancherTaintOptions) whole(view *retaint.View) error {
	if len(view.Unread) > 0 && !o.allowIncomplete {
		return &incompleteError{reasons: view.Unread}
	}
	return nil
}

// view reads the cluster, and asks Rancher who manages the taint.
func (o *rancherTaintOptions) view(ctx context.Context, deps Deps) (*retaint.View, *cluster.Reader, error) {
	p := deps.newProgress()
	reader, err := cluster.New(o.rancher.config, cluster.Options{
		Logger: o.rancher.logger(deps), Progress: func(what string, n int) { p.say("reading %s, %d so far", what, n) },
	})
	if err != nil {
		return nil, nil, err
	}
	inv, err := reader.Inventory(ctx, cluster.Scope{})
	p.done()
	if err != nil {
		return nil, nil, err
	}
	manager, err := o.manager(ctx, deps, inv.Version)
	if err != nil {
		return nil, nil, err
	}
	return retaint.NewView(inv.Source, retaint.Look(inv, rancherTaint()), manager), reader, nil
}

// manager says whether a controller of Rancher looks after the taint: it does where the cluster is windowsPreferedCluster, whatever its
// distribution (pkg/controllers/managementuser/windows/register.go of rancher/rancher v2.15.0).
func (o *rancherTaintOptions) manager(ctx context.Context, deps Deps, version string) (retaint.Manager, error) {
	c, err := o.known(ctx, deps)
	switch {
	case ctx.Err() != nil:
		return retaint.Manager{}, ctx.Err()
	case err == nil && c.WindowsPreferred:
		return retaint.Manager{Known: true, Rancher: true, Why: fmt.Sprintf("cluster %s was made for Windows (windowsPreferedCluster): Rancher's linux-node-taints-handler puts it on every Linux node, and back", c.Name)}, nil
	case err == nil:
		return retaint.Manager{Known: true, Why: fmt.Sprintf("cluster %s was not made for Windows (windowsPreferedCluster is not set): Rancher adds no taint", c.Name)}, nil
	case withoutAgent(err):
		return retaint.Manager{Known: true, Why: "the cluster does not belong to a Rancher"}, nil
	}
	// Nothing of Rancher sets the field for what it provisions itself: createNewCluster in
	// pkg/controllers/provisioningv2/cluster/controller.go.
	for _, own := range []struct{ suffix, name string }{{"+rke2", "RKE2"}, {"+k3s", "K3s"}} {
		if strings.Contains(version, own.suffix) {
			return retaint.Manager{Known: true, Why: fmt.Sprintf("Rancher adds no taint to clusters of %s: pods are placed by nodeSelector there (Rancher itself was not asked: %v)", own.name, err)}, nil
		}
	}
	return retaint.Manager{Why: "whether the cluster was made for Windows is not known: " + err.Error()}, nil
}

// known is what Rancher knows of the cluster.
func (o *rancherTaintOptions) known(ctx context.Context, deps Deps) (*rancher.Cluster, error) {
	o.rancher.own = true
	at, err := o.rancher.find(ctx, deps)
	if err != nil {
		return nil, err
	}
	if at.place.Cluster == "" {
		return nil, errors.New("nothing tells which of Rancher's clusters it is; --cluster-id does")
	}
	return at.Cluster(ctx, at.place.Cluster)
}

// withoutAgent tells that the cluster was asked, and has no agent of Rancher.
func withoutAgent(err error) bool {
	none, ok := errors.AsType[*rancher.NoneError](err)
	return ok && slices.Contains(none.Tried, rancher.NoAgent)
}
