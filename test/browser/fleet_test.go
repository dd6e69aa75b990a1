package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// TestFleet: the page of the requirements of many clusters loads nothing, is readable in both schemes, and fits a phone: its table of
// requirements by clusters, which does not, moves within itself.
func TestFleet(t *testing.T) {
	t.Parallel()
	c := &printer.Checked{Report: finding.Report{Target: "14 clusters"}, Tool: "v1.0.0"}
	for i := range 14 {
		m := printer.Member{Member: survey.Member{Name: fmt.Sprintf("edge-site-of-some-name-%d", i), Summary: &survey.Summary{}}, Checklist: requirements().Checklist}
		for k := range m.Checklist.Groups[0].Entries {
			m.Checklist.Groups[0].Entries[k].RuleID = fmt.Sprintf("WR6%02d", k)
		}
		if i == 3 {
			m.Unreachable = "dial tcp 192.0.2.1:6443: connect: connection refused"
		}
		c.Fleet = append(c.Fleet, m)
	}
	w := open(t, c)
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
	if inside := eval[bool](w, `(e => e.scrollWidth > e.clientWidth)(document.querySelector(".across"))`); !inside {
		t.Error("the table of clusters does not move within itself")
	}
}
