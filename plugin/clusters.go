package plugin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

// clustersOptions say which clusters are looked at together.
type clustersOptions struct {
	contexts []string
	clusters []string // of Rancher
	rancher  rancherOptions
	jobs     int
	alone    bool // Rancher is asked about a single cluster, too
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

// member is one cluster of a fleet.
type member struct {
	name   string
	getter genericclioptions.RESTClientGetter
}

// together checks several clusters, in one report. What is told of each before it is checked, tell adds; nil for nothing.
func (o *clustersOptions) together(ctx context.Context, deps Deps, c check, on *clusterOptions, tell func([]*inventory.Inventory) error) error {
	inventories, err := o.inventories(ctx, deps, on)
	if err != nil {
		return err
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

// inventories reads the clusters, several at a time. One that cannot be read is an inventory that says so.
func (o *clustersOptions) inventories(ctx context.Context, deps Deps, on *clusterOptions) ([]*inventory.Inventory, error) {
	members, err := o.members(ctx, deps, on)
	if err != nil {
		return nil, err
	}
	p := deps.newProgress()
	defer p.done()
	var done atomic.Int64
	out := make([]*inventory.Inventory, len(members))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.jobs)
	for i, m := range members {
		group.Go(func() error {
			p.say("read %d of %d clusters, now %s", done.Load(), len(members), m.name)
			inv, err := m.read(ctx, on)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				inv = lost(err)
			}
			inv.Cluster, inv.Today = m.name, deps.today()
			out[i] = inv
			done.Add(1)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

// read reads one cluster. A namespace that it does not have is no reason to fail: it is one of several.
func (m member) read(ctx context.Context, on *clusterOptions) (*inventory.Inventory, error) {
	reader, err := cluster.New(m.getter, cluster.Options{})
	if err != nil {
		return nil, err
	}
	inv, err := reader.Inventory(ctx, cluster.Scope{Namespace: on.namespace(), Selector: on.selector, Parts: on.parts})
	if errors.Is(err, cluster.ErrNoNamespace) {
		return absent("there is no namespace "+on.namespace(), false), nil
	}
	if err != nil {
		return nil, err
	}
	// Rancher answers in the place of a cluster that it is not connected to.
	for _, kind := range []inventory.Kind{inventory.Server, inventory.Nodes, inventory.Pods, inventory.Workloads} {
		if !inv.Gaps[kind].Unread {
			return inv, nil
		}
	}
	return nil, errors.New(inv.Gaps[inventory.Server].Reason)
}

// lost is a cluster of which nothing could be read.
func lost(err error) *inventory.Inventory {
	reason := strings.TrimRight(err.Error(), "\n")
	inv := absent("the cluster could not be read: "+reason, true)
	inv.Unreachable = reason
	return inv
}

// absent is an inventory without anything, for one reason.
func absent(reason string, unread bool) *inventory.Inventory {
	inv := &inventory.Inventory{Gaps: map[inventory.Kind]inventory.Gap{}}
	for _, kind := range inventory.Kinds() {
		inv.Gaps[kind] = inventory.Gap{Reason: reason, Unread: unread}
	}
	inv.Gaps[inventory.Chart] = inventory.Gap{Reason: "a cluster is not a chart"}
	inv.Gaps[inventory.Documents] = inventory.Gap{Reason: "a cluster has no files"}
	return inv
}

// members are the clusters that are asked for, each once, contexts first.
func (o *clustersOptions) members(ctx context.Context, deps Deps, on *clusterOptions) ([]member, error) {
	all, err := o.atContexts(on.config)
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

func (o *clustersOptions) atContexts(config *genericclioptions.ConfigFlags) ([]member, error) {
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
		out = append(out, member{name, cluster.At(config, name)})
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
