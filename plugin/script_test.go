package plugin_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/winready/kubectl-winready/plugin"
	"github.com/winready/kubectl-winready/test/rancher"
)

// TestMain makes this test binary the program under test too: as it is started by a person, by kubectl, and by kubectl's completion.
func TestMain(m *testing.M) {
	main := func(args []string) {
		os.Exit(plugin.Main(context.Background(), plugin.System(os.Stdin, os.Stdout, os.Stderr), args))
	}
	testscript.Main(m, map[string]func(){
		"kubectl-winready":          func() { main(os.Args) },
		"kubectl_complete-winready": func() { main(os.Args) },
		"rancher": func() {
			os.Exit(rancher.CLI(context.Background(), os.Args[1:], os.Getenv("RANCHER_KUBECONFIG"), os.Stdin, os.Stdout, os.Stderr))
		},
		"kubectl": func() {
			if len(os.Args) < 2 || os.Args[1] != "winready" {
				os.Exit(126)
			}
			path, err := filepath.Abs("kubectl-winready")
			if err != nil {
				os.Exit(126)
			}
			main(append([]string{path}, os.Args[2:]...))
		},
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	repository, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			env.Setenv("CHARTS", "repository/test/charts")
			env.Setenv("SHOP", "repository/charts/mixed-shop")
			env.Setenv("HOME", env.WorkDir)               // Helm's configuration is below it
			env.Setenv("SOURCE_DATE_EPOCH", "1795392000") // 2026-11-23: the day that support of Windows builds is told of
			return os.Symlink(repository, filepath.Join(env.WorkDir, "repository"))
		},
	})
}

// exits runs a command that has to exit with a status: exits 2 kubectl winready patch.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
