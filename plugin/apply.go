package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/delta"
	"github.com/winready/kubectl-winready/pkg/patch"
)

// applyOptions say whether and how the release that a chart was read from is upgraded. The flags are Helm's.
type applyOptions struct {
	on      bool
	dryRun  string
	upgrade chart.UpgradeOptions
}

// dryRuns are the ways to leave the release as it is, and the one not to.
const (
	dryRunNone   = "none"
	dryRunClient = "client"
	dryRunServer = "server"
)

func (o *applyOptions) addFlags(cmd *cobra.Command, deps Deps) {
	u := &o.upgrade
	flagSection(cmd, "Upgrade", func(f *pflag.FlagSet) {
		f.BoolVar(&o.on, "apply", false, "upgrade release/NAME with the values that place it")
		f.StringVar(&o.dryRun, "dry-run", dryRunNone, "`MODE` of --apply: none, client (show the change) or server (have the API server check it too)")
		f.BoolVar(&u.Wait, "wait", false, "wait until what was upgraded is ready, for as long as --timeout")
		f.BoolVar(&u.WaitForJobs, "wait-for-jobs", false, "with --wait, wait until jobs are complete, too")
		f.BoolVar(&u.Atomic, "atomic", false, "roll back an upgrade that fails; implies --wait")
		f.BoolVar(&u.NoHooks, "no-hooks", false, "do not run the hooks of an upgrade")
		f.IntVar(&u.HistoryMax, "history-max", historyMax(deps), "`NUMBER` of revisions to keep; 0 is all")
		f.StringVar(&u.Description, "description", "", "`TEXT` that helm history shows of the revision")
	})
	cmd.Flags().Lookup("dry-run").NoOptDefVal = dryRunClient // as Helm's
	words(cmd, "dry-run", cobra.ShellCompDirectiveNoFileComp, dryRunNone, dryRunClient, dryRunServer)
}

// helmsHistory is how many revisions Helm keeps when HELM_MAX_HISTORY does not say: pkg/cli/environment.go of helm.sh/helm/v3.
const helmsHistory = 10

func historyMax(deps Deps) int {
	if n, err := strconv.Atoi(deps.Env("HELM_MAX_HISTORY")); err == nil {
		return n
	}
	return helmsHistory
}

// validate notes what does not go together with --apply, or without it.
func (o *applyOptions) validate(p *problems, cmd *cobra.Command, refs []string) {
	if !slices.Contains([]string{dryRunNone, dryRunClient, dryRunServer}, o.dryRun) {
		p.add("--dry-run %q: want %s", o.dryRun, quoted([]string{dryRunNone, dryRunClient, dryRunServer}))
	}
	if !o.on {
		for _, flag := range []string{"dry-run", "wait", "wait-for-jobs", "atomic", "no-hooks", "history-max", "description"} {
			if cmd.Flags().Changed(flag) {
				p.add("--%s is about --apply", flag)
			}
		}
		return
	}
	// What was shown is to be what is installed.
	for _, flag := range []string{"kube-version", "api-versions", "output"} {
		if cmd.Flags().Changed(flag) {
			p.add("--%s does not go with --apply", flag)
		}
	}
	for _, ref := range refs {
		if _, ok := releaseName(ref); !ok {
			p.add("--apply upgrades what is installed: want release/NAME, got %q", ref)
		}
	}
}

// application is one upgrade on its way.
type application struct {
	*applyOptions
	deps    Deps
	live    *liveRelease
	overlay map[string]any
	post    func([]byte) ([]byte, error)
}

// run shows what an upgrade of the release would change and, unless it is a dry run, upgrades it. post is what the resources of
// the render go through on their way to the cluster; nil for nothing.
func (o *applyOptions) run(ctx context.Context, deps Deps, live *liveRelease, result *patch.Result, post func([]byte) ([]byte, error)) error {
	if err := live.installed.Pending(); err != nil {
		return err
	}
	a := application{applyOptions: o, deps: deps, live: live, overlay: result.Overlay.Tree(), post: post}
	changes, err := a.changes(ctx, &result.Report)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		fmt.Fprintf(deps.ErrOut, "nothing to change: release %s stays at revision %d\n", live.installed.Name, live.installed.Revision)
		return nil
	}
	if err := a.show(changes); err != nil || o.dryRun == dryRunClient {
		return err
	}
	if post != nil {
		fmt.Fprintln(deps.ErrOut, "warning: some of it is placed by post-rendering, which Helm does not keep: later upgrades need it again")
	}
	values := chart.Merge(live.values, a.overlay)
	options := o.upgrade
	options.PostRender, options.Timeout, options.SkipSchemaValidation = post, live.timeout, live.release.SkipSchemaValidation
	if err := a.rehearse(ctx, values, options); err != nil {
		return err
	}
	if o.dryRun == dryRunServer {
		fmt.Fprintf(deps.ErrOut, "dry run: the API server accepts the upgrade of release %s\n", live.installed.Name)
		return nil
	}
	return a.upgrade(ctx, values, options)
}

