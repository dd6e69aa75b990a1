package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/winready/kubectl-winready/pkg/azurefile"
)

// waitedError is the end of a wait, and not of the run.
type waitedError struct{}

func (waitedError) Error() string { return "the time is up" }

// waitForDriver waits until the driver has registered on every Windows node.
func (o *changeOptions) waitForDriver(ctx context.Context, deps Deps, scope *azureFileScope) error {
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout, waitedError{})
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	lacking := "the driver"
	for {
		have, err := scope.have(ctx, deps)
		if err == nil {
			if lacking = lack(have); lacking == "" {
				fmt.Fprintln(deps.ErrOut, "the driver has registered on every Windows node")
				return nil
			}
		} else if ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			if _, waited := errors.AsType[waitedError](context.Cause(ctx)); waited {
				return fmt.Errorf("waiting for the driver: after %s there is still not %s", o.timeout, lacking)
			}
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// lack is what a cluster lacks for Windows pods to mount a share; empty for nothing.
func lack(have *azurefile.Have) string {
	if len(have.Gaps) > 0 {
		return "to be seen what it does: " + strings.Join(have.Gaps, "; ")
	}
	if !have.Driver {
		return "a CSIDriver " + azurefile.Driver
	}
	for _, n := range have.Nodes {
		if !n.Registered {
			return azurefile.Driver + " on node " + n.Name
		}
	}
	return ""
}
