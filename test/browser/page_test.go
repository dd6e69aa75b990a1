package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/object"
)

// visible counts the rows that a reader sees.
const visible = `((all) => [all("#workloads tbody tr"), all(".findings tbody tr")])(
	(q) => [...document.querySelectorAll(q)].filter((e) => e.checkVisibility({contentVisibilityAuto: false})).length)`

// there counts all rows.
const there = `((all) => [all("#workloads tbody tr"), all(".findings tbody tr")])((q) => document.querySelectorAll(q).length)`

func TestPageAsksForNothing(t *testing.T) {
	t.Parallel()
	w := open(t, estate(1))
	if hidden := eval[bool](w, `document.getElementById("filter").hidden`); hidden {
		t.Error("the page's own script did not run")
	}
	w.settled()
	w.silent()
}

func TestFilter(t *testing.T) {
	t.Parallel()
	w := open(t, estate(1))
	before := eval[[]int](w, visible)
	for _, step := range []struct {
		name   string
		act    action
		shown  []int
		output string
	}{
		{"text", chromedp.SendKeys(`[name=text]`, "legacy-IIS shop"), []int{1, 1}, "Showing 1 of 61 workloads, 1 of 15 findings"},
		{"reset", chromedp.Click(`button[type=reset]`), before, ""},
		{"namespace", choose("namespace", "=monitoring"), []int{5, 5}, "Showing 5 of 61 workloads, 5 of 15 findings"},
		{"and severity", choose("severity", "ewi"), []int{2, 5}, "Showing 2 of 61 workloads, 5 of 15 findings"},
		{"and system", choose("os", "?"), []int{1, 1}, "Showing 1 of 61 workloads, 1 of 15 findings"},
		{"nothing", chromedp.SendKeys(`[name=text]`, "no such thing"), []int{0, 0}, "Showing 0 of 61 workloads, 0 of 15 findings"},
		{"reset again", chromedp.Click(`button[type=reset]`), before, ""},
		{"rule", chromedp.SendKeys(`[name=text]`, "WR405"), []int{0, 1}, "Showing 0 of 61 workloads, 1 of 15 findings"},
	} {
		w.do(step.act)
		w.settled()
		if diff := cmp.Diff(eval[[]int](w, visible), step.shown); diff != "" {
			t.Errorf("%s: workloads and findings shown (-got +want):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(eval[string](w, `document.querySelector("output").textContent`), step.output); diff != "" {
			t.Errorf("%s: -got +want:\n%s", step.name, diff)
		}
	}
	w.silent()
}

// choose picks an option as a person does.
func choose(name, value string) action {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{const s = document.querySelector("[name=%s]"); s.value = %q; s.dispatchEvent(new Event("input", {bubbles: true}))}`, name, value))
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	w := open(t, estate(1))
	const focus = `((e) => [e.name || e.className || e.tagName, getComputedStyle(e).outlineStyle, e.getBoundingClientRect().top >= 0 ? "on the page" : "out of sight"].join(", "))(document.activeElement)`
	var got []string
	for range 7 {
		w.do(chromedp.KeyEvent(kb.Tab))
		w.settled()
		got = append(got, eval[string](w, focus))
	}
	want := []string{
		"skip, solid, on the page", "text, solid, on the page", "severity, solid, on the page", "namespace, solid, on the page", "os, solid, on the page",
		"BUTTON, solid, on the page", "row, solid, on the page",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("Tab goes to (-got +want):\n%s", diff)
	}
	open := eval[bool](w, `document.activeElement.parentElement.open`)
	w.do(chromedp.KeyEvent(kb.Enter))
	if now := eval[bool](w, `document.activeElement.parentElement.open`); now == open {
		t.Error("Enter does not fold the namespace that has the focus")
	}
}

func TestPageWithoutScript(t *testing.T) {
	t.Parallel()
	w := open(t, estate(1), scripts(false))
	w.do(scripts(true)) // for the test's own; the page is loaded
	if shown := eval[bool](w, `document.getElementById("filter").checkVisibility()`); shown {
		t.Error("the filter shows, and does nothing")
	}
	rows := eval[[]int](w, there)
	seen := eval[[]int](w, visible)
	if seen[1] != rows[1] {
		t.Errorf("%d findings of %d are to be seen", seen[1], rows[1])
	}
	w.do(chromedp.Evaluate[chromedp.Void](`for (const s of document.querySelectorAll("#workloads details:not([open]) > summary")) s.click()`))
	if seen := eval[[]int](w, visible); seen[0] != rows[0] {
		t.Errorf("%d workloads of %d are to be seen once all is unfolded", seen[0], rows[0])
	}
}

// scripts lets pages run scripts, or not.
func scripts(on bool) action {
	return command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

func TestPageFits(t *testing.T) {
	t.Parallel()
	w := open(t, estate(1))
	for _, width := range []int64{320, 400, 640, 800, 1280, 2560} {
		w.do(chromedp.EmulateViewport(width, 900))
		w.settled()
		if got := eval[int64](w, `document.documentElement.scrollWidth`); got > width {
			t.Errorf("at %d pixels the page is %d wide", width, got)
		}
		// What is painted only when it comes into sight is not painted outside its own box.
		const cut = `[...document.querySelectorAll("#workloads details[open]")].filter((d) => d.querySelector("table").offsetWidth > d.offsetWidth + 1).length`
		if got := eval[int](w, cut); got > 0 {
			t.Errorf("at %d pixels the tables of %d namespaces are cut off", width, got)
		}
	}
}

func TestPagePrinted(t *testing.T) {
	t.Parallel()
	w := open(t, estate(1), command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	if shown := eval[bool](w, `document.getElementById("filter").checkVisibility()`); shown {
		t.Error("the filter is printed")
	}
	if diff := cmp.Diff(eval[[]int](w, visible), eval[[]int](w, there)); diff != "" {
		t.Errorf("printed rows, and all (-got +want):\n%s", diff)
	}
}

// TestPageHostile: a name may be anything, when it comes from a file that nobody checked.
func TestPageHostile(t *testing.T) {
	t.Parallel()
	c := estate(1)
	for _, evil := range []string{
		`</style></title><script>alert(1)</script>`, `"><img src=x onerror=alert(2)>`, `javascript:alert(3)`, "\u202e\x00'`${alert(4)}`", `*/}body{display:none}/*`,
	} {
		c.Target += evil
		c.Picture.Pools[0].Name += evil
		c.Picture.Pools[0].Taints[0].Key += evil
		c.Picture.Unread = nil
		w := &c.Picture.Workloads[0]
		w.Ref, w.Field, w.By = object.Ref{Kind: evil, Namespace: w.Namespace + evil, Name: evil}, evil, evil
		f := &c.Findings[0]
		f.Object, f.Field, f.Message, f.Fix, f.Location.File = w.Ref, evil, f.Message+evil, evil, evil
		c.Rules[0].References = append(c.Rules[0].References, evil, "https://example.com/"+evil)
		c.Results[5].Reason += evil
	}
	w := open(t, c)
	w.settled()
	w.silent()
	if got := eval[string](w, `document.title`); !strings.Contains(got, `</style></title><script>alert(1)</script>`) {
		t.Errorf("the title is %q", got)
	}
	if got := eval[int](w, `[...document.querySelectorAll("script, img, [onerror], a[href^=javascript]")].length`); got != 1 {
		t.Errorf("there are %d scripts and the like, want the page's own", got)
	}
}

// TestPageLarge: five thousand workloads are still a page.
func TestPageLarge(t *testing.T) {
	t.Parallel()
	c := estate(105)
	if len(c.Picture.Workloads) < 5000 {
		t.Fatalf("there are only %d workloads", len(c.Picture.Workloads))
	}
	w := open(t, c)
	if size := eval[int](w, `document.documentElement.outerHTML.length`); size > 5<<20 {
		t.Errorf("the page has %d characters", size)
	}
	w.do(chromedp.SendKeys(`[name=text]`, "namespace-that-is-not legacy"), chromedp.Click(`button[type=reset]`), chromedp.SendKeys(`[name=text]`, "legacy-iis"))
	w.settled()
	if diff := cmp.Diff(eval[[]int](w, visible), []int{105, 105}); diff != "" {
		t.Errorf("workloads and findings shown (-got +want):\n%s", diff)
	}
	w.silent()
}
