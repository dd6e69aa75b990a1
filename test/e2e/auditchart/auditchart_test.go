// Package auditchart_test installs charts/winready-audit on a real control plane and does what its job would: it runs the very command
// of the CronJob, with the token of its ServiceAccount.
package auditchart_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/winready/kubectl-winready/test/e2e/module"
	"github.com/winready/kubectl-winready/test/e2e/script"
	"github.com/winready/kubectl-winready/test/helmcli"
)

func TestMain(m *testing.M) { script.Main(m) }

func TestAuditChart(t *testing.T) {
	t.Parallel()
	chart, err := filepath.Abs("../../../charts/winready-audit")
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"CHART": chart}
	for name, path := range map[string]string{"OPENREPORTS": "openreports/reports-api", "KYVERNO": "kyverno/kyverno"} {
		if env[name], err = module.Folder(t.Context(), "crds", "github.com/"+path); err != nil {
			t.Fatal(err)
		}
	}
	script.RunEach(t, nodes(), script.Params{
		Programs: []string{helmcli.Build(t), module.Build(t, "promlint", ".", "promlint")},
		Env:      env,
		Cmds:     map[string]func(*testscript.TestScript, bool, []string){"job": job, "runs-on": runsOn, "needs-each": needsEach},
	})
}
