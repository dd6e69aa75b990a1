package printer

import (
	"fmt"
	"io"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
)

// reportGitHub writes findings as workflow commands, which GitHub Actions shows beside the changed lines and in the run's summary.
// Source: workflow-commands.md of github/docs; escapeData and escapeProperty in packages/core/src/command.ts of actions/toolkit.
func reportGitHub(w io.Writer, c *Checked, _ Style) error {
	var b strings.Builder
	for _, f := range c.Findings {
		command(&b, gitHubLevel(f.Severity), gitHubProperties(f, c.heading(f.RuleID)), annotation(f))
	}
	for _, r := range c.Unknown() {
		command(&b, "error", []string{"title=" + escapeProperty(c.heading(r.RuleID))}, "not checked: "+r.Reason)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func command(b *strings.Builder, name string, properties []string, message string) {
	fmt.Fprintf(b, "::%s %s::%s\n", name, strings.Join(properties, ","), escapeData(message))
}

func gitHubLevel(s finding.Severity) string {
	if s == finding.Info {
		return "notice"
	}
	return s.String()
}

// gitHubProperties are where a finding is, and what it is called. A line in what a template rendered to is no line of the template.
func gitHubProperties(f finding.Finding, title string) []string {
	var out []string
	if f.Location.File != "" {
		out = append(out, "file="+escapeProperty(slashed(f.Location.File)))
	}
	if f.Location.File != "" && !f.Location.Rendered && f.Location.Line > 0 {
		out = append(out, fmt.Sprintf("line=%d", f.Location.Line))
		if f.Location.Column > 0 {
			out = append(out, fmt.Sprintf("col=%d", f.Location.Column))
		}
	}
	return append(out, "title="+escapeProperty(title))
}

// annotation is a finding for those who see no more of it than a message: it names the object, and what to set.
func annotation(f finding.Finding) string {
	text := f.Message
	if f.Object.Kind != "" {
		text = f.Object.String() + ": " + text
	}
	if f.Fix != "" {
		text += "\nfix: " + f.Fix
	}
	return text
}

// heading is a rule's ID and name.
func (c *Checked) heading(id string) string { return strings.TrimSpace(id + " " + c.rule(id).Name) }

// slashed is a path as URLs and repositories have it, whatever the system it is from.
func slashed(file string) string { return strings.TrimPrefix(strings.ReplaceAll(file, `\`, "/"), "./") }

func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
