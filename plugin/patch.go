package plugin

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/values"
)

// patchOptions are the flags of patch, as they were given.
type patchOptions struct {
	aimFlags

	chart    chartOptions
	registry registryOptions
	overlay  overlayOptions
	fallback fallbackOptions
	apply    applyOptions
	fleet    fleetOptions
}

func newPatchCmd(deps Deps) *cobra.Command {
	var o patchOptions
	cmd := &cobra.Command{
		Use:   "patch CHART",
		Short: "Write the values that place a chart's workloads, and prove them by rendering",
		Long: `Write the smallest values file that puts every workload of a chart on the right operating system.

The file goes to stdout, ready for helm install -f -. What was placed by which value, what was not, and why, goes to
stderr. Nothing is reported as placed that a render did not show, and nothing but placement changes: a value that
would break the chart or move another workload is not used. CHART is as for helm install.

CHART may be release/NAME, what Helm has installed in the cluster: its chart and its values are those of Helm's record, and
its nodes are the cluster's unless --pools says otherwise. With --apply the release is upgraded with the values found, and
with nothing else: stdout shows what changes, the API server is asked first, and --dry-run ends there. --all-releases
plans every release, says in which order to apply them, and with --apply does so until one fails.

A workload is placed when every node of at least one pool of its operating system accepts it, and no node of a pool of
another one does. Without --os, --windows and --linux each workload goes where its pods or its images say, else to Linux.
With --registry the registries of images whose names say nothing are asked.

Exit status: 0 every workload is placed, 1 some are not, 2 wrong usage, 3 it could not be done.`,
		Example: `  # Place a chart of Windows and Linux workloads, and install it
  kubectl winready patch ./mychart > placement.yaml
  helm install myapp ./mychart --values placement.yaml

  # Everything on Windows, but for the exporter
  kubectl winready patch ./mychart --os windows --linux 'daemonset/*-exporter'

  # For the node pools of a cluster, with a report for a script
  kubectl get nodes --output yaml > nodes.yaml
  kubectl winready patch ./mychart --pools nodes.yaml --report report.json > placement.yaml

  # Mend what is installed: look first, then upgrade, and go back if that fails
  kubectl winready patch release/myapp --apply --dry-run=server
  kubectl winready patch release/myapp --apply --atomic`,
		Args: o.fleet.args,
		RunE: func(cmd *cobra.Command, args []string) error {
			poolsOfReleases(cmd, args, &o.pools)
			request, outputs, err := o.validate(cmd.Context(), deps, cmd)
			if err != nil {
				return err
			}
			if o.fleet.on {
				return o.runAll(cmd.Context(), deps, request)
			}
			return o.run(cmd.Context(), work{
				patchOptions: &o, deps: deps, ref: args[0], outputs: outputs, named: cmd.Flags().Changed("release-name"),
			}, request)
		},
	}
	o.placementFlags(cmd, "set spec.os.name too, where a value reaches it", "unset fields that Windows pods must not have, where a value reaches them")
	o.registry.addFlags(cmd)
	o.fallback.addFlags(cmd)
	o.overlay.addFlags(cmd)
	o.apply.addFlags(cmd, deps)
	o.fleet.addFlags(cmd)
	o.chart.addFlags(cmd, deps)
	return cmd
}

// validate says what the flags ask for, or all that is wrong with them.
func (o *patchOptions) validate(ctx context.Context, deps Deps, cmd *cobra.Command) (patch.Request, outputs, error) {
	var p problems
	request := patch.Request{Request: o.aimFlags.validate(&p), SetOSName: o.setOSName, FixFields: o.fixFields}
	outputs := o.overlay.validate(&p, cmd)
	o.fallback.validate(&p)
	o.apply.validate(&p, cmd, cmd.Flags().Args())
	o.registry.validate(&p)
	if len(p) > 0 {
		return request, outputs, p.err(cmd)
	}
	var err error
	if path := o.overlay.inPlace; path != "" {
		if _, err := inPlace(path, values.Overlay{}); err != nil {
			return request, outputs, err // before anything is rendered for nothing
		}
		if !slices.Contains(o.chart.values.Files, path) {
			o.chart.values.Files = append(o.chart.values.Files, path)
		}
	}
	request.Pools, err = o.chart.readPools(ctx, deps, o.pools)
	return request, outputs, err
}

func (o *patchOptions) run(ctx context.Context, w work, request patch.Request) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	err := w.deps.working("placing "+w.ref, func() error {
		return o.chart.within(ctx, func(ctx context.Context) (err error) {
			if request, err = o.asked(ctx, w.deps, w.opened.renderer, request); err != nil {
				return err
			}
			if w.result, err = patch.Run(ctx, w.opened.renderer, request); err != nil {
				return err
			}
			w.made, err = o.fallback.run(ctx, w.opened, w.result, request, w.outputs.main)
			if w.made.policy != "" && !w.named && w.opened.live == nil && w.chart.fit == nil {
				w.notes = append(w.notes, "the policy goes by the names of release "+w.opened.release.Name+" in namespace "+w.opened.release.Namespace+
					": --release-name and --namespace say what they will be")
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	if o.apply.on {
		return w.applied(ctx)
	}
	if err := w.write(ctx); err != nil {
		return err
	}
	return w.summarize()
}

// open loads the chart with the values that it is to have before the overlay.
func (w *work) open(ctx context.Context) (err error) {
	if len(w.outputs.main.Kinds) > 0 {
		w.chart.fit = w.fit
	}
	if w.opened, err = w.chart.opener(w.deps).open(ctx, w.ref); err != nil {
		return err
	}
	if w.apply.on {
		return w.opened.live.installed.Pending()
	}
	return nil
}

// applied upgrades the release that was placed. What is written to files is written when that is done.
func (w *work) applied(ctx context.Context) error {
	placed := w.summarize()
	if placed != nil && !errors.Is(placed, errFindings) {
		return placed
	}
	deps := w.deps
	if w.overlay.report == "-" {
		deps.Out = deps.ErrOut
	} else {
		w.deps.Out = io.Discard // stdout is for the change
	}
	if err := w.apply.run(ctx, deps, w.opened.live, w.result, w.made.postRender()); err != nil {
		return err
	}
	if err := w.write(ctx); err != nil {
		return err
	}
	return placed
}
