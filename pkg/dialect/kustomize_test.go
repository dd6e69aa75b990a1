package dialect_test

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// rendered is documents of a chart, one a template; those of which the name begins with hook are hooks.
func rendered(texts ...string) []dialect.Document {
	var out []dialect.Document
	for i, text := range texts {
		out = append(out, dialect.Document{
			Source: fmt.Sprintf("shop/templates/%d.yaml", i), Text: text, Hook: strings.Contains(text, "helm.sh/hook"),
		})
	}
	return out
}

// unreached are the changes of the workload with an ID.
func unreached(t *testing.T, docs []dialect.Document, id string, changes ...steer.Change) dialect.Unreached {
	t.Helper()
	for _, d := range docs {
		for _, obj := range decoded(t, d.Text) {
			for _, w := range workload.Of(obj) {
				if w.ID() == id {
					return dialect.Unreached{Workload: w, Changes: changes}
				}
			}
		}
	}
	t.Fatalf("there is no workload %s", id)
	return dialect.Unreached{}
}

func decoded(t *testing.T, text string) []tree {
	t.Helper()
	var out []tree
	err := manifest.Stream(strings.NewReader(text), func(i manifest.Item) error {
		if i.Err == nil && i.Object() != nil {
			out = append(out, i.Object())
		}
		return i.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func set(v any, path ...any) steer.Change { return steer.Change{Path: path, Value: v} }

func remove(path ...any) steer.Change { return steer.Change{Path: path, Remove: true} }

// kustomized runs kustomize over a render, as Fleet does it behind Helm (Process in internal/helmdeployer/kustomize/kustomize.go of
// github.com/rancher/fleet v0.16.0).
func kustomized(t *testing.T, files []dialect.File, dir string, docs []dialect.Document) ([]tree, error) {
	t.Helper()
	fs := filesys.MakeEmptyDirInMemory()
	var stream strings.Builder
	for _, d := range docs {
		stream.WriteString("---\n" + d.Text + "\n")
	}
	write := func(name string, data []byte) {
		if err := fs.WriteFile(name, data); err != nil {
			t.Fatal(err)
		}
	}
	write(path.Join(dir, "fleet-manifests.yaml"), []byte(stream.String()))
	for _, f := range files {
		if f.Path == path.Join(dir, "kustomization.yaml") {
			var k tree
			if err := yaml.UnmarshalStrict(f.Data, &k); err != nil {
				t.Fatal(err)
			}
			k["resources"] = []any{"fleet-manifests.yaml"}
			var err error
			if f.Data, err = yaml.Marshal(k); err != nil {
				t.Fatal(err)
			}
		}
		write(f.Path, f.Data)
	}
	k := krusty.MakeKustomizer(&krusty.Options{LoadRestrictions: types.LoadRestrictionsRootOnly, PluginConfig: types.DisabledPluginConfig()})
	result, err := k.Run(fs, dir)
	if err != nil {
		return nil, err
	}
	text, err := result.AsYaml()
	if err != nil {
		return nil, err
	}
	return decoded(t, string(text)), nil
}

// steered is a render with the changes carried out as data.
func steered(t *testing.T, docs []dialect.Document, all []dialect.Unreached) map[string]tree {
	t.Helper()
	out := map[string]tree{}
	for _, d := range docs {
		for _, obj := range decoded(t, d.Text) {
			for _, w := range workload.Of(obj) {
				for _, u := range all {
					if u.Workload.ID() != w.ID() {
						continue
					}
					for _, c := range u.Changes {
						carryOut(t, obj, w.SpecPath.Then(c.Path...), c)
					}
				}
			}
			out[key(obj)] = obj
		}
	}
	return out
}

func key(obj tree) string {
	meta, _ := obj["metadata"].(tree)
	return fmt.Sprintf("%v %v/%v", obj["kind"], meta["namespace"], meta["name"])
}

// carryOut is written for the test alone, and by way of JSON patches of another library would prove less.
func carryOut(t *testing.T, obj tree, at object.Path, c steer.Change) {
	t.Helper()
	parent := at[:len(at)-1]
	for i := 1; i <= len(parent); i++ {
		if parent[:i].In(obj) == nil {
			var fresh any = tree{}
			if _, isIndex := at[i].(int); isIndex {
				fresh = []any{}
			}
			carryOut(t, obj, parent[:i], steer.Change{Value: fresh})
		}
	}
	switch step := at[len(at)-1].(type) {
	case string:
		m, ok := parent.In(obj).(tree)
		if !ok {
			t.Fatalf("%s is no map", parent)
		}
		if c.Remove {
			delete(m, step)
			return
		}
		m[step] = c.Value
	case int:
		l, ok := parent.In(obj).([]any)
		if !ok {
			t.Fatalf("%s is no list", parent)
		}
		switch {
		case c.Remove:
			l = append(append([]any{}, l[:step]...), l[step+1:]...)
		case step == len(l):
			l = append(append([]any{}, l...), c.Value)
		default:
			l = append([]any{}, l...)
			l[step] = c.Value
		}
		carryOut(t, obj, parent, steer.Change{Value: l})
	}
}

const (
	bare = `apiVersion: apps/v1
kind: Deployment
metadata: {name: bare}
spec:
  selector: {matchLabels: {app: bare}}
  template:
    metadata: {labels: {app: bare}}
    spec:
      containers: [{name: main, image: nginx, securityContext: {runAsUser: 1, runAsNonRoot: true}}, {name: side, image: envoy}]
`
	full = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: full.with.dots, namespace: other}
spec:
  template:
    spec:
      runtimeClassName: gvisor
      nodeSelector: {kubernetes.io/os: linux, beta.kubernetes.io/os: linux, "disk~type/x": ssd}
      tolerations: [{key: a, operator: Exists}, {key: b, operator: Exists}]
      affinity:
        podAntiAffinity: {}
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
              - matchExpressions:
                  - {key: kubernetes.io/os, operator: In, values: [linux]}
                  - {key: zone, operator: In, values: [a, "yes"]}
              - matchExpressions:
                  - {key: arch, operator: In, values: [amd64]}
      containers: [{name: main, image: redis}]
`
	hook = `apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: pre-install}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}}}
