// Package story_test tells the whole story on a real control plane, with the programs that a user has: a chart lands wrong, audit
// says so, patch writes the values, and the upgrade moves every pod to where it can run.
package story_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/plugin"
	"github.com/winready/kubectl-winready/test/controlplane"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"kubectl-winready": func() {
			// As kubectl starts it: by its full path.
			os.Exit(plugin.Main(context.Background(), plugin.System(os.Stdin, os.Stdout, os.Stderr), os.Args))
		},
	})
}

func TestStory(t *testing.T) {
	t.Parallel()
	helm := buildHelm(t)
	shop, err := filepath.Abs("../../../charts/mixed-shop")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"eventually": eventually,
			"runs-on":    runsOn,
		},
		Setup: func(env *testscript.Env) error {
			plane, err := controlplane.New(t.Context(), controlplane.Options{Nodes: nodes()})
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
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("SHOP", shop)
			env.Setenv("PATH", strings.Join([]string{plane.Path, filepath.Dir(helm), env.Getenv("PATH")}, string(os.PathListSeparator)))
			return nil
		},
	})
}

// nodes are those of an RKE2 cluster, which taints none of them, with a Windows pool of each of two builds.
func nodes() []*corev1.Node {
	return []*corev1.Node{
		controlplane.ControlPlane("server-1"),
		controlplane.Linux("linux-1"),
		controlplane.Windows("win2019-1", "10.0.17763"),
		controlplane.Windows("win2022-1", "10.0.20348"),
		controlplane.Windows("win2022-2", "10.0.20348"),
	}
}

// buildHelm builds Helm's own program from the module that go.mod pins, with the dependencies of Helm's own go.mod.
func buildHelm(t *testing.T) string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "helm.sh/helm/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	helm := filepath.Join(t.TempDir(), "helm")
	build := exec.CommandContext(t.Context(), "go", "build", "-C", strings.TrimSpace(string(dir)), "-o", helm, "./cmd/helm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building helm: %v\n%s", err, out)
	}
	return helm
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

// eventually runs a command until it exits with a status: eventually 0 kubectl winready audit.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	for end := time.Now().Add(patience); ; {
		got := status(ts, args[1:])
		if !neg && got == want {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("exit status %d for %s, want %d", got, patience, want)
		}
		time.Sleep(time.Second)
	}
}

// runsOn says that all pods of a component run, and on nodes whose names start with a word: runs-on storefront win2022.
func runsOn(ts *testscript.TestScript, neg bool, args []string) {
	var list corev1.PodList
	ts.Check(ts.Exec("kubectl", "get", "pods", "--selector", "app.kubernetes.io/component="+args[0], "--output", "json"))
	ts.Check(json.NewDecoder(bytes.NewBufferString(ts.ReadFile("stdout"))).Decode(&list))
	if neg || len(list.Items) == 0 {
		ts.Fatalf("there are no pods of %s", args[0])
	}
	for _, p := range list.Items {
		if problem := misplaced(p, args[1:]); problem != "" && p.DeletionTimestamp == nil {
			ts.Fatalf("%s %s", p.Name, problem)
		}
	}
}

func misplaced(p corev1.Pod, words []string) string {
	if p.Status.Phase != corev1.PodRunning {
		return fmt.Sprintf("is %s on %s", p.Status.Phase, p.Spec.NodeName)
	}
	for _, word := range words {
		if strings.HasPrefix(p.Spec.NodeName, word) {
			return ""
		}
	}
	return "runs on " + p.Spec.NodeName
}
