package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/catalog"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// rancherChartsOptions are the flags of rancher charts, as they were given.
type rancherChartsOptions struct {
	check checkOptions
	chart chartOptions
	pools string
	all   bool
	named bool // the name of the release is given
	jobs  int
}

func newRancherChartsCmd(deps Deps) *cobra.Command {
	var o rancherChartsOptions
	cmd := &cobra.Command{
		Use:   "charts PATH|INDEX",
		Short: "Check the charts of a repository for Rancher's catalogue",
		Long: `Check the charts of a repository for Rancher's catalogue: whether the operating systems that each declares are those that
its pods name, which of its hooks name none, and which keys that place pods are there twice. One table for people, and
the formats of lint for machines. Rancher trusts what a chart declares, and looks at no pods.

PATH is a folder: with an index.yaml the repository that it lists, else every chart below it. INDEX is an index.yaml. The
newest version of each chart is looked at, unless --all-versions. Charts are rendered as Rancher installs them: under the
name and in the namespace that their annotations fix, and those that declare windows with global.cattle.windows.enabled,
which Rancher sets where there are Windows workers.

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage, 3 something could not be read or rendered.`,
		Example: `  # A repository of charts
  kubectl winready rancher charts ./charts

  # By its index, every version, for a code scanner
  kubectl winready rancher charts index.yaml --all-versions --output-file sarif=charts.sarif`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			err := usage(cmd, "charts takes one PATH or INDEX, got "+fmt.Sprintf("%q", args))
			err.hint = "PATH is a folder of charts, INDEX an index.yaml"
			return err
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var p problems
			if len(o.check.rules) == 0 {
				o.check.rules = catalogRules()
			}
			c := o.check.validate(&p)
			o.named = cmd.Flags().Changed("release-name")
			if o.jobs < 0 {
				p.add("--jobs %d: want a number of charts, or 0", o.jobs)
			}
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, args[0], c)
		},
	}
	o.check.addFlags(cmd)
	cmd.Flags().Lookup("rules").Usage += "; without it, those of a catalogue: " + strings.Join(catalogRules(), ", ")
	flagSection(cmd, "Charts", func(f *pflag.FlagSet) {
		f.BoolVar(&o.all, "all-versions", false, "look at every version of each chart")
		f.StringVar(&o.pools, "pools", placement.Presets()[0], poolsUsage())
		f.IntVar(&o.jobs, "jobs", 0, "how many charts are looked at side by side, a `NUMBER`; 0 is one for each processor")
	})
	o.chart.addFlags(cmd, deps)
	words(cmd, "pools", cobra.ShellCompDirectiveDefault, append(placement.Presets(), liveCluster)...)
	return cmd
}

// catalogRules are what a catalogue is checked for: what is declared, what is there twice, hooks, and what could not be read.
func catalogRules() []string { return []string{"rancher", "WR112", "WR114", "WR902", "WR903"} }

func (o *rancherChartsOptions) run(ctx context.Context, deps Deps, where string, c check) error {
	pools, err := o.chart.readPools(ctx, deps, o.pools)
	if err != nil {
		return err
	}
	entries, err := chartRepository(where)
	if err != nil {
		return err
	}
	if !o.all {
		entries = catalog.Newest(entries)
	}
	inventories, err := o.render(ctx, deps, entries)
	if err != nil {
		return err
	}
	_, assumed := placement.Preset(o.pools)
	for _, inv := range inventories {
		inv.Today, inv.Pools, inv.PoolsAssumed = deps.today(), pools, assumed
		delete(inv.Gaps, inventory.Pools)
	}
	if o.check.output == "text" || o.check.output == "wide" {
		if err := printer.Catalog(deps.Out, where, catalogRows(entries, inventories, c), deps.style(deps.OutTerminal)); err != nil {
			return err
		}
		fmt.Fprintln(deps.Out)
	}
	return c.run(ctx, deps, where, inventories, false)
}

