package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/version"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

// Scope says which objects of a cluster are looked at. The zero value is all of them. Nodes and RuntimeClasses always are.
type Scope struct {
	Namespace string // empty: every namespace
	// Selector is of the labels of workloads; empty for all. The pods of a workload come with it, whatever their own labels. Those
	// of a controller that is not known go by their own.
	Selector string
	// NodesOnly leaves workloads and pods alone.
	NodesOnly bool
	// Parts are the parts that are objects as they are which are read too; those that are not named are left alone.
	Parts []inventory.Kind
}

func (s Scope) wants(part inventory.Kind) bool { return slices.Contains(s.Parts, part) }

// ErrNoNamespace is the error about a scope's namespace that the cluster does not have.
var ErrNoNamespace = errors.New("there is no such namespace")

// atOnce is how many kinds are listed at the same time.
const atOnce = 8

// Inventory reads the cluster. What cannot be read is in the inventory's gaps, with the reason. The error is one after which
// there is nothing to be looked at: no server, no access at all, no such namespace, or the end of the context.
func (r *Reader) Inventory(ctx context.Context, s Scope) (*inventory.Inventory, error) {
	selector, err := labels.Parse(s.Selector)
	if err != nil {
		return nil, fmt.Errorf("reading selector %q: %w", s.Selector, err)
	}
	run := &run{Reader: r, scope: s, selector: selector}
	server, err := run.greet(ctx)
	if err != nil {
		return nil, err
	}
	tasks := run.tasks()
	results := make([]result, len(tasks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, task := range tasks {
		g.Go(func() (err error) {
			results[i], err = task(ctx)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, run.whole(err)
	}
	return run.sum(server, results), nil
}

// run is the reading of one inventory.
type run struct {
	*Reader
	scope    Scope
	selector labels.Selector
	places   atomic.Pointer[census.Places] // once the nodes are known
}

// result is what one of the things that are done at the same time brought.
type result struct {
	part    *census.Census // nil when it brought nothing
	version string
	gaps    []gap
}

// gap is why parts of an inventory are not whole.
type gap struct {
	parts  []inventory.Kind
	reason string
}

// task reads something. The error is one that ends the run.
type task func(context.Context) (result, error)

// tasks are what is to be done, the longest first.
func (r *run) tasks() []task {
	var parts []task
	for _, res := range r.parts() {
		parts = append(parts, func(ctx context.Context) (result, error) { return r.objects(ctx, res) })
	}
	if r.scope.NodesOnly {
		return append([]task{r.nodes}, parts...)
	}
	tasks := append([]task{r.pods, r.nodes}, parts...)
	for _, k := range append(controllers(r.selector), runtimeClasses(), refusals()) {
		tasks = append(tasks, func(ctx context.Context) (result, error) { return r.one(ctx, k) })
	}
	tasks = append(tasks, r.custom)
	if r.scope.Namespace != "" {
		tasks = append(tasks, r.namespace)
	}
	return tasks
}

// namespaceOf is the namespace in which objects of a kind are looked for; empty for all.
func (r *run) namespaceOf(k kind) string {
	if k.everywhere {
		return ""
	}
	return r.scope.Namespace
}

// one lists one kind.
func (r *run) one(ctx context.Context, k kind) (result, error) {
	part, err := r.list(ctx, k)
	if err == nil {
		return result{part: part}, nil
	}
	if ends(err) {
		return result{}, err
	}
	return result{gaps: []gap{{k.feeds, r.reason(k, r.scope.Namespace, err)}}}, nil
}

// nodes lists the nodes, after which the pods of nodes that are alike need no longer be kept apart.
func (r *run) nodes(ctx context.Context) (result, error) {
	res, err := r.one(ctx, nodes())
	if res.part != nil {
		places := res.part.Places()
		r.places.Store(&places)
	}
	return res, err
}

// pods lists the pods and, if some of them do not say what is wrong with them, the events about pods.
func (r *run) pods(ctx context.Context) (result, error) {
	res, err := r.one(ctx, pods(r.selector))
	if res.part == nil || !res.part.Interest() {
		return res, err
	}
	k := events()
	// To count an event again changes nothing: they are counted where the pods are, and not for themselves.
	err = r.anew(ctx, k, func() error {
		return r.pages(ctx, k, func() {}, func(i item) error { return k.count(res.part, i) })
	})
	if err == nil || ends(err) {
		return res, err
	}
	res.gaps = append(res.gaps, gap{k.feeds, r.reason(k, r.scope.Namespace, err)})
	return res, nil
}

// namespace makes sure that the namespace that was asked for is there. One that may not be asked for may be there.
func (r *run) namespace(ctx context.Context) (result, error) {
	q := request{path: "/api/v1/namespaces/" + r.scope.Namespace, accept: acceptProtobuf}
	err := r.ask(ctx, q, func(io.Reader) error { return nil })
	switch {
	case statusOf(err) == http.StatusNotFound:
		return result{}, fmt.Errorf("namespace %q: %w", r.scope.Namespace, ErrNoNamespace)
	case err != nil && ends(err):
		return result{}, err
	}
	return result{}, nil
}

// greet asks the server for its version, and so whether it is there. The error is that it is not.
func (r *run) greet(ctx context.Context) (result, error) {
	var found version.Info
	err := r.askJSON(ctx, request{path: "/version", accept: acceptJSON, first: true}, &found)
	switch {
	case err == nil:
		return result{version: found.GitVersion}, nil
	case statusOf(err) == 0, ends(err):
		return result{}, r.whole(err)
	default:
		return result{gaps: []gap{{[]inventory.Kind{inventory.Server}, "reading the server's version: " + r.said(err)}}}, nil
	}
}

// whole is the error of a whole run.
func (r *run) whole(err error) error {
	stop, stopped := errors.AsType[stopError](err)
	switch {
	case stopped:
		return stop.cause
	case errors.Is(err, ErrNoNamespace):
		return err
	case statusOf(err) == http.StatusUnauthorized:
		return fmt.Errorf("asking the API server of %s: it does not accept the credentials: %s", r.source(), plain(err))
	default:
		return fmt.Errorf("asking the API server of %s: %s", r.source(), r.said(err))
	}
}

// sum puts together what was read.
func (r *run) sum(server result, results []result) *inventory.Inventory {
	total := census.Selecting(r.selector)
	for _, res := range results {
		if res.part != nil {
			total.Add(res.part)
		}
	}
	inv := total.Inventory()
	inv.Source, inv.Version = r.source(), server.version
	for _, res := range append([]result{server}, results...) {
		for _, g := range res.gaps {
			for _, part := range g.parts {
				missing(inv, part, g.reason)
			}
		}
	}
	inv.Gaps[inventory.Rancher] = inventory.Gap{Reason: "Rancher was not asked"}
	inv.Gaps[inventory.Chart] = inventory.Gap{Reason: "a cluster is not a chart"}
	inv.Gaps[inventory.Documents] = inventory.Gap{Reason: "a cluster has no files"}
	for _, res := range inventory.Resources() {
		if !r.scope.wants(res.Part) {
			inv.Gaps[res.Part] = inventory.Gap{Reason: "the " + string(res.Part) + " were not asked for"}
		}
	}
	if r.scope.NodesOnly {
		for _, part := range []inventory.Kind{inventory.Workloads, inventory.Pods, inventory.Events, inventory.Refusals, inventory.RuntimeClasses} {
			inv.Gaps[part] = inventory.Gap{Reason: "only nodes were asked for"}
		}
	}
	return inv
}

// missing notes why a part is not whole, beside what else is why.
func missing(inv *inventory.Inventory, part inventory.Kind, reason string) {
	g := inv.Gaps[part]
	if g.Unread {
		reason = g.Reason + "; " + reason
	}
	inv.Gaps[part] = inventory.Gap{Reason: reason, Unread: true}
}
