// Package script runs the scripts of a package against a real control plane, with the programs that a user has. It must not know what
// the scripts are about.
package script

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// Params say what the scripts in testdata have beside a control plane with its kubectl, and a home that is empty.
type Params struct {
	// Programs are paths of programs that are found by name, before the system's.
	Programs []string
	// Env are variables.
	Env map[string]string
	// Cmds are commands beside exits, which wants an exit status: exits 1 kubectl winready audit.
	Cmds map[string]func(*testscript.TestScript, bool, []string)
	// Setup does what there is to do for one script, when all else is done. It may be nil.
	Setup func(*testscript.Env) error
}

// Run runs the scripts on one control plane, which they share.
func Run(t *testing.T, plane *controlplane.Plane, p Params) {
	t.Helper()
	p.run(t, func(*testscript.Env) (*controlplane.Plane, error) { return plane, nil })
}

// RunEach runs each script on a control plane of its own that has some nodes.
func RunEach(t *testing.T, nodes []*corev1.Node, p Params) {
	t.Helper()
	p.run(t, func(env *testscript.Env) (*controlplane.Plane, error) {
		plane, err := controlplane.New(t.Context(), controlplane.Options{Nodes: nodes})
		if err != nil {
			return nil, err
		}
		env.Defer(func() {
			if err := plane.Stop(); err != nil {
				t.Error(err)
			}
		})
		return plane, nil
	})
}

func (p Params) run(t *testing.T, planeOf func(*testscript.Env) (*controlplane.Plane, error)) {
	t.Helper()
	cmds := map[string]func(*testscript.TestScript, bool, []string){"exits": exits}
	maps.Copy(cmds, p.Cmds)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                cmds,
		Setup: func(env *testscript.Env) error {
			plane, err := planeOf(env)
			if err != nil {
				return err
			}
			p.set(env, plane)
			if p.Setup == nil {
				return nil
			}
			return p.Setup(env)
		},
	})
}

// set sets the variables of a script.
func (p Params) set(env *testscript.Env, plane *controlplane.Plane) {
	path := []string{plane.Path}
	for _, program := range p.Programs {
		path = append(path, filepath.Dir(program))
	}
	path = append(path, env.Getenv("PATH"))
	env.Setenv("PATH", strings.Join(path, string(os.PathListSeparator)))
	env.Setenv("KUBECONFIG", plane.Kubeconfig)
	env.Setenv("KUBECACHEDIR", filepath.Join(env.WorkDir, "cache"))
	env.Setenv("HOME", env.WorkDir)
	for name, value := range p.Env {
		env.Setenv(name, value)
	}
}

// exits runs a command that has to exit with a status: exits 1 kubectl winready audit.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := Status(ts, args[1:]...); got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// Status runs a command of a script and returns its exit status. A command that cannot be run ends the script.
func Status(ts *testscript.TestScript, command ...string) int {
	err := ts.Exec(command[0], command[1:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}
