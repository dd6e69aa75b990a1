// Package command runs the product's command in the process of a test, as kubectl starts it: by its full path. It must not know what
// the command is asked, nor judge more of the answer than the exit status.
package command

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/plugin"
)

// Run runs the command with a kubeconfig, and wants an exit status.
func Run(tb testing.TB, kubeconfig string, status int, args ...string) (stdout, stderr string) {
	tb.Helper()
	return Reading(tb, kubeconfig, "", status, args...)
}

// Reading is Run with what the command reads: manifests, or the answers of somebody to its questions.
func Reading(tb testing.TB, kubeconfig, in string, status int, args ...string) (stdout, stderr string) {
	tb.Helper()
	args = slices.Concat(args, []string{"--kubeconfig", kubeconfig})
	stdout, stderr, got := Main(tb.Context(), in, args...)
	if got != status {
		tb.Fatalf("%q: exit status %d, want %d:\n%s%s", args, got, status, stdout, stderr)
	}
	return stdout, stderr
}

// Main runs the command for who wants no exit status, or has a context to interrupt it by. The arguments are all that there are.
func Main(ctx context.Context, in string, args ...string) (stdout, stderr string, status int) {
	var out, said bytes.Buffer
	streams := plugin.Streams{In: strings.NewReader(in), Out: &out, ErrOut: &said}
	status = plugin.Main(ctx, streams, slices.Concat([]string{"/usr/bin/kubectl-winready"}, args))
	return out.String(), said.String(), status
}
