package policy_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/policy"
	"github.com/winready/kubectl-winready/pkg/windowspod"
)

// shown is a scope in full.
func shown(s policy.Scope) string {
	text := s.Group + " " + s.Kind + "/" + s.Name
	if s.Labels != nil {
		text += " " + s.Labels.String()
	}
	return strings.TrimPrefix(text, " / ")
}

func TestOwnerScope(t *testing.T) {
	t.Parallel()
	const prometheus = "app.kubernetes.io/managed-by=prometheus-operator,app.kubernetes.io/name=prometheus,operator.prometheus.io/name=k8s"
	got := map[string]string{}
	for _, owner := range []string{
		"deployment/web", "Deployments/web", "deploy/web", "deployment.apps/web", "po/a", "Pod/a", "rc/a", "cj/a-*", "job.batch.volcano.sh/a", "prometheus/k8s",
		"prometheus.monitoring.coreos.com/k8s", "prometheus.example.com/k8s", "otelcollector/a", "OpenTelemetryCollector/a", "rollout/a", "cloneset/a",
		"prometheus/k8s-*", "job", "job/", "/a", "j b/a", "job/a b", "job/[", "job/[]", "job/[^]", "job/a^", "job/(a|b)", `job/a\`, "job/a/b",
	} {
		s, note, err := policy.OwnerScope(owner, policy.Scope{Namespace: "shop", OS: platform.Linux})
		switch {
		case err != nil:
			got[owner] = "error"
		case s.Namespace != "shop" || s.OS != platform.Linux:
			t.Errorf("%s: got %v", owner, s)
		default:
			got[owner] = shown(s)
			if note != "" {
				got[owner] += " with a note"
			}
		}
	}
	want := map[string]string{
		"deployment/web": "apps Deployment/web", "Deployments/web": "apps Deployment/web", "deploy/web": "apps Deployment/web", "deployment.apps/web": "apps Deployment/web",
		"po/a": " Pod/a", "Pod/a": " Pod/a", "rc/a": " ReplicationController/a", "cj/a-*": "batch CronJob/a-*", "job.batch.volcano.sh/a": "batch.volcano.sh Job/a",
		"prometheus/k8s": prometheus, "prometheus.monitoring.coreos.com/k8s": prometheus, "prometheus.example.com/k8s": "example.com prometheus/k8s with a note",
		"otelcollector/a":          " otelcollector/a with a note",
		"OpenTelemetryCollector/a": "app.kubernetes.io/component=opentelemetry-collector,app.kubernetes.io/instance=shop.a,app.kubernetes.io/managed-by=opentelemetry-operator",
		"rollout/a":                "argoproj.io Rollout/a", "cloneset/a": "apps.kruise.io CloneSet/a",
	}
	for _, owner := range []string{"prometheus/k8s-*", "job", "job/", "/a", "j b/a", "job/a b", "job/[", "job/[]", "job/[^]", "job/a^", "job/(a|b)", `job/a\`, "job/a/b"} {
		want[owner] = "error"
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

// TestOwnerScopeNarrows: what is asked of the labels holds for owners too, whatever they are known by.
func TestOwnerScopeNarrows(t *testing.T) {
	t.Parallel()
	among := policy.Scope{Namespace: "shop", OS: platform.Linux, Labels: selector(t, "a=b")}
	for owner, want := range map[string]string{"job/x": "batch Job/x a=b", "kibana/x": "a=b,kibana.k8s.elastic.co/name=x"} {
		s, _, err := policy.OwnerScope(owner, among)
		if got := shown(s); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestScopeOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		apiVersion, kind string
		custom           bool
		want             string
	}{
		{"batch/v1", "Job", false, "batch Job/x"},
		{"", "Job", false, "batch Job/x"},
		{"", "Job", true, "batch.volcano.sh Job/x"},
		{"batch.volcano.sh/v1alpha1", "Job", true, "batch.volcano.sh Job/x"},
		{"extensions/v1beta1", "Deployment", false, "apps Deployment/x"},
		{"v1", "Pod", false, " Pod/x"},
		{"apps/v1", "DaemonSet", false, "apps DaemonSet/x"},
		{"apps.kruise.io/v1alpha1", "DaemonSet", true, "! its pods are bound to their nodes before a policy sees them, and its template is not one that is known"},
		{"serving.knative.dev/v1", "Service", true, "serving.knative.dev/service=x"},
		{"monitoring.coreos.com/v1", "Alertmanager", true, "alertmanager=x,app.kubernetes.io/managed-by=prometheus-operator"},
		{"example.com/v1", "Alertmanager", true, "! how its pods are known is not known: give their labels with policy --selector"},
	} {
		s, reason := policy.ScopeOf(object.Ref{APIVersion: tc.apiVersion, Kind: tc.kind, Namespace: "shop", Name: "x"}, tc.custom, platform.Linux)
		got := shown(s)
		if reason != "" {
			got = "! " + reason
		}
		if got != tc.want {
			t.Errorf("%s %s: got %q, want %q", tc.apiVersion, tc.kind, got, tc.want)
		}
	}
}

// TestOSNameKnowsEveryRefusedField: of a pod that sets everything, what windowspod says is refused beside os.name windows is in the
// policy's list.
func TestOSNameKnowsEveryRefusedField(t *testing.T) {
	t.Parallel()
	q := policy.Request{
		Name: "p", Scopes: []policy.Scope{{Namespace: "a", OS: platform.Windows}}, Aim: aim.Request{Pools: pools()}, SetOSName: true,
	}
	text, err := policy.Write(q)
	if err != nil {
		t.Fatal(err)
	}
	_, foreign, found := strings.Cut(string(text), "tolerations\n  - expression:")
	var spec corev1.PodSpec
	fill(reflect.ValueOf(&spec).Elem(), 0)
	n := 0
	for _, f := range windowspod.Fields(&spec) {
		if f.Refused > 0 {
			n++
			if !strings.Contains(foreign, `"`+f.Name()+`"`) {
				t.Errorf("%s is not in the policy's list", f.Path)
			}
		}
	}
	if !found || n < 40 {
		t.Errorf("got %d refused fields", n)
	}
}

// fill sets every field, lists and maps to one element.
func fill(v reflect.Value, depth int) {
	if depth > 6 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Struct:
		for _, f := range v.Fields() {
			fill(f, depth+1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	default:
	}
}

// TestJSONIsTheYAML: one List of the same objects.
func TestJSONIsTheYAML(t *testing.T) {
	t.Parallel()
	made, err := policy.Make(requests(t)["both-systems"])
	if err != nil {
		t.Fatal(err)
	}
	text, err := made.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Kind  string
		Items []struct {
			Kind     string
			Metadata struct{ Name string }
		}
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	got := []string{list.Kind}
	for _, i := range list.Items {
		got = append(got, i.Kind+"/"+i.Metadata.Name)
	}
	want := []string{
		"List", "MutatingAdmissionPolicy/place-windows", "MutatingAdmissionPolicyBinding/place-windows",
		"MutatingAdmissionPolicy/place-linux", "MutatingAdmissionPolicyBinding/place-linux",
		"MutatingAdmissionPolicy/place-linux-daemonsets", "MutatingAdmissionPolicyBinding/place-linux-daemonsets",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
