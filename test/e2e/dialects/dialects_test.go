package dialects_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/values"
	"github.com/winready/kubectl-winready/pkg/workload"
)

type tree = map[string]any

func overlayOf(want tree) values.Overlay {
	var edits []values.Edit
	for _, k := range slices.Sorted(maps.Keys(want)) {
		edits = append(edits, values.Edit{Path: values.Path{k}, New: want[k], Steers: []string{"Deployment/web"}})
	}
	return values.Build(nil, edits, nil)
}

// placement is an overlay with all that an overlay has: a null, lists, texts that look like something else.
func placement() tree {
	return tree{
		"web": tree{
			"nodeSelector": tree{"kubernetes.io/os": "windows", "beta.kubernetes.io/os": nil},
			"tolerations":  []any{tree{"key": "os", "operator": "Equal", "value": "windows", "effect": "NoSchedule"}},
			"args":         []any{"yes", "1", "${HOME}", "a\n  b\n"}, "affinity": tree{}, "weight": 1.5, "on": true,
		},
	}
}

const pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: main}]}}}\n"

// fallback is a workload that no value reaches, a hook and what they need.
func fallback(t *testing.T) dialect.Fallback {
	t.Helper()
	hook := strings.NewReplacer("apps/v1", "batch/v1", "Deployment", "Job", "name: web", "name: migrate, annotations: {helm.sh/hook: pre-install}").Replace(pod)
	f := dialect.Fallback{Render: []dialect.Document{{Source: "web.yaml", Text: pod}, {Source: "hook.yaml", Text: hook, Hook: true}}}
	for _, d := range f.Render {
		var obj tree
		if err := yaml.Unmarshal([]byte(d.Text), &obj); err != nil {
			t.Fatal(err)
		}
		f.Unreached = append(f.Unreached, dialect.Unreached{Workload: workload.Of(obj)[0], Changes: []steer.Change{
			{Path: object.Path{"nodeSelector", "kubernetes.io/os"}, Value: "windows"},
			{Path: object.Path{"tolerations", 0}, Value: tree{"key": "os", "operator": "Exists"}},
		}})
	}
	return f
}

