package preflight_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/test/controlplane"
)

const flannel = `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: kube-flannel-ds, namespace: kube-system}, spec: {
  selector: {matchLabels: {app: flannel}}, template: {metadata: {labels: {app: flannel}}, spec: {
    nodeSelector: {kubernetes.io/os: linux}, tolerations: [{operator: Exists}], containers: [{name: flannel, image: "rancher/hardened-flannel:v0.26"}]}}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: kube-flannel-cfg, namespace: kube-system}, data: {
  net-conf.json: '{"Network":"10.42.0.0/16","Backend":{"Type":"vxlan","VNI":4096,"Port":4789}}'}}`

// kinds are those of Calico and Helm's controller that are looked at.
func kinds() []controlplane.Kind {
	v1 := []string{"v1"}
	return []controlplane.Kind{
		{Group: "helm.cattle.io", Kind: "HelmChart", Plural: "helmcharts", Versions: v1},
		{Group: "operator.tigera.io", Kind: "Installation", Plural: "installations", Versions: v1, Global: true},
		{Group: "crd.projectcalico.org", Kind: "IPPool", Plural: "ippools", Versions: v1, Global: true},
		{Group: "crd.projectcalico.org", Kind: "IPAMConfig", Plural: "ipamconfigs", Versions: v1, Global: true},
	}
}

const calico = `
{apiVersion: helm.cattle.io/v1, kind: HelmChart, metadata: {name: rke2-calico, namespace: kube-system}, spec: {}}
---
{apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: default}, spec: {calicoNetwork: {bgp: Disabled, linuxDataplane: Iptables}}}
---
{apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: default-ipv4-ippool}, spec: {cidr: 10.42.0.0/16, ipipMode: Never, vxlanMode: Always}}
---
{apiVersion: crd.projectcalico.org/v1, kind: IPAMConfig, metadata: {name: default}, spec: {strictAffinity: true}}`

const calicoAgent = `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: calico-node, namespace: kube-system}, spec: {
  selector: {matchLabels: {app: calico}}, template: {metadata: {labels: {app: calico}}, spec: {
    nodeSelector: {kubernetes.io/os: linux}, tolerations: [{operator: Exists}], containers: [{name: calico, image: "rancher/mirrored-calico-node:v3.30"}]}}}}`

// most is what a user may list who may not list what is looked at besides.
const most = `"nodes", "pods", "events", "namespaces", "replicationcontrollers", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs", "runtimeclasses"`

