package printer

import (
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/retaint"
)

// Taint writes what a taint does in a cluster, in a format: text, json or yaml.
func Taint(w io.Writer, format string, v *retaint.View, s Style) error {
	switch format {
	case "json":
		return writeDocument(w, v, JSON)
	case "yaml":
		return writeDocument(w, v, yaml.Marshal)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", s.paint(bold, printable(v.Taint+" in "+v.Target)))
	manager := line(plain, "nobody")
	switch {
	case !v.Manager.Known:
		manager = line(yellow, "not known")
	case v.Manager.Rancher:
		manager = line(plain, "Rancher")
	}
	manager.lines = append(manager.lines, wrap(printable(v.Manager.Why), s.prose()-17)...)
	table{
		{line(dim, "linux nodes"), line(plain, fmt.Sprintf("%d of %d have it", len(v.With), len(v.With)+len(v.Bare)))},
		{line(dim, "with it"), wrapped(orNone(v.With), s.prose()-17)},
		{line(dim, "without it"), wrapped(orNone(v.Bare), s.prose()-17)},
		{line(dim, "looked after by"), manager},
	}.write(&b, s, "")
	TaintEffects(&b, "if every Linux node had it", v.Added, s)
	TaintEffects(&b, "if no Linux node had it", v.Removed, s)
	for _, reason := range v.Unread {
		fmt.Fprintf(&b, "\n%s %s\n", s.paint(red, "not read:"), printable(reason))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// TaintEffects writes which workloads a change places otherwise, for people.
func TaintEffects(b *strings.Builder, when string, effects []retaint.Effect, s Style) {
	if len(effects) == 0 {
		fmt.Fprintf(b, "\n%s, no workload would be placed otherwise\n", when)
		return
	}
	fmt.Fprintf(b, "\n%s, %s would be placed otherwise:\n", when, count(len(effects), "workload"))
	var t table
	for _, e := range effects {
		color := green
		if e.Outcome.Bad() {
			color = yellow
		}
		t = append(t, []cell{line(plain, printable(e.String())), line(dim, count(e.Pods, "pod")), line(color, string(e.Outcome))})
	}
	t.write(b, s, "  ")
}
