package printer

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
)

// reportPrometheus writes metrics in the text format, as the textfile collector of Prometheus' node exporter reads them: prometheus/
// docs/instrumenting/exposition_formats. Objects are counted and not named: a time series of every pod would outlive it.
func reportPrometheus(w io.Writer, c *Checked, _ Style) error {
	var e exposition
	e.gauge("winready_build_info", "The version that has looked, as a label.")
	e.sample(1, "version", c.Tool)
	complete := 1
	if len(c.Unknown()) > 0 {
		complete = 0
	}
	e.gauge("winready_complete", "Whether all that the rules need could be read.")
	e.sample(complete)
	e.gauge("winready_rule", "What became of each rule: error is that it could not look.")
	for _, r := range c.Results {
		e.sample(1, "rule", r.RuleID, "status", string(r.Status))
	}
	e.findings(c)
	if c.Picture != nil {
		e.pools(c)
	}
	_, err := io.WriteString(w, e.text.String())
	return err
}

// exposition is metrics as they are written one after the other: what a family is, then its samples.
type exposition struct {
	text strings.Builder
	name string
}

func (e *exposition) gauge(name, help string) {
	e.name = name
	e.text.WriteString("# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n")
}

// sample writes a value with its labels: name, value, name, value.
func (e *exposition) sample(value int, labels ...string) {
	e.text.WriteString(e.name)
	for i, pair := range slices.Collect(slices.Chunk(labels, 2)) {
		open := ","
		if i == 0 {
			open = "{"
		}
		e.text.WriteString(open + pair[0] + `="` + labelValue(pair[1]) + `"`)
	}
	if len(labels) > 0 {
		e.text.WriteString("}")
	}
	e.text.WriteString(" " + strconv.Itoa(value) + "\n")
}

// labelValue escapes what the format wants escaped, and nothing else.
func labelValue(v string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(v)
}

// findings counts by rule, severity and namespace. A rule that found nothing is in winready_rule.
func (e *exposition) findings(c *Checked) {
	type key struct {
		rule, namespace string
		severity        finding.Severity
	}
	counts := map[key]int{}
	var order []key // of the findings, which are sorted
	for _, f := range c.Findings {
		k := key{f.RuleID, f.Object.Namespace, f.Severity}
		if counts[k] == 0 {
			order = append(order, k)
		}
		counts[k]++
	}
	e.gauge("winready_findings", "How many findings there are.")
	for _, k := range order {
		e.sample(counts[k], "rule", k.rule, "name", c.rule(k.rule).Name, "severity", k.severity.String(), "namespace", k.namespace)
	}
}

// pools counts nodes and pods by pool, and the workloads for which nothing says what they are for.
func (e *exposition) pools(c *Checked) {
	counts := []struct {
		name, help string
		of         func(i int) int
	}{
		{"winready_pool_nodes", "How many nodes a pool has.", func(i int) int { return c.Picture.Pools[i].Nodes }},
		{"winready_pool_nodes_ready", "How many nodes of a pool are ready.", func(i int) int { return c.Picture.Pools[i].Ready }},
		{"winready_pool_pods", "How many pods are bound to nodes of a pool.", func(i int) int { return c.Picture.Pools[i].Pods }},
	}
	for _, m := range counts {
		e.gauge(m.name, m.help)
		for i, p := range c.Picture.Pools {
			e.sample(m.of(i), "pool", p.Name, "os", string(p.OS), "build", string(p.Build))
		}
	}
	workloads, pending := map[string]int{}, 0
	for _, w := range c.Picture.Workloads {
		workloads[string(w.OS)]++
		pending += w.Pending
	}
	e.gauge("winready_workloads", "How many workloads are for an operating system; with an empty label, nothing says for which.")
	for _, os := range sortedKeys(workloads) {
		e.sample(workloads[os], "os", os)
	}
	e.gauge("winready_pods_pending", "How many pods are bound to no node.")
	e.sample(pending)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
