package plugin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// inventory is what is looked at: the cluster, what files hold, or what a chart renders.
func (o *hostProcessOptions) inventory(ctx context.Context, deps Deps, selector labels.Selector, args []string) (*inventory.Inventory, error) {
	inv, err := o.cluster.under(ctx, deps, selector, args, func() (*inventory.Inventory, error) { return o.rendered(ctx, deps, args[0]) })
	if err != nil || len(args) == 0 && len(o.cluster.files) == 0 {
		return inv, err
	}
	natural(inv)
	return inv, o.judgedBy(ctx, deps, inv)
}

// judgedBy gives an inventory the nodes that --pools names.
func (o *hostProcessOptions) judgedBy(ctx context.Context, deps Deps, inv *inventory.Inventory) error {
	switch o.pools {
	case "":
		if len(inv.Nodes) == 0 { // as for lint: what hangs on nodes as they are is told to be unknown all the same
			inv.Pools, _ = placement.Preset(placement.Presets()[0])
			inv.PoolsAssumed = true
			delete(inv.Gaps, inventory.Pools)
		}
		return nil
	case liveCluster:
		live := o.cluster
		live.files = nil
		everywhere := ""
		namespace := live.config.Namespace
		live.config.Namespace = &everywhere
		found, err := live.inventory(ctx, deps, nil)
		live.config.Namespace = namespace
		if err != nil {
			return err
		}
		onto(inv, found)
		return nil
	}
	pools, err := readPools(ctx, o.pools)
	if err != nil {
		return err
	}
	if len(inv.Nodes) == 0 {
		_, inv.PoolsAssumed = placement.Preset(o.pools)
		inv.Pools = pools
		delete(inv.Gaps, inventory.Pools)
	}
	return nil
}

// rendered is what a chart renders.
func (o *hostProcessOptions) rendered(ctx context.Context, deps Deps, ref string) (*inventory.Inventory, error) {
	o.chart.release.Namespace = o.namespace()
	o.chart.live.config = o.cluster.config
	var inv *inventory.Inventory
	err := o.chart.within(ctx, func(ctx context.Context) error {
		opened, err := o.chart.opener(deps).open(ctx, ref)
		if err != nil {
			return err
		}
		inv, err = patch.Inventory(ctx, opened.renderer, templateFile(ref, opened.renderer.Name()))
		return err
	})
	if err != nil {
		return nil, err
	}
	inv.Today = deps.today()
	o.chart.settle(inv)
	return inv, nil
}

// under is what is named, on the cluster that files hold; or, where nothing is named, that cluster or the live one.
func (o *clusterOptions) under(ctx context.Context, deps Deps, selector labels.Selector, args []string, named func() (*inventory.Inventory, error)) (*inventory.Inventory, error) {
	if len(args) == 0 {
		return o.inventory(ctx, deps, selector)
	}
	var below *inventory.Inventory
	if len(o.files) > 0 {
		var err error
		if below, err = o.inventory(ctx, deps, selector); err != nil {
			return nil, err
		}
	}
	inv, err := named()
	if err == nil && below != nil {
		onto(inv, below)
	}
	return inv, err
}

// onto gives the workloads of manifests or of a chart the cluster that they are to run in.
func onto(inv, found *inventory.Inventory) {
	inv.Pools, inv.Nodes, inv.PoolsAssumed = found.Pools, found.Nodes, found.PoolsAssumed
	inv.RuntimeClasses = slices.Concat(inv.RuntimeClasses, found.RuntimeClasses)
	inv.Version, inv.Objects = found.Version, found.Objects
	for _, kind := range []inventory.Kind{inventory.Pools, inventory.Nodes, inventory.RuntimeClasses, inventory.Server, inventory.Namespaces} {
		delete(inv.Gaps, kind)
		if gap, missing := found.Gaps[kind]; missing {
			inv.Gaps[kind] = gap
		}
	}
	if inv.Source != found.Source {
		inv.Source = fmt.Sprintf("%s on %s", inv.Source, found.Source)
	}
}

// natural takes back what a saved cluster is expected to have: the files may be manifests alone, which have no nodes, and nothing here
// hangs on pods.
func natural(inv *inventory.Inventory) {
	for _, kind := range []inventory.Kind{inventory.Nodes, inventory.Pools, inventory.Pods} {
		if gap, missing := inv.Gaps[kind]; missing && gap.Unread && strings.HasPrefix(gap.Reason, noSuchPart) {
			inv.Gaps[kind] = inventory.Gap{Reason: "there are no " + string(kind) + " in the files"}
		}
	}
}

// rehearse asks the API server about a pod of every HostProcess workload.
func (o *hostProcessOptions) rehearse(ctx context.Context, deps Deps, s *survey.Survey, report *hostprocess.Report) error {
	reader, err := cluster.New(o.cluster.config, cluster.Options{})
	if err != nil {
		return err
	}
	trials := cluster.NewTrials(reader)
	p := deps.newProgress()
	defer p.done()
	done := 0
	for i := range s.Placements {
		at := &s.Placements[i]
		if !hostprocess.Wanted(at.Spec) {
			continue
		}
		w := &report.Workloads[done]
		done++
		p.say("asking the API server about %s, %d of %d", w.Object, done, len(report.Workloads))
		pod := hostprocess.Pod(at.Workload, o.namespace())
		if pod == nil {
			w.Server = &hostprocess.Answer{Unasked: "it makes its pods in a way of its own"}
			continue
		}
		trial, err := trials.Rehearse(ctx, pod)
		if err != nil {
			return fmt.Errorf("verifying %s: %w", w.Object, err)
		}
		w.Answered(trial.Accepted, trial.Message, trial.Warnings)
	}
	return nil
}

// namespace is where what names no namespace goes.
func (o *hostProcessOptions) namespace() string {
	return cmp.Or(*o.cluster.config.Namespace, "default")
}
