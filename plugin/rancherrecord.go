package plugin

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rancher"
)

// told is what Rancher said of a cluster.
type told struct {
	known *guide.Known
	nodes *guide.Cluster
	gap   inventory.Gap // why it said nothing
}

// untold is that Rancher said nothing. That there is no Rancher, or no way in, is said and is no failure.
func untold(err error) told {
	var none *rancher.NoneError
	var locked *rancher.NoCredentialsError
	return told{gap: inventory.Gap{Reason: err.Error(), Unread: !errors.As(err, &none) && !errors.As(err, &locked)}}
}

// tell asks Rancher about the cluster of the context.
func (o *rancherOptions) tell(ctx context.Context, deps Deps) told {
	of := *o
	of.own = true
	at, err := of.find(ctx, deps)
	if err != nil {
		return untold(err)
	}
	if at.place.Cluster == "" {
		return told{gap: inventory.Gap{Reason: "Rancher was found, and not which of its clusters this is"}}
	}
	return at.tell(ctx, at.place.Cluster, at.Version(ctx))
}

// tell asks about the cluster of an ID. The version is Rancher's own.
func (r *rancherAt) tell(ctx context.Context, id, version string) told {
	c, err := r.guided(ctx, id)
	if err != nil {
		return untold(err)
	}
	return told{known: &guide.Known{URL: r.URL(), Version: version, Cluster: c.Cluster}, nodes: c}
}

// add adds Rancher's record of the cluster to an inventory. Which of it counts is up to what the report is about.
func (t told) add(inv *inventory.Inventory, record func(*guide.Cluster, *inventory.Inventory) []guide.Requirement) {
	if t.nodes == nil {
		if inv.Unreachable == "" { // that weighs more than why Rancher is silent
			inv.Gaps[inventory.Rancher] = t.gap
		}
		return
	}
	for _, r := range record(t.nodes, inv) {
		inv.Rancher = append(inv.Rancher, inventory.Record{Name: r.Name, Status: string(r.Status), Message: r.Says})
	}
	switch {
	case inv.Rancher != nil:
		delete(inv.Gaps, inventory.Rancher)
	case inv.Unreachable == "": // or else what it has is not known
		inv.Gaps[inventory.Rancher] = inventory.Gap{Reason: "neither the cluster nor Rancher has nodes or workloads for Windows"}
	}
}

// wholeRecord is for a report about what the cluster has to meet.
func wholeRecord(c *guide.Cluster, _ *inventory.Inventory) []guide.Requirement {
	return append(guide.Requirements(c), guide.Registration(c))
}

// decidingRecord is for a report about what runs: nothing where neither the cluster nor Rancher knows of Windows, for nobody asked for
// it there.
func decidingRecord(c *guide.Cluster, inv *inventory.Inventory) []guide.Requirement {
	if !guide.WantsWindows(c) && !wantsWindows(inv) {
		return nil
	}
	return guide.Deciding(c)
}

// wantsWindows tells whether a cluster has nodes or workloads for Windows.
func wantsWindows(inv *inventory.Inventory) bool {
	return slices.ContainsFunc(inv.Nodes, func(n inventory.Node) bool { return n.OS == platform.Windows }) ||
		slices.ContainsFunc(inv.Workloads, func(w inventory.Workload) bool {
			return w.Spec.NodeSelector[platform.LabelOS] == string(platform.Windows) || w.Spec.OS != nil && string(w.Spec.OS.Name) == string(platform.Windows)
		})
}

// errPatience is why asking Rancher ends early.
var errPatience = errors.New("no answer of Rancher while the cluster was read")

// besides reads a cluster and asks Rancher about it side by side. Where it must not take longer for that, Rancher gets some patience
// once the cluster is read; 0 is no end. Where the cluster cannot be read, Rancher's word counts if keep says so.
func besides(ctx context.Context, read func(context.Context) (*inventory.Inventory, error), ask func(context.Context) told, patience time.Duration, keep bool) (*inventory.Inventory, told, error) {
	var said told
	asking, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var beside errgroup.Group
	if ask != nil {
		beside.Go(func() error {
			said = ask(asking)
			return nil
		})
	}
	inv, err := read(ctx)
	if err != nil && !keep {
		stop(err)
	}
	if patience > 0 {
		defer time.AfterFunc(patience, func() { stop(errPatience) }).Stop()
	}
	_ = beside.Wait() // what went wrong is in what was said
	if ctx.Err() != nil {
		return nil, told{}, ctx.Err()
	}
	if said.nodes == nil && errors.Is(context.Cause(asking), errPatience) {
		said.gap = inventory.Gap{Reason: errPatience.Error() + ", nor " + patience.String() + " later", Unread: true}
	}
	return inv, said, err
}