func write(t *testing.T, format string, o tree, to dialect.Target, f dialect.Fallback) dialect.Output {
	t.Helper()
	d, ok := dialect.Lookup(format)
	if !ok {
		t.Fatalf("there is no format %s", format)
	}
	out, err := d.Write(overlayOf(o), to, f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, format string, data []byte, to dialect.Target) tree {
	t.Helper()
	d, _ := dialect.Lookup(format)
	to.Existing = nil
	got, err := d.Read(data, to)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return plain(t, got)
}

// plain makes numbers of one type of all.
func plain(t *testing.T, v tree) tree {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out tree
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// charts are the ways in which a user names a chart.
func charts() map[string]dialect.Chart {
	return map[string]dialect.Chart{
		"repository": {Name: "shop", Version: "1.2.3", Repo: "https://charts.example.com", Ref: "shop"},
		"alias":      {Name: "shop", Version: "1.2.3", Ref: "example/shop"},
		"registry":   {Name: "shop", Version: "1.2.3", Ref: "oci://registry.example.com/charts/shop"},
		"archive":    {Name: "shop", Version: "1.2.3", Ref: "https://charts.example.com/shop-1.2.3.tgz"},
		"folder":     {Name: "shop", Version: "1.2.3", Ref: "./charts/shop"},
	}
}

// TestTheServerAcceptsWhatIsNew creates each kind of object, strictly, and reads the values back from what the server would store.
func TestTheServerAcceptsWhatIsNew(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"argocd", "flux", "helmchartconfig", "fleet"} {
		for name, chart := range charts() {
			t.Run(format+"/"+name, func(t *testing.T) {
				t.Parallel()
				to := dialect.Target{Chart: chart, Hooks: true}
				if format == "flux" {
					to.Namespace = "shop"
				}
				wantAccepted(t, format, to, fallback(t), placement())
			})
		}
	}
}

// wantAccepted writes the placement and has the server take it.
func wantAccepted(t *testing.T, format string, to dialect.Target, f dialect.Fallback, want tree) {
	t.Helper()
	out := write(t, format, placement(), to, f)
	text := out.Data
	if format == "fleet" {
		text = bundle(t, out.Data)
	}
	stored, err := plane.Run(t.Context(), string(text), "create", "--dry-run=server", "--validate=strict", "--output=json", "-f", "-")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	back := []byte(stored)
	if format == "fleet" {
		back = fleetYAML(t, back)
	}
	if diff := cmp.Diff(read(t, format, back, to), plain(t, want)); diff != "" {
		t.Errorf("the server has (-got +want):\n%s", diff)
	}
}

// bundle is what Fleet makes of a fleet.yaml: FleetYAML in pkg/apis/fleet.cattle.io/v1alpha1/fleetyaml.go is a BundleSpec with
// targetCustomizations, which become targets (bundleFromDir in internal/bundlereader/read.go of github.com/rancher/fleet v0.16.0).
func bundle(t *testing.T, file []byte) []byte {
	t.Helper()
	var spec tree
	if err := yaml.UnmarshalStrict(file, &spec); err != nil {
		t.Fatal(err)
	}
	if targets, ok := spec["targetCustomizations"]; ok {
		delete(spec, "targetCustomizations")
		spec["targets"] = targets
	}
	text, err := json.Marshal(tree{"apiVersion": "fleet.cattle.io/v1alpha1", "kind": "Bundle", "metadata": tree{"name": "shop", "namespace": "fleet-default"}, "spec": spec})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fleetYAML is the other way round.
func fleetYAML(t *testing.T, stored []byte) []byte {
	t.Helper()
	var b struct {
		Spec tree `json:"spec"`
	}
	if err := json.Unmarshal(stored, &b); err != nil {
		t.Fatal(err)
	}
	if targets, ok := b.Spec["targets"]; ok {
		b.Spec["targetCustomizations"] = targets
	}
	text, err := yaml.Marshal(b.Spec)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestFleetTakesCustomizations(t *testing.T) {
	t.Parallel()
	to := dialect.Target{Chart: charts()["repository"], Clusters: dialect.Clusters{Name: "windows", Labels: map[string]string{"os": "windows"}}}
	wantAccepted(t, "fleet", to, fallback(t), placement())
	to.Existing = []byte("helm: {chart: shop, values: {web: {replicas: 3}}}\ntargetCustomizations:\n  - {name: prod, clusterSelector: {matchLabels: {env: prod}}}\n")
	want := placement()
	want["web"].(tree)["replicas"] = 3.0
	wantAccepted(t, "fleet", to, fallback(t), want)
}

// TestTheServerAcceptsWhatIsEdited has the server store an object, edits what kubectl get says of it, and replaces it.
func TestTheServerAcceptsWhatIsEdited(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		format, resource, there string
	}{
		"HelmChartConfig": {"helmchartconfig", "helmchartconfigs.helm.cattle.io", `
apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: {name: shop, namespace: shop}
spec: {valuesContent: "# three\nweb: {replicas: 3}\n", failurePolicy: abort, valuesSecrets: [{name: a, keys: [b]}]}`},
		"HelmChart": {"helmchartconfig", "helmcharts.helm.cattle.io", `
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: chart, namespace: shop}
spec: {chart: shop, repo: "https://charts.example.com", values: {web: {replicas: 3, tolerations: []}}}`},
		"HelmRelease": {"flux", "helmreleases.helm.toolkit.fluxcd.io", `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: shop}
spec: {interval: 1m, chart: {spec: {chart: shop, sourceRef: {kind: HelmRepository, name: example}}}, values: {web: {replicas: 3}}, postRenderers: [{kustomize: {images: [{name: a}]}}]}`},
		"Application": {"argocd", "applications.argoproj.io", `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: object, namespace: shop}
spec: {project: default, destination: {}, source: {repoURL: "https://charts.example.com", chart: shop, targetRevision: "1", helm: {valuesObject: {web: {replicas: 3}}}}}`},
		"Application with text": {"argocd", "applications.argoproj.io", `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: text, namespace: shop}
spec: {project: default, destination: {}, sources: [{repoURL: a, ref: b}, {repoURL: "https://charts.example.com", chart: shop, targetRevision: "1", helm: {values: "web: {replicas: 3}"}}]}`},
		"Cluster": {"chartvalues", "clusters.provisioning.cattle.io", `
apiVersion: provisioning.cattle.io/v1
kind: Cluster
metadata: {name: edited, namespace: shop}
spec: {kubernetesVersion: v1.34.1+rke2r1, rkeConfig: {chartValues: {other: {a: b}, shop: {web: {replicas: 3}}}}}`},
	} {
		for _, output := range []string{"yaml", "json"} {
			t.Run(name+"/"+output, func(t *testing.T) {
				there := strings.Replace(tc.there, "name: ", "name: "+output+"-", 1)
				created, err := plane.Run(t.Context(), there, "create", "--validate=strict", "--output="+output, "-f", "-")
				if err != nil {
					t.Fatal(err)
				}
				to := dialect.Target{Chart: dialect.Chart{Name: "shop"}, Existing: []byte(created), Hooks: true}
				edited := write(t, tc.format, placement(), to, fallback(t))
				stored, err := plane.Run(t.Context(), string(edited.Data), "replace", "--validate=strict", "--output=json", "-f", "-")
				if err != nil {
					t.Fatalf("%v\n%s", err, edited.Data)
				}
				want := placement()
				want["web"].(tree)["replicas"] = 3.0
				if diff := cmp.Diff(read(t, tc.format, []byte(stored), to), plain(t, want)); diff != "" {
					t.Errorf("the server has (-got +want):\n%s\n%s", diff, edited.Data)
				}
			})
		}
	}
}

// TestNulls asks the server what becomes of a null in values: what the notes of pkg/dialect say of kubectl apply and of merge patches.
func TestNulls(t *testing.T) {
	t.Parallel()
	before := func(name string) string {
		return "apiVersion: provisioning.cattle.io/v1\nkind: Cluster\nmetadata: {name: " + name + ", namespace: fleet-default}\nspec: {rkeConfig: {chartValues: {shop: {web: {old: 1}}}}}\n"
	}
	after := func(name string) string { return strings.Replace(before(name), "old: 1", "old: null", 1) }
	for name, tc := range map[string]struct {
		how  []string
		want any
	}{
		"apply":             {how: []string{"apply", "-f", "-"}},
		"server-side-apply": {how: []string{"apply", "--server-side", "--force-conflicts", "-f", "-"}, want: tree{"old": nil}},
		"replace":           {how: []string{"replace", "-f", "-"}, want: tree{"old": nil}},
		"patch":             {how: []string{"patch", "clusters.provisioning.cattle.io", "patch", "--namespace=fleet-default", "--type=merge", "--patch", after("patch")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plane.Apply(t, before(name))
			stored, err := plane.Run(t.Context(), after(name), append(tc.how, "--output=json")...)
			if err != nil {
				t.Fatal(err)
			}
			if tc.want == nil {
				tc.want = tree{}
			}
			if diff := cmp.Diff(read(t, "chartvalues", []byte(stored), dialect.Target{Chart: dialect.Chart{Name: "shop"}})["web"], tc.want); diff != "" {
				t.Errorf("the server has (-got +want):\n%s", diff)
			}
		})
	}
}

// TestMergePatch applies the merge patch as its comment says.
func TestMergePatch(t *testing.T) {
	t.Parallel()
	plane.Apply(t, "apiVersion: provisioning.cattle.io/v1\nkind: Cluster\nmetadata: {name: merged, namespace: fleet-default}\nspec: {kubernetesVersion: v1, rkeConfig: {chartValues: {shop: {web: {replicas: 3}}}}}\n")
	o := placement()
	delete(o["web"].(tree)["nodeSelector"].(tree), "beta.kubernetes.io/os")
	to := dialect.Target{Chart: dialect.Chart{Name: "shop"}}
	out := write(t, "chartvalues", o, to, dialect.Fallback{})
	_, command, ok := strings.Cut(out.Notes[0], ": kubectl ")
	if !ok {
		t.Fatalf("no command in %q", out.Notes[0])
	}
	command = strings.NewReplacer("CLUSTER", "merged", "FILE", "/dev/stdin").Replace(command)
	stored, err := plane.Run(t.Context(), string(out.Data), append(strings.Fields(command), "--output=json")...)
	if err != nil {
		t.Fatal(err)
	}
	want := o
	want["web"].(tree)["replicas"] = 3.0
	if diff := cmp.Diff(read(t, "chartvalues", []byte(stored), to), plain(t, want)); diff != "" {
		t.Errorf("the server has (-got +want):\n%s", diff)
	}
}

// chartUpgradeAction is the type of that name in pkg/api/steve/catalog/types/rest.go of github.com/rancher/rancher at
// 59bd052e4455, whose module cannot be had.
type chartUpgradeAction struct {
	Timeout                  *metav1.Duration    `json:"timeout,omitempty"`
	Wait                     bool                `json:"wait,omitempty"`
	DisableHooks             bool                `json:"noHooks,omitempty"`
	DisableOpenAPIValidation bool                `json:"disableOpenAPIValidation,omitempty"`
	SkipSchemaValidation     bool                `json:"skipSchemaValidation,omitempty"`
	Force                    bool                `json:"force,omitempty"`
	TakeOwnership            bool                `json:"takeOwnership,omitempty"`
	ServerSide               *bool               `json:"serverSide,omitempty"`
	MaxHistory               int                 `json:"historyMax,omitempty"`
	Install                  bool                `json:"install,omitempty"`
	Namespace                string              `json:"namespace,omitempty"`
	CleanupOnFail            bool                `json:"cleanupOnFail,omitempty"`
	OperationTolerations     []corev1.Toleration `json:"operationTolerations,omitempty"`
	AutomaticCPTolerations   bool                `json:"automaticCPTolerations,omitempty"` //nolint:tagliatelle // Rancher's own name
	Charts                   []struct {
		ChartName   string            `json:"chartName,omitempty"`
		Version     string            `json:"version,omitempty"`
		ReleaseName string            `json:"releaseName,omitempty"`
		Force       bool              `json:"force,omitempty"`
		ResetValues bool              `json:"resetValues,omitempty"`
		Description string            `json:"description,omitempty"`
		Values      map[string]any    `json:"values,omitempty"`
		Annotations map[string]string `json:"annotations,omitempty"`
	} `json:"charts,omitempty"`
}

func TestRancherDecodesTheUpgrade(t *testing.T) {
	t.Parallel()
	out := write(t, "rancher-app", placement(), dialect.Target{Chart: charts()["repository"], Namespace: "shop"}, dialect.Fallback{})
	dec := json.NewDecoder(strings.NewReader(string(out.Data)))
	dec.DisallowUnknownFields()
	var got chartUpgradeAction
	if err := dec.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got.Charts[0].Values, plain(t, placement())); diff != "" || got.Namespace != "shop" || got.Timeout.Seconds() != 600 || got.Charts[0].ReleaseName != "shop" {
		t.Errorf("Rancher reads %+v, values (-got +want):\n%s", got, diff)
	}
}
