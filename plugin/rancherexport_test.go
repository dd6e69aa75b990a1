package plugin

import "context"

// RunWith runs a command line with an environment of its own, and returns the exit status.
func RunWith(ctx context.Context, deps Deps, args ...string) int {
	return exitStatus(deps, run(ctx, deps, args))
}
