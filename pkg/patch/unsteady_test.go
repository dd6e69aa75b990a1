package patch_test

import (
	"testing"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/patch"
)

// TestUnsteady has a template whose output hangs on the order of a map, so that renders agree and differ by chance. A value must not
// be blamed for it.
func TestUnsteady(t *testing.T) {
	t.Parallel()
	dir := write(t, `-- values.yaml --
ports: {a: 80, b: 81}
tolerations: []
-- templates/web.yaml --
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  tolerations: {{ toJson .Values.tolerations }}
  containers:
  - name: web
    image: nginx:1.27
    args: ["--port={{ keys .Values.ports | first }}"]
`)
	for range 5 {
		result, err := patch.Run(t.Context(), open(t, dir, nil), patch.Request{Request: aim.Request{OS: "windows", Pools: poolsFile(t)}})
		if err != nil {
			t.Fatal(err)
		}
		if w := result.Report.Workloads[0]; w.Status != patch.Placed {
			t.Fatalf("%s: %s", w.Status, w.Reason)
		}
	}
}
