package plugin_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/plugin"
)

// reader is stdin that does what a test wants when it is read.
type reader func()

func (r reader) Read([]byte) (int, error) {
	r()
	return 0, io.EOF
}

// run runs a command line with the given stdin.
func run(ctx context.Context, in io.Reader, args ...string) (status int, out, errOut string) {
	var o, e bytes.Buffer
	status = plugin.Main(ctx, plugin.Streams{In: in, Out: &o, ErrOut: &e}, append([]string{"kubectl-winready"}, args...))
	return status, o.String(), e.String()
}

func TestInterruptedWhileItWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	forever := reader(func() {
		cancel()
		select {}
	})
	status, out, errOut := run(ctx, forever, "patch", "../charts/mixed-shop", "--values", "-")
	if status != 3 || out != "" || errOut != "error: interrupted\n" {
		t.Errorf("got status %d, stdout %q, stderr %q", status, out, errOut)
	}
}

func TestInterruptedBeforeItStarts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status, out, errOut := run(ctx, strings.NewReader(""), "patch", "../charts/mixed-shop")
	if status != 3 || out != "" || errOut != "error: interrupted\n" {
		t.Errorf("got status %d, stdout %q, stderr %q", status, out, errOut)
	}
}

// A crash must not look like wrong usage, which is what the Go runtime's exit status 2 means here.
func TestBugIsNoWrongUsage(t *testing.T) {
	bug := reader(func() { panic("off by one") })
	status, out, errOut := run(t.Context(), bug, "patch", "../charts/mixed-shop", "--values", "-")
	if status != 3 || out != "" || !strings.HasPrefix(errOut, "error: a bug in kubectl-winready: off by one\n") {
		t.Errorf("got status %d, stdout %q, stderr %q", status, out, errOut)
	}
}
