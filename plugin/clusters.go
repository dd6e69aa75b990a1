package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// clustersOptions say which clusters are looked at together.
type clustersOptions struct {
	contexts []string
	clusters []string // of Rancher
	rancher  rancherOptions
	jobs     int
	alone    bool // Rancher is asked about a single cluster, too
	// record is what of Rancher's record counts; nil where Rancher is not asked about clusters. patience is how long its answer is waited
	// for once a cluster is read; 0 for as long as it takes.
	record   func(*guide.Cluster, *inventory.Inventory) []guide.Requirement
	patience time.Duration
}

// everyOne stands for all contexts, or all clusters.
const everyOne = "all"

// defaultClusters is how many clusters are read at a time: each is asked for eight kinds at once.
const defaultClusters = 4

func (o *clustersOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Several clusters", func(f *pflag.FlagSet) {
		f.StringSliceVar(&o.contexts, "contexts", nil, "look at the clusters of these `CONTEXTS` of the kubeconfig together, or all")
		f.StringSliceVar(&o.clusters, "rancher-clusters", nil, "look at these `CLUSTERS` of Rancher together, by name or ID, or all; through its proxy, with your own rights")
		f.IntVar(&o.jobs, "clusters-at-once", defaultClusters, "how many clusters are read side by side, a `NUMBER`")
		o.rancher.serverFlags(f)
	})
}

// on tells whether several clusters are asked for.
func (o *clustersOptions) on() bool { return len(o.contexts)+len(o.clusters) > 0 }

// validate notes what does not go together with several clusters; single are further flags that are about one.
func (o *clustersOptions) validate(p *problems, cmd *cobra.Command, on *clusterOptions, single ...string) {
	o.rancher.config = on.config
	if !o.on() {
		for _, flag := range []string{"clusters-at-once", "rancher-url", "rancher-config", "verbose"} {
			if cmd.Flags().Changed(flag) && (!o.alone || flag == "clusters-at-once") {
				p.add("--%s is about --contexts or --rancher-clusters", flag)
			}
		}
		return
	}
	if o.jobs < 1 {
		p.add("--clusters-at-once %d: want a number of clusters from 1 on", o.jobs)
	}
	for _, flag := range append([]string{"context", "cluster", "user", "server", "filename", "publish", "pools"}, single...) {
		// For Rancher, the context says where Rancher is.
		if f := cmd.Flags().Lookup(flag); f != nil && f.Changed && (flag != "context" || len(o.contexts) > 0) {
			p.add("--%s is about one cluster, and does not go with --contexts or --rancher-clusters", flag)
		}
	}
}

// together checks several clusters, in one report. What is told of each before it is checked, tell adds; nil for nothing.
func (o *clustersOptions) together(ctx context.Context, deps Deps, c check, on *clusterOptions, tell func([]*inventory.Inventory) error) error {
	if !slices.Contains(c.parts(), inventory.Rancher) {
		o.record = nil
	}
	inventories, known, err := o.inventories(ctx, deps, on)
	if err != nil {
		return err
	}
	each := c.member
	c.member = func(inv *inventory.Inventory, s *survey.Survey, report finding.Report, m *printer.Member) {
		m.Rancher = known[inv]
		if each != nil {
			each(inv, s, report, m)
		}
	}
	if tell != nil {
		if err := tell(inventories); err != nil {
			return err
		}
	}
	names := make([]string, 0, len(inventories))
	for _, inv := range inventories {
		names = append(names, inv.Cluster)
	}
	return c.run(ctx, deps, describe(names), inventories, false)
}

// members are the clusters that are asked for, each once, contexts first.
func (o *clustersOptions) members(ctx context.Context, deps Deps, on *clusterOptions) ([]member, error) {
	all, err := o.atContexts(deps, on.config)
	if err != nil {
		return nil, err
	}
	through, err := o.throughRancher(ctx, deps, on.config)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, m := range all {
		taken[m.name] = true
	}
	for _, m := range through {
		if taken[m.name] {
			m.name = "rancher/" + m.name // a context may have the name of another cluster
		}
		all = append(all, m)
	}
	return all, nil
}

func (o *clustersOptions) atContexts(deps Deps, config *genericclioptions.ConfigFlags) ([]member, error) {
	if len(o.contexts) == 0 {
		return nil, nil
	}
	_, known, err := cluster.Contexts(config)
	if err != nil {
		return nil, err
	}
	have := make([]string, 0, len(known))
	for _, k := range known {
		have = append(have, k.Name)
	}
	names, err := pick("--contexts", o.contexts, have)
	if err != nil {
		return nil, err
	}
	out := make([]member, 0, len(names))
	for _, name := range names {
		m := member{name: name, getter: cluster.At(config, name)}
		if o.record != nil {
			of := o.rancher
			of.context = name
			m.ask = func(ctx context.Context) told { return of.tell(ctx, deps) }
		}
		out = append(out, m)
	}
	return out, nil
}

// pick is the names that are asked for, in the order of all there are. One that is not there is an error: nothing would be looked
// at in its place.
func pick(flag string, want, have []string) ([]string, error) {
	if slices.Contains(want, everyOne) && !slices.Contains(have, everyOne) {
		want = have
	}
	var p problems
	for _, name := range want {
		if !slices.Contains(have, name) {
			p.add("%s: there is no %q", flag, name)
		}
	}
	if len(p) > 0 || len(want) == 0 {
		e := &usageError{problems: p, hint: "there are " + quoted(have)}
		if len(have) == 0 {
			e.problems, e.hint = append(p, flag+": there is none"), ""
		}
		return nil, e
	}
	return slices.DeleteFunc(slices.Clone(have), func(name string) bool { return !slices.Contains(want, name) }), nil
}
