// Package install_test installs what make dist builds as its users do, with krew and with both versions of Helm, built from their
// modules: from an archive to the first command, with and without a cluster, to nothing left.
package install_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/module"
	"github.com/winready/kubectl-winready/test/e2e/script"
	"github.com/winready/kubectl-winready/test/helmcli"
)

// release is the folder with what make dist builds for this platform.
var release string

func TestMain(m *testing.M) {
	testscript.Main(built{m}, nil)
}

// built builds the release once, for all tests.
type built struct{ *testing.M }

func (r built) Run() int {
	work, err := os.MkdirTemp("", "release-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(work)
	release = filepath.Join(work, "v0.1.0")
	if _, err := module.Go(context.Background(), "../../dist", "run", ".", "-platforms", runtime.GOOS+"/"+runtime.GOARCH, "-out", release); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return r.M.Run()
}

// TestInstall runs the scripts with nothing on PATH but what they install and the system's own programs.
func TestInstall(t *testing.T) {
	t.Parallel()
	var path []string
	for _, program := range []string{
		module.Build(t, "../../dist", "sigs.k8s.io/krew/cmd/krew", "kubectl-krew"),
		module.Build(t, "../../dist", "sigs.k8s.io/krew/cmd/validate-krew-manifest", "validate-krew-manifest"),
		module.Build(t, "../helm/helm4", "helm.sh/helm/v4/cmd/helm", "helm4"),
		helmcli.Build(t),
	} {
		path = append(path, filepath.Dir(program))
	}
	server := httptest.NewServer(http.FileServer(http.Dir(release)))
	t.Cleanup(server.Close)
	plane := controlplane.Start(t, controlplane.Options{Nodes: nodes()})
	repository, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("scripts", func(t *testing.T) { //nolint:paralleltest // the plane and the server are there until the scripts are done
		script.Run(t, plane, script.Params{
			Env: map[string]string{
				"ARCHIVE":               archive,
				"DIST":                  release,
				"SERVER":                server.URL,
				"SHOP":                  filepath.Join(repository, "charts", "mixed-shop"),
				"HELM_FOLDERS":          filepath.Join(repository, "plugin"),
				"KREW_NO_UPGRADE_CHECK": "1",
				"GIT_CONFIG_NOSYSTEM":   "1",
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"manifest": manifest},
			Setup: func(env *testscript.Env) error {
				krew := filepath.Join(env.WorkDir, "krew")
				env.Setenv("KREW_ROOT", krew)
				folders := slices.Concat([]string{filepath.Join(krew, "bin"), filepath.Join(env.WorkDir, "bin"), plane.Path}, path, []string{"/usr/bin", "/bin"})
				env.Setenv("PATH", strings.Join(folders, string(os.PathListSeparator)))
				return nil
			},
		})
	})
}

// manifest writes krew's manifest of a version, whose archives are on the server: manifest v0.1.0 FILE.
func manifest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: manifest VERSION FILE")
	}
	data, err := os.ReadFile(filepath.Join(ts.Getenv("DIST"), "winready.yaml"))
	ts.Check(err)
	var lines []string
	for line := range strings.Lines(string(data)) {
		switch key, _, _ := strings.Cut(strings.TrimSpace(line), ":"); key {
		case "version":
			line = "  version: " + args[0] + "\n"
		case "uri":
			line = "      uri: " + ts.Getenv("SERVER") + "/" + ts.Getenv("ARCHIVE") + "\n"
		}
		lines = append(lines, line)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(lines, "")), 0o644))
}
