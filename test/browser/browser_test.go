// Package browser_test opens the page that --output html writes in a real browser, and holds it to what a reader needs of it.
package browser_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/winready/kubectl-winready/pkg/printer"
)

// tab is a page in a browser, and what the browser had to say about it.
type tab struct {
	*testing.T
	ctx     context.Context
	address string

	mu       sync.Mutex
	requests []string
	said     []string // on the console, in its log, and what was thrown
}

// open writes the report as a page and opens it, after the browser was prepared.
func open(t *testing.T, c *printer.Checked, prepare ...action) *tab {
	t.Helper()
	var b bytes.Buffer
	format, ok := printer.LookupReport("html")
	if !ok {
		t.Fatal("there is no format html")
	}
	if err := format.Report(&b, c, printer.Style{}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	w := &tab{T: t, address: (&url.URL{Scheme: "file", Path: file}).String(), ctx: browser(t)}
	if err := chromedp.Listen(w.ctx, w.hear); err != nil {
		t.Fatal(err)
	}
	w.do(command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}), chromedp.EmulateViewport(1280, 900))
	w.do(prepare...)
	w.do(chromedp.Navigate(w.address))
	return w
}

// action is a step in a browser that gives nothing back.
type action = chromedp.Action[chromedp.Void]

// command is a command of the DevTools protocol as a step.
func command[P, R any](c cdp.Command[P, R], params P) action {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// browser starts Chromium for one test.
func browser(t *testing.T) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if at, err := exec.LookPath(name); err == nil {
			program = at
			break
		}
	}
	if program == "" {
		t.Fatal("these tests need Chromium: apt-get install -y chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

func (w *tab) do(actions ...action) {
	w.Helper()
	if err := chromedp.Do(w.ctx, actions...); err != nil {
		w.Fatal(err)
	}
}

// hear notes what the browser tells.
func (w *tab) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.requests = append(w.requests, e.Request.URL)
	case *runtime.EventConsoleAPICalled:
		w.said = append(w.said, fmt.Sprintf("console: %v", e.Args))
	case *runtime.EventExceptionThrown:
		w.said = append(w.said, fmt.Sprintf("%s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		w.said = append(w.said, e.Entry.Text)
	case *page.EventJavascriptDialogOpening:
		w.said = append(w.said, "dialog: "+e.Message)
	}
}

// silent fails the test when the page asked for anything but itself, or the browser complained.
func (w *tab) silent() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.requests {
		if r != w.address && !strings.HasPrefix(r, "data:") {
			w.Errorf("the page asked for %s", r)
		}
	}
	for _, s := range w.said {
		w.Errorf("the browser said: %s", s)
	}
}

// eval is the value of an expression in the page.
func eval[T any](w *tab, expression string) T {
	w.Helper()
	out, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		w.Fatal(err)
	}
	return out
}

// settled waits for the page's next two frames: the filter works at the next.
func (w *tab) settled() {
	w.Helper()
	w.do(chromedp.Evaluate[chromedp.Void](`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))`, chromedp.EvalAwaitPromise))
}
