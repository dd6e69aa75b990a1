// Command build builds the control plane that tests run against, so that the first of them does not have to.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/winready/kubectl-winready/test/controlplane"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // this is a main
	_, err := controlplane.Build(ctx, os.Stderr)                          //nolint:forbidigo // this is a main
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // this is a main
		os.Exit(1)                   //nolint:forbidigo // this is a main
	}
}
