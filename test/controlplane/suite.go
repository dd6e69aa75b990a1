package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Tests are those of a package, which *testing.M is.
type Tests interface{ Run() int }

// Main runs the tests of a package on one control plane and returns the exit status for TestMain. Plane points to it before prepare is
// called, which makes what the tests are to find and may be nil; when that fails no test runs. The control plane is stopped in any
// case, and when it had ended before the tests have failed, whatever they say.
func Main(ctx context.Context, m Tests, plane **Plane, o Options, prepare func(context.Context, *Plane) error) int {
	p, err := New(ctx, o)
	if err != nil {
		return failed(err)
	}
	*plane = p
	status, err := p.run(ctx, m, prepare)
	if err := errors.Join(err, p.Stop()); err != nil {
		return failed(err)
	}
	return status
}

func (p *Plane) run(ctx context.Context, m Tests, prepare func(context.Context, *Plane) error) (int, error) {
	if prepare != nil {
		if err := prepare(ctx, p); err != nil {
			return 1, fmt.Errorf("preparing the control plane: %w", err)
		}
	}
	return m.Run(), nil
}

// failed is what is wrong with more than a test.
func failed(err error) int {
	fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // there is no test to say it
	return 1
}
