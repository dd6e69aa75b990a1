package patch_test

import (
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
)

// spread is a chart that lays values over the whole pod spec, so that os.name and any field have a knob.
const spread = `-- values.yaml --
nodeSelector: {}
podOS: {}
shared: null
podSecurityContext: {}
-- templates/web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      hostUsers: true
      {{- with .Values.podOS }}
      os: {{ toJson . }}
      {{- end }}
      nodeSelector: {{ toJson .Values.nodeSelector }}
      {{- with .Values.podSecurityContext }}
      securityContext: {{ toJson . }}
      {{- end }}
      containers: [{name: c, image: nginx}]
`

// TestSetOSName: os.name windows is set where the API server of the version that the chart is told takes the pod with it.
func TestSetOSName(t *testing.T) {
	t.Parallel()
	pools, ok := placement.Preset("rke2")
	if !ok {
		t.Fatal("no preset rke2")
	}
	chart.LogTo(io.Discard)
	c, err := chart.Load(t.Context(), chart.Source{Ref: write(t, spread)}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	type outcome struct {
		OS    string
		Notes []string
	}
	fsGroup := map[string]any{"podSecurityContext": map[string]any{"fsGroup": 5, "runAsNonRoot": true}}
	for name, tc := range map[string]struct {
		version string
		values  map[string]any
		fix     bool
		want    outcome
	}{
		"a server that does not look at hostUsers": {version: "1.32.0", want: outcome{OS: "windows"}},
		"one that does": {version: "1.33.0", want: outcome{Notes: []string{
			"has Linux-only fields: hostUsers", "os.name is not set: the API server would refuse the pod for its Linux-only fields",
		}}},
		"a field that values set": {version: "1.30.0", values: fsGroup, want: outcome{Notes: []string{
			"has Linux-only fields: securityContext.fsGroup", "os.name is not set: the API server would refuse the pod for its Linux-only fields",
		}}},
		"which values take away": {version: "1.30.0", values: fsGroup, fix: true, want: outcome{OS: "windows"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := c.Renderer(chart.Release{Name: "rel", Namespace: "demo", KubeVersion: tc.version}, tc.values)
			if err != nil {
				t.Fatal(err)
			}
			q := patch.Request{Request: aim.Request{OS: "windows", Pools: pools}, SetOSName: true, FixFields: tc.fix}
			result, err := patch.Run(t.Context(), r, q)
			if err != nil {
				t.Fatal(err)
			}
			after, err := r.Render(t.Context(), result.Overlay.Tree())
			if err != nil {
				t.Fatal(err)
			}
			docs, err := after.Documents()
			if err != nil {
				t.Fatal(err)
			}
			got := outcome{Notes: result.Report.Workloads[0].Notes}
			if os := chart.FindPods(docs).Pods[0].Spec.OS; os != nil {
				got.OS = string(os.Name)
			}
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if got.OS != "" && got.OS != string(corev1.Windows) {
				t.Errorf("os.name %s", got.OS)
			}
		})
	}
}
