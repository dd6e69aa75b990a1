package patch_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// write makes a chart folder of an archive; Chart.yaml is added.
func write(t *testing.T, archive string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "web")
	a := txtar.Parse([]byte("-- Chart.yaml --\napiVersion: v2\nname: web\nversion: 0.1.0\n" + archive))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := txtar.Write(a, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shop is a chart of three workloads with a knob each.
const shop = `-- values.yaml --
web: {nodeSelector: {}, tolerations: []}
web-api: {nodeSelector: {}, tolerations: []}
agent: {nodeSelector: {}, tolerations: []}
-- templates/all.yaml --
{{- range $name, $v := .Values }}
---
apiVersion: apps/v1
kind: {{ ternary "DaemonSet" "Deployment" (eq $name "agent") }}
metadata: {name: {{ $name }}}
spec:
  template:
    spec:
      containers: [{name: c, image: nginx}]
      nodeSelector: {{ toJson $v.nodeSelector }}
      tolerations: {{ toJson $v.tolerations }}
{{- end }}
`

// targets are the systems the workloads of a report are for, with the reason: "web linux placed: names no OS".
func targets(r patch.Report) []string {
	var out []string
	for _, w := range r.Workloads {
		out = append(out, strings.Join(strings.Fields(w.Name+" "+w.OS+" "+string(w.Status)+": "+w.OSReason), " "))
	}
	return out
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	dir := write(t, shop)
	for _, test := range []struct {
		name string
		q    patch.Request
		want []string // agent, web, web-api
	}{
		{
			"the rest follows --os",
			patch.Request{Request: aim.Request{OS: "windows", Linux: []string{"daemonset/*"}}},
			[]string{"agent linux placed: --linux daemonset/*", "web windows placed: --os windows", "web-api windows placed: --os windows"},
		},
		{
			"letter case of the kind does not count",
			patch.Request{Request: aim.Request{OS: aim.Auto, Windows: []string{"Deployment/web"}}},
			[]string{"agent linux placed: names no OS", "web windows placed: --windows Deployment/web", "web-api linux placed: names no OS"},
		},
		{
			"globs of kinds",
			patch.Request{Request: aim.Request{OS: "linux", Windows: []string{"d*/*[be]"}, Leave: []string{"*/agent"}}},
			[]string{"agent left: --leave */agent", "web windows placed: --windows d*/*[be]", "web-api linux placed: --os linux"},
		},
		{
			"no OS is auto",
			patch.Request{Request: aim.Request{Windows: []string{"deployment/*"}}},
			[]string{"agent linux placed: names no OS", "web windows placed: --windows deployment/*", "web-api windows placed: --windows deployment/*"},
		},
		{
			"two patterns of one flag",
			patch.Request{Request: aim.Request{OS: "linux", Windows: []string{"deployment/*", "*/web"}}},
			[]string{"agent linux placed: --os linux", "web windows placed: --windows */web", "web-api windows placed: --windows deployment/*"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.q.Pools = preset(t, "rke2")
			result, err := patch.Run(t.Context(), open(t, dir, nil), test.q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(targets(result.Report), test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

func TestPatternErrors(t *testing.T) {
	t.Parallel()
	dir := write(t, shop)
	bare := write(t, "-- templates/cm.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")
	all := []string{"daemonset/agent", "deployment/web", "deployment/web-api"}
	for _, test := range []struct {
		name, dir string
		q         patch.Request
		want      aim.PatternError
		text      string
	}{
		{
			"matches nothing", dir,
			patch.Request{Request: aim.Request{Windows: []string{"deployment/iis"}}},
			aim.PatternError{Flag: "windows", Pattern: "deployment/iis", Workloads: all},
			`--windows "deployment/iis" chooses nothing, want a KIND/NAME pattern that matches one of: daemonset/agent, deployment/web, deployment/web-api`,
		},
		{
			"no kind", dir,
			patch.Request{Request: aim.Request{Leave: []string{"web"}}},
			aim.PatternError{Flag: "leave", Pattern: "web", Workloads: all},
			"",
		},
		{
			"no pattern", dir,
			patch.Request{Request: aim.Request{Linux: []string{"deployment/[web"}}},
			aim.PatternError{Flag: "linux", Pattern: "deployment/[web", Malformed: true},
			"",
		},
		{
			"two flags choose one workload", dir,
			patch.Request{Request: aim.Request{Windows: []string{"*/web"}, Linux: []string{"deployment/w*"}}},
			aim.PatternError{Flag: "windows", Pattern: "*/web", Clash: `--linux "deployment/w*"`, Workloads: []string{"Deployment/web"}},
			`--windows "*/web" and --linux "deployment/w*" both choose Deployment/web`,
		},
		{
			"chart without workloads", bare,
			patch.Request{Request: aim.Request{Windows: []string{"*/*"}}},
			aim.PatternError{Flag: "windows", Pattern: "*/*"},
			`--windows "*/*" chooses nothing: there are no workloads`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.q.Pools = preset(t, "rke2")
			_, err := patch.Run(t.Context(), open(t, test.dir, nil), test.q)
			var got *aim.PatternError
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want a PatternError", err)
			}
			if diff := cmp.Diff(*got, test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if test.text != "" && err.Error() != test.text {
				t.Errorf("got  %s\nwant %s", err, test.text)
			}
		})
	}
}

// TestAuto: a pod's own word comes first, then its RuntimeClass, then its images.
func TestAuto(t *testing.T) {
	t.Parallel()
	const iis = "mcr.microsoft.com/windows/servercore/iis"
	for _, test := range []struct{ name, spec, want string }{
		{"selector before image", `{nodeSelector: {kubernetes.io/os: linux}, containers: [{name: c, image: ` + iis + `}]}`, "linux nodeSelector kubernetes.io/os"},
		{"legacy selector", `{nodeSelector: {beta.kubernetes.io/os: windows}, containers: [{name: c, image: x}]}`, "windows nodeSelector beta.kubernetes.io/os"},
		{
			"affinity", `{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: ` +
				`[{key: kubernetes.io/os, operator: In, values: [windows]}]}]}}}, containers: [{name: c, image: x}]}`,
			"windows required node affinity",
		},
		{"os.name", `{os: {name: windows}, containers: [{name: c, image: x}]}`, "windows os.name"},
		{"os.name before runtime class", `{os: {name: linux}, runtimeClassName: runhcs-wcow-process, containers: [{name: c, image: x}]}`, "linux os.name"},
		{"runtime class", `{runtimeClassName: runhcs-wcow-process, containers: [{name: c, image: x}]}`, "windows runtimeClassName runhcs-wcow-process"},
		{"another runtime class", `{runtimeClassName: kata, containers: [{name: c, image: x}]}`, "linux names no OS"},
		{
			"host process", `{securityContext: {windowsOptions: {hostProcess: true}}, hostNetwork: true, containers: [{name: c, image: x}]}`,
			"windows windowsOptions.hostProcess",
		},
		{"image", `{containers: [{name: c, image: ` + iis + `}]}`, "windows image"},
		{"image of an init container", `{containers: [{name: c, image: mine}], initContainers: [{name: i, image: ` + iis + `}]}`, "windows image"},
		{"nothing", `{containers: [{name: c, image: mine}]}`, "linux names no OS"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, "-- templates/pod.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: "+test.spec+"\n")
			result, err := patch.Run(t.Context(), open(t, dir, nil), patch.Request{Request: aim.Request{Pools: preset(t, "rke2")}})
			if err != nil {
				t.Fatal(err)
			}
			w := result.Report.Workloads[0]
			if got := w.OS + " " + w.OSReason; !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// plainChart is one Deployment with all knobs.
const plainChart = `-- values.yaml --
nodeSelector: {}
tolerations: []
-- templates/web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{name: c, image: nginx}]
      nodeSelector: {{ toJson .Values.nodeSelector }}
      tolerations: {{ toJson .Values.tolerations }}
`

func builds() []placement.Pool {
	pool := func(name string, labels map[string]string, taints ...corev1.Taint) placement.Pool {
		return placement.Pool{Name: name, Labels: labels, Taints: taints}
	}
	windows := func(build string) map[string]string {
		return map[string]string{platform.LabelOS: "windows", platform.LabelWindowsBuild: build}
	}
	return []placement.Pool{
		pool("linux", map[string]string{platform.LabelOS: "linux"}),
		pool("2019", windows("10.0.17763"), corev1.Taint{Key: "os", Value: "2019", Effect: corev1.TaintEffectNoSchedule}),
		pool("2022", windows("10.0.20348"), corev1.Taint{Key: "os", Value: "2022", Effect: corev1.TaintEffectNoSchedule}),
	}
}

func TestWindowsBuild(t *testing.T) {
	t.Parallel()
	dir := write(t, plainChart)
	for _, test := range []struct {
		build  platform.Build
		status patch.Status
		holds  string
	}{
		{"10.0.20348", patch.Placed, "node.kubernetes.io/windows-build: 10.0.20348"},
		{"10.0.17763", patch.Placed, `value: "2019"`},
		{"10.0.26100", patch.Unplaced, "{}"},
	} {
		t.Run(string(test.build), func(t *testing.T) {
			t.Parallel()
			result, err := patch.Run(t.Context(), open(t, dir, nil), patch.Request{Request: aim.Request{OS: "windows", Pools: builds(), WindowsBuild: test.build}})
			if err != nil {
				t.Fatal(err)
			}
			overlay, err := result.Overlay.YAML()
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Report.Workloads[0]; got.Status != test.status || !strings.Contains(string(overlay), test.holds) {
				t.Errorf("%s (%s) by\n%swant %s by %s", got.Status, got.Reason, overlay, test.status, test.holds)
			}
		})
	}
}

// TestWindowsBuildKeepsOff: a workload for one build must not fit nodes of another, which are Windows nodes as well.
func TestWindowsBuildKeepsOff(t *testing.T) {
	t.Parallel()
	pools := builds()
	for i := range pools {
		pools[i].Taints = nil
	}
	result, err := patch.Run(t.Context(), open(t, write(t, plainChart), nil), patch.Request{Request: aim.Request{OS: "windows", Pools: pools, WindowsBuild: "10.0.20348"}})
	if err != nil {
		t.Fatal(err)
	}
	selector, _ := result.Overlay.Tree()["nodeSelector"].(map[string]any)
	if got := selector[platform.LabelWindowsBuild]; got != "10.0.20348" {
		t.Errorf("nodeSelector %v, want the build in it", selector)
	}
}

// TestTolerations: taints that only the user knows of count, for Windows pools alone.
func TestTolerations(t *testing.T) {
	t.Parallel()
	dir := write(t, plainChart)
	extra := []corev1.Toleration{
		{Key: "dedicated", Operator: corev1.TolerationOpEqual, Value: "shop", Effect: corev1.TaintEffectNoSchedule},
		{Key: "gpu", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute},
	}
	for os, want := range map[string]string{
		"windows": `# steers Deployment/web
nodeSelector:
  kubernetes.io/os: windows
# steers Deployment/web
tolerations:
  - key: dedicated
    operator: Equal
    value: shop
    effect: NoSchedule
  - key: gpu
    operator: Exists
    effect: NoExecute
`,
		// The tainted Windows nodes keep it off already.
		"linux": "{}\n",
	} {
		t.Run(os, func(t *testing.T) {
			t.Parallel()
			result, err := patch.Run(t.Context(), open(t, dir, nil), patch.Request{Request: aim.Request{OS: os, Pools: preset(t, "rke2"), Tolerations: extra}})
			if err != nil {
				t.Fatal(err)
			}
			overlay, err := result.Overlay.YAML()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(overlay), want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

// TestFixFields: what values set and the API server refuses of a pod with os.name: windows goes away, null for null, and the rest
// stays.
func TestFixFields(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(charts, "linux-only-fields")
	s := newSubject(t, dir, patch.Request{Request: aim.Request{OS: "windows", Pools: poolsFile(t)}, FixFields: true})
	s.deterministic(t)
	s.idempotent(t)
	s.claims(t)
	s.noDuplicates(t)
	for _, p := range s.after.pods {
		c := p.Spec.Containers[0].SecurityContext
		if p.Object.Name != "rel-knobs" {
			if !p.Spec.HostPID && (p.Spec.ShareProcessNamespace == nil || c == nil || c.Privileged == nil) {
				t.Errorf("%s lost what its template sets", p.Key)
			}
			continue
		}
		if p.Spec.HostPID || p.Spec.OS != nil {
			t.Errorf("%s: hostPID %v, os %v", p.Key, p.Spec.HostPID, p.Spec.OS)
		}
		if sc := p.Spec.SecurityContext; sc != nil && (sc.RunAsUser != nil || sc.FSGroup != nil || sc.SeccompProfile != nil) {
			t.Errorf("%s: securityContext %v", p.Key, sc)
		}
		if c != nil && (c.AllowPrivilegeEscalation != nil || c.ReadOnlyRootFilesystem != nil || c.Capabilities != nil) {
			t.Errorf("%s: container's securityContext %v", p.Key, c)
		}
	}
}

// TestPairCarriesBuild: a knob that holds one label can hold the build, which only Windows nodes have.
func TestPairCarriesBuild(t *testing.T) {
	t.Parallel()
	pools := builds()
	for i := range pools {
		pools[i].Taints = nil
	}
	q := patch.Request{Request: aim.Request{OS: "windows", Pools: pools, WindowsBuild: "10.0.20348"}}
	result := run(t, filepath.Join(charts, "knob-key-value-pair"), q)
	if diff := cmp.Diff(lines(result.Report), []string{"deployment/rel-pair placed nodeSelector"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}
