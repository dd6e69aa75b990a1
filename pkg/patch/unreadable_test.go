package patch_test

import (
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/patch"
)

// TestUnreadable has a Deployment that nests deeper than the reader goes, and Helm does not mind: it must be named, not left out.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	dir := write(t, `-- templates/deep.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: deep}
spec: {{ repeat 1200 "[" }}{{ repeat 1200 "]" }}
`)
	result, err := patch.Run(t.Context(), open(t, dir, nil), patch.Request{Request: aim.Request{OS: "windows", Pools: preset(t, "rke2")}})
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Report.Unreadable; len(got) != 1 || !strings.Contains(got[0], "web/templates/deep.yaml") {
		t.Errorf("unreadable %q, want one that names web/templates/deep.yaml", got)
	}
	if len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0], "web/templates/deep.yaml") {
		t.Errorf("warnings %q, want one that names web/templates/deep.yaml", result.Warnings)
	}
}
