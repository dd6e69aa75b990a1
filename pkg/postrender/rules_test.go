package postrender_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

const rulesFile = `# Where workloads of chart "web" go that no value reaches. kubectl winready patch wrote it, and
# kubectl winready post-render --rules reads it: helm runs that as post-renderer of every install and upgrade.
apiVersion: winready.dev/v1alpha1
kind: PostRenderRules
chart:
  name: web
  version: "1.20"
release: release
kubeVersion: "1.34"
pools:
  - name: linux
    labels:
      kubernetes.io/os: linux
  - name: windows
    labels:
      kubernetes.io/os: windows
    taints:
      - key: os
        value: windows
        effect: NoSchedule
poolsAssumed: true
tolerations:
  - key: "yes"
    operator: Exists
    effect: NoExecute
setOsName: true
workloads:
  - kind: Job
    name: release-web
    source: web/templates/job.yaml
    index: 1
    hook: true
    os: windows
`

func TestRulesFile(t *testing.T) {
	t.Parallel()
	q := windows(t).Request
	q.PoolsAssumed = true
	q.Tolerations = []corev1.Toleration{{Key: "yes", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute}}
	rules := postrender.NewRules(q, steer.Also{OSName: true, Minor: 34})
	rules.Chart, rules.Release = postrender.Chart{Name: "web", Version: "1.20"}, "release"
	rules.Workloads = []postrender.Rule{{Kind: "Job", Name: "release-web", Source: "web/templates/job.yaml", Index: 1, Hook: true, OS: "windows"}}
	text, err := rules.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), rulesFile); diff != "" {
		t.Errorf("file (-got +want):\n%s", diff)
	}
	got, err := postrender.ReadRules(text, "rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, rules, cmpopts.IgnoreUnexported(postrender.Rules{})); diff != "" {
		t.Errorf("what is read back (-got +want):\n%s", diff)
	}
}

// What is not as it should be is named with its place in the file; each case changes the file at one place.
func TestReadRulesRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ old, new, want string }{
		"no YAML":                   {"release: release", "release: a: b", "r.yaml:8:11: mapping values are not allowed in this context"},
		"another kind":              {"kind: PostRenderRules", "kind: Pod", `r.yaml:4: kind: want PostRenderRules, got "Pod"`},
		"another version":           {"v1alpha1", "v2", `r.yaml:3: apiVersion: want winready.dev/v1alpha1, got "winready.dev/v2"`},
		"an unknown field":          {"setOsName: true", "setOSName: true", "r.yaml:26: setOSName: unknown field, want apiVersion, kind, chart, release, kubeVersion, pools, poolsAssumed, windowsBuild, tolerations, setOsName, fixFields, workloads"},
		"an unknown field deep":     {"    hook: true", "    hooks: true", "r.yaml:32: workloads[0].hooks: unknown field, want kind, namespace, name, source, field, index, hook, os"},
		"another type":              {"index: 1", `index: "1"`, `r.yaml:31: workloads[0].index: want a whole number, got "1"`},
		"a number for a text":       {`"1.20"`, "1.20", "r.yaml:7: chart.version: want a text, got 1.2"},
		"a list for a map":          {"    labels:\n      kubernetes.io/os: linux", "    labels: []", "r.yaml:12: pools[0].labels: want a map, got a list"},
		"a missing part":            {"    os: windows\n", "", "r.yaml:28: workloads[0].os: is missing"},
		"an unknown system":         {"    os: windows\n", "    os: darwin\n", `r.yaml:33: workloads[0].os: want linux or windows, got "darwin"`},
		"a negative number":         {"index: 1", "index: -1", "r.yaml:31: workloads[0].index: want 0 or more, got -1"},
		"a key that is there twice": {"setOsName: true", "setOsName: true\nsetOsName: false", "r.yaml:27: setOsName: is there twice"},
		"a pool without a system":   {"kubernetes.io/os: linux", "disk: ssd", "r.yaml:10: pools: item 1: labels: want kubernetes.io/os set to linux or windows, got none"},
		"an unknown build":          {"poolsAssumed: true", "windowsBuild: vista", ""},
		"a version that is none":    {`"1.34"`, `"latest"`, `r.yaml:9: kubeVersion: want a version of Kubernetes, as 1.34, got "latest"`},
		"no chart":                  {"name: web", `name: ""`, "r.yaml:6: chart.name: want the name of a chart"},
		"two documents":             {"workloads:", "---\nworkloads:", "r.yaml: want rules for post-render: one map with kind: PostRenderRules"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(rulesFile, tc.old) == 0 {
				t.Fatalf("%q is not in the file", tc.old)
			}
			_, err := postrender.ReadRules([]byte(strings.Replace(rulesFile, tc.old, tc.new, 1)), "r.yaml")
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(err.Error(), tc.want); diff != "" && tc.want != "" {
				t.Errorf("error (-got +want):\n%s", diff)
			}
		})
	}
	for _, text := range []string{"", "# nothing\n", "[]", "null"} {
		if _, err := postrender.ReadRules([]byte(text), "r.yaml"); err == nil {
			t.Errorf("%q is taken for rules", text)
		}
	}
}

