package chart

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// UpgradeOptions are the flags of helm upgrade of the same names.
type UpgradeOptions struct {
	Wait, WaitForJobs, Atomic bool
	NoHooks                   bool
	Timeout                   time.Duration // of each wait: for a hook, for the resources
	HistoryMax                int           // revisions that are kept; 0 is all
	Description               string
	SkipSchemaValidation      bool
	PostRender                func(manifest []byte) ([]byte, error) // of the resources, not of hooks; nil: they stay as rendered
}

// Upgraded is the outcome of an upgrade that succeeded.
type Upgraded struct {
	Revision int
	Hooks    []string // KIND/NAME of those that ran, in the order of the chart
}

// Pending is the error of Upgrade for a release that somebody is changing, or nil.
func (i *Installed) Pending() error {
	if !i.last.status.IsPending() {
		return nil
	}
	return &PendingError{Name: i.Name, Namespace: i.Namespace, Status: string(i.last.status), Revision: i.last.revision, Since: i.last.made}
}

// Rehearse sends the API server every change of an upgrade but those of hooks, to be checked and forgotten. The error is what it
// refuses. UnrehearsedError says that it could not tell.
func (r *Releases) Rehearse(ctx context.Context, i *Installed, values map[string]any, o UpgradeOptions) error {
	cfg, err := r.configuration(r.options.Rehearsal, i)
	if err != nil {
		return err
	}
	cfg.Releases = storage.Init(nil)
	for _, kept := range history(i) {
		if err := cfg.Releases.Create(kept); err != nil {
			return fmt.Errorf("rehearsing the upgrade: %w", err)
		}
	}
	o.Wait, o.Atomic, o.NoHooks = false, false, true
	_, err = run(ctx, cfg, i, values, o)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case untold(err):
		return &UnrehearsedError{err}
	}
	return fmt.Errorf("the API server refuses the upgrade of %s: %w", i.Name, brief{err})
}

// brief is an error of Helm in one line, without the values that the API server repeats in it, which may be whole pods.
type brief struct{ error }

var invalidValue = regexp.MustCompile(`Invalid value: \{.*?\}: `)

func (e brief) Error() string {
	text := strings.Join(strings.Fields(e.error.Error()), " ")
	text = strings.ReplaceAll(text, "1 error occurred: * ", "")
	return invalidValue.ReplaceAllString(text, "Invalid value: {...}: ")
}

// Unwrap is the whole error.
func (e brief) Unwrap() error { return e.error }

// history is what the store that is rehearsed on starts from: the revision that counts and a failed one that is newer.
func history(i *Installed) []*release.Release {
	current, info := *i.record, *i.record.Info
	current.Info = &info
	out := []*release.Release{&current}
	if i.last.revision != current.Version {
		last, info := current, info
		info.Status = i.last.status
		last.Version, last.Info = i.last.revision, &info
		out = append(out, &last)
	}
	return out
}

// UnrehearsedError is a rehearsal that says nothing of the upgrade.
type UnrehearsedError struct{ Err error }

func (e *UnrehearsedError) Error() string {
	return "the upgrade could not be rehearsed: " + e.Err.Error()
}

// Unwrap is the API server's error.
func (e *UnrehearsedError) Unwrap() error { return e.Err }

// untold errors are of rehearsals alone: a webhook that has side effects, of which the server does not call any without meaning it
// (pkg/admission/plugin/webhook/errors of k8s.io/apiserver), and what would be made in a namespace that was not kept. Helm passes the
// server's answers on as text.
func untold(err error) bool {
	text := err.Error()
	return strings.Contains(text, "does not support dry run") || strings.Contains(text, "namespaces \"") && strings.Contains(text, "not found")
}

// Upgrade makes a new revision of the release with the chart it has and these values, all of them. Hooks run once. When ctx ends in
// the middle, Helm marks the revision as failed, and with Atomic rolls it back, before Upgrade returns. The error is a *PendingError,
// an *UpgradeError, or of something that did not begin.
func (r *Releases) Upgrade(ctx context.Context, i *Installed, values map[string]any, o UpgradeOptions) (*Upgraded, error) {
	if err := i.Pending(); err != nil {
		return nil, err
	}
	if err := r.unchanged(ctx, i); err != nil {
		return nil, err
	}
	cfg, err := r.configuration(r.getter, i)
	if err != nil {
		return nil, err
	}
	if s, ok := r.store.(*sqlStore); ok {
		d, err := openSQL(s.connection, i.Namespace)
		if err != nil {
			return nil, err
		}
		cfg.Releases = storage.Init(d)
	}
	upgraded, err := run(ctx, cfg, i, values, o)
	if err == nil {
		return &Upgraded{Revision: upgraded.Version, Hooks: ranHooks(upgraded)}, nil
	}
	return nil, r.failed(ctx, i, err)
}

// unchanged makes sure that what was looked at is what is upgraded.
func (r *Releases) unchanged(ctx context.Context, i *Installed) error {
	heads, err := r.store.heads(ctx, i.Namespace, i.Name)
	if err != nil {
		return fmt.Errorf("reading release %s: %w", i.Name, err)
	}
	newest := slices.MaxFunc(append(heads, i.last), func(a, b head) int { return a.revision - b.revision })
	if !slices.Contains(heads, i.last) || newest.revision != i.last.revision {
		return fmt.Errorf("release %s has changed since it was read: revision %d is %s", i.Name, newest.revision, newest.status)
	}
	return nil
}

