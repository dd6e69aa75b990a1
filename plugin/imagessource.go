package plugin

import (
	"context"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
)

// inventory is what is looked at: a cluster, or what the arguments hold, on the pools that there are.
func (o *imagesOptions) inventory(ctx context.Context, deps Deps, selector labels.Selector, args []string) (*inventory.Inventory, error) {
	inv, err := o.cluster.under(ctx, deps, selector, args, func() (*inventory.Inventory, error) { return o.named(ctx, deps, selector, args) })
	if err != nil {
		return nil, err
	}
	if o.pools == "" || len(inv.Nodes) > 0 {
		return inv, nil
	}
	if o.pools == liveCluster {
		inv.Pools, err = livePools(ctx, o.cluster.config)
	} else {
		_, inv.PoolsAssumed = placement.Preset(o.pools)
		inv.Pools, err = readPools(ctx, o.pools)
	}
	delete(inv.Gaps, inventory.Pools)
	delete(inv.Gaps, inventory.Nodes)
	return inv, err
}

// named is one inventory of all that the arguments name: manifests and charts. A chart that does not render is a gap in it.
func (o *imagesOptions) named(ctx context.Context, deps Deps, selector labels.Selector, args []string) (*inventory.Inventory, error) {
	in, err := findInputs(args)
	if err != nil {
		return nil, err
	}
	inv := &inventory.Inventory{Gaps: map[inventory.Kind]inventory.Gap{}}
	if len(in.manifests) > 0 {
		scope := dump.Scope{Namespace: o.cluster.namespace(), Selector: selector}
		if inv, err = readManifests(deps, in.manifests, in.named, scope, ""); err != nil {
			return nil, err
		}
	}
	inv.Source, inv.Today = describe(args), deps.today()
	open := o.chart.opener(deps)
	var broken []string
	for _, ref := range in.charts {
		found, err := o.rendered(ctx, deps, open, ref)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case wrongUsage(err):
			return nil, err
		case err != nil:
			broken = append(broken, "chart "+ref+": "+strings.TrimRight(err.Error(), "\n"))
			continue
		}
		inv.Workloads = append(inv.Workloads, found.Workloads...)
		inv.RuntimeClasses = append(inv.RuntimeClasses, found.RuntimeClasses...)
		if gap, missing := found.Gaps[inventory.Workloads]; missing {
			broken = append(broken, gap.Reason)
		}
	}
	if gap, missing := inv.Gaps[inventory.Workloads]; missing && gap.Unread {
		broken = append(broken, gap.Reason)
	}
	if len(broken) > 0 {
		inv.Gaps[inventory.Workloads] = inventory.Gap{Reason: strings.Join(broken, "; "), Unread: true}
	}
	return inv, nil
}

func (o *imagesOptions) rendered(ctx context.Context, deps Deps, open *opener, ref string) (inv *inventory.Inventory, err error) {
	err = deps.working("rendering "+ref, func() error {
		return o.chart.within(ctx, func(ctx context.Context) error {
			c, err := open.open(ctx, ref)
			if err != nil {
				return err
			}
			inv, err = patch.Rendered(ctx, c.renderer, templateFile(ref, c.renderer.Name()))
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	o.chart.settle(inv)
	return inv, nil
}