// rendered is a stream of Helm: Jobs, each from a template and with a name, hooks marked by a star.
func rendered(jobs ...string) string {
	var b strings.Builder
	for _, j := range jobs {
		source, name, _ := strings.Cut(j, " ")
		name, hook := strings.CutSuffix(name, "*")
		b.WriteString("---\n")
		if source != "-" {
			b.WriteString("# Source: " + source + "\n")
		}
		b.WriteString("apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: " + name + "\n")
		if hook {
			b.WriteString("  annotations:\n    helm.sh/hook: pre-install\n")
		}
		b.WriteString("spec:\n  template:\n    spec:\n      restartPolicy: Never\n")
	}
	return b.String()
}

// rulesOf are rules for some of the Jobs of a stream, as patch makes them.
func rulesOf(t *testing.T, stream string, names ...string) *postrender.Rules {
	t.Helper()
	rules := postrender.NewRules(windows(t).Request, steer.Also{})
	rules.Chart, rules.Release = postrender.Chart{Name: "web", Version: "1"}, "release"
	var counter postrender.Counter
	for doc := range strings.SplitSeq(stream, "---\n") {
		d, err := manifest.Parse(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range workload.Of(d.Object()) {
			first, _, _ := strings.Cut(doc, "\n")
			w.Source = strings.TrimPrefix(first, "# Source: ")
			index := counter.Index(w)
			for _, n := range names {
				if n == w.Object.Name {
					rules.Workloads = append(rules.Workloads, postrender.RuleFor(w, index, "windows"))
				}
			}
		}
	}
	if len(rules.Workloads) != len(names) {
		t.Fatalf("%d rules, want %d", len(rules.Workloads), len(names))
	}
	return rules
}

func TestRulesFindTheirWorkloads(t *testing.T) {
	t.Parallel()
	base := []string{"web/templates/a.yaml release-a", "web/templates/b.yaml release-b*", "web/templates/b.yaml release-b2*", "web/charts/c/templates/c.yaml fixed"}
	for name, tc := range map[string]struct {
		ruled, stream []string
		base          []string
		edit          func(string) string
		placed        []string
		unseen        []string
	}{
		"the same release": {ruled: []string{"release-a", "release-b2", "fixed"}, stream: base, placed: []string{"release-a", "release-b2", "fixed"}},
		"another release": {
			ruled:  []string{"release-a", "release-b2", "fixed"},
			stream: []string{"web/templates/a.yaml shop-a", "web/templates/b.yaml shop-b*", "web/templates/b.yaml shop-b2*", "web/charts/c/templates/c.yaml fixed"},
			placed: []string{"shop-a", "shop-b2", "fixed"},
		},
		// The helper that helm create writes: RELEASE-CHART, and RELEASE alone when it has the chart's name in it.
		"a release that has the chart's name": {
			ruled: []string{"release-c-x"}, base: []string{"web/charts/c/templates/c.yaml release-c-x"}, stream: []string{"web/charts/c/templates/c.yaml my-c-x"}, placed: []string{"my-c-x"},
		},
		"a release that has the chart's name no more": {
			ruled: []string{"my-release-x"}, base: []string{"web/templates/a.yaml my-release-x"}, stream: []string{"web/templates/a.yaml shop-web-x"}, placed: []string{"shop-web-x"},
		},
		"Helm 3, without the hooks": {
			ruled: []string{"release-a", "release-b"}, stream: []string{base[0]}, placed: []string{"release-a"},
			unseen: []string{"Job/release-b Helm 3 gives hooks to no post-renderer: it is not placed"},
		},
		"Helm 4, where sources are in annotations": {
			ruled: []string{"release-a", "release-b"}, stream: []string{base[0], base[2]},
			edit: func(s string) string {
				s = strings.ReplaceAll(s, "# Source: web/templates/a.yaml\n", "")
				s = strings.ReplaceAll(s, "  name: release-a\n", "  name: shop-a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'web/templates/a.yaml'\n")
				return strings.ReplaceAll(s, "release-b2", "shop-b")
			},
			placed: []string{"shop-a", "shop-b"},
		},
		// The value that turned release-a off turned another on, which is now the first of its template.
		"gone, with another in its place": {
			ruled: []string{"release-a", "fixed"}, stream: []string{"web/templates/a.yaml other", base[3], "web/templates/a.yaml shop-x"},
			placed: []string{"fixed"}, unseen: []string{"Job/release-a it is not in the stream"},
		},
		"gone, with another in its place, in the same release": {
			ruled: []string{"release-a", "release-b"}, stream: []string{"web/templates/a.yaml release-other", base[1]},
			placed: []string{"release-b"}, unseen: []string{"Job/release-a it is not in the stream"},
		},
		"no sources":                  {ruled: []string{"release-a", "fixed"}, stream: []string{"- release-a", "- fixed", "- another"}, placed: []string{"release-a", "fixed"}},
		"no sources, another release": {ruled: []string{"release-a"}, stream: []string{"- shop-a", "- shop-b"}, placed: []string{"shop-a"}},
		"no sources, and two may be meant": {
			ruled: []string{"release-a"}, stream: []string{"- shop-a", "- shop-x-a"}, unseen: []string{"Job/release-a it is not in the stream"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream := rendered(tc.stream...)
			if tc.base == nil {
				tc.base = base
			}
			if tc.edit != nil {
				stream = tc.edit(stream)
			}
			out, report, err := postrender.Bytes([]byte(stream), postrender.Request{Rules: rulesOf(t, rendered(tc.base...), tc.ruled...)})
			if err != nil {
				t.Fatal(err)
			}
			var placed, unseen []string
			for _, o := range report.Workloads {
				if o.Status == postrender.Placed {
					placed = append(placed, o.Name)
				} else if o.Status != postrender.Left {
					t.Errorf("%s is %s", o, o.Status)
				}
			}
			for _, u := range report.Unseen {
				unseen = append(unseen, u.String()+" "+u.Reason)
			}
			if diff := cmp.Diff(placed, tc.placed, cmpopts.SortSlices(strings.Compare)); diff != "" {
				t.Errorf("placed (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(unseen, tc.unseen); diff != "" {
				t.Errorf("unseen (-got +want):\n%s", diff)
			}
			if got := strings.Count(string(out), "kubernetes.io/os: windows"); got != len(tc.placed) {
				t.Errorf("%d selectors are written, want %d", got, len(tc.placed))
			}
		})
	}
}

func TestRulesForAnotherChart(t *testing.T) {
	t.Parallel()
	rules := rulesOf(t, rendered("web/templates/a.yaml release-a"), "release-a")
	_, _, err := postrender.Bytes([]byte(rendered("shop/templates/a.yaml release-a")), postrender.Request{Rules: rules})
	var other *postrender.ChartError
	if !errors.As(err, &other) || other.Rules != "web" || other.Stream != "shop" {
		t.Errorf("got %v, want a ChartError that names web and shop", err)
	}
	// Of several charts one may be the one.
	both := rendered("shop/templates/a.yaml x", "web/templates/a.yaml release-a")
	if _, report, err := postrender.Bytes([]byte(both), postrender.Request{Rules: rules}); err != nil || report.Workloads[1].Status != postrender.Placed {
		t.Errorf("got %v, %v", report, err)
	}
}
