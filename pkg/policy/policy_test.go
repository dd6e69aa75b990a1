package policy_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/policy"
)

// pools are a Windows pool with taints, and a Linux pool.
func pools() []placement.Pool {
	return []placement.Pool{
		{Name: "win", Labels: map[string]string{platform.LabelOS: "windows", platform.LabelWindowsBuild: "10.0.20348"}, Taints: []corev1.Taint{
			{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}, {Key: "dedicated", Effect: corev1.TaintEffectNoExecute},
		}},
		{Name: "lin", Labels: map[string]string{platform.LabelOS: "linux"}},
	}
}

func selector(t *testing.T, text string) labels.Selector {
	t.Helper()
	s, err := labels.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// owned are scopes of one namespace, each KIND/NAME.
func owned(t *testing.T, namespace string, os platform.OS, owners ...string) []policy.Scope {
	t.Helper()
	var all []policy.Scope
	for _, o := range owners {
		s, _, err := policy.OwnerScope(o, policy.Scope{Namespace: namespace, OS: os})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// requests are what the goldens are made of.
func requests(t *testing.T) map[string]policy.Request {
	t.Helper()
	every := owned(t, "shop", platform.Windows, "cronjob/nightly", "deploy/web", "deploy/api-*", "job/migrate", "Pod/lone",
		"prometheus/k8s", "rollout/canary", "sts/db-[0-9]", "mykind.example.com/x")
	some := func(scopes ...policy.Scope) policy.Request {
		return policy.Request{Name: "place", Scopes: scopes, Aim: aim.Request{Pools: pools()}}
	}
	all := map[string]policy.Request{
		"namespace": some(policy.Scope{Namespace: "shop", OS: platform.Windows}),
		"owners":    some(every...),
		"labels": some(policy.Scope{
			Namespace: "shop", OS: platform.Linux, Labels: selector(t, "app in (web,api),tier!=test,team,!legacy,stage notin (a,b),empty="),
		}),
		"both-systems": some(append(owned(t, "shop", platform.Windows, "job/a"), append(owned(t, "shop", platform.Linux, "job/b", "ds/agent"),
			owned(t, "team", platform.Linux, "job/b", "ds/agent")...)...)...),
	}
	names := all["owners"]
	names.SetOSName = true
	names.Aim.WindowsBuild = "10.0.20348"
	names.Failure = policy.Ignore
	all["os-name"] = names
	return all
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, q := range requests(t) {
		for _, engine := range []policy.Engine{policy.Admission, policy.Kyverno} {
			q.Engine = engine
			got, err := policy.Write(q)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, filepath.Join("testdata", name+"-"+string(engine)+".yaml"), got)
		}
	}
}

// TestTheSameScopesMakeTheSamePolicy in whatever order they come, and however often.
func TestTheSameScopesMakeTheSamePolicy(t *testing.T) {
	t.Parallel()
	for name, q := range requests(t) {
		want, err := policy.Write(q)
		if err != nil {
			t.Fatal(err)
		}
		turned := q
		turned.Scopes = nil
		for i := range q.Scopes {
			turned.Scopes = append(turned.Scopes, q.Scopes[len(q.Scopes)-1-i])
		}
		turned.Scopes = append(turned.Scopes, q.Scopes...)
		got, err := policy.Write(turned)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(got), string(want)); diff != "" {
			t.Errorf("%s: got -, want +:\n%s", name, diff)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	one := []policy.Scope{{Namespace: "shop", OS: platform.Windows}}
	for name, tc := range map[string]struct {
		request policy.Request
		want    string
	}{
		"no scope":          {policy.Request{Name: "p"}, "a policy needs a scope"},
		"no name":           {policy.Request{Scopes: one}, `policy name ""`},
		"no such name":      {policy.Request{Name: "A b", Scopes: one}, `policy name "A b"`},
		"no pool":           {policy.Request{Name: "p", Scopes: one, Aim: aim.Request{Pools: pools()[1:]}}, "there is no pool of windows nodes"},
		"no namespace":      {policy.Request{Name: "p", Scopes: []policy.Scope{{OS: platform.Linux}}}, "it needs a namespace"},
		"no such namespace": {policy.Request{Name: "p", Namespace: "A", Scopes: []policy.Scope{{OS: platform.Linux}}}, `namespace "A"`},
		"no system":         {policy.Request{Name: "p", Scopes: []policy.Scope{{Namespace: "a"}}}, `system "": want windows or linux`},
		"kube-system":       {policy.Request{Name: "p", Namespace: "kube-system", Scopes: []policy.Scope{{OS: platform.Linux}}}, "parts of the cluster itself"},
		"no pattern":        {policy.Request{Name: "p", Namespace: "a", Scopes: []policy.Scope{{Kind: "Job", Name: "a[", OS: platform.Linux}}}, `"a[" is no name`},
		"an expression":     {policy.Request{Name: "p", Namespace: "a", Scopes: []policy.Scope{{Kind: "Job", Name: "a') || ('", OS: platform.Linux}}}, "is no name"},
		"a kind's DaemonSet": {
			policy.Request{Name: "p", Namespace: "a", Scopes: []policy.Scope{{Group: "apps.kruise.io", Kind: "DaemonSet", Name: "a", OS: platform.Linux}}},
			"DaemonSet.apps.kruise.io/a in namespace a: its pods are bound to their nodes",
		},
		"numbers": {
			policy.Request{Name: "p", Namespace: "a", Scopes: []policy.Scope{{Labels: selector(t, "a>1"), OS: platform.Linux}}}, "< and > are not for pods",
		},
		"two systems": {
			policy.Request{Name: "p", Scopes: append(owned(t, "a", platform.Windows, "job/x"), owned(t, "a", platform.Linux, "job/x")...)},
			"Job/x in namespace a is to go to windows and to linux",
		},
	} {
		if _, err := policy.Write(tc.request); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
}
