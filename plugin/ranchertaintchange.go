package plugin

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/retaint"
)

// taintChange is to add the taint, or to remove it.
type taintChange string

const (
	addTaint    taintChange = "add"
	removeTaint taintChange = "remove"
)

// rancherRetaintOptions are the flags of rancher taint add and remove, as they were given.
type rancherRetaintOptions struct {
	view   rancherTaintOptions
	change taintChange
	apply  bool
	dryRun string
}

func newRancherTaintChangeCmd(deps Deps, change taintChange) *cobra.Command {
	o := rancherRetaintOptions{change: change}
	preposition := map[taintChange]string{addTaint: "to", removeTaint: "from"}[change]
	cmd := &cobra.Command{
		Use:   string(change),
		Short: fmt.Sprintf("Show what it means to %s Rancher's taint %s the Linux nodes, and do it", change, preposition),
		Long: fmt.Sprintf(`Show which workloads would be placed otherwise, and with --apply %[1]s the taint cattle.io/os=linux:NoSchedule %[2]s every Linux
node. Pods that run stay where they are: the taint is about the next ones.

Nothing is changed where Rancher looks after the taint, as in clusters of RKE1 that were made for Windows: it would undo the
change. Where that cannot be found out, nothing is changed either.

Exit status: 0 done, or nothing would be placed worse, 1 workloads would be, 2 wrong usage, 3 it could not be done.`, change, preposition),
		Example: fmt.Sprintf(`  # What would happen
  kubectl winready rancher taint %[1]s

  # Do it
  kubectl winready rancher taint %[1]s --apply`, change),
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p problems
			if !slices.Contains([]string{dryRunNone, dryRunServer}, o.dryRun) {
				p.add("--dry-run %q: want none or server", o.dryRun)
			}
			if !o.apply && cmd.Flags().Changed("dry-run") {
				p.add("--dry-run is about --apply")
			}
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps)
		},
	}
	flagSection(cmd, "Change", func(f *pflag.FlagSet) {
		f.BoolVar(&o.apply, "apply", false, "change the nodes")
		f.StringVar(&o.dryRun, "dry-run", dryRunNone, "`MODE` of --apply: none or server (have it checked and keep nothing)")
		f.BoolVar(&o.view.allowIncomplete, "allow-incomplete", false, "change the nodes though not all workloads could be read")
	})
	o.view.rancher.addFlags(cmd)
	words(cmd, "dry-run", cobra.ShellCompDirectiveNoFileComp, dryRunNone, dryRunServer)
	return cmd
}

func (o *rancherRetaintOptions) run(ctx context.Context, deps Deps) error {
	view, reader, err := o.view.view(ctx, deps)
	if err != nil {
		return err
	}
	nodes, effects, when := view.Bare, view.Added, "with the taint on every Linux node"
	if o.change == removeTaint {
		nodes, effects, when = view.With, view.Removed, "without the taint on any Linux node"
	}
	if len(nodes) == 0 && len(view.Unread) == 0 {
		fmt.Fprintf(deps.ErrOut, "nothing to change: %s\n", map[taintChange]string{addTaint: "every Linux node has the taint", removeTaint: "no Linux node has the taint"}[o.change])
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n", o.change, view.Taint, strings.Join(nodes, ", "))
	printer.TaintEffects(&b, when, effects, deps.style(deps.OutTerminal))
	if _, err := io.WriteString(deps.Out, b.String()); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	if err := o.view.whole(view); err != nil {
		return err
	}
	if !o.apply {
		if view.Manager.Rancher || !view.Manager.Known {
			fmt.Fprintf(deps.ErrOut, "note: --apply would refuse: %s\n", view.Manager.Why)
		}
		if slices.ContainsFunc(effects, func(e retaint.Effect) bool { return e.Outcome.Bad() }) {
			return errFindings
		}
		return nil
	}
	if view.Manager.Rancher || !view.Manager.Known {
		return &undoneError{why: view.Manager.Why}
	}
	return o.retaint(ctx, deps, reader, nodes)
}

// undoneError is a change that a controller would undo, or might.
type undoneError struct{ why string }

func (e *undoneError) Error() string { return "the taint stays as it is: " + e.why }

// retaint changes the nodes, one after the other. What is done already when one cannot be changed stays done, and is said.
func (o *rancherRetaintOptions) retaint(ctx context.Context, deps Deps, reader *cluster.Reader, nodes []string) error {
	edit := func(list []corev1.Taint) []corev1.Taint { return retaint.Add(list, rancherTaint()) }
	if o.change == removeTaint {
		edit = func(list []corev1.Taint) []corev1.Taint { return retaint.Remove(list, rancherTaint()) }
	}
	w := cluster.Writing{Manager: "kubectl-winready", DryRun: o.dryRun == dryRunServer}
	suffix := ""
	if w.DryRun {
		suffix = " (server dry run)"
	}
	for _, name := range nodes {
		outcome, err := reader.Retaint(ctx, name, edit, w)
		if err != nil {
			return err
		}
		fmt.Fprintf(deps.ErrOut, "node/%s %s%s\n", name, outcome, suffix)
	}
	return nil
}
