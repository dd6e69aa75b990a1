// Command kubectl-winready is a kubectl plugin that puts a chart's workloads on the operating system they are built for.
// It holds nothing but the process: everything that can be tested is in package plugin.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/winready/kubectl-winready/plugin"
)

// garbage is how much the heap may grow before it is collected, in percent. Rendering makes much of it and lives for a second;
// with the default of 100 collecting takes a fifth of the time.
const garbage = 400

func main() {
	debug.SetGCPercent(garbage)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := plugin.Main(ctx, plugin.System(os.Stdin, os.Stdout, os.Stderr), os.Args)
	stop()
	os.Exit(status)
}
