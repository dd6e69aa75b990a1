// Package helmcli builds Helm's own program for tests that compare with it or live beside it.
// It must not know the product.
package helmcli

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Build builds helm from the module that go.mod pins, with the dependencies of Helm's own go.mod, and returns its path.
func Build(tb testing.TB) string {
	tb.Helper()
	dir, err := exec.CommandContext(tb.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "helm.sh/helm/v3").Output()
	if err != nil {
		tb.Fatal(err)
	}
	helm := filepath.Join(tb.TempDir(), "helm")
	build := exec.CommandContext(tb.Context(), "go", "build", "-C", strings.TrimSpace(string(dir)), "-o", helm, "./cmd/helm")
	if out, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("building helm: %v\n%s", err, out)
	}
	return helm
}
