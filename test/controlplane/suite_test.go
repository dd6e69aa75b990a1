package controlplane_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// tests are those of a package.
type tests func() int

func (t tests) Run() int { return t() }

// TestMainTellsOfWhatFails: the exit status is that of the tests when all else is well, and the control plane is gone in any case.
func TestMainTellsOfWhatFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		prepare error
		kill    string
		status  int
		ran     bool
	}{
		{"a test", nil, "", 3, true},
		{"what the tests need", errors.New("no such thing"), "", 1, false},
		{"the control plane", nil, "etcd", 1, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var plane *controlplane.Plane
			var all map[string]string
			m := tests(func() int {
				all = processes(t, plane.Folder)
				if test.kill == "" {
					return 3
				}
				signal(t, "KILL", all[test.kill])
				gone(t, "", all)
				return 0
			})
			status := controlplane.Main(t.Context(), m, &plane, controlplane.Options{}, func(context.Context, *controlplane.Plane) error {
				return test.prepare
			})
			if ran := all != nil; status != test.status || ran != test.ran {
				t.Errorf("got status %d, ran %t, want %d, %t", status, ran, test.status, test.ran)
			}
			gone(t, plane.Folder, all)
		})
	}
}

// script is what is told of a failure.
type script struct{ said string }

func (s *script) Fatalf(format string, args ...any) { s.said = fmt.Sprintf(format, args...) }

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		wrong int // how many times there is something wrong
		limit time.Duration
		want  string
	}{
		{"at once", 0, time.Nanosecond, ""},
		{"in time", 2, time.Minute, ""},
		{"too late", 1 << 30, 250 * time.Millisecond, "waited for 250ms: no pods"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var s script
			asked := 0
			controlplane.Within(&s, test.limit, func() error {
				if asked++; asked <= test.wrong {
					return errors.New("no pods")
				}
				return nil
			})
			if diff := cmp.Diff(s.said, test.want); diff != "" || test.want == "" && asked != test.wrong+1 {
				t.Errorf("asked %d times; got -, want +:\n%s", asked, diff)
			}
		})
	}
}
