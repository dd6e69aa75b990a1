// Package helmcli builds Helm's own program for tests that compare with it or live beside it.
// It must not know the product.
package helmcli

import (
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/test/e2e/module"
)

// Build builds helm from the module that go.mod pins, with the dependencies of Helm's own go.mod, and returns its path.
func Build(tb testing.TB) string {
	tb.Helper()
	dir, err := module.Go(tb.Context(), "", "list", "-m", "-f", "{{.Dir}}", "helm.sh/helm/v3")
	if err != nil {
		tb.Fatal(err)
	}
	return module.Build(tb, strings.TrimSpace(string(dir)), "./cmd/helm", "helm")
}
