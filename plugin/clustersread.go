package plugin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// member is one cluster of a fleet.
type member struct {
	name   string
	getter genericclioptions.RESTClientGetter
	ask    func(context.Context) told // what Rancher knows of it; nil where it is not asked
}

// single reads one cluster that is looked at alone, and what Rancher knows of it where a rule asks for that.
func (o *clustersOptions) single(ctx context.Context, deps Deps, c check, on *clusterOptions, selector labels.Selector) (*inventory.Inventory, *guide.Known, error) {
	read := func(ctx context.Context) (*inventory.Inventory, error) { return on.inventory(ctx, deps, selector) }
	if len(on.files) > 0 || !slices.Contains(c.parts(), inventory.Rancher) {
		inv, err := read(ctx)
		return inv, nil, err
	}
	inv, said, err := besides(ctx, read, func(ctx context.Context) told { return o.rancher.tell(ctx, deps) }, o.patience, false)
	if err != nil {
		return nil, nil, err
	}
	said.add(inv, o.record)
	return inv, said.known, nil
}

// inventories reads the clusters, several at a time, with what Rancher knows of each. One that cannot be read is an inventory that says
// so.
func (o *clustersOptions) inventories(ctx context.Context, deps Deps, on *clusterOptions) ([]*inventory.Inventory, map[*inventory.Inventory]*guide.Known, error) {
	o.rancher.log = o.rancher.logger(deps)
	members, err := o.members(ctx, deps, on)
	if err != nil {
		return nil, nil, err
	}
	p := deps.newProgress()
	defer p.done()
	var done atomic.Int64
	out, said := make([]*inventory.Inventory, len(members)), make([]told, len(members))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.jobs)
	for i, m := range members {
		group.Go(func() error {
			p.say("read %d of %d clusters, now %s", done.Load(), len(members), m.name)
			var err error
			out[i], said[i], err = m.look(ctx, on, o.patience)
			if err != nil {
				return err
			}
			out[i].Cluster, out[i].Today = m.name, deps.today()
			done.Add(1)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	known := map[*inventory.Inventory]*guide.Known{}
	for i, inv := range out {
		if known[inv] = said[i].known; members[i].ask != nil {
			said[i].add(inv, o.record)
		}
	}
	return out, known, nil
}

// look reads one cluster and asks Rancher about it. The error is the end of the context.
func (m member) look(ctx context.Context, on *clusterOptions, patience time.Duration) (*inventory.Inventory, told, error) {
	inv, said, err := besides(ctx, func(ctx context.Context) (*inventory.Inventory, error) { return m.read(ctx, on) }, m.ask, patience, true)
	if ctx.Err() != nil {
		return nil, told{}, ctx.Err()
	}
	if err != nil {
		inv = lost(err)
	}
	return inv, said, nil
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

// ofMember is the report of one of several clusters, which it adds to those that are printed.
func (c check) ofMember(checked *printer.Checked, inv *inventory.Inventory, s *survey.Survey, report finding.Report) finding.Report {
	if inv.Unreachable != "" {
		report = unreachable(report, inv, c.rules)
	}
	m := printer.Member{Member: survey.NewMember(inv, s, report.Findings)}
	if c.member != nil {
		c.member(inv, s, report, &m)
	}
	checked.Fleet = append(checked.Fleet, m)
	return report.In(inv.Cluster)
}

// notReached begins the reason for which nothing is known of a cluster.
const notReached = "the cluster could not be read: "

// unreachable takes back what rules said of a cluster of which nothing could be read: that it has no nodes is not true of it. What
// Rancher has on record against it is, for that was read elsewhere; what speaks for it is not enough for anything to pass.
func unreachable(report finding.Report, inv *inventory.Inventory, rules []*rule.Rule) finding.Report {
	heard := map[string]bool{}
	for _, r := range rules {
		heard[r.ID] = inv.Rancher != nil && slices.Equal(r.Needs, []inventory.Kind{inventory.Rancher})
	}
	report.Findings = slices.DeleteFunc(report.Findings, func(f finding.Finding) bool { return !heard[f.RuleID] })
	for i, res := range report.Results {
		if res.Status != finding.Skip || len(res.Manual) > 0 {
			report.Results[i] = finding.Result{RuleID: res.RuleID, Status: finding.Incomplete, Reason: notReached + inv.Unreachable}
		}
	}
	return report
}

// lost is a cluster of which nothing could be read.
func lost(err error) *inventory.Inventory {
	reason := strings.TrimRight(err.Error(), "\n")
	inv := absent(notReached+reason, true)
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
