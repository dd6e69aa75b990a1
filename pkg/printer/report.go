package printer

import (
	"fmt"
	"io"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Checked is what a checking command found, with what its report tells of how it was found.
type Checked struct {
	finding.Report
	Tool    string          // the version of this tool: "v1.2.3"
	Rules   []*rule.Rule    // that ran, in the order of their IDs
	Picture *survey.Summary // what runs where; nil where nothing runs, as in a chart
	Fleet   []Member        // the clusters, where several are looked at together; nil otherwise
	Rancher *guide.Known    // what Rancher knows of the cluster; nil where it was not asked, or did not tell
	// HostProcess is what was decided about HostProcess pods; nil where nobody asked.
	HostProcess *hostprocess.Report
	// Checklist is the same requirement by requirement; nil where nobody asked.
	Checklist *checklist.List
	// ShowPassed asks for the rules that found nothing, too, in formats for people. The others always tell.
	ShowPassed bool
}

// ReportFormat is one way to write what was found.
type ReportFormat struct {
	Name, Doc string
	Report    func(io.Writer, *Checked, Style) error
}

// ReportFormats are all formats of the checking commands, sorted by name. Each writes a valid document when nothing was found.
func ReportFormats() []ReportFormat {
	apis := ReportAPIs()
	return []ReportFormat{
		{Name: "github", Doc: "annotations of GitHub Actions", Report: reportGitHub},
		{Name: "html", Doc: "one page to look at, to share and to print", Report: reportHTML},
		{Name: "json", Doc: "for scripts", Report: reportJSON},
		{Name: "junit", Doc: "a test for each rule, for CI servers", Report: reportJUnit},
		{Name: apis[0].Name, Doc: "objects of openreports.io, to apply", Report: reportPolicies(apis[0])},
		{Name: apis[1].Name, Doc: "objects of wgpolicyk8s.io, to apply", Report: reportPolicies(apis[1])},
		{Name: "prometheus", Doc: "metrics in a text file", Report: reportPrometheus},
		{Name: "sarif", Doc: "for editors and code scanning", Report: reportSARIF},
		{Name: "text", Doc: "for people", Report: reportText},
		{Name: "wide", Doc: "text with fields, remedies and what was skipped", Report: reportWide},
		{Name: "yaml", Doc: "as json", Report: reportYAML},
	}
}

// LookupReport is the report format of that name.
func LookupReport(name string) (ReportFormat, bool) {
	for _, f := range ReportFormats() {
		if f.Name == name {
			return f, true
		}
	}
	return ReportFormat{}, false
}

// rule is the rule of that ID. One that did not run, which a report may still name, has its ID and nothing else.
func (c *Checked) rule(id string) *rule.Rule {
	if i := slices.IndexFunc(c.Rules, func(r *rule.Rule) bool { return r.ID == id }); i >= 0 {
		return c.Rules[i]
	}
	return &rule.Rule{ID: id}
}

// envelope is the JSON of every checking command.
type envelope struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Target     string            `json:"target"`
	Results    []finding.Result  `json:"results"`
	Findings   []finding.Finding `json:"findings"`
	*survey.Summary
	Rancher     *guide.Known        `json:"rancher,omitempty"`
	Clusters    []Member            `json:"clusters,omitempty"`
	HostProcess *hostprocess.Report `json:"hostProcess,omitempty"`
	Checklist   *checklist.List     `json:"checklist,omitempty"`
}

func enclose(c *Checked) envelope {
	return envelope{
		APIVersion: patch.APIVersion, Kind: "Report", Target: c.Target,
		Results: append([]finding.Result{}, c.Results...), Findings: append([]finding.Finding{}, c.Findings...), Summary: c.Picture,
		Rancher: c.Rancher, Clusters: c.Fleet, HostProcess: c.HostProcess, Checklist: c.Checklist,
	}
}

func reportJSON(w io.Writer, c *Checked, _ Style) error { return writeDocument(w, enclose(c), JSON) }

func reportYAML(w io.Writer, c *Checked, _ Style) error {
	return writeDocument(w, enclose(c), yaml.Marshal)
}

func writeDocument(w io.Writer, v any, marshal func(any) ([]byte, error)) error {
	data, err := marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// tallyFindings is "3 errors, 1 warning in 2 objects", or "no findings".
func tallyFindings(c *Checked) string {
	have := map[finding.Severity]int{}
	objects := map[group]bool{}
	for _, f := range c.Findings {
		have[f.Severity]++
		objects[groupOf(f)] = true
	}
	if len(c.Findings) == 0 {
		return "no findings"
	}
	text := ""
	for _, s := range finding.Severities() {
		if have[s] > 0 {
			if text != "" {
				text += ", "
			}
			text += severities(have[s], s)
		}
	}
	return fmt.Sprintf("%s in %s", text, count(len(objects), "object"))
}

// severities is "1 error" or "2 errors"; info has no plural.
func severities(n int, s finding.Severity) string {
	if s == finding.Info {
		return fmt.Sprintf("%d info", n)
	}
	return count(n, s.String())
}

// verdict is a report in one line.
func (c *Checked) verdict() string {
	text := tallyFindings(c)
	unknown := len(c.Unknown())
	switch {
	case unknown == 0:
		return text
	case len(c.Findings) == 0:
		return fmt.Sprintf("%s, but %s could not look", text, count(unknown, "rule"))
	}
	return fmt.Sprintf("%s; %s could not look", text, count(unknown, "rule"))
}

// mood is how bad a report is, or a part of it.
type mood string

const (
	good mood = "good"
	meh  mood = "meh"
	bad  mood = "bad"
)

func (c *Checked) mood() mood {
	worst, found := c.Worst()
	switch {
	case len(c.Unknown()) > 0 || worst == finding.Error:
		return bad
	case found:
		return meh
	}
	return good
}

func moodColor(m mood) color {
	switch m {
	case bad:
		return red
	case meh:
		return yellow
	default:
		return green
	}
}