// catalogRows are the lines of the table.
func catalogRows(entries []catalog.Entry, inventories []*inventory.Inventory, c check) []catalog.Row {
	rows := make([]catalog.Row, 0, len(entries))
	for i, e := range entries {
		row := catalog.RowOf(e, inventories[i])
		for _, f := range rule.Run(inventories[i], survey.Of(inventories[i]), c.rules).Findings {
			if f.Severity > finding.Info {
				row.Findings++
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// chartRepository are the charts of a folder or of an index.
func chartRepository(where string) ([]catalog.Entry, error) {
	info, err := os.Stat(where)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &usageError{problems: []string{where + ": there is no such folder or index"}, hint: "PATH is a folder of charts, INDEX an index.yaml"}
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return indexed(where)
	}
	if _, err := os.Stat(filepath.Join(where, "index.yaml")); err == nil {
		return indexed(filepath.Join(where, "index.yaml"))
	}
	in, err := findInputs([]string{where})
	if err != nil {
		return nil, err
	}
	if len(in.charts) == 0 {
		return nil, &usageError{problems: []string{where + ": there are no charts in it"}}
	}
	entries := make([]catalog.Entry, 0, len(in.charts))
	for _, ref := range in.charts {
		entries = append(entries, atFolder(ref))
	}
	return entries, nil
}

// atFolder is the chart of a folder under the name and the version that its Chart.yaml has. One that cannot be read goes by its folder.
func atFolder(ref string) catalog.Entry {
	var meta struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	if data, err := os.ReadFile(filepath.Join(ref, "Chart.yaml")); err == nil {
		_ = yaml.Unmarshal(data, &meta) // what is wrong with it is said when it is loaded
	}
	return catalog.Entry{Name: cmp.Or(meta.Name, ref), Version: meta.Version, Ref: ref}
}

func indexed(path string) ([]catalog.Entry, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the index: %w", err)
	}
	entries, err := catalog.ReadIndex(data, filepath.ToSlash(filepath.Dir(path)))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return entries, nil
}

// render makes the inventory of every chart, several at a time.
func (o *rancherChartsOptions) render(ctx context.Context, deps Deps, entries []catalog.Entry) ([]*inventory.Inventory, error) {
	p := deps.newProgress()
	defer p.done()
	var done atomic.Int64
	open := o.chart.opener(deps)
	if _, err := open.values(); err != nil {
		return nil, err
	}
	inventories := make([]*inventory.Inventory, len(entries))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cmp.Or(o.jobs, defaultJobs()))
	for i, e := range entries {
		group.Go(func() error {
			p.say("checked %d of %d charts, now %s", done.Load(), len(entries), e.Name)
			inv, err := o.inventory(ctx, open, e)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				inv = unreadable(e.Ref, err)
			}
			inventories[i] = inv
			done.Add(1)
			return nil
		})
	}
	return inventories, group.Wait()
}

// inventory renders a chart as Rancher installs it: under the name and in the namespace that its annotations fix
// (shell/pages/c/_cluster/apps/charts/install.vue of rancher/dashboard), and for Windows workers if it is for such clusters.
func (o *rancherChartsOptions) inventory(ctx context.Context, open *opener, e catalog.Entry) (*inventory.Inventory, error) {
	c, err := open.open(ctx, e.Ref)
	if err != nil {
		return nil, err
	}
	notes := c.renderer.Annotations()
	if !o.named {
		c.release.Name = cmp.Or(notes[catalog.ReleaseName], c.release.Name)
		c.release.Namespace = cmp.Or(notes[catalog.Namespace], c.release.Namespace)
	}
	if catalog.Windows(notes) {
		c.values = chart.Merge(c.values, catalog.WindowsValues())
	}
	renderer, err := c.chart.Renderer(c.release, c.values)
	if err != nil {
		return nil, err
	}
	var inv *inventory.Inventory
	err = o.chart.within(ctx, func(ctx context.Context) (err error) {
		inv, err = patch.Inventory(ctx, renderer, templateFile(e.Ref, renderer.Name()))
		return err
	})
	return inv, err
}