// may lets a user list resources of any group, and get them.
func may(t *testing.T, user, resources string) string {
	t.Helper()
	plane.Apply(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: `+user+`},
  rules: [{apiGroups: ["*"], resources: [`+resources+`], verbs: [list, get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: `+user+`},
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: `+user+`}, subjects: [{kind: User, name: `+user+`, apiGroup: rbac.authorization.k8s.io}]}`)
	return plane.As(t, user)
}

// states are those of some requirements.
func states(all map[string]requirement, ids ...string) map[string]string {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = all[id].State
	}
	return out
}

func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("%s: got -, want +:\n%s", what, diff)
	}
}

// TestPreflight changes the network of one cluster step by step.
func TestPreflight(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1795392000")
	plane.Apply(t, flannel)
	t.Run("flannel", func(t *testing.T) {
		status, all := preflight(t, "--kubeconfig", plane.Kubeconfig)
		same(t, "administrator", states(all, "WR601", "WR621", "WR623", "WR624", "WR634", "WR641", "WR642", "WR643", "WR653"), map[string]string{
			"WR601": "pass", "WR621": "pass", "WR623": "pass", "WR624": "pass", "WR634": "pass", "WR641": "pass", "WR642": "pass", "WR643": "pass", "WR653": "pass",
		})
		for id, r := range all {
			if r.State == "cannot tell" {
				t.Errorf("%s cannot be told by the administrator: %v", id, r.Unread)
			}
		}
		if status != 0 {
			t.Errorf("got status %d: %v", status, all)
		}
	})
	t.Run("forbidden ConfigMap", func(t *testing.T) {
		status, all := preflight(t, "--kubeconfig", may(t, "no-configmaps", most+`, "helmcharts", "installations", "networkpolicies"`))
		same(t, "user", states(all, "WR621", "WR623", "WR624", "WR634"), map[string]string{
			"WR621": "pass", "WR623": "cannot tell", "WR624": "cannot tell", "WR634": "pass",
		})
		if said := strings.Join(all["WR624"].Unread, "; "); status != 3 || !strings.Contains(said, `needs the verb get on configmaps`) {
			t.Errorf("got status %d, and %q", status, said)
		}
	})
	t.Run("forbidden NetworkPolicies", func(t *testing.T) {
		status, all := preflight(t, "--kubeconfig", may(t, "no-policies", most+`, "configmaps"`))
		same(t, "user", states(all, "WR624", "WR634"), map[string]string{"WR624": "pass", "WR634": "cannot tell"})
		if status != 3 {
			t.Errorf("got status %d", status)
		}
	})
	t.Run("nothing may be read", func(t *testing.T) {
		status, all := preflight(t, "--kubeconfig", plane.As(t, "nobody"))
		for id, r := range all {
			if r.State == "pass" || r.State == "note" {
				t.Errorf("%s is %s: %s", id, r.State, r.Reason)
			}
		}
		if status != 3 || len(all) == 0 {
			t.Errorf("got status %d and %d requirements", status, len(all))
		}
	})
	plane.Kubectl(t, "delete", "daemonset", "kube-flannel-ds", "-n", "kube-system")
	plane.Apply(t, calicoAgent)
	t.Run("no CRDs of Calico", func(t *testing.T) {
		status, all := preflight(t, "--kubeconfig", plane.Kubeconfig)
		same(t, "administrator", states(all, "WR621", "WR628", "WR629", "WR630", "WR631", "WR632"), map[string]string{
			"WR621": "pass", "WR628": "cannot tell", "WR629": "cannot tell", "WR630": "cannot tell", "WR631": "cannot tell", "WR632": "cannot tell",
		})
		if status != 3 {
			t.Errorf("got status %d", status)
		}
	})
	withCalico(t)
}

// withCalico goes on with Calico's kinds.
func withCalico(t *testing.T) {
	t.Helper()
	if err := plane.Teach(t.Context(), kinds()...); err != nil {
		t.Fatal(err)
	}
	plane.Apply(t, calico)
	ids := []string{"WR621", "WR628", "WR629", "WR630", "WR631", "WR632"}
	_, live := preflight(t, "--kubeconfig", plane.Kubeconfig)
	same(t, "Calico", states(live, ids...), map[string]string{
		"WR621": "pass", "WR628": "pass", "WR629": "pass", "WR630": "pass", "WR631": "pass", "WR632": "pass",
	})
	t.Run("forbidden pools", func(t *testing.T) {
		_, all := preflight(t, "--kubeconfig", may(t, "no-pools", most+`, "configmaps", "helmcharts", "installations", "ipamconfigs", "networkpolicies"`))
		same(t, "user", states(all, ids...), map[string]string{
			"WR621": "pass", "WR628": "pass", "WR629": "cannot tell", "WR630": "cannot tell", "WR631": "pass", "WR632": "pass",
		})
	})
	t.Run("saved", func(t *testing.T) {
		saved(t, live)
	})
	plane.Kubectl(t, "patch", "ipamconfigs.crd.projectcalico.org", "default", "--type=merge", "--patch", `{"spec":{"strictAffinity":false}}`)
	status, all := preflight(t, "--kubeconfig", plane.Kubeconfig)
	if status != 1 || all["WR628"].State != "fail" {
		t.Errorf("got status %d, WR628 %s", status, all["WR628"].State)
	}
}

// saved says of the cluster that kubectl saved what was said of the live one.
func saved(t *testing.T, live map[string]requirement) {
	t.Helper()
	dir := t.TempDir()
	args := []string{}
	for name, words := range map[string]string{
		"cluster.json": "get nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,helmcharts,installations,ippools,ipamconfigs,configmaps,namespaces,runtimeclasses -A -o json",
		"version.json": "version -o json",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(plane.Kubectl(t, strings.Fields(words)...)), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--filename", path)
	}
	_, all := preflight(t, args...)
	for id, want := range live {
		if got := all[id]; got.State != want.State {
			t.Errorf("%s is %q when it is saved (%s%v), and %q live (%s%v)", id, got.State, got.Reason, got.Unread, want.State, want.Reason, want.Unread)
		}
	}
}
