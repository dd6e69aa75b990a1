package cluster_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

// grant lets a user list resources, in a namespace or everywhere.
func grant(t *testing.T, user, namespace, resources string) {
	t.Helper()
	kind, meta := "ClusterRole", ""
	if namespace != "" {
		kind, meta = "Role", "namespace: "+namespace+", "
	}
	apply(t, "", `{apiVersion: rbac.authorization.k8s.io/v1, kind: `+kind+`, metadata: {`+meta+`name: `+user+`},
  rules: [{apiGroups: ["*"], resources: [`+resources+`], verbs: [list]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: `+kind+`Binding, metadata: {`+meta+`name: `+user+`},
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: `+kind+`, name: `+user+`}, subjects: [{kind: User, name: `+user+`, apiGroup: rbac.authorization.k8s.io}]}`)
}

const workloads = "pods, events, replicationcontrollers, deployments, replicasets, statefulsets, daemonsets, jobs, cronjobs, rollouts, elasticsearches"

func TestWhatMayNotBeReadIsAGap(t *testing.T) {
	t.Parallel()
	namespace := shop(t)
	grant(t, "no-nodes", "", workloads+", runtimeclasses")
	grant(t, "no-pods", "", strings.Replace(workloads, "pods, ", "nodes, ", 1)+", runtimeclasses")
	grant(t, "no-controllers", "", "nodes, pods, events, runtimeclasses")
	grant(t, "no-events", "", strings.Replace(workloads, "events, ", "nodes, ", 1)+", runtimeclasses")
	grant(t, "one-namespace", namespace, workloads)
	const nodes = `: needs the verb list on nodes`
	for user, tc := range map[string]struct {
		namespace string
		want      map[inventory.Kind]string
		pods      bool
	}{
		"no-nodes": {"", map[inventory.Kind]string{
			inventory.Nodes: `listing nodes: forbidden for user "no-nodes"` + nodes, inventory.Pools: `listing nodes: forbidden for user "no-nodes"` + nodes,
		}, true},
		"no-pods": {"", map[inventory.Kind]string{
			inventory.Pods:      `listing pods: forbidden for user "no-pods": needs the verb list on pods in all namespaces`,
			inventory.Workloads: `listing pods: forbidden for user "no-pods": needs the verb list on pods in all namespaces`,
		}, false},
		"no-controllers": {namespace, map[inventory.Kind]string{inventory.Workloads: controllersForbidden("no-controllers", namespace)}, true},
		"no-events": {namespace, map[inventory.Kind]string{
			inventory.Events:   `listing events in namespace ` + namespace + `: forbidden for user "no-events": needs the verb list on events in namespace ` + namespace,
			inventory.Refusals: `listing events in namespace ` + namespace + `: forbidden for user "no-events": needs the verb list on events in namespace ` + namespace,
		}, true},
		"one-namespace": {namespace, map[inventory.Kind]string{
			inventory.Nodes: `listing nodes: forbidden for user "one-namespace"` + nodes, inventory.Pools: `listing nodes: forbidden for user "one-namespace"` + nodes,
			inventory.RuntimeClasses: `listing runtimeclasses: forbidden for user "one-namespace": needs the verb list on runtimeclasses.node.k8s.io`,
		}, true},
	} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			inv := read(t, plane.As(t, user), cluster.Scope{Namespace: tc.namespace})
			if diff := cmp.Diff(unread(inv), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
			if got := len(inv.Pods) > 0; got != tc.pods {
				t.Errorf("got %d groups of pods", len(inv.Pods))
			}
			if inv.Version == "" {
				t.Error("got no version, which anybody may read")
			}
		})
	}
}

