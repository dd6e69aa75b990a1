package plugin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules/preflight"
)

// auditOptions are the flags of audit, as they were given.
type auditOptions struct {
	check    checkOptions
	registry registryOptions
	cluster  clusterOptions
	fleet    clustersOptions
	publish  publishOptions
	pools    string
}

func newAuditCmd(deps Deps) *cobra.Command {
	var o auditOptions
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Show where a cluster's pods run, where they could run, and what is wrong with that",
		Long: `Show where the pods of a cluster run and could run, across the node pools of both operating systems, and what is wrong
with that: workloads that name no operating system, that cannot land where they are to, or that did land wrong.

The picture comes first: pools across, workloads down. Then the findings, by workload. Every namespace is looked at
unless --namespace names one. Nothing in the cluster is changed; what may not be read is said, and never taken for fine.

With --filename a saved cluster is audited instead of the live one: what kubectl get nodes,pods,deployments,... -A
-o yaml or json wrote. kubectl winready rules explains each finding.

Where Rancher is behind the current context, what it knows of the cluster is told, too, and what of its record keeps pods
for Windows from running is a finding; it is found as by rancher, and asked while the cluster is read. --skip rancher-record
leaves it alone.

With --contexts or --rancher-clusters several clusters are audited together, in one report. One that cannot be read is
said, and keeps none of the others from being looked at.

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage, 3 something could not be read.`,
		Example: `  # The cluster of the current context
  kubectl winready audit

  # A page to send around
  kubectl winready audit --output html > audit.html

  # One namespace, for a script
  kubectl winready audit --namespace shop --output json --fail-on warning

  # Every cluster of Rancher that you may see, as a page
  kubectl winready audit --rancher-clusters all --output html > fleet.html

  # A cluster that somebody saved
  kubectl get nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,events -A -o json > cluster.json
  kubectl winready audit --filename cluster.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, selector, err := o.validate(cmd)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, c, selector)
		},
	}
	o.check.addFlags(cmd)
	o.registry.addFlags(cmd)
	o.publish.addFlags(cmd)
	o.cluster.addFlags(cmd)
	o.fleet.addFlags(cmd)
	flagSection(cmd, "Scope", func(f *pflag.FlagSet) {
		presets := strings.Join(placement.Presets(), ", ")
		f.StringVar(&o.pools, "pools", "", "node `POOLS` of a saved cluster without nodes: "+presets+", or a file with Nodes or pools")
	})
	words(cmd, "pools", cobra.ShellCompDirectiveDefault, append(placement.Presets(), liveCluster)...)
	return cmd
}

// auditPatience is how much longer than the cluster Rancher may take: an audit is about what runs, and is run often.
const auditPatience = 3 * time.Second

// categoryNames are categories as --rules has them.
func categoryNames(categories []rule.Category) []string {
	var names []string
	for _, c := range categories {
		names = append(names, string(c))
	}
	return names
}

// validate is what the flags ask for, all of them understood.
func (o *auditOptions) validate(cmd *cobra.Command) (check, labels.Selector, error) {
	var p problems
	o.check.categories = slices.DeleteFunc(everyday(), func(c rule.Category) bool { return c == rule.Storage }) // azurefile check reads volumes and claims
	live := len(o.cluster.files) == 0
	if len(o.check.rules) == 0 && live {
		o.check.rules = append(categoryNames(o.check.categories), preflight.RancherRecord)
	}
	c := o.check.validate(&p)
	o.fleet.alone, o.fleet.record, o.fleet.patience = live, decidingRecord, auditPatience
	o.cluster.parts = c.parts()
	selector := o.cluster.scope(&p)
	if o.pools != "" && len(o.cluster.files) == 0 {
		p.add("--pools: only for --filename; a live cluster has nodes")
	}
	o.registry.validate(&p)
	o.fleet.validate(&p, cmd, &o.cluster)
	api, published := o.publish.validate(&o.cluster, &p)
	if published {
		c.publish = func(ctx context.Context, checked *printer.Checked) error {
			r, err := cluster.New(o.cluster.config, cluster.Options{})
			if err != nil {
				return err
			}
			return publish(ctx, r, api, checked)
		}
	}
	return c, selector, p.err(cmd)
}

func (o *auditOptions) run(ctx context.Context, deps Deps, c check, selector labels.Selector) error {
	if o.fleet.on() {
		return o.fleet.together(ctx, deps, c, &o.cluster, func(all []*inventory.Inventory) error { return o.registry.ask(ctx, deps, all) })
	}
	var pools []placement.Pool
	if o.pools != "" {
		var err error
		if pools, err = readPools(ctx, o.pools); err != nil {
			return err
		}
	}
	inv, known, err := o.fleet.single(ctx, deps, c, &o.cluster, selector)
	if err != nil {
		return err
	}
	c.also = func(checked *printer.Checked) { checked.Rancher = known }
	if pools != nil && len(inv.Nodes) == 0 {
		_, inv.PoolsAssumed = placement.Preset(o.pools)
		inv.Pools = pools
		delete(inv.Gaps, inventory.Pools)
		inv.Gaps[inventory.Nodes] = inventory.Gap{Reason: "the saved cluster has no nodes"}
	}
	looked := []*inventory.Inventory{inv}
	if err := o.registry.ask(ctx, deps, looked); err != nil {
		return err
	}
	return c.run(ctx, deps, inv.Source, looked, true)
}

// noArgs refuses arguments, with a hint for those who name what flags name.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := usage(cmd, cmd.Name()+" takes no arguments, got "+quoted(args))
	err.hint = "flags say what is looked at: " + cmd.CommandPath() + " --help"
	return err
}