// configuration is Helm's handle on the cluster of a getter, for the namespace of a release.
func (r *Releases) configuration(getter genericclioptions.RESTClientGetter, i *Installed) (*action.Configuration, error) {
	driver := r.options.Driver
	if driver == "sql" {
		driver = "memory" // Upgrade puts the real one in its place, with the connection that it was given
	}
	cfg := new(action.Configuration)
	if err := cfg.Init(getter, i.Namespace, driver, r.options.Log); err != nil {
		return nil, err
	}
	if client, ok := cfg.KubeClient.(*kube.Client); ok {
		client.Namespace = i.Namespace
	}
	cfg.Capabilities = i.Chart.around.capabilities.Copy()
	return cfg, nil
}

// noTimeout is longer than anybody waits. Helm takes 0 for not waiting at all.
const noTimeout = 365 * 24 * time.Hour

// run is helm upgrade. A panic in it becomes an error: what it has begun has to be told.
func run(ctx context.Context, cfg *action.Configuration, i *Installed, values map[string]any, o UpgradeOptions) (r *release.Release, err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("helm panicked: %v", bug)
		}
	}()
	up := action.NewUpgrade(cfg)
	up.Namespace = i.Namespace
	up.Wait, up.WaitForJobs, up.Atomic, up.DisableHooks = o.Wait, o.WaitForJobs, o.Atomic, o.NoHooks
	up.Timeout, up.MaxHistory, up.Description = cmp.Or(o.Timeout, noTimeout), o.HistoryMax, o.Description
	up.SkipSchemaValidation = o.SkipSchemaValidation
	up.ResetValues = true // values are all there are: nothing is to be mixed in
	up.PostRenderer = postRenderer(func(manifest *bytes.Buffer) (*bytes.Buffer, error) {
		// It is the last step before Helm changes anything. A canceled upgrade it would begin, and end at once.
		if err := ctx.Err(); err != nil || o.PostRender == nil {
			return manifest, err
		}
		out, err := o.PostRender(manifest.Bytes())
		return bytes.NewBuffer(out), err
	})
	return up.RunWithContext(ctx, i.Name, cloneChart(i.Chart.helm), values)
}

// postRenderer is a function as Helm's PostRenderer.
type postRenderer func(*bytes.Buffer) (*bytes.Buffer, error)

// Run implements it.
func (f postRenderer) Run(manifest *bytes.Buffer) (*bytes.Buffer, error) { return f(manifest) }

// PostRendered are documents as a post-renderer leaves them: Helm 3 passes it the resources and keeps the hooks from it.
func PostRendered(docs []Document, post func([]byte) ([]byte, error)) ([]Document, error) {
	var resources strings.Builder
	var hooks []Document
	for _, d := range docs {
		if d.Hook {
			hooks = append(hooks, d)
			continue
		}
		fmt.Fprintf(&resources, "---\n# Source: %s\n%s\n", d.Source, d.Text)
	}
	manifest, err := post([]byte(resources.String()))
	if err != nil {
		return nil, err
	}
	return append(documentsOf(string(manifest)), hooks...), nil
}

// documentsOf are the documents of a manifest as Helm records it.
func documentsOf(manifest string) []Document {
	var out []Document
	for _, text := range splitManifest(manifest) {
		source, rest := cutSource(text)
		out = append(out, Document{Source: source, Text: rest})
	}
	return out
}

// ranHooks are the hooks that an upgrade has run.
func ranHooks(r *release.Release) []string {
	var out []string
	for _, h := range r.Hooks {
		if !h.LastRun.StartedAt.IsZero() {
			out = append(out, h.Kind+"/"+h.Name)
		}
	}
	return out
}

// UpgradeError is an upgrade that began and did not succeed.
type UpgradeError struct {
	Name, Namespace string
	Failed          int    // the revision that was to be
	Revision        int    // the newest now: Failed, or the one that rolled it back
	Status          string // of Revision
	Before          int    // the revision that it started from
	Err             error  // Helm's
}

func (e *UpgradeError) Error() string {
	text := fmt.Sprintf("upgrading release %s: %v; revision %d failed", e.Name, e.Err, e.Failed)
	if e.RolledBack() {
		return text + fmt.Sprintf(", and revision %d brought revision %d back", e.Revision, e.Before)
	}
	return text + fmt.Sprintf(", and what it had changed by then stays changed; revision %d is %s", e.Revision, e.Status)
}

// RolledBack says that the release is as it was.
func (e *UpgradeError) RolledBack() bool {
	return e.Revision > e.Failed && e.Status == string(release.StatusDeployed)
}

// Unwrap is Helm's error.
func (e *UpgradeError) Unwrap() error { return e.Err }

// lastLook is how long the records may take to be read after an upgrade that was interrupted.
const lastLook = 5 * time.Second

// failed looks at what an upgrade has left.
func (r *Releases) failed(ctx context.Context, i *Installed, err error) error {
	if errors.Is(err, ctx.Err()) && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
	defer cancel()
	heads, unread := r.store.heads(look, i.Namespace, i.Name)
	if unread != nil || len(heads) == 0 {
		return fmt.Errorf("upgrading release %s: %w; what has become of it could not be read: %w", i.Name, err, unread)
	}
	last := slices.MaxFunc(heads, func(a, b head) int { return a.revision - b.revision })
	if last.revision <= i.last.revision {
		return fmt.Errorf("upgrading release %s: %w; nothing was changed", i.Name, err)
	}
	return &UpgradeError{
		Name: i.Name, Namespace: i.Namespace, Failed: i.last.revision + 1, Before: i.Revision,
		Revision: last.revision, Status: string(last.status), Err: brief{err},
	}
}
