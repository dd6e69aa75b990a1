package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// asked is a request with what registries say of the images of workloads that nothing else tells of. An image that could not be asked
// for is an error: its pods would go to Linux for no reason that anybody gave.
func (o *patchOptions) asked(ctx context.Context, deps Deps, r *chart.Renderer, q patch.Request) (patch.Request, error) {
	if !o.registry.on {
		return q, nil
	}
	base, err := r.Render(ctx, nil)
	if err != nil {
		return q, err
	}
	docs, err := base.Documents()
	if err != nil {
		return q, err
	}
	var workloads []workload.Workload
	for _, p := range chart.FindPods(docs).Pods {
		workloads = append(workloads, p.Workload)
	}
	names, err := q.Undecided(workloads)
	if _, pattern := errors.AsType[*aim.PatternError](err); pattern {
		return q, nil // placing says it, with all that it is about
	}
	if err != nil || len(names) == 0 {
		return q, err
	}
	if q.Images, err = o.registry.images(ctx, deps, names); err != nil {
		return q, err
	}
	var unknown []string
	for _, name := range names {
		if reason := q.Images[name].Unknown; reason != "" {
			unknown = append(unknown, fmt.Sprintf("image %s: %s", name, reason))
		}
	}
	if slices.Sort(unknown); len(unknown) > 0 {
		return q, &unaskedError{strings.Join(unknown, "; ")}
	}
	return q, nil
}

// unaskedError is that registries do not tell what a placement hangs on.
type unaskedError struct{ reasons string }

func (e *unaskedError) Error() string { return "asking registries: " + e.reasons }
