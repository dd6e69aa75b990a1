package plugin

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
)

// lintOptions are the flags of lint, as they were given.
type lintOptions struct {
	check    checkOptions
	registry registryOptions
	chart    chartOptions
	pools    string
	jobs     int
	since    string
}

func newLintCmd(deps Deps) *cobra.Command {
	var o lintOptions
	cmd := &cobra.Command{
		Use:   "lint PATH|CHART...",
		Short: "Check charts and manifests before they are installed",
		Long: `Check that the workloads of charts and manifests will run in a cluster with Linux and Windows nodes.

PATH is a file or a folder of manifests, or - for stdin; CHART is a chart as for helm install, or release/NAME: what Helm
has installed in the cluster, with its values. Of a folder without a Chart.yaml every chart and every manifest below it
is checked. Charts are rendered, and their values are tried as inspect does: a workload that no value can place is
found before somebody needs it placed.

--since REF leaves out charts in which git sees no difference to where the branch left REF, in files that git knows or that
are new: neither in their folders nor in local charts they depend on. It is for branches; what is checked on the main
branch is better everything, for a new version of this program finds more in the same charts.

Without nodes among the manifests, the nodes are those that --pools says. kubectl winready rules explains each finding.

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage, 3 something could not be read or rendered.`,
		Example: `  # Every chart and manifest of a repository, as CI would
  kubectl winready lint . --output github

  # Those that a branch has changed
  kubectl winready lint . --since origin/main

  # A chart as it will be installed, on the nodes of a cluster
  kubectl get nodes --output yaml > nodes.yaml
  kubectl winready lint ./mychart --values prod.yaml --pools nodes.yaml

  # Manifests from a pipe, with a report for a code scanner
  kustomize build . | kubectl winready lint - --output-file sarif=winready.sarif`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := o.validate(cmd, args)
			if err != nil {
				return err
			}
			poolsOfReleases(cmd, args, &o.pools)
			return o.run(cmd.Context(), deps, args, c)
		},
	}
	o.check.addFlags(cmd)
	flagSection(cmd, "Checking", func(f *pflag.FlagSet) {
		f.StringVar(&o.since, "since", "", "check only what has changed in git since the branch left `REF`")
	})
	flagSection(cmd, "Placement", func(f *pflag.FlagSet) {
		f.StringVar(&o.pools, "pools", placement.Presets()[0], poolsUsage())
		f.IntVar(&o.jobs, "jobs", 0, "how many charts are looked at side by side, a `NUMBER`; 0 is one for each processor")
	})
	o.registry.addFlags(cmd)
	o.chart.addFlags(cmd, deps)
	words(cmd, "pools", cobra.ShellCompDirectiveDefault, append(placement.Presets(), liveCluster)...)
	return cmd
}

// validate understands the flags and arguments.
func (o *lintOptions) validate(cmd *cobra.Command, args []string) (check, error) {
	if len(args) == 0 {
		err := usage(cmd, "lint needs a PATH or a CHART")
		err.hint = "PATH is a file or folder of manifests, - for stdin, or a chart as for helm install"
		return check{}, err
	}
	var p problems
	o.check.categories = everyday()
	c := o.check.validate(&p)
	o.registry.validate(&p)
	if o.jobs < 0 {
		p.add("--jobs %d: want a number of charts, or 0", o.jobs)
	}
	if strings.HasPrefix(o.since, "-") {
		p.add("--since %q: want a commit, a branch or a tag", o.since)
	}
	return c, p.err(cmd)
}

func (o *lintOptions) run(ctx context.Context, deps Deps, args []string, c check) error {
	pools, err := o.chart.readPools(ctx, deps, o.pools)
	if err != nil {
		return err
	}
	_, assumed := placement.Preset(o.pools)
	in, err := o.inputs(ctx, deps, args)
	if err != nil {
		return err
	}
	inventories, err := o.charts(ctx, deps, in.charts)
	if err != nil {
		return err
	}
	if len(in.manifests) > 0 {
		inv, err := readManifests(deps, in.manifests, in.named, dump.Scope{}, describe(args))
		if err != nil {
			return err
		}
		inventories = append(inventories, inv)
	}
	for _, inv := range inventories {
		inv.Today = deps.today()
		if len(inv.Nodes) == 0 {
			inv.Pools, inv.PoolsAssumed = pools, assumed
			delete(inv.Gaps, inventory.Pools)
		}
	}
	if err := o.registry.ask(ctx, deps, inventories); err != nil {
		return err
	}
	return c.run(ctx, deps, describe(args), inventories, false)
}

