package printer

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
)

// The elements of JUnit's XML, as far as they are written: src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
// of jenkinsci/xunit-plugin. It has no clock, so neither have they.
type (
	junitSuites struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Suite    junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		ClassName string        `xml:"classname,attr"`
		Name      string        `xml:"name,attr"`
		Skipped   *junitOutcome `xml:"skipped"`
		Error     *junitOutcome `xml:"error"`
		Failure   *junitOutcome `xml:"failure"`
		Out       *junitText    `xml:"system-out"`
	}
	junitText struct {
		Text string `xml:",innerxml"` // escaped
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",innerxml"` // escaped
	}
)

// reportJUnit writes each rule as a test: CI servers show those that fail.
func reportJUnit(w io.Writer, c *Checked, _ Style) error {
	suite := junitSuite{Name: c.Target}
	for _, r := range c.told() {
		suite.add(c, r)
	}
	suites := junitSuites{Name: toolName, Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suite: suite}
	data, err := xml.MarshalIndent(suites, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(data)+"\n")
	return err
}

// told are the results, and one for each rule that found something and has none.
func (c *Checked) told() []finding.Result {
	out := slices.Clone(c.Results)
	for _, f := range c.Findings {
		if !slices.ContainsFunc(out, func(r finding.Result) bool { return r.RuleID == f.RuleID }) {
			out = append(out, finding.Result{RuleID: f.RuleID, Status: finding.Fail})
		}
	}
	return out
}

func (s *junitSuite) add(c *Checked, r finding.Result) {
	test := junitCase{ClassName: cmp.Or(string(c.rule(r.RuleID).Category), "rules"), Name: c.heading(r.RuleID)}
	var failures, notes []finding.Finding
	for _, f := range c.Findings {
		switch {
		case f.RuleID != r.RuleID:
		case f.Severity == finding.Info:
			notes = append(notes, f)
		default:
			failures = append(failures, f)
		}
	}
	s.Tests++
	if r.Status == finding.Skip {
		s.Skipped++
		test.Skipped = &junitOutcome{Message: r.Reason}
	}
	if r.Status == finding.Incomplete {
		s.Errors++
		test.Error = &junitOutcome{Message: "not checked: " + r.Reason, Type: string(r.Status)}
	}
	if len(failures) > 0 {
		s.Failures++
		worst, _ := finding.Report{Findings: failures}.Worst()
		test.Failure = &junitOutcome{Message: failureTitle(c, r.RuleID, failures), Type: worst.String(), Text: listing(failures)}
	}
	if len(notes) > 0 {
		test.Out = &junitText{Text: listing(notes)}
	}
	s.Cases = append(s.Cases, test)
}

// failureTitle is what a list of failed tests shows: the finding, or how many there are.
func failureTitle(c *Checked, id string, list []finding.Finding) string {
	if len(list) == 1 {
		return place(list[0]) + ": " + list[0].Message
	}
	return fmt.Sprintf("%d times: %s", len(list), cmp.Or(c.rule(id).Title, list[0].Message))
}

// listing is findings one to a line, each with what to set, escaped. XML's own way keeps line ends, in a form that nobody reads.
func listing(list []finding.Finding) string {
	var text, escaped strings.Builder
	for _, f := range list {
		fmt.Fprintf(&text, "%s: %s: %s\n", place(f), f.Severity, f.Message)
		if f.Fix != "" {
			text.WriteString("  fix: " + f.Fix + "\n")
		}
	}
	_ = xml.EscapeText(&escaped, []byte(strings.TrimSuffix(text.String(), "\n"))) // a Builder takes everything
	return strings.ReplaceAll(escaped.String(), "&#xA;", "\n")
}
