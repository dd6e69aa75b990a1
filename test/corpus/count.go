package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/winready/kubectl-winready/pkg/patch"
)

// tally counts by a text.
type tally map[string]int

// counts is a corpus in numbers.
type counts struct {
	charts, rendered, withValues, empty, panics, timeouts int
	faults                                                []string // the charts of the last two
	status                                                map[patch.Status]int
	unplaced, knobs, failed                               tally
	renders                                               map[int]int
	seconds                                               []float64
}

func count(results []result) counts {
	c := counts{
		charts: len(results), status: map[patch.Status]int{}, unplaced: tally{}, knobs: tally{}, failed: tally{}, renders: map[int]int{},
	}
	for _, r := range results {
		c.seconds = append(c.seconds, r.Seconds)
		switch {
		case r.Panic != "":
			c.panics++
			first, _, _ := strings.Cut(r.Panic, "\n")
			c.faults = append(c.faults, r.Chart+": panic: "+first)
		case r.TimedOut:
			c.timeouts++
			c.faults = append(c.faults, r.Chart+": out of time")
		case r.Error != "":
			c.failed[failure(r.Error)]++
		default:
			c.report(r)
		}
	}
	slices.Sort(c.seconds)
	return c
}

func (c *counts) report(r result) {
	c.rendered++
	if r.Values != "" {
		c.withValues++
	}
	if len(r.Report.Workloads) == 0 {
		c.empty++
	}
	c.renders[r.Report.Renders]++
	for _, w := range r.Report.Workloads {
		c.status[w.Status]++
		if w.Status == patch.Unplaced {
			c.unplaced[obstacles(w.Reason)]++
		}
	}
	for _, k := range r.Report.Knobs {
		switch k.Status {
		case "refused", "broken", "misdirected":
			c.knobs[k.Status+": "+cause(k.Problem)]++
		}
	}
}

func (c *counts) write(out io.Writer, total time.Duration) {
	fmt.Fprintf(out, "charts            %6d\n", c.charts)
	fmt.Fprintf(out, "  rendered        %6d, %d of them with values of their ci folder, %d without workloads\n", c.rendered, c.withValues, c.empty)
	c.failed.write(out, "  failed to render", "    ")
	fmt.Fprintf(out, "  panics          %6d\n  out of time     %6d\n", c.panics, c.timeouts)
	for _, f := range c.faults {
		fmt.Fprintf(out, "    %s\n", f)
	}
	workloads := 0
	for _, n := range c.status {
		workloads += n
	}
	fmt.Fprintf(out, "workloads         %6d\n  placed          %6d\n  already         %6d\n", workloads, c.status[patch.Placed], c.status[patch.Already])
	c.unplaced.write(out, "  unplaced        ", "    ")
	c.knobs.write(out, "knobs not used    ", "  ")
	c.printRenders(out)
	fmt.Fprintf(out, "seconds           %6.1f in total; per chart p50 %.3f, p95 %.3f, max %.3f\n",
		total.Seconds(), c.percentile(50), c.percentile(95), c.percentile(100))
}

// write lists what was counted, most first.
func (t tally) write(out io.Writer, title, indent string) {
	sum := 0
	keys := slices.SortedFunc(maps.Keys(t), func(a, b string) int { return cmp.Or(t[b]-t[a], strings.Compare(a, b)) })
	for _, k := range keys {
		sum += t[k]
	}
	fmt.Fprintf(out, "%s%6d\n", title, sum)
	for _, k := range keys {
		fmt.Fprintf(out, "%s%6d  %s\n", indent, t[k], k)
	}
}

func (c *counts) printRenders(out io.Writer) {
	few := 0
	for n, charts := range c.renders {
		if n <= 3 {
			few += charts
		}
	}
	fmt.Fprintf(out, "renders per chart   at most 3 on %.1f %% of charts\n", 100*float64(few)/float64(max(c.rendered, 1)))
	for _, n := range slices.Sorted(maps.Keys(c.renders)) {
		fmt.Fprintf(out, "  %3d renders     %6d charts\n", n, c.renders[n])
	}
}

func (c *counts) percentile(p int) float64 {
	if len(c.seconds) == 0 {
		return 0
	}
	return c.seconds[(len(c.seconds)-1)*p/100]
}
