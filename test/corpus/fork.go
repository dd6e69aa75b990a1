package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/fork"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// forking says how charts are forked.
type forking struct {
	all bool   // fork for every workload, as if values placed none
	dir string // write each fork and its values below this folder; empty: nowhere
}

// forked is what became of the workloads of one chart.
type forked struct {
	Version  string           `json:"version"`
	Placed   []fork.Placement `json:"placed"`
	Unplaced []fork.Unplaced  `json:"unplaced"`
	Edits    int              `json:"edits"`
}

// forked forks a chart for what values leave undone.
func (c corpus) forked(ctx context.Context, name string, open *opened) (*forked, error) {
	result, err := patch.Run(ctx, open.renderer, c.request)
	if err != nil {
		return nil, err
	}
	overlay := result.Overlay
	values, render := chart.Merge(open.values, overlay.Tree()), result.Render
	if c.forking.all {
		values, render = open.values, nil
	}
	chooser, err := c.request.Chooser()
	if err != nil {
		return nil, err
	}
	f, err := fork.Make(ctx, fork.Input{
		Chart: open.chart, Release: open.release, Values: values, Render: render,
		Plan: func(w workload.Workload) (steer.Plan, bool) {
			target, err := chooser.Target(w)
			return steer.Place(w, result.Goals[target.OS]), err == nil && target.OS != ""
		},
	})
	if err != nil {
		return nil, err
	}
	out := &forked{Version: f.Version, Placed: f.Placed, Unplaced: f.Unplaced, Edits: len(f.Edits)}
	if c.forking.dir == "" || len(f.Files) == 0 {
		return out, nil
	}
	text := []byte("{}\n")
	if !c.forking.all {
		if text, err = overlay.YAML(); err != nil {
			return nil, err
		}
	}
	return out, c.forking.write(name, f, text)
}

// write keeps a fork as NAME/chart and the values beside it as NAME/values.yaml.
func (f forking) write(name string, made *fork.Fork, values []byte) error {
	files := map[string][]byte{"values.yaml": values}
	for path, data := range made.Files {
		files[filepath.Join("chart", filepath.FromSlash(path))] = data
	}
	for path, data := range files {
		path = filepath.Join(f.dir, name, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeForked counts what became of all. It says whether nothing was too much for the tool.
func writeForked(out io.Writer, results []result) bool {
	ways, reasons, failed := map[fork.Way]int{}, tally{}, tally{}
	placed, charts, edits, fine := 0, 0, 0, true
	for _, r := range results {
		switch {
		case r.Panic != "", r.TimedOut:
			fmt.Fprintf(out, "%s: %s\n", r.Chart, cmp.Or(strings.SplitN(r.Panic, "\n", 2)[0], "out of time"))
			fine = false
		case strings.HasPrefix(r.Error, "forking "):
			fmt.Fprintf(out, "%s: %s\n", r.Chart, r.Error)
			fine = false
		case r.Error != "":
			failed[failure(r.Error)]++
		default:
			if len(r.Forked.Placed) > 0 {
				charts++
			}
			edits += r.Forked.Edits
			placed += len(r.Forked.Placed)
			for _, p := range r.Forked.Placed {
				ways[p.Way]++
			}
			for _, u := range r.Forked.Unplaced {
				reasons[r.Chart+" "+u.Workload+": "+u.Reason]++
			}
		}
	}
	fmt.Fprintf(out, "forks             %6d\n  edits           %6d\n  workloads placed%6d\n", charts, edits, placed)
	for _, w := range slices.Sorted(maps.Keys(ways)) {
		fmt.Fprintf(out, "    %6d  %s\n", ways[w], w)
	}
	reasons.write(out, "  not placed      ", "    ")
	failed.write(out, "charts that do not render", "    ")
	return fine
}
