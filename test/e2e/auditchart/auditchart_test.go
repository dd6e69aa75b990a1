// Package auditchart_test installs charts/winready-audit on a real control plane and does what its job would: it runs the very command
// of the CronJob, with the token of its ServiceAccount.
package auditchart_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

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

func TestAuditChart(t *testing.T) {
	t.Parallel()
	helm, promlint := helmcli.Build(t), filepath.Join(t.TempDir(), "promlint")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-C", "promlint", "-o", promlint, ".").CombinedOutput(); err != nil {
		t.Fatalf("building promlint: %v\n%s", err, out)
	}
	chart, err := filepath.Abs("../../../charts/winready-audit")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"job": job, "runs-on": runsOn, "needs-each": needsEach,
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
			for name, module := range map[string]string{"OPENREPORTS": "openreports/reports-api", "KYVERNO": "kyverno/kyverno"} {
				folder, err := downloaded(t, "github.com/"+module)
				if err != nil {
					return err
				}
				env.Setenv(name, folder)
			}
			env.Setenv("KUBECONFIG", plane.Kubeconfig)
			env.Setenv("KUBECACHEDIR", filepath.Join(env.WorkDir, "cache"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("CHART", chart)
			env.Setenv("PATH", strings.Join([]string{plane.Path, filepath.Dir(helm), filepath.Dir(promlint), env.Getenv("PATH")}, string(os.PathListSeparator)))
			return nil
		},
	})
}

// downloaded is the folder of a module of crds/go.mod, with nothing of what it imports.
func downloaded(t *testing.T, module string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", module)
	c.Dir = "crds"
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("downloading %s: %w\n%s", module, err, out)
	}
	var got struct{ Dir string }
	return got.Dir, json.Unmarshal(out, &got)
}
