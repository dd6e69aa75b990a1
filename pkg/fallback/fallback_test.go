package fallback_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/fallback"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/policy"
)

// stuck is a chart of which values place one workload, and of the others each has another reason for which they do not.
const stuck = `-- Chart.yaml --
apiVersion: v2
name: stuck
version: 0.1.0
-- values.yaml --
nodeSelector: {}
-- templates/all.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: by-values}
spec:
  template:
    spec:
      nodeSelector: {{ toJson .Values.nodeSelector }}
      containers: [{name: c, image: nginx}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: silent}
spec:
  template:
    spec:
      containers: [{name: c, image: nginx}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: linux}
spec:
  template:
    spec:
      nodeSelector:
        kubernetes.io/os: linux
      containers: [{name: c, image: nginx}]
---
apiVersion: batch/v1
kind: Job
metadata:
  name: hook
  annotations: {helm.sh/hook: pre-install}
spec:
  template:
    spec:
      containers: [{name: c, image: nginx}]
---
apiVersion: v1
kind: Pod
metadata:
  name: labeled
  labels: {kubernetes.io/os: linux}
spec:
  containers: [{name: c, image: nginx}]
`

// climbed is what became of the chart: each workload with its fallback, or why it has none.
func climbed(t *testing.T, q fallback.Request) (map[string]string, *fallback.Made) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "stuck")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := txtar.Write(txtar.Parse([]byte(stuck)), dir); err != nil {
		t.Fatal(err)
	}
	chart.LogTo(io.Discard)
	c, err := chart.Load(t.Context(), chart.Source{Ref: dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	q.Chart, q.Release = c, chart.Release{Name: "rel", Namespace: "demo"}
	pools, _ := placement.Preset("rke2")
	q.Aim = aim.Request{OS: "windows", Pools: pools}
	q.Policy.Name = "winready-demo-rel"
	r, err := c.Renderer(q.Release, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := patch.Run(t.Context(), r, patch.Request{Request: q.Aim})
	if err != nil {
		t.Fatal(err)
	}
	made, err := fallback.Run(t.Context(), result, q)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, w := range result.Report.Workloads {
		switch {
		case w.Fallback != "":
			out[w.Name] = w.Fallback
		case w.Status == patch.Unplaced:
			out[w.Name], _, _ = strings.Cut(w.Remedy, ", nor by")
		default:
			out[w.Name] = strings.Join(w.Paths, ", ")
		}
	}
	return out, made
}

func TestRun(t *testing.T) {
	t.Parallel()
	const (
		label  = "take the label off the pod"
		chosen = "not placed by policy: its nodeSelector has kubernetes.io/os, and a policy touches no choice"
		hook   = "--fallback fork (Helm 3 passes no hooks to post-renderers; a copy of the chart places it in its templates), or " +
			"--fallback policy (the API server places its pods, whoever makes them)"
		app = "--fallback policy (Rancher runs helm without a post-renderer), or --fallback fork (from a repository of one's own)"
	)
	for name, tc := range map[string]struct {
		mode, format string
		hooks        bool
		noPolicy     string
		want         map[string]string
	}{
		"Helm 3": {"auto", "values", false, "", map[string]string{
			"by-values": "nodeSelector", "silent": "post-render", "linux": "post-render", "hook": "fork", "labeled": label,
		}},
		"Helm 4 gives hooks to post-renderers": {"auto", "values", true, "", map[string]string{
			"by-values": "nodeSelector", "silent": "post-render", "linux": "post-render", "hook": "post-render", "labeled": label,
		}},
		"only a post-renderer": {"post-render", "set", false, "", map[string]string{
			"by-values": "nodeSelector", "silent": "post-render", "linux": "post-render", "hook": hook, "labeled": label,
		}},
		"a post-renderer where there is none": {"post-render", "rancher-app", false, "", map[string]string{
			"by-values": "nodeSelector", "silent": app, "linux": app, "hook": app, "labeled": label,
		}},
		"only a policy": {"policy", "values", false, "", map[string]string{
			"by-values": "nodeSelector", "silent": "policy", "linux": chosen, "hook": "policy", "labeled": label,
		}},
		"no policy on this server": {"policy", "values", false, "too old", map[string]string{
			"by-values": "nodeSelector", "silent": "not placed by policy: too old", "linux": "not placed by policy: too old",
			"hook": "not placed by policy: too old", "labeled": label,
		}},
		"only a fork": {"fork", "values", false, "", map[string]string{
			"by-values": "nodeSelector", "silent": "fork", "linux": "fork", "hook": "fork", "labeled": label,
		}},
		"a HelmChartConfig": {"auto", "helmchartconfig", false, "", map[string]string{
			"by-values": "nodeSelector", "silent": "policy", "linux": "fork", "hook": "policy", "labeled": label,
		}},
		"Argo CD": {"auto", "argocd", false, "", map[string]string{
			"by-values": "nodeSelector", "silent": "fork", "linux": "fork", "hook": "fork", "labeled": label,
		}},
		"Flux patches by itself": {"auto", "flux", false, "", map[string]string{
			"by-values": "nodeSelector", "silent": "post-render", "linux": "post-render", "hook": "fork", "labeled": label,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			format, _ := dialect.Lookup(tc.format)
			got, made := climbed(t, fallback.Request{Mode: tc.mode, Format: format, Hooks: tc.hooks, NoPolicy: tc.noPolicy, Policy: policy.Request{}})
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			has := func(rung string) bool {
				for _, v := range tc.want {
					if v == rung {
						return true
					}
				}
				return false
			}
			if (made.Fork != nil) != has("fork") || (made.Policy != nil) != has("policy") ||
				(made.Rules != nil || made.Unreached != nil) != has("post-render") || made.Rules != nil && made.Unreached != nil {
				t.Errorf("made %+v", made)
			}
		})
	}
}
