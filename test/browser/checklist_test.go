package browser_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/winready/kubectl-winready/pkg/answers"
	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// requirements are a list with one in each state.
func requirements() *printer.Checked {
	about := &rule.Rule{ID: "WR699", Rationale: "Why it is required.", Remedy: "What to do.", References: []string{"https://example.com/a-rather-long-address/of/a/page"}}
	node := object.Ref{APIVersion: "v1", Kind: "Node", Name: "a-node-with-a-name-of-some-length.eu-west-1.compute.internal"}
	list := &checklist.List{Product: "RKE2 v1.34.1+rke2r1", Why: "the server's version", Tally: map[string]int{}}
	group := checklist.Group{Name: "Networking"}
	for _, s := range checklist.States() {
		e := checklist.Entry{RuleID: "WR699", Title: "A requirement that is " + string(s), State: s, Rule: about}
		switch s {
		case checklist.Fail, checklist.Warn, checklist.Note:
			e.Findings = []finding.Finding{{RuleID: "WR699", Object: node, Message: "what was found"}}
		case checklist.Unknown:
			e.Unread = []string{"listing configmaps: forbidden"}
		case checklist.Manual:
			e.Checks = []checklist.Check{
				{Object: node, How: "ethtool shows it off"},
				{Object: node, How: "and this", Answer: &checklist.Answer{Result: answers.Pass, By: "Jane Doe", Date: "2026-11-20"}},
			}
		default:
			e.Reason = "what was seen"
		}
		group.Entries = append(group.Entries, e)
		list.Tally[string(s)]++
	}
	list.Groups = []checklist.Group{group}
	return &printer.Checked{Report: finding.Report{Target: "context prod"}, Tool: "v1.0.0", Checklist: list}
}

// TestChecklist: the page loads nothing, is readable in both schemes, fits a phone, and paper has the boxes to tick.
func TestChecklist(t *testing.T) {
	t.Parallel()
	w := open(t, requirements())
	for _, scheme := range []string{"light", "dark"} {
		got := w.contrast(scheme)
		if !(got.Ratio >= readable) || got.Texts < 30 {
			t.Errorf("%s: the contrast of %s is %.2f, of %d texts", scheme, got.Text, got.Ratio, got.Texts)
		}
	}
	w.do(command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 360, Height: 800, DeviceScaleFactor: 1}))
	if over := eval[int](w, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("on a phone the page is %d pixels too wide", over)
	}
	w.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	if boxes := eval[int](w, `[...document.querySelectorAll("#manual ~ table .boxes li")].filter((e) => e.checkVisibility()).length`); boxes != 2 {
		t.Errorf("%d boxes to tick are on paper", boxes)
	}
	w.silent()
}
