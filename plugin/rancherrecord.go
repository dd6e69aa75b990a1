package plugin

import (
	"context"
	"errors"

	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rancher"
)

// record adds Rancher's record of the cluster of the current context to an inventory. Where there is no Rancher that is said, and is no
// failure; a Rancher that is there and cannot be asked is a gap. The error is the end of the context.
func (o *rancherOptions) record(ctx context.Context, deps Deps, inv *inventory.Inventory) error {
	c, err := o.ofContext(ctx, deps)
	var none *rancher.NoneError
	var locked *rancher.NoCredentialsError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &none), errors.As(err, &locked):
		inv.Gaps[inventory.Rancher] = inventory.Gap{Reason: err.Error()}
	case err != nil:
		inv.Gaps[inventory.Rancher] = inventory.Gap{Reason: err.Error(), Unread: true}
	case c == nil:
		inv.Gaps[inventory.Rancher] = inventory.Gap{Reason: "Rancher was found, and not which of its clusters this is"}
	default:
		for _, r := range guide.Requirements(c) {
			inv.Rancher = append(inv.Rancher, inventory.Record{Name: r.Name, Status: string(r.Status), Message: r.Says})
		}
		delete(inv.Gaps, inventory.Rancher)
	}
	return nil
}

// ofContext is Rancher's record of the cluster of the current context; nil when Rancher is found and does not tell which that is.
func (o *rancherOptions) ofContext(ctx context.Context, deps Deps) (*guide.Cluster, error) {
	of := *o
	of.own = true
	at, err := of.find(ctx, deps)
	if err != nil || at.place.Cluster == "" {
		return nil, err
	}
	return at.guided(ctx, at.place.Cluster)
}