// TestWhoMayNotActForAnother: no right to list would help.
func TestWhoMayNotActForAnother(t *testing.T) {
	t.Parallel()
	admin, err := os.ReadFile(plane.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	namespace := plane.Namespace(t, nil)
	token := strings.TrimSpace(plane.Kubectl(t, "create", "token", "default", "-n", namespace))
	path := filepath.Join(t.TempDir(), "kubeconfig")
	text := regexp.MustCompile(`token: .*`).ReplaceAllString(string(admin), "token: "+token+"\n    as: jane")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := unread(read(t, path, cluster.Scope{}))[inventory.Nodes]
	if !regexp.MustCompile(`^listing nodes: .* is forbidden: User "system:serviceaccount:.*" cannot impersonate`).MatchString(got) {
		t.Errorf("got %q", got)
	}
}

func controllersForbidden(user, namespace string) string {
	var reasons []string
	for _, r := range []string{
		"replicationcontrollers", "daemonsets.apps", "deployments.apps", "replicasets.apps", "statefulsets.apps", "cronjobs.batch", "jobs.batch",
		"rollouts.argoproj.io", "elasticsearches.elasticsearch.k8s.elastic.co",
	} {
		plural, _, _ := strings.Cut(r, ".")
		reasons = append(reasons, `listing `+plural+` in namespace `+namespace+`: forbidden for user "`+user+`": needs the verb list on `+r+` in namespace `+namespace)
	}
	return strings.Join(reasons, "; ")
}

// TestPodsTellOfControllersThatMayNotBeRead: what a pod's owners are is in the pod.
func TestPodsTellOfControllersThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	namespace := shop(t)
	grant(t, "no-deployments", "", strings.Replace(workloads, "deployments, ", "nodes, ", 1)+", runtimeclasses")
	inv := read(t, plane.As(t, "no-deployments"), cluster.Scope{Namespace: namespace})
	for _, s := range look(inv, namespace) {
		if s.ID == "Deployment/web" && onLinux(s.Pods) == "linux Running:2" && s.Path == "spec" {
			return
		}
	}
	t.Errorf("Deployment/web is not among %v", look(inv, namespace))
}

func TestWhenNothingCanBeRead(t *testing.T) {
	t.Parallel()
	admin, err := os.ReadFile(plane.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(old, other string) string {
		path := filepath.Join(t.TempDir(), "kubeconfig")
		text := regexp.MustCompile(old).ReplaceAllString(string(admin), other)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tc := range map[string]struct {
		kubeconfig, context string
		scope               cluster.Scope
		want                string
	}{
		"credentials are not accepted": {
			kubeconfig: changed(`token: .*`, "token: not-a-secret"),
			want:       `^asking the API server of context controlplane: it does not accept the credentials: .*Unauthorized`,
		},
		"nobody answers":           {kubeconfig: changed(`server: .*`, "server: https://127.0.0.1:1"), want: `^asking the API server of context controlplane: dial tcp 127.0.0.1:1: connect: connection refused$`},
		"no certificate vouches":   {kubeconfig: changed(`certificate-authority-data: .*`, "tls-server-name: localhost"), want: `^asking the API server of context controlplane: tls: failed to verify certificate`},
		"there is no such context": {kubeconfig: plane.Kubeconfig, context: "prod", want: `^reading the kubeconfig: context "prod" does not exist$`},
		"there is no kubeconfig":   {kubeconfig: "/nowhere/kubeconfig", want: `^reading the kubeconfig: .*no such file`},
		"no such namespace":        {kubeconfig: plane.Kubeconfig, scope: cluster.Scope{Namespace: "shpo"}, want: `^namespace "shpo": there is no such namespace$`},
		"no such selector":         {kubeconfig: plane.Kubeconfig, scope: cluster.Scope{Selector: "a in"}, want: `^reading selector "a in": `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags := genericclioptions.NewConfigFlags(false)
			flags.KubeConfig, flags.Context = &tc.kubeconfig, &tc.context
			r, err := cluster.New(flags, cluster.Options{})
			if err == nil {
				_, err = r.Inventory(t.Context(), tc.scope)
			}
			if err == nil || !regexp.MustCompile(tc.want).MatchString(err.Error()) {
				t.Errorf("got %v, want a match of %s", err, tc.want)
			}
			if err != nil && strings.Contains(err.Error(), "not-a-secret") {
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
}

func TestContextIsTheOneOfTheFlag(t *testing.T) {
	t.Parallel()
	flags := genericclioptions.NewConfigFlags(false)
	name := "controlplane"
	flags.KubeConfig, flags.Context = &plane.Kubeconfig, &name
	r, err := cluster.New(flags, cluster.Options{})
	if err != nil || r.Context() != name {
		t.Errorf("got %v, error %v", r, err)
	}
}
