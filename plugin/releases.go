package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/order"
	"github.com/winready/kubectl-winready/pkg/patch"
)

// fleetOptions say whether all releases are looked at instead of one.
type fleetOptions struct{ on, everywhere bool }

func (o *fleetOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Releases", func(f *pflag.FlagSet) {
		f.BoolVar(&o.on, "all-releases", false, "plan every release of the namespace instead of one chart, and the order to apply them in")
		f.BoolVarP(&o.everywhere, "all-namespaces", "A", false, "with --all-releases, those of every namespace")
	})
}

// args accepts one chart, or nothing with --all-releases.
func (o *fleetOptions) args(cmd *cobra.Command, args []string) error {
	switch {
	case !o.on && o.everywhere:
		return usage(cmd, "--all-namespaces is about --all-releases")
	case o.on && len(args) > 0:
		return usage(cmd, fmt.Sprintf("--all-releases takes no CHART, got %q", args))
	case !o.on:
		return oneChart(cmd, args)
	}
	for _, flag := range []string{"output", "output-file", "report", "chart", "repo"} {
		if cmd.Flags().Changed(flag) {
			return usage(cmd, "--"+flag+" is about one release: it does not go with --all-releases")
		}
	}
	return nil
}

// planned is what is to be done about one release.
type planned struct {
	name      string // NAMESPACE/NAME
	live      *liveRelease
	result    *patch.Result
	misplaced int // pods on a system that is not theirs
}

// fleet is a plan of many releases.
type fleet struct {
	releases []planned // in order
	unread   []string  // those that could not be planned
}

// errUnread says that some releases could not be planned, which has been told.
var errUnread = errors.New("some releases could not be read")

// runAll plans all releases, says the order, and with --apply goes through it until something fails.
func (o *patchOptions) runAll(ctx context.Context, deps Deps, request patch.Request) error {
	open := o.chart.opener(deps)
	plan, err := o.planAll(ctx, open, request)
	if err != nil {
		return err
	}
	if err := plan.write(deps); err != nil {
		return err
	}
	if o.apply.on {
		if err := plan.apply(ctx, deps, &o.apply); err != nil {
			return err
		}
	}
	if len(plan.unread) > 0 {
		return errUnread
	}
	for _, r := range plan.releases {
		if unplaced(&r.result.Report) {
			return errFindings
		}
	}
	return nil
}

// planAll reads, renders and places every release.
func (o *patchOptions) planAll(ctx context.Context, open *opener, request patch.Request) (*fleet, error) {
	releases, err := open.releases()
	if err != nil {
		return nil, err
	}
	list, err := releases.List(ctx, o.fleet.everywhere)
	if err != nil {
		return nil, err
	}
	p := open.deps.newProgress()
	defer p.done()
	plan := &fleet{}
	matched := map[string]int{}
	for i, s := range list {
		name := s.Namespace + "/" + s.Name
		p.say("placing %d of %d releases, now %s", i+1, len(list), name)
		live, result, err := o.planOne(ctx, open, releases, s, request, matched)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil && wrongUsage(err):
			return nil, err
		case err != nil:
			fmt.Fprintf(open.deps.ErrOut, "error: release %s: %v\n", name, err)
			plan.unread = append(plan.unread, name)
		default:
			plan.releases = append(plan.releases, planned{name: name, live: live, result: result})
		}
	}
	if err := unmatched(request, matched, len(plan.releases)); err != nil {
		return nil, err
	}
	return plan, o.inOrder(ctx, open, plan)
}

// planOne places one release. A pattern need not match in each of them; matched counts in how many each one did.
func (o *patchOptions) planOne(ctx context.Context, open *opener, releases *chart.Releases, s chart.Summary, q patch.Request, matched map[string]int) (*liveRelease, *patch.Result, error) {
	installed, err := releases.Read(ctx, s, nil)
	if err != nil {
		return nil, nil, err
	}
	if err := installed.Pending(); err != nil {
		return nil, nil, err
	}
	renderer, live, err := open.installed(releases, installed)
	if err != nil {
		return nil, nil, err
	}
	var result *patch.Result
	err = o.chart.within(ctx, func(ctx context.Context) (err error) {
		if q, err = o.asked(ctx, open.deps, renderer, q); err != nil {
			return err
		}
		for {
			result, err = patch.Run(ctx, renderer, q)
			var pattern *aim.PatternError
			if !errors.As(err, &pattern) || pattern.Malformed || pattern.Clash != "" {
				return err
			}
			q = without(q, pattern)
		}
	})
	for _, pattern := range slices.Concat(q.Windows, q.Linux, q.Leave) {
		matched[pattern]++
	}
	return live, result, err
}

// without is a request without a pattern that matches nothing.
func without(q patch.Request, e *aim.PatternError) patch.Request {
	for _, list := range []*[]string{&q.Windows, &q.Linux, &q.Leave} {
		*list = slices.DeleteFunc(slices.Clone(*list), func(pattern string) bool { return pattern == e.Pattern })
	}
	return q
}