// inputs are what is checked: all that the arguments lead to, or what of it has changed.
func (o *lintOptions) inputs(ctx context.Context, deps Deps, args []string) (inputs, error) {
	in, err := findInputs(args)
	if err != nil || o.since == "" {
		return in, err
	}
	var files []string
	for _, name := range append(slices.Clone(o.chart.values.Files), o.pools, o.check.baseline) {
		if info, err := os.Stat(name); err == nil && !info.IsDir() {
			files = append(files, name)
		}
	}
	for _, pair := range o.chart.values.SetFile {
		for part := range strings.SplitSeq(pair, ",") {
			_, name, _ := strings.Cut(part, "=")
			files = append(files, name)
		}
	}
	s := since{ref: o.since}
	return s.narrow(ctx, deps, in, files)
}

// describe names what was checked: the arguments, as long as they are few.
func describe(args []string) string {
	const few = 3
	if len(args) <= few {
		return strings.Join(args, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(args[:few], ", "), len(args)-few)
}

// charts makes the inventory of every chart, several at a time. A chart that does not load or render is an inventory that says so:
// the others are looked at all the same.
func (o *lintOptions) charts(ctx context.Context, deps Deps, refs []string) ([]*inventory.Inventory, error) {
	p := deps.newProgress()
	defer p.done()
	var done atomic.Int64
	inventories := make([]*inventory.Inventory, len(refs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cmp.Or(o.jobs, defaultJobs()))
	open := o.chart.opener(deps)
	if _, err := open.values(); err != nil {
		return nil, err
	}
	for i, ref := range refs {
		group.Go(func() error {
			p.say("checked %d of %d charts, now %s", done.Load(), len(refs), ref)
			inv, err := o.oneChart(ctx, open, ref)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				inv = unreadable(ref, err)
			}
			inventories[i] = inv
			done.Add(1)
			return nil
		})
	}
	return inventories, group.Wait()
}

func (o *lintOptions) oneChart(ctx context.Context, open *opener, ref string) (*inventory.Inventory, error) {
	c, err := open.open(ctx, ref)
	if err != nil {
		return nil, err
	}
	var inv *inventory.Inventory
	err = o.chart.within(ctx, func(ctx context.Context) (err error) {
		inv, err = patch.Inventory(ctx, c.renderer, templateFile(ref, c.renderer.Name()))
		return err
	})
	return inv, err
}

// templateFile names the file of a template: below the chart's folder, if it is one. Helm's name for it starts with the chart's.
func templateFile(ref, name string) func(string) string {
	info, err := os.Stat(ref)
	folder := err == nil && info.IsDir()
	return func(source string) string {
		source = strings.TrimPrefix(source, name+"/")
		if !folder {
			return name + "/" + source
		}
		return filepath.ToSlash(filepath.Join(ref, source))
	}
}

// unreadable is the inventory of a chart that could not be looked at. It has no part that is fine.
func unreadable(ref string, err error) *inventory.Inventory {
	problem := strings.TrimRight(err.Error(), "\n")
	inv := &inventory.Inventory{
		Source: "chart " + ref, Gaps: map[inventory.Kind]inventory.Gap{},
		Texts: []inventory.Text{{Location: object.Location{File: filepath.ToSlash(ref)}, Problem: problem}},
	}
	gap := inventory.Gap{Reason: "chart " + ref + " could not be read", Unread: true}
	for _, kind := range []inventory.Kind{inventory.Workloads, inventory.Documents, inventory.Chart} {
		inv.Gaps[kind] = gap
	}
	for _, kind := range []inventory.Kind{inventory.Nodes, inventory.Pods, inventory.Server, inventory.Refusals} {
		inv.Gaps[kind] = inventory.Gap{Reason: "a chart has none"}
	}
	return inv
}
