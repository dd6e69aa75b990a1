package plugin

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// hostProcessOptions are the flags of hostprocess, as they were given.
type hostProcessOptions struct {
	check   checkOptions
	cluster clusterOptions
	fleet   clustersOptions
	chart   chartOptions
	pools   string
	verify  bool
	probe   hostProbeOptions
}

func newHostProcessCmd(deps Deps) *cobra.Command {
	var o hostProcessOptions
	cmd := &cobra.Command{
		Use:   "hostprocess [CHART]",
		Short: "Tell whether HostProcess pods run here: on which nodes, in which namespaces",
		Long: `Tell whether HostProcess pods run: for each Windows node whether it can run them and how it mounts their volumes, for each
namespace whether its Pod Security admits them, and for each workload that asks for HostProcess whether it runs, does not
run because ..., or cannot be told because ... Then what is wrong with them, and with pods that have something done on the
node through rancher-wins or csi-proxy.

The workloads are those of the cluster; with --filename those of a saved cluster or of manifests, with a CHART those that
the chart renders. --pools cluster judges manifests and charts by the nodes and namespaces of the cluster.

--verify asks the API server about a pod of each workload, in a dry run, and shows its answer beside ours. --probe starts a
HostProcess pod on each Windows node, shows what the node says, and deletes it; it asks first.

Exit status: 0 all run, 1 some do not or there are findings, 2 wrong usage, 3 something could not be read or told.`,
		Example: `  # The cluster of the current context, with the API server's own word
  kubectl winready hostprocess --verify

  # Will this chart's pods run there?
  kubectl winready hostprocess ./mychart --values prod.yaml --namespace monitoring --pools cluster

  # Manifests and the nodes that somebody saved
  kubectl winready hostprocess --filename agent.yaml --filename nodes.yaml

  # Really start a pod on one node
  kubectl winready hostprocess --probe --probe-node win-1`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return oneChart(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c, selector, err := o.validate(cmd, deps, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, c, selector, args)
		},
	}
	o.check.addFlags(cmd)
	o.addFlags(cmd)
	o.cluster.addFlags(cmd)
	o.fleet.addFlags(cmd)
	return cmd
}

func (o *hostProcessOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "HostProcess", func(f *pflag.FlagSet) {
		f.BoolVar(&o.verify, "verify", false, "ask the API server about a pod of each workload, in a dry run")
		f.StringVar(&o.pools, "pools", "", "cluster: judge manifests and charts by the nodes and namespaces of the current context; or node `POOLS` as for lint")
		o.probe.addFlags(f)
	})
	flagSection(cmd, "Chart", o.chart.fewFlags)
}

// validate understands the flags.
func (o *hostProcessOptions) validate(cmd *cobra.Command, deps Deps, args []string) (check, labels.Selector, error) {
	var p problems
	o.check.categories = []rule.Category{rule.HostProcess, rule.Own}
	c := o.check.validate(&p)
	o.cluster.parts = append(c.parts(), inventory.Namespaces) // which the answer needs, whatever rules were chosen
	selector := o.cluster.scope(&p)
	o.chart.live.config, o.chart.live.namespace = o.cluster.config, cmd.Flags().Lookup("namespace")
	offline := len(args) > 0 || len(o.cluster.files) > 0
	if o.pools != "" && !offline {
		p.add("--pools: only for a CHART or --filename; a live cluster has nodes")
	}
	o.probe.validate(&p, deps, offline && o.pools != liveCluster)
	if o.fleet.validate(&p, cmd, &o.cluster, "verify", "probe"); o.fleet.on() && len(args) > 0 {
		p.add("CHART %q: a chart is not looked at together with several clusters", args[0])
	}
	return c, selector, p.err(cmd)
}

func (o *hostProcessOptions) run(ctx context.Context, deps Deps, c check, selector labels.Selector, args []string) error {
	if o.fleet.on() {
		return o.together(ctx, deps, c)
	}
	inv, err := o.inventory(ctx, deps, selector, args)
	if err != nil {
		return err
	}
	s := survey.Of(inv)
	report := hostprocess.Of(inv, s)
	if o.verify {
		if err := o.rehearse(ctx, deps, s, &report); err != nil {
			return err
		}
	}
	if o.probe.on {
		if err := o.probe.run(ctx, deps, o, &report); err != nil {
			return err
		}
	}
	c.also = func(checked *printer.Checked) { checked.HostProcess = &report }
	return o.verdict(c, &report, c.run(ctx, deps, inv.Source, []*inventory.Inventory{inv}, false))
}

// together looks at several clusters. Each has an answer of its own, but for one of which nothing could be read.
func (o *hostProcessOptions) together(ctx context.Context, deps Deps, c check) error {
	var unread []string
	fails := false
	c.member = func(inv *inventory.Inventory, s *survey.Survey, _ finding.Report, m *printer.Member) {
		if inv.Unreachable != "" {
			unread = append(unread, inv.Cluster+": the cluster could not be read: "+inv.Unreachable)
			return
		}
		report := hostprocess.Of(inv, s)
		m.HostProcess, fails = &report, fails || report.Fails()
		for _, reason := range report.Unread() {
			unread = append(unread, inv.Cluster+": "+reason)
		}
	}
	result := o.fleet.together(ctx, deps, c, &o.cluster, nil)
	return settled(c, fails, unread, result)
}

// verdict says how the command ends for one cluster.
func (o *hostProcessOptions) verdict(c check, report *hostprocess.Report, result error) error {
	return settled(c, report.Fails(), report.Unread(), result)
}

// settled says how the command ends: not knowing outranks what is known, and what does not run is a finding even where no rule has it.
func settled(c check, fails bool, unread []string, result error) error {
	switch {
	case result != nil && !errors.Is(result, errFindings):
		return result
	case len(unread) > 0 && !c.allowIncomplete:
		return &incompleteError{reasons: unread}
	case fails && c.failOn != nil:
		return errFindings
	}
	return result
}