// unmatched is wrong usage where a pattern chose nothing in any release.
func unmatched(q patch.Request, matched map[string]int, releases int) error {
	for _, pattern := range slices.Concat(q.Windows, q.Linux, q.Leave) {
		if matched[pattern] == 0 && releases > 0 {
			return &usageError{problems: []string{fmt.Sprintf("the pattern %q chooses nothing in any of %d releases", pattern, releases)}}
		}
	}
	return nil
}

// inOrder sorts the plan.
func (o *patchOptions) inOrder(ctx context.Context, open *opener, plan *fleet) error {
	reader, err := cluster.New(o.chart.getter(open.deps), cluster.Options{})
	if err != nil {
		return err
	}
	namespace := ""
	if !o.fleet.everywhere && len(plan.releases) > 0 {
		namespace = plan.releases[0].live.installed.Namespace
	}
	inv, err := reader.Inventory(ctx, cluster.Scope{Namespace: namespace})
	if err != nil {
		return err
	}
	if gap, missing := inv.Gaps[inventory.Pods]; missing {
		fmt.Fprintf(open.deps.ErrOut, "warning: %s: the order does not follow from where pods are now\n", gap.Reason)
	}
	list := make([]order.Release, len(plan.releases))
	for i := range plan.releases {
		r := &plan.releases[i]
		r.misplaced = misplaced(inv, r.live.installed.Namespace, r.result.Report.Workloads)
		defines, uses := r.live.installed.Kinds()
		list[i] = order.Release{Name: r.name, Defines: defines, Uses: uses, Misplaced: r.misplaced}
	}
	sorted := make([]planned, 0, len(list))
	for _, i := range order.Of(list) {
		sorted = append(sorted, plan.releases[i])
	}
	plan.releases = sorted
	return nil
}

// misplaced counts the pods of workloads that are on another system than theirs.
func misplaced(inv *inventory.Inventory, namespace string, workloads []patch.Outcome) int {
	os := map[object.Ref]string{}
	for _, w := range workloads {
		ref := object.Ref{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}
		if ref.Namespace == "" {
			ref.Namespace = namespace
		}
		os[ref] = w.OS
	}
	n := 0
	for _, g := range inv.Pods {
		ref := inv.Workloads[g.Workload].Object
		ref.APIVersion = ""
		if want := os[ref]; want != "" && g.Pool >= 0 && string(inv.Pools[g.Pool].OS()) != want {
			n += g.Count
		}
	}
	return n
}

// write says what is planned.
func (f *fleet) write(deps Deps) error {
	var b strings.Builder
	if len(f.releases) == 0 {
		b.WriteString("no releases to place\n")
	} else {
		fmt.Fprintf(&b, "The order: %s.\n", order.Rule)
	}
	for i, r := range f.releases {
		report := &r.result.Report
		count := map[patch.Status]int{}
		for _, w := range report.Workloads {
			count[w.Status]++
		}
		fmt.Fprintf(&b, "%d. %s  %s %s: %d placed, %d in place already, %d unplaced", i+1, r.name, report.Chart.Name, report.Chart.Version,
			count[patch.Placed], count[patch.Already], count[patch.Unplaced])
		if r.misplaced > 0 {
			fmt.Fprintf(&b, "; pods on the wrong system now: %d", r.misplaced)
		}
		b.WriteByte('\n')
		for _, w := range report.Workloads {
			switch w.Status {
			case patch.Placed:
				fmt.Fprintf(&b, "     placed    %s/%s  %s  %s\n", w.Kind, w.Name, w.OS, strings.Join(w.Paths, ", "))
			case patch.Unplaced:
				fmt.Fprintf(&b, "     unplaced  %s/%s  %s  %s\n", w.Kind, w.Name, w.OS, w.Reason)
			case patch.Already, patch.Left:
			}
		}
		for _, u := range report.Unreadable {
			fmt.Fprintf(&b, "     not read  %s\n", u)
		}
	}
	if len(f.unread) > 0 {
		fmt.Fprintf(&b, "not planned: %s\n", strings.Join(f.unread, ", "))
	}
	_, err := fmt.Fprint(deps.Out, b.String())
	return err
}

// apply upgrades one release after the other, and stops at the first that fails.
func (f *fleet) apply(ctx context.Context, deps Deps, o *applyOptions) error {
	var done []string
	for i, r := range f.releases {
		fmt.Fprintf(deps.ErrOut, "release %s, %d of %d\n", r.name, i+1, len(f.releases))
		if err := o.run(ctx, deps, r.live, r.result, nil); err != nil {
			var rest []string
			for _, left := range f.releases[i+1:] {
				rest = append(rest, left.name)
			}
			fmt.Fprintf(deps.ErrOut, "stopped at release %s; done before: %s; not begun: %s\n", r.name, orNone(done), orNone(rest))
			return err
		}
		done = append(done, r.name)
	}
	return nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
