package script

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/winready/kubectl-winready/plugin"
)

// Main is for TestMain: it runs the tests of a package, whose binary is kubectl-winready, too, when a script runs that. It does not return.
func Main(m testscript.TestingM) {
	testscript.Main(m, map[string]func(){"kubectl-winready": program})
}

// program does what main does: about a Ctrl-C, too.
//
//nolint:forbidigo // it is the main function of a process
func program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := plugin.Main(ctx, plugin.System(os.Stdin, os.Stdout, os.Stderr), os.Args)
	stop()
	os.Exit(status)
}