`
	custom = `apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: prom}
spec: {tolerations: [], nodeSelector: {}, volumes: [{name: a}]}
`
	elastic = `apiVersion: elasticsearch.k8s.elastic.co/v1
kind: Elasticsearch
metadata: {name: es}
spec: {nodeSets: [{name: hot, podTemplate: {spec: {nodeSelector: {disk: ssd}}}}, {name: cold}]}
`
	inList = `apiVersion: v1
kind: List
items:
  - {apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly}, spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c}]}}}}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: "on"}}
`
)

const (
	osLabel = "kubernetes.io/os"
	spec    = "requiredDuringSchedulingIgnoredDuringExecution"
)

func toleration(key string) tree {
	return tree{"key": key, "operator": "Exists", "effect": "NoSchedule"}
}

// fallbacks are what pods of all shapes need.
func fallbacks(t *testing.T) ([]dialect.Document, []dialect.Unreached) {
	t.Helper()
	docs := rendered(bare, full, hook, custom, elastic, inList)
	terms := []any{"affinity", "nodeAffinity", spec, "nodeSelectorTerms"}
	term := func(steps ...any) []any { return append(append([]any{}, terms...), steps...) }
	return docs, []dialect.Unreached{
		unreached(t, docs, "Deployment/bare",
			set("windows", "nodeSelector", osLabel), set(toleration("os"), "tolerations", 0), set(toleration("more"), "tolerations", 1), set("windows", "os", "name"),
			remove("containers", 0, "securityContext", "runAsUser"), remove("hostNetwork"), set(false, "containers", 1, "tty"),
			set([]any{tree{"matchExpressions": []any{tree{"key": osLabel, "operator": "In", "values": []any{"windows"}}}}}, terms...)),
		unreached(t, docs, "StatefulSet/other/full.with.dots",
			set("windows", "nodeSelector", osLabel), remove("nodeSelector", "beta.kubernetes.io/os"), remove("nodeSelector", "disk~type/x"), remove("runtimeClassName"),
			set(toleration("os"), "tolerations", 2), remove(term(0, "matchExpressions", 0)...), remove(term(1)...),
			set(tree{"key": "new", "operator": "Exists"}, term(0, "matchExpressions", 1)...), set([]any{"b"}, term(0, "matchExpressions", 0, "values")...)),
		unreached(t, docs, "Job/migrate", set("windows", "nodeSelector", osLabel)),
		unreached(t, docs, "Prometheus/prom", set("windows", "nodeSelector", osLabel), set(toleration("os"), "tolerations", 0)),
		unreached(t, docs, "Elasticsearch/es", set("windows", "nodeSelector", osLabel), set(toleration("os"), "tolerations", 0)),
		unreached(t, docs, "CronJob/nightly", remove("affinity"), set("windows", "nodeSelector", osLabel), set(tree{"a": tree{"b": "c"}}, "securityContext")),
	}
}

func TestPatchesDoWhatTheChangesDo(t *testing.T) {
	t.Parallel()
	docs, all := fallbacks(t)
	to := target()
	to.Hooks = true
	out, err := format(t, "fleet").Write(overlayOf(nil), to, dialect.Fallback{Unreached: all, Render: docs})
	if err != nil || len(out.Uncovered) > 0 {
		t.Fatalf("error %v, uncovered %v", err, out.Uncovered)
	}
	got, err := kustomized(t, out.Beside, "winready", docs)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.Beside[0].Data)
	}
	wantSame(t, got, steered(t, docs, all), out.Beside[0].Data)
}

// wantSame compares objects as Kubernetes does, for which nothing, null and an empty map are the same.
func wantSame(t *testing.T, got []tree, want map[string]tree, patches []byte) {
	t.Helper()
	for _, obj := range got {
		id := key(obj)
		if diff := manifest.Diff(obj, want[id]); len(diff) > 0 {
			text, _ := json.MarshalIndent(diff, "", "  ")
			t.Errorf("%s differs: %s\n%s", id, text, patches)
		}
		delete(want, id)
	}
	if len(want) > 0 {
		t.Errorf("lost %v", want)
	}
}

// TestFluxPatches runs what is in the HelmRelease as Flux does it: inline patches of a kustomization (internal/postrender/kustomize.go of
// github.com/fluxcd/helm-controller v1.6.3).
func TestFluxPatches(t *testing.T) {
	t.Parallel()
	docs, all := fallbacks(t)
	for name, hooks := range map[string]bool{"hooks too": true, "no hooks": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := target()
			to.Hooks = hooks
			out, err := format(t, "flux").Write(overlayOf(tree{"a": "b"}), to, dialect.Fallback{Unreached: all, Render: docs})
			if err != nil {
				t.Fatal(err)
			}
			var release struct {
				Spec struct {
					PostRenderStrategy string `json:"postRenderStrategy"`
					PostRenderers      []struct {
						Kustomize struct {
							Patches []any `json:"patches"`
						} `json:"kustomize"`
					} `json:"postRenderers"`
				} `json:"spec"`
			}
			if err := yaml.Unmarshal(out.Data, &release); err != nil {
				t.Fatal(err)
			}
			seen, placed, strategy := docs, all, "combined"
			var uncovered []dialect.Uncovered
			if !hooks {
				seen, placed, strategy = append(append([]dialect.Document{}, docs[:2]...), docs[3:]...), append(append([]dialect.Unreached{}, all[:2]...), all[3:]...), ""
				uncovered = []dialect.Uncovered{{Workload: "Job/migrate", Reason: "Flux passes hooks to post-renderers from 2.9 on only"}}
			}
			if diff := cmp.Diff(out.Uncovered, uncovered); diff != "" || release.Spec.PostRenderStrategy != strategy {
				t.Errorf("strategy %q, want %q; uncovered (-got +want):\n%s", release.Spec.PostRenderStrategy, strategy, diff)
			}
			k, err := yaml.Marshal(tree{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "patches": release.Spec.PostRenderers[0].Kustomize.Patches})
			if err != nil {
				t.Fatal(err)
			}
			got, err := kustomized(t, []dialect.File{{Path: "kustomization.yaml", Data: k}}, ".", seen)
			if err != nil {
				t.Fatalf("%v\n%s", err, k)
			}
			wantSame(t, got, steered(t, seen, placed), k)
		})
	}
}

// TestRefusals asks kustomize itself whether it takes what a chart renders.
func TestRefusals(t *testing.T) {
	t.Parallel()
	named := func(apiVersion, kind, meta string) string {
		return fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata: {%s}\n", apiVersion, kind, meta)
	}
	for name, tc := range map[string]struct {
		also []string
		want string // the refusal
	}{
		"nothing else":                    {},
		"comments alone":                  {also: []string{"# nothing\n"}},
		"a list":                          {also: []string{inList}},
		"a repeated key":                  {also: []string{named("v1", "ConfigMap", "name: a") + "data: {a: b, a: c}\n"}, want: "shop/templates/1.yaml: data.a is repeated"},
		"a repeated key at the top":       {also: []string{named("v1", "ConfigMap", "name: a") + "kind: ConfigMap\n"}, want: "shop/templates/1.yaml: kind is repeated"},
		"no name":                         {also: []string{named("batch/v1", "Job", "generateName: a-")}, want: "shop/templates/1.yaml: a Job without name"},
		"no name in a list":               {also: []string{"apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Secret}\n"}, want: "shop/templates/1.yaml: a Secret without name"},
		"no kind":                         {also: []string{"apiVersion: v1\nmetadata: {name: a}\n"}, want: "shop/templates/1.yaml: an object without kind"},
		"one object twice":                {also: []string{named("v1", "Secret", "name: a"), named("v1", "Secret", "name: a")}, want: "shop/templates/2.yaml: Secret a is in shop/templates/1.yaml too"},
		"one in the default namespace":    {also: []string{named("v1", "Secret", "name: a"), named("v1", "Secret", "name: a, namespace: default")}, want: "shop/templates/2.yaml: Secret a is in shop/templates/1.yaml too"},
		"one name in two namespaces":      {also: []string{named("v1", "Secret", "name: a"), named("v1", "Secret", "name: a, namespace: b")}},
		"one name in two groups":          {also: []string{named("apps/v1", "Deployment", "name: a"), named("extensions/v1", "Deployment", "name: a")}},
		"one name in two versions":        {also: []string{named("example.com/v1", "Thing", "name: a"), named("example.com/v2", "Thing", "name: a")}},
		"a hook with the name of another": {also: []string{named("v1", "Secret", "name: a"), named("v1", "Secret", "name: a, annotations: {helm.sh/hook: pre-install}")}, want: "shop/templates/2.yaml: Secret a is in shop/templates/1.yaml too"},
		"no YAML":                         {also: []string{"a: b: c\n"}, want: "shop/templates/1.yaml: parsing YAML: mapping values are not allowed in this context"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			docs := rendered(append([]string{bare}, tc.also...)...)
			to := target()
			to.Hooks = true
			fallback := dialect.Fallback{Unreached: []dialect.Unreached{unreached(t, docs[:1], "Deployment/bare", set("windows", "nodeSelector", osLabel))}, Render: docs}
			out, err := format(t, "fleet").Write(overlayOf(nil), to, fallback)
			if err != nil {
				t.Fatal(err)
			}
			var want []dialect.Uncovered
			if tc.want != "" {
				want = []dialect.Uncovered{{Workload: "Deployment/bare", Reason: "kustomize refuses what the chart renders: " + tc.want}}
			}
			if diff := cmp.Diff(out.Uncovered, want); diff != "" {
				t.Errorf("uncovered (-got +want):\n%s", diff)
			}
			files := append(out.Beside, dialect.File{Path: "winready/kustomization.yaml", Data: []byte("{}")})[:1]
			if _, err := kustomized(t, files, "winready", docs); (err != nil) != (tc.want != "") {
				t.Errorf("kustomize says %v", err)
			}
		})
	}
}