// changes are what the upgrade makes of the installed objects; none when there is nothing to upgrade for. What it would change
// without placing anything, as helm upgrade would, is told by name: random passwords, above all.
func (a *application) changes(ctx context.Context, report *patch.Report) ([]delta.Change, error) {
	if a.post == nil && len(a.overlay) == 0 && !a.live.wanted {
		return nil, nil
	}
	renderer, err := a.live.installed.Chart.Renderer(a.live.release, a.live.values)
	if err != nil {
		return nil, err
	}
	before, err := documents(ctx, renderer, nil)
	if err != nil {
		return nil, err
	}
	after, err := documents(ctx, renderer, a.overlay)
	if err != nil {
		return nil, err
	}
	if a.post != nil {
		if after, err = chart.PostRendered(after, a.post); err != nil {
			return nil, err
		}
	}
	if moved := patch.Unsettled(report, before, after); len(moved) > 0 {
		return nil, fmt.Errorf("nothing was applied: the values would move %s, and not to where it belongs", strings.Join(moved, ", "))
	}
	installed := a.live.installed.Documents()
	changes := delta.Between(installed, after)
	for _, c := range delta.Common(delta.Between(installed, before), changes) {
		fmt.Fprintf(a.deps.ErrOut, "warning: besides placement, the upgrade changes %s\n", c)
	}
	if !a.applyOptions.upgrade.NoHooks {
		a.warnOfHooks(after, report)
	}
	return changes, nil
}

// warnOfHooks names the hooks that run in the upgrade and that no value places: Helm waits for them.
func (a *application) warnOfHooks(docs []chart.Document, report *patch.Report) {
	for _, p := range chart.FindPods(docs).Pods {
		runs := slices.Contains(p.Hooks, "pre-upgrade") || slices.Contains(p.Hooks, "post-upgrade")
		if runs && slices.ContainsFunc(report.Workloads, func(w patch.Outcome) bool {
			return w.Status == patch.Unplaced && w.Kind == p.Object.Kind && w.Name == p.Object.Name
		}) {
			fmt.Fprintf(a.deps.ErrOut, "warning: hook %s is not placed, and the upgrade may hang on it; --no-hooks leaves hooks out\n", p.ID())
		}
	}
}

func documents(ctx context.Context, r *chart.Renderer, overlay map[string]any) ([]chart.Document, error) {
	rendered, err := r.Render(ctx, overlay)
	if err != nil {
		return nil, err
	}
	return rendered.Documents()
}

// show writes the change to stdout, as kubectl diff does.
func (a *application) show(changes []delta.Change) error {
	color := a.deps.style(a.deps.OutTerminal).Color
	var b strings.Builder
	for _, c := range changes {
		for line := range strings.Lines(c.Unified()) {
			b.WriteString(colored(line, color))
		}
	}
	_, err := fmt.Fprint(a.deps.Out, b.String())
	return err
}

// colored is a line of a diff as git shows it.
func colored(line string, color bool) string {
	code := map[byte]string{'+': "\x1b[32m", '-': "\x1b[31m", '@': "\x1b[36m"}[line[0]]
	if !color || code == "" {
		return line
	}
	return code + strings.TrimRight(line, "\n") + "\x1b[0m\n"
}

// rehearse asks the API server about the upgrade before any of it is done.
func (a *application) rehearse(ctx context.Context, values map[string]any, o chart.UpgradeOptions) error {
	defer a.live.progress.done()
	err := a.live.releases.Rehearse(ctx, a.live.installed, values, o)
	if _, untold := errors.AsType[*chart.UnrehearsedError](err); untold {
		fmt.Fprintf(a.deps.ErrOut, "warning: %v\n", err)
		return nil
	}
	return err
}

// upgrade does it, once. An upgrade that is interrupted has to be wound up: the process may not end before.
func (a *application) upgrade(ctx context.Context, values map[string]any, o chart.UpgradeOptions) error {
	a.deps.winding.Store(true)
	defer a.deps.winding.Store(false)
	i := a.live.installed
	done, err := a.live.releases.Upgrade(ctx, i, values, o)
	a.live.progress.done()
	if err != nil {
		if ctx.Err() != nil {
			fmt.Fprintf(a.deps.ErrOut, "error: %v\n", err) // what is returned then is that it was interrupted
		}
		return err
	}
	hooks := ""
	if len(done.Hooks) > 0 {
		hooks = "; hooks that ran: " + strings.Join(done.Hooks, ", ")
	}
	fmt.Fprintf(a.deps.ErrOut, "upgraded: release %s is at revision %d%s\n", i.Name, done.Revision, hooks)
	return nil
}
