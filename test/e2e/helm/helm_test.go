// Package helm_test lets Helm run post-render: Helm 3 as a program, Helm 4 as the plugin that the repository ships, both built from
// their modules, against a real control plane.
package helm_test

import (
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/module"
	"github.com/winready/kubectl-winready/test/e2e/script"
	"github.com/winready/kubectl-winready/test/helmcli"
)

func TestMain(m *testing.M) { script.Main(m) }

func TestHelm(t *testing.T) {
	t.Parallel()
	repository, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	taint := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
	nodes := []*corev1.Node{controlplane.ControlPlane("server-1"), controlplane.Linux("linux-1"), controlplane.Windows("win2022-1", "10.0.20348", taint)}
	script.RunEach(t, nodes, script.Params{
		Programs: []string{helmcli.Build(t), module.Build(t, "helm4", "helm.sh/helm/v4/cmd/helm", "helm4")},
		Env: map[string]string{
			"CHART":  filepath.Join(repository, "test", "charts", "hooks"),
			"PLUGIN": filepath.Join(repository, "plugin", "helm"),
		},
	})
}
