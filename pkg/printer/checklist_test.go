package printer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/answers"
	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// requirements are one in each state, with what a hostile cluster might have in it.
func requirements() *printer.Checked {
	node := object.Ref{APIVersion: "v1", Kind: "Node", Name: "win-1"}
	about := &rule.Rule{
		ID: "WR699", Name: "about", Severity: finding.Error, Rationale: "Because of this.", Remedy: "Do that.", References: []string{"https://example.com/page", "a book"},
	}
	list := &checklist.List{
		Distro: "rke2", Why: "a node has the label <b>", Product: "RKE2 v1.34.1",
		Groups: []checklist.Group{
			{Name: "Architecture", Entries: []checklist.Entry{
				{RuleID: "WR601", Title: "Met", State: checklist.Pass, Reason: "2 nodes", Rule: about},
				{RuleID: "WR602", Title: "Not met", State: checklist.Fail, Rule: about, Unread: []string{"node win-2: it reports nothing"}, Findings: []finding.Finding{
					{RuleID: "WR602", Severity: finding.Error, Object: node, Message: "label <script>alert(1)</script> \x1b[31mred\u202e"},
				}},
				{RuleID: "WR603", Title: "Cannot be told", State: checklist.Unknown, Unread: []string{"listing configmaps: forbidden", "and more"}, Rule: about},
			}},
			{Name: "Nothing here", Entries: []checklist.Entry{{RuleID: "WR604", Title: "Of another", State: checklist.Skip, Reason: "is about RKE1", Rule: about}}},
			{Name: "By hand", Entries: []checklist.Entry{
				{RuleID: "WR671", Title: "Offload is off", State: checklist.Manual, Rule: about, Checks: []checklist.Check{
					{Object: node, How: "ethtool -k INTERFACE shows it off"},
					{Object: object.Ref{Kind: "Cluster"}, How: "look at the <network>", Answer: &checklist.Answer{Result: answers.Pass, By: "Jane <Doe>", Date: "2026-11-20", Note: "fine"}},
				}},
				{RuleID: "WR672", Title: "To know", State: checklist.Note, Rule: about, Findings: []finding.Finding{
					{RuleID: "WR672", Severity: finding.Info, Object: object.Ref{Kind: "Cluster"}, Message: "it ends on 2031-10-14"},
				}},
				{RuleID: "WR673", Title: "May go wrong", State: checklist.Warn, Rule: about, Findings: []finding.Finding{
					{RuleID: "WR673", Severity: finding.Warning, Object: object.Ref{Kind: "ConfigMap", Namespace: "kube-system", Name: "x"}, Message: "the port is 8472"},
				}},
			}},
		},
		Tally: map[string]int{"pass": 1, "fail": 1, "cannot tell": 1, "does not apply": 1, "manual": 1, "note": 1, "warn": 1},
	}
	return &printer.Checked{Report: finding.Report{Target: "context prod"}, Tool: "v1.0.0", Checklist: list}
}

func TestChecklist(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		format string
		style  printer.Style
	}{
		"pipe": {"text", printer.Style{}}, "terminal": {"text", printer.Style{Columns: 100, Color: true}}, "narrow": {"text", printer.Style{Columns: 60}},
		"wide": {"wide", printer.Style{}}, "json": {"json", printer.Style{}}, "page": {"html", printer.Style{}},
	} {
		var b bytes.Buffer
		format, _ := printer.LookupReport(tc.format)
		if err := format.Report(&b, requirements(), tc.style); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		if name != "page" { // which is looked at below: most of it is style
			golden.Check(t, "testdata/checklist/"+name+".golden", b.Bytes())
		}
		if tc.format != "json" && strings.ContainsAny(strings.ReplaceAll(out, "\x1b[", ""), "\x1b\u202e") {
			t.Errorf("%s: what a cluster has in it reaches a reader as it is", name)
		}
	}
}

// TestChecklistPage: nothing of a cluster is markup, nothing is loaded and nothing runs.
func TestChecklistPage(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	format, _ := printer.LookupReport("html")
	if err := format.Report(&b, requirements(), printer.Style{}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		"default-src &#39;none&#39;", "label &lt;script&gt;alert(1)&lt;/script&gt;", "look at the &lt;network&gt;", "pass: Jane &lt;Doe&gt;, 2026-11-20: fine",
		`href="https://example.com/page"`, "cannot tell: node win-2: it reports nothing", "<li>listing configmaps: forbidden</li>", "Because of this.",
		"1 fail, 1 cannot tell, 1 warn, 1 to check by hand, 1 with a note, 1 pass, 1 not applicable", "result, name, date:",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	for _, no := range []string{"<script", "javascript:", "src=", "url("} {
		if strings.Contains(page, no) {
			t.Errorf("%q is on the page", no)
		}
	}
}
