// Package release_test inspects, patches and upgrades what Helm has installed on a real control plane, with the programs that a
// user has. Each script has a namespace of its own.
package release_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/plugin"
	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/helmcli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"kubectl-winready": func() {
			// As kubectl starts it: by its full path, and with what main does about a Ctrl-C.
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			status := plugin.Main(ctx, plugin.System(os.Stdin, os.Stdout, os.Stderr), os.Args)
			stop()
			os.Exit(status)
		},
	})
}

func TestReleases(t *testing.T) {
	t.Parallel()
	helm := helmcli.Build(t)
	repository, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	plane := controlplane.Start(t, controlplane.Options{Nodes: nodes()})
	users := map[string]string{}
	for _, user := range []string{"nobody", "reader"} {
		users[user] = plane.As(t, user)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"eventually": eventually,
			"as":         func(ts *testscript.TestScript, _ bool, args []string) { ts.Setenv("KUBECONFIG", users[args[0]]) },
			"versions":   versions,
		},
		Setup: func(env *testscript.Env) error {
			namespace := "test-" + strings.TrimPrefix(filepath.Base(env.WorkDir), "script-")
			for _, args := range [][]string{
				{"create", "namespace", namespace},
				{"wait", "--for=create", "serviceaccount/default", "-n", namespace, "--timeout=60s"},
			} {
				if _, err := plane.Run(context.Background(), "", args...); err != nil {
					return err
				}
			}
			env.Setenv("NAMESPACE", namespace)
			env.Setenv("HELM_NAMESPACE", namespace)
			env.Setenv("ADMIN", plane.Kubeconfig)
			env.Setenv("KUBECONFIG", plane.Kubeconfig)
			env.Setenv("KUBECACHEDIR", filepath.Join(env.WorkDir, "cache"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("CHARTS", filepath.Join(repository, "test", "charts"))
			env.Setenv("SHOP", filepath.Join(repository, "charts", "mixed-shop"))
			env.Setenv("APP", filepath.Join(repository, "test", "e2e", "release", "app"))
			env.Setenv("PATH", strings.Join([]string{plane.Path, filepath.Dir(helm), env.Getenv("PATH")}, string(os.PathListSeparator)))
			return nil
		},
	})
}

// nodes are those of a cluster that keeps what says nothing off its Windows node where it can, so that the pods of a chart run
// before it is placed.
func nodes() []*corev1.Node {
	rather := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectPreferNoSchedule}
	return []*corev1.Node{controlplane.Linux("linux-1"), controlplane.Linux("linux-2"), controlplane.Windows("win2022-1", "10.0.20348", rather)}
}

// status is what a command of a script exits with.
func status(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(args[0], args[1:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}

// exits runs a command that has to exit with a status: exits 1 kubectl winready audit.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := status(ts, args[1:]); neg || got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// patience is how long the controllers may take to do what was asked of them.
const patience = 2 * time.Minute

// eventually runs a command until what it writes has a text: eventually Running kubectl get pods.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	end := time.NewTimer(patience)
	defer end.Stop()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		_ = ts.Exec(args[1], args[2:]...) // what it has to fail with may be what is waited for
		if strings.Contains(ts.ReadFile("stdout")+ts.ReadFile("stderr"), args[0]) != neg {
			return
		}
		select {
		case <-end.C:
			ts.Fatalf("there was no %q for %s", args[0], patience)
		case <-tick.C:
		}
	}
}

// versions writes the version of everything a release has and of its records to a file: versions before. Of what controllers write
// to as well it is the generation, which only changes of the spec raise.
func versions(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: versions FILE")
	}
	var text strings.Builder
	for kinds, version := range map[string]string{"secrets,configmaps": "resourceVersion", "deployments,jobs": "generation"} {
		ts.Check(ts.Exec("kubectl", "get", kinds, "--namespace", ts.Getenv("NAMESPACE"), "--output",
			`jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.metadata.`+version+`}{"\n"}{end}`))
		text.WriteString(ts.ReadFile("stdout"))
	}
	lines := strings.Join(slices.Sorted(strings.Lines(text.String())), "")
	if !strings.Contains(lines, "Secret/") {
		ts.Fatalf("there is nothing to compare: %s", lines)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(lines), 0o600))
}
