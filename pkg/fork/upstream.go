package fork

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// UpstreamFile says in a fork what it is a fork of, and what of it is another one.
const UpstreamFile = "UPSTREAM.md"

var firstLine = regexp.MustCompile(`^# Fork of (\S+) (\S+) by kubectl winready\r?\n`)

// Of is the name of the chart that a folder is a fork of, by the text of its UPSTREAM.md. It says false for any other text.
func Of(upstream []byte) (string, bool) {
	m := firstLine.FindSubmatch(upstream)
	if m == nil {
		return "", false
	}
	return string(m[1]), true
}

// upstream is the text of UPSTREAM.md. What the chart itself has in a file of that name follows below.
func (f *Fork) upstream(own []byte) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Fork of %s %s by kubectl winready\n\n", f.Name, f.From)
	b.WriteString(`The templates of this copy choose the nodes of the workloads listed here, because no value of the chart does. All other
files are those of the chart. It was rendered with both, under two release names, and with the chart's own values for
placement set and emptied: nothing but the placement of these workloads is another one.

## Placed

`)
	for _, p := range f.Placed {
		fmt.Fprintf(&b, "- %s, from `%s`\n", p.Name, p.Source)
	}
	if len(f.Unplaced) > 0 {
		b.WriteString("\n## Not placed\n\n")
		for _, u := range f.Unplaced {
			fmt.Fprintf(&b, "- %s, from `%s`: %s\n", u.Name, u.Source, u.Reason)
		}
	}
	if len(f.Notes) > 0 {
		b.WriteString("\n## To know\n\n")
		for _, n := range f.Notes {
			fmt.Fprintf(&b, "- %s\n", n)
		}
	}
	b.WriteString("\n## Changed\n\n")
	if f.Version != f.From {
		fmt.Fprintf(&b, "`Chart.yaml`: the version is %s.\n", f.Version)
	}
	b.WriteString(f.unpacked())
	for _, e := range f.Edits {
		if string(f.Files[e.File]) == e.After {
			fmt.Fprintf(&b, "\n### `%s`\n\nA new file. For %s.\n", e.File, strings.Join(e.Workloads, ", "))
			continue
		}
		b.WriteString(e.markdown())
	}
	fmt.Fprintf(&b, `
## The next version of the chart

Fork that one: `+"`kubectl winready patch CHART --fallback fork --fallback-dir DIR`"+` with the flags of this time writes a new copy
over this one. Or merge: keep the chart as it comes on one branch and this copy on another, and merge the first into the
second with each version; the lines above are all that can be in conflict. Render the result, and compare.
`)
	if own := strings.TrimSpace(string(own)); own != "" && !firstLine.MatchString(own+"\n") {
		b.WriteString("\n---\n\n" + own + "\n")
	}
	return []byte(b.String())
}

// unpacked names the sub-charts in which something is changed.
func (f *Fork) unpacked() string {
	var charts []string
	for _, e := range f.Edits {
		at, _, ok := strings.Cut(e.File, "/templates/")
		if ok && strings.HasPrefix(at, "charts/") && !slices.Contains(charts, at) {
			charts = append(charts, at)
		}
	}
	if len(charts) == 0 {
		return ""
	}
	return "\nSub-charts with changes are folders, and their dependency entries name no repository, so that Helm does not fetch the originals: `" +
		strings.Join(charts, "`, `") + "`.\n"
}

func (e Edit) markdown() string {
	var b strings.Builder
	why := "For " + strings.Join(e.Workloads, ", ")
	if len(e.Workloads) == 0 {
		why = "What the version of this copy ends with is not to show here"
	}
	fmt.Fprintf(&b, "\n### `%s`, line %d\n\n%s.\n\n", e.File, e.Line, why)
	fence := "```"
	for strings.Contains(e.Before+e.After, fence) {
		fence += "`"
	}
	b.WriteString(fence + "diff\n")
	for _, side := range []struct{ sign, text string }{{"-", e.Before}, {"+", e.After}} {
		for l := range strings.Lines(side.text) {
			b.WriteString(side.sign + strings.TrimRight(l, "\r\n") + "\n")
		}
	}
	b.WriteString(fence + "\n")
	return b.String()
}
