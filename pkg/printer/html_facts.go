package printer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/winready/kubectl-winready/pkg/inventory"
)

// factsOnPage are how large the target is, and what of it needs a look.
func factsOnPage(c *Checked) []pageFact {
	if c.Picture == nil {
		return nil
	}
	nodes, ready, pods, strays, pending := 0, 0, 0, 0, 0
	d := drawingOf(c, true)
	for i, column := range d.byPool(func(int) string { return "" }) {
		nodes, ready, pods = nodes+d.Pools[i].Nodes, ready+d.Pools[i].Ready, pods+d.Pools[i].Pods
		strays += column.look(d.Workloads).strays
	}
	for _, w := range d.Workloads {
		pending += w.Pending
	}
	some := func(n int) string { return atLeast(c.Picture, n, inventory.Pods) }
	facts := []pageFact{
		{Name: "Node pools", Value: strconv.Itoa(len(d.Pools))},
		{Name: "Nodes", Value: strconv.Itoa(nodes)},
		{Name: "Workloads", Value: atLeast(c.Picture, len(d.Workloads), inventory.Workloads)},
		{Name: "Pods on nodes", Value: some(pods)},
		{Name: "Pending pods", Value: some(pending)},
		{Name: "Pods on the wrong system", Value: some(strays)},
	}
	if ready < nodes {
		facts[1].Note, facts[1].Mood = fmt.Sprintf("%d not ready", nodes-ready), bad
	}
	if pending > 0 {
		facts[4].Mood = meh
	}
	if strays > 0 {
		facts[5].Mood = bad
	}
	return facts
}

// namespacesOnPage are the choices of the filter: a value tells no namespace from no choice.
func namespacesOnPage(c *Checked) []pageOption {
	seen := map[string]bool{}
	for _, f := range c.Findings {
		seen[f.Object.Namespace] = true
	}
	if c.Picture != nil {
		for _, w := range c.Picture.Workloads {
			seen[w.Namespace] = true
		}
	}
	if len(seen) < 2 {
		return nil
	}
	var out []pageOption
	for _, n := range slices.Sorted(maps.Keys(seen)) {
		out = append(out, pageOption{Name: cmp.Or(n, "none"), Value: "=" + n})
	}
	return out
}
