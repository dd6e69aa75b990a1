// Package install_test installs what make dist builds as its users do, with krew and with both versions of Helm, built from their
// modules: from an archive to the first command, with and without a cluster, to nothing left.
package install_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/winready/kubectl-winready/test/controlplane"
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
	if err := goRun(context.Background(), "../../dist", "run", ".", "-platforms", runtime.GOOS+"/"+runtime.GOARCH, "-out", release); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return r.M.Run()
}

// TestInstall runs the scripts with nothing on PATH but what they install and the system's own programs.
func TestInstall(t *testing.T) {
	t.Parallel()
	tools := t.TempDir()
	for _, b := range []struct{ module, file, command string }{
		{"../../dist", "kubectl-krew", "sigs.k8s.io/krew/cmd/krew"},
		{"../../dist", "validate-krew-manifest", "sigs.k8s.io/krew/cmd/validate-krew-manifest"},
		{"../helm/helm4", "helm4", "helm.sh/helm/v4/cmd/helm"},
	} {
		if err := goRun(t.Context(), b.module, "build", "-o", filepath.Join(tools, b.file), b.command); err != nil {
			t.Fatal(err)
		}
	}
	helm := helmcli.Build(t)
	server := httptest.NewServer(http.FileServer(http.Dir(release)))
	t.Cleanup(server.Close)
	plane := controlplane.Start(t, controlplane.Options{Nodes: nodes()})
	repository, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("scripts", func(t *testing.T) { //nolint:paralleltest // the plane and the server are there until the scripts are done
		testscript.Run(t, testscript.Params{
			Dir:                 "testdata",
			RequireExplicitExec: true,
			Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "manifest": manifest},
			Setup: func(env *testscript.Env) error {
				for name, value := range map[string]string{
					"ARCHIVE":               "kubectl-winready-" + runtime.GOOS + "-" + runtime.GOARCH + ".tar.gz",
					"DIST":                  release,
					"SERVER":                server.URL,
					"SHOP":                  filepath.Join(repository, "charts", "mixed-shop"),
					"HELM_FOLDERS":          filepath.Join(repository, "plugin"),
					"KUBECONFIG":            plane.Kubeconfig,
					"KUBECACHEDIR":          filepath.Join(env.WorkDir, "cache"),
					"HOME":                  env.WorkDir,
					"KREW_ROOT":             filepath.Join(env.WorkDir, "krew"),
					"KREW_NO_UPGRADE_CHECK": "1",
					"GIT_CONFIG_NOSYSTEM":   "1",
				} {
					env.Setenv(name, value)
				}
				env.Setenv("PATH", strings.Join([]string{
					filepath.Join(env.WorkDir, "krew", "bin"), filepath.Join(env.WorkDir, "bin"), plane.Path, tools, filepath.Dir(helm), "/usr/bin", "/bin",
				}, string(os.PathListSeparator)))
				return nil
			},
		})
	})
}

// goRun runs the Go command in a module beside this one: dependencies of such programs and ours would be in each other's way.
func goRun(ctx context.Context, module string, args ...string) error {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = module
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
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

// exits runs a command that has to exit with a status: exits 1 kubectl winready lint.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || errors.Is(err, context.Canceled) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if neg || got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
