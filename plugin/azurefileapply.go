package plugin

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/azurefile"
)

// changeOptions are the flags of commands that change a cluster.
type changeOptions struct {
	dryRun  string
	force   bool
	yes     bool
	wait    bool
	timeout time.Duration
	output  string
}

func applyFormats() []string { return []string{planText, planYAML, planJSON, planName} }

func (o *changeOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Change", func(f *pflag.FlagSet) {
		f.StringVar(&o.dryRun, "dry-run", dryRunNone, "`MODE`: none, client (show the change) or server (have the API server check it too)")
		f.BoolVar(&o.force, "force-conflicts", false, "take over fields that another field manager owns")
		f.BoolVarP(&o.yes, "yes", "y", false, "do not ask before a class is replaced")
		f.BoolVar(&o.wait, "wait", false, "wait until the driver has registered on every Windows node, for as long as --timeout")
		f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "how long to wait, a `DURATION`")
		f.StringVarP(&o.output, "output", "o", planText, "`FORMAT` of what was applied: text, yaml, json or name")
	})
	cmd.Flags().Lookup("dry-run").NoOptDefVal = dryRunClient // as kubectl's was
	words(cmd, "dry-run", cobra.ShellCompDirectiveNoFileComp, dryRunNone, dryRunClient, dryRunServer)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, applyFormats()...)
}

func (o *changeOptions) validate(p *problems) {
	if runs := []string{dryRunNone, dryRunClient, dryRunServer}; !slices.Contains(runs, o.dryRun) {
		p.add("--dry-run %q: want %s", o.dryRun, quoted(runs))
	}
	if !slices.Contains(applyFormats(), o.output) {
		p.add("--output %q: want %s", o.output, quoted(applyFormats()))
	}
	if o.timeout <= 0 {
		p.add("--timeout %s: want a time to wait, such as 5m", o.timeout)
	}
}

// azureFileApplyOptions are the flags of azurefile apply, as they were given.
type azureFileApplyOptions struct {
	class  classOptions
	change changeOptions
	scope  azureFileScope
}

func newAzureFileApplyCmd(deps Deps) *cobra.Command {
	var o azureFileApplyOptions
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Make a class for Windows pods, or what is lacking of it",
		Long: `Make a StorageClass of Azure File for Windows pods, by server-side apply: what is there already stays as it is, so that
it is safe to repeat. Fields that another field manager owns are a conflict, which is shown and not overridden.

The API server changes no immutable field of a class. Where one differs, the difference is shown and nothing is done,
unless --replace says to delete the class and to make it anew: the claims and volumes of it are listed first, and stay
as they are.

Exit status: 0 done, 1 an immutable field differs, 2 wrong usage, 3 it could not be done.`,
		Example: `  # A class with the defaults
  kubectl winready azurefile apply

  # What would be done, with the API server's opinion
  kubectl winready azurefile apply --sku Premium_LRS --dry-run=server

  # The only default class
  kubectl winready azurefile apply --default --unset-default`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p problems
			request := o.class.request(&p, cmd)
			o.change.validate(&p)
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, request)
		},
	}
	o.class.addFlags(cmd)
	o.change.addFlags(cmd)
	o.scope.addFlags(cmd, false)
	return cmd
}

func (o *azureFileApplyOptions) run(ctx context.Context, deps Deps, request azurefile.Request) error {
	have, err := o.scope.have(ctx, deps)
	if err != nil {
		return err
	}
	plan, err := azurefile.Make(request, have)
	if err != nil {
		return err
	}
	return o.change.carryOut(ctx, deps, &o.scope, plan)
}

// carryOut does what a plan says, and waits for the driver if that is asked for.
func (o *changeOptions) carryOut(ctx context.Context, deps Deps, scope *azureFileScope, plan *azurefile.Plan) error {
	showTold(deps, plan)
	if slices.ContainsFunc(plan.Actions, func(a azurefile.Action) bool { return a.Verb == azurefile.Blocked }) {
		if err := writePlan(deps.ErrOut, plan.Actions, deps.style(deps.ErrTerminal).Color); err != nil {
			return err
		}
		return blocked(deps, plan.Actions)
	}
	if o.dryRun == dryRunClient {
		return o.show(deps, plan)
	}
	reader, err := scope.reader()
	if err != nil {
		return err
	}
	run := &changing{changeOptions: o, deps: deps, cluster: reader}
	if err := run.all(ctx, plan.Actions); err != nil || !o.wait || o.dryRun == dryRunServer {
		return err
	}
	return o.waitForDriver(ctx, deps, scope)
}

// show writes what would be done, without asking the API server about it.
func (o *changeOptions) show(deps Deps, plan *azurefile.Plan) error {
	if o.output == planText {
		if err := writePlan(deps.Out, plan.Actions, deps.style(deps.OutTerminal).Color); err != nil {
			return err
		}
		fmt.Fprintln(deps.ErrOut, "dry run: nothing was changed")
		return nil
	}
	var objects []map[string]any
	for _, a := range plan.Actions {
		objects = append(objects, a.Object)
	}
	return writeObjects(deps.Out, o.output, objects)
}
