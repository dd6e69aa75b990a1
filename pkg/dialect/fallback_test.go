package dialect_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/dialect"
)

// The ways that serve a pod and a hook, each before and after hooks go through post-renderers.
func TestServes(t *testing.T) {
	t.Parallel()
	want := map[string][4]string{
		"argocd":          {"fork policy", "fork policy", "fork policy", "fork policy"},
		"chartvalues":     {"policy fork", "policy fork", "policy fork", "policy fork"},
		"fleet":           {"post-render fork policy", "post-render fork policy", "fork policy", "post-render fork policy"},
		"flux":            {"post-render fork policy", "post-render fork policy", "fork policy", "post-render fork policy"},
		"helmchartconfig": {"policy fork", "policy fork", "policy fork", "policy fork"},
		"rancher-app":     {"policy fork", "policy fork", "policy fork", "policy fork"},
		"set":             {"post-render fork policy", "post-render fork policy", "fork policy", "post-render fork policy"},
		"values":          {"post-render fork policy", "post-render fork policy", "fork policy", "post-render fork policy"},
	}
	got := map[string][4]string{}
	for _, f := range dialect.Formats() {
		var row [4]string
		for i, steps := range [][]dialect.Step{f.Serves(false, false), f.Serves(false, true), f.Serves(true, false), f.Serves(true, true)} {
			var rungs []string
			for _, s := range steps {
				rungs = append(rungs, string(s.Rung))
				if s.Why == "" {
					t.Errorf("%s: %s has no reason", f.Name, s.Rung)
				}
			}
			row[i] = strings.Join(rungs, " ")
		}
		got[f.Name] = row
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("rungs (-got +want):\n%s", diff)
	}
}

// A document that carries patches says so, and one that does not leaves the fallback to others.
func TestOnlyFluxAndFleetCarryPatches(t *testing.T) {
	t.Parallel()
	docs := rendered(bare)
	fallback := dialect.Fallback{Unreached: []dialect.Unreached{unreached(t, docs, "Deployment/bare", set("windows", "nodeSelector", osLabel))}, Render: docs}
	for _, f := range dialect.Formats() {
		with, err := f.Write(overlayOf(tree{"a": "b"}), target(), fallback)
		if err != nil {
			t.Fatal(err)
		}
		without, err := f.Write(overlayOf(tree{"a": "b"}), target(), dialect.Fallback{})
		if err != nil {
			t.Fatal(err)
		}
		if same := cmp.Diff(with, without) == ""; same == f.Patches {
			t.Errorf("%s: with and without a fallback it writes the same: %v", f.Name, same)
		}
	}
}

// TestFluxSeparatesStreams is a chart with a hook that has the name of another object: kustomize takes them one by one.
func TestFluxSeparatesStreams(t *testing.T) {
	t.Parallel()
	account := "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a%s}\n"
	docs := rendered(bare, hook, strings.ReplaceAll(account, "%s", ""), strings.ReplaceAll(account, "%s", ", annotations: {helm.sh/hook: pre-install}"))
	to := target()
	to.Hooks = true
	fallback := dialect.Fallback{Unreached: []dialect.Unreached{
		unreached(t, docs, "Deployment/bare", set("windows", "nodeSelector", osLabel)), unreached(t, docs, "Job/migrate", set("windows", "nodeSelector", osLabel)),
	}, Render: docs}
	out, err := format(t, "flux").Write(overlayOf(nil), to, fallback)
	if err != nil || len(out.Uncovered) > 0 || !strings.Contains(string(out.Data), "postRenderStrategy: separate") {
		t.Errorf("error %v, uncovered %v:\n%s", err, out.Uncovered, out.Data)
	}
}

// TestAComponentOfOnesOwnKustomization takes the patches into a kustomization that is there, as the note says.
func TestAComponentOfOnesOwnKustomization(t *testing.T) {
	t.Parallel()
	docs := rendered(bare)
	all := []dialect.Unreached{unreached(t, docs, "Deployment/bare", set("windows", "nodeSelector", osLabel), set(toleration("os"), "tolerations", 0))}
	to := target()
	to.Existing = []byte("helm: {chart: shop}\nkustomize: {dir: overlays/all}\n")
	out, err := format(t, "fleet").Write(overlayOf(nil), to, dialect.Fallback{Unreached: all, Render: docs})
	if err != nil {
		t.Fatal(err)
	}
	files := append(out.Beside, dialect.File{Path: "overlays/all/kustomization.yaml", Data: []byte("components: [winready]\n")})
	got, err := kustomized(t, files, "overlays/all", docs)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, steered(t, docs, all), out.Beside[0].Data)
}

// A workload that the render does not have, as after a change of values, is told.
func TestAWorkloadThatIsNotRendered(t *testing.T) {
	t.Parallel()
	docs := rendered(bare, full)
	fallback := dialect.Fallback{Unreached: []dialect.Unreached{unreached(t, docs, "StatefulSet/other/full.with.dots", set("windows", "nodeSelector", osLabel))}, Render: docs[:1]}
	out, err := format(t, "flux").Write(overlayOf(nil), target(), fallback)
	if err != nil {
		t.Fatal(err)
	}
	want := []dialect.Uncovered{{Workload: "StatefulSet/other/full.with.dots", Reason: "it is not in what the chart renders"}}
	if diff := cmp.Diff(out.Uncovered, want); diff != "" {
		t.Errorf("uncovered (-got +want):\n%s", diff)
	}
}
