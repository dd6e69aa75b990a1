// Package release_test inspects, patches and upgrades what Helm has installed on a real control plane, with the programs that a
// user has. Each script has a namespace of its own.
package release_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/script"
	"github.com/winready/kubectl-winready/test/helmcli"
)

func TestMain(m *testing.M) { script.Main(m) }

func TestReleases(t *testing.T) {
	t.Parallel()
	repository, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	plane := controlplane.Start(t, controlplane.Options{Nodes: nodes()})
	users := map[string]string{}
	for _, user := range []string{"nobody", "reader"} {
		users[user] = plane.As(t, user)
	}
	script.Run(t, plane, script.Params{
		Programs: []string{helmcli.Build(t)},
		Env: map[string]string{
			"ADMIN":  plane.Kubeconfig,
			"CHARTS": filepath.Join(repository, "test", "charts"),
			"SHOP":   filepath.Join(repository, "charts", "mixed-shop"),
			"APP":    filepath.Join(repository, "test", "e2e", "release", "app"),
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
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

// patience is how long the controllers may take to do what was asked of them.
const patience = 2 * time.Minute

// eventually runs a command until what it writes has a text: eventually Running kubectl get pods.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	controlplane.Within(ts, patience, func() error {
		_ = ts.Exec(args[1], args[2:]...) // what it has to fail with may be what is waited for
		if there := strings.Contains(ts.ReadFile("stdout")+ts.ReadFile("stderr"), args[0]); there == neg {
			return fmt.Errorf("%q is there: %t", args[0], there)
		}
		return nil
	})
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
