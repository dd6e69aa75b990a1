// Package helm_test lets Helm run post-render: Helm 3 as a program, Helm 4 as the plugin that the repository ships, both built from
// their modules, against a real control plane.
package helm_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/plugin"
	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/helmcli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"kubectl-winready": func() {
			os.Exit(plugin.Main(context.Background(), plugin.System(os.Stdin, os.Stdout, os.Stderr), os.Args))
		},
	})
}

func TestHelm(t *testing.T) {
	t.Parallel()
	helm3, helm4 := helmcli.Build(t), buildHelm4(t)
	repository, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			taint := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
			plane, err := controlplane.New(t.Context(), controlplane.Options{
				Nodes: []*corev1.Node{controlplane.ControlPlane("server-1"), controlplane.Linux("linux-1"), controlplane.Windows("win2022-1", "10.0.20348", taint)},
			})
			if err != nil {
				return err
			}
			env.Defer(func() {
				if err := plane.Stop(); err != nil {
					t.Error(err)
				}
			})
			env.Setenv("KUBECONFIG", plane.Kubeconfig)
			env.Setenv("KUBECACHEDIR", filepath.Join(env.WorkDir, "cache"))
			env.Setenv("HOME", env.WorkDir) // Helm's plugins are below it
			env.Setenv("CHART", filepath.Join(repository, "test", "charts", "hooks"))
			env.Setenv("PLUGIN", filepath.Join(repository, "plugin", "helm"))
			env.Setenv("PATH", strings.Join([]string{plane.Path, filepath.Dir(helm3), filepath.Dir(helm4), env.Getenv("PATH")}, string(os.PathListSeparator)))
			return nil
		},
	})
}

// buildHelm4 builds Helm 4 from the module beside this package: its dependencies and ours would be in each other's way.
func buildHelm4(t *testing.T) string {
	t.Helper()
	helm := filepath.Join(t.TempDir(), "helm4")
	build := exec.CommandContext(t.Context(), "go", "build", "-C", "helm4", "-o", helm, "helm.sh/helm/v4/cmd/helm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building Helm 4: %v\n%s", err, out)
	}
	return helm
}

// exits runs a command that has to exit with a status: exits 1 helm install.
func exits(ts *testscript.TestScript, neg bool, args []string) {
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
	if neg || got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
