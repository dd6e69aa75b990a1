package plugin

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/azurefile"
)

// azureFilePlanOptions are the flags of azurefile plan, as they were given.
type azureFilePlanOptions struct {
	class  classOptions
	scope  azureFileScope
	output string
}

func planFormats() []string { return []string{planText, planYAML, planJSON, planName, planChart} }

func newAzureFilePlanCmd(deps Deps) *cobra.Command {
	var o azureFilePlanOptions
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what a class for Windows pods needs and how the cluster differs",
		Long: `Show which objects a StorageClass of Azure File for Windows pods needs, and how each differs from what is there.
Nothing is changed. Parameters that cannot work on Windows are refused, with the reason; mount options are left out.

--output yaml, json or name writes the objects instead, for a repository that something else applies, and --output
helmchart a HelmChart of the driver for a cluster that lacks it, with tolerations for the taints of its Windows nodes.

Exit status: 0 the plan can be carried out, 1 an immutable field differs, 2 wrong usage, 3 it could not be made.`,
		Example: `  # A class with the defaults
  kubectl winready azurefile plan

  # Shares in an account that is there, as the default class, for a repository
  kubectl winready azurefile plan --storage-account shopfiles --resource-group shop --default --output yaml > class.yaml

  # The driver, for a cluster that lacks it
  kubectl winready azurefile plan --output helmchart | kubectl apply --filename -

  # A cluster that somebody saved
  kubectl winready azurefile plan --filename cluster.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p problems
			request := o.class.request(&p, cmd)
			o.scope.validate(&p)
			if !slices.Contains(planFormats(), o.output) {
				p.add("--output %q: want %s", o.output, quoted(planFormats()))
			}
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, request)
		},
	}
	o.class.addFlags(cmd)
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&o.output, "output", "o", planText, "`FORMAT`: text, yaml, json, name or helmchart")
	})
	o.scope.addFlags(cmd, true)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, planFormats()...)
	return cmd
}

func (o *azureFilePlanOptions) run(ctx context.Context, deps Deps, request azurefile.Request) error {
	have, err := o.scope.have(ctx, deps)
	if err != nil {
		return err
	}
	if o.output == planChart {
		return writeChart(deps, have)
	}
	plan, err := azurefile.Make(request, have)
	if err != nil {
		return err
	}
	if err := o.write(deps, plan); err != nil {
		return err
	}
	showTold(deps, plan)
	return blocked(deps, plan.Actions)
}

func (o *azureFilePlanOptions) write(deps Deps, plan *azurefile.Plan) error {
	if o.output == planText {
		return writePlan(deps.Out, plan.Actions, deps.style(deps.OutTerminal).Color)
	}
	var objects []map[string]any
	for _, a := range plan.Actions {
		if a.Force {
			fmt.Fprintf(deps.ErrOut, "note: %s is not in the output: %s is for apply\n", a.Ref, a.Reason)
			continue
		}
		objects = append(objects, a.Object)
	}
	return writeObjects(deps.Out, o.output, objects)
}

// blocked says, by its error, that something cannot be changed.
func blocked(deps Deps, actions []azurefile.Action) error {
	for _, a := range actions {
		if a.Verb == azurefile.Blocked {
			fmt.Fprintf(deps.ErrOut, "%s stays as it is: the API server changes no immutable field; --replace deletes it and makes it anew, or --name makes another\n", a.Ref)
			return errFindings
		}
	}
	return nil
}

// writeChart writes a HelmChart of the driver, unless the driver is there.
func writeChart(deps Deps, have *azurefile.Have) error {
	if have.Driver {
		fmt.Fprintf(deps.ErrOut, "nothing to install: there is a CSIDriver %s\n", azurefile.Driver)
		return nil
	}
	for _, gap := range have.Gaps {
		fmt.Fprintf(deps.ErrOut, "warning: not looked at: %s\n", gap)
	}
	chart, err := azurefile.HelmChart(have)
	if err != nil {
		return fmt.Errorf("writing the values of the driver's chart: %w", err)
	}
	return writeObjects(deps.Out, planYAML, []map[string]any{chart})
}
