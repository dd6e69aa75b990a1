// Command corpus runs patch, post-render or fork over a folder of charts and counts what became of them: a measure of the tool, and a
// search for charts that it cannot stand. It must not judge a placement itself, and prints nothing of the charts but what the
// tool says, and where it changed what is none of its business.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // this is a main
	err := run(ctx, os.Stdout, os.Stderr, os.Args[1:])                    //nolint:forbidigo // this is a main
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errFaults):
		os.Exit(1) //nolint:forbidigo // this is a main
	default:
		fmt.Fprintf(os.Stderr, "corpus: %v\n", err) //nolint:forbidigo // this is a main
		os.Exit(2)                                  //nolint:forbidigo // this is a main
	}
}

// errFaults says that a chart made the tool panic or run out of time; the counts say which.
var errFaults = errors.New("a chart was too much")

func run(ctx context.Context, out, errOut io.Writer, args []string) error {
	chart.LogTo(io.Discard)
	var q patch.Request
	var pools, file string
	c := corpus{timeout: time.Minute, workers: 2}
	f := flag.NewFlagSet("corpus", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.Usage = func() {
		fmt.Fprintln(errOut, "Usage: corpus [flags] DIR\nruns patch over every folder directly below DIR that has a Chart.yaml.")
		f.PrintDefaults()
	}
	f.StringVar(&q.OS, "os", "windows", "where the workloads are to go: windows, linux or auto")
	f.DurationVar(&c.timeout, "timeout", c.timeout, "time for one chart")
	f.StringVar(&pools, "pools", "rke2", "node pools: a preset or a file")
	f.BoolVar(&c.post, "post-render", false, "send each chart's render through post-render, and compare what comes out")
	f.BoolVar(&c.settle, "settle", false, "with -post-render: set os.name and take Linux-only fields away, too")
	f.BoolVar(&c.fork, "fork", false, "fork each chart for what values leave undone")
	f.BoolVar(&c.forking.all, "fork-all", false, "with -fork: for all workloads, as if no value placed any")
	f.StringVar(&c.forking.dir, "fork-dir", "", "with -fork: write the forks, and the values that go beside them, below this folder")
	f.StringVar(&file, "json", "", "write what became of each chart to this file")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return fmt.Errorf("want one folder of charts, got %d arguments", f.NArg())
	}
	switch q.OS {
	case aim.Auto, "linux", "windows":
	default:
		return fmt.Errorf("-os %q: want auto, linux or windows", q.OS)
	}
	var err error
	if q.Pools, err = readPools(pools); err != nil {
		return err
	}
	_, q.PoolsAssumed = placement.Preset(pools)
	c.request = q
	start := time.Now()
	results, err := c.run(ctx, f.Arg(0))
	if err != nil {
		return err
	}
	if file != "" {
		if err := writeJSON(file, results); err != nil {
			return err
		}
	}
	return c.write(out, results, time.Since(start))
}

func (c corpus) write(out io.Writer, results []result, took time.Duration) error {
	if c.post {
		if !writePostRendered(out, results) {
			return errFaults
		}
		return nil
	}
	if c.fork {
		if !writeForked(out, results) {
			return errFaults
		}
		return nil
	}
	counted := count(results)
	counted.write(out, took)
	if counted.panics+counted.timeouts > 0 {
		return errFaults
	}
	return nil
}

func readPools(name string) ([]placement.Pool, error) {
	if pools, ok := placement.Preset(name); ok {
		return pools, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading pools: %w", err)
	}
	return placement.ReadPools(data, name)
}

func writeJSON(name string, results []result) error {
	data, err := json.MarshalIndent(results, "", " ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return os.WriteFile(name, append(data, '\n'), 0o644)
}
