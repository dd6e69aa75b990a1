package rancher_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/rancher"
)

// TestAuditThroughRancher audits the control plane through Rancher's proxy and directly: it is one cluster.
func TestAuditThroughRancher(t *testing.T) {
	ns := plane.Namespace(t, nil)
	plane.Apply(t, deployment(ns, "web", "")+deployment(ns, "iis", "nodeSelector: {kubernetes.io/os: windows}, "))
	// What a workload is for is told by where its pods run, and both have to see the same.
	plane.Kubectl(t, "wait", "--for=condition=Available", "deployment", "--all", "--namespace", ns, "--timeout=60s")
	s, through := proxied(t, map[string]any{"name": "shop"})
	read := func(kubeconfig string) map[string]any {
		out, _ := winready(t, kubeconfig, 1, "audit", "--namespace", ns, "--output", "json", "--fail-on", "info")
		var report map[string]any
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		delete(report, "target")  // it names the context
		delete(report, "rancher") // which is not there when nobody asks it
		return report
	}
	a, b := read(through), read(plane.Kubeconfig)
	if diff := cmp.Diff(a["findings"], b["findings"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(keys(a), keys(b)); diff != "" {
		t.Error(diff)
	}
	if !slices.ContainsFunc(s.Asked(), func(r string) bool { return strings.HasPrefix(r, "GET /k8s/clusters/c-abcde/api/v1/") }) {
		t.Errorf("Rancher was not asked: %q", s.Asked())
	}
}

func keys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// tainted are the nodes with Rancher's taint, as the API server has them.
func tainted(t *testing.T) []string {
	t.Helper()
	names := []string{}
	for line := range strings.Lines(plane.Kubectl(t, "get", "nodes", "-o", `jsonpath={range .items[*]}{.metadata.name} {.spec.taints[*].key}{"\n"}{end}`)) {
		if fields := strings.Fields(line); slices.Contains(fields, "cattle.io/os") {
			names = append(names, fields[0])
		}
	}
	return names
}

// TestTaint adds and removes the taint of real nodes, of a cluster where nobody looks after it.
func TestTaint(t *testing.T) {
	ns := plane.Namespace(t, nil)
	plane.Apply(t, deployment(ns, "plain", "nodeSelector: {kubernetes.io/os: linux}, ")+
		deployment(ns, "tolerant", "nodeSelector: {kubernetes.io/os: linux}, tolerations: [{key: cattle.io/os, operator: Exists}], ")+deployment(ns, "any", ""))
	_, kubeconfig := proxied(t, map[string]any{"name": "shop"})
	plane.Kubectl(t, "taint", "node", "lin-2", "other=x:PreferNoSchedule")
	defer plane.Kubectl(t, "taint", "node", "lin-2", "other-")

	out, _ := winready(t, kubeconfig, 0, "rancher", "taint", "show", "--output", "json")
	var view struct {
		With, Without []string
		IfAdded       []struct{ Namespace, Name, Outcome string }
		ManagedBy     struct{ Known, Rancher bool }
	}
	if err := json.Unmarshal([]byte(out), &view); err != nil {
		t.Fatal(err)
	}
	var own []string
	for _, e := range view.IfAdded {
		if e.Namespace == ns {
			own = append(own, e.Name+": "+e.Outcome)
		}
	}
	if diff := cmp.Diff(own, []string{"any: only windows nodes accept its pods any more", "plain: no node accepts its pods any more"}); diff != "" {
		t.Error(diff)
	}
	if !view.ManagedBy.Known || view.ManagedBy.Rancher || len(view.With) != 0 || len(view.Without) != 2 {
		t.Errorf("got %+v", view)
	}

	// Without --apply, and in a dry run, nothing changes.
	winready(t, kubeconfig, 1, "rancher", "taint", "add")
	_, said := winready(t, kubeconfig, 0, "rancher", "taint", "add", "--apply", "--dry-run", "server")
	if diff := cmp.Diff(said, "node/lin-1 configured (server dry run)\nnode/lin-2 configured (server dry run)\n"); diff != "" || len(tainted(t)) != 0 {
		t.Errorf("%s; tainted: %q", diff, tainted(t))
	}
	winready(t, kubeconfig, 0, "rancher", "taint", "add", "--apply")
	if diff := cmp.Diff(tainted(t), []string{"lin-1", "lin-2"}); diff != "" {
		t.Error(diff)
	}
	_, said = winready(t, kubeconfig, 0, "rancher", "taint", "add", "--apply")
	if said != "nothing to change: every Linux node has the taint\n" {
		t.Errorf("got %q", said)
	}

	// The scheduler agrees with what was said.
	plane.Apply(t, "{apiVersion: v1, kind: Pod, metadata: {name: probe, namespace: "+ns+"}, spec: {nodeSelector: {kubernetes.io/os: linux}, containers: [{name: c, image: registry.k8s.io/pause}]}}")
	plane.Kubectl(t, "wait", "--for=condition=PodScheduled=False", "pod/probe", "-n", ns, "--timeout=60s")
	winready(t, kubeconfig, 0, "rancher", "taint", "remove", "--apply")
	plane.Kubectl(t, "wait", "--for=condition=PodScheduled", "pod/probe", "-n", ns, "--timeout=60s")
	if left := plane.Kubectl(t, "get", "node", "lin-2", "-o", "jsonpath={.spec.taints[*].key}"); left != "other" || len(tainted(t)) != 0 {
		t.Errorf("lin-2 has taints %q; tainted are %q", left, tainted(t))
	}
}

// TestManagedTaint leaves the taint alone where Rancher looks after it, and where that cannot be found out.
func TestManagedTaint(t *testing.T) {
	plane.Kubectl(t, "taint", "node", "lin-1", "cattle.io/os=linux:NoSchedule")
	defer plane.Kubectl(t, "taint", "node", "lin-1", "cattle.io/os-")
	s, kubeconfig := proxied(t, map[string]any{"name": "shop", "windowsPreferedCluster": true})
	_, said := winready(t, kubeconfig, 3, "rancher", "taint", "remove", "--apply")
	if want := "error: the taint stays as it is: cluster shop was made for Windows (windowsPreferedCluster): Rancher's linux-node-taints-handler puts it on every Linux node, and back\n"; said != want {
		t.Errorf("got %q, want %q", said, want)
	}
	s.Forbidden = []string{"/v3/clusters/c-abcde"}
	_, said = winready(t, kubeconfig, 3, "rancher", "taint", "remove", "--apply")
	if !strings.HasPrefix(said, "error: the taint stays as it is: whether the cluster was made for Windows is not known: Rancher answered 403 Forbidden") {
		t.Errorf("got %q", said)
	}
	// Without Rancher in it there is nobody to look after the taint.
	folder := t.TempDir()
	save(t, folder+"/cli2.json", []byte("{}"))
	out, _ := winready(t, plane.Kubeconfig, 0, "rancher", "taint", "show", "--rancher-config", folder)
	if !strings.Contains(out, "the cluster does not belong to a Rancher") {
		t.Errorf("got %s", out)
	}
	if diff := cmp.Diff(tainted(t), []string{"lin-1"}); diff != "" {
		t.Error(diff)
	}
}

// kinds are those that a cluster has which Rancher runs in.
func kinds() []controlplane.Kind {
	return []controlplane.Kind{
		{Group: "provisioning.cattle.io", Kind: "Cluster", Plural: "clusters", Versions: []string{"v1"}},
		{Group: "management.cattle.io", Kind: "Cluster", Plural: "clusters", Versions: []string{"v3"}, Global: true},
	}
}

// TestClusterNew makes a cluster where Rancher runs, and nowhere else.
func TestClusterNew(t *testing.T) {
	ns := plane.Namespace(t, nil)
	args := []string{"rancher", "cluster", "new", "win", "--kubernetes-version", "v1.34.1+rke2r1", "--namespace", ns, "--apply"}
	_, said := winready(t, plane.Kubeconfig, 3, args...)
	if want := "error: context controlplane is not the cluster that Rancher runs in: its API server has no clusters.provisioning.cattle.io/v1\n" +
		"hint: --context names one that is: Rancher calls it local, and its server ends in /k8s/clusters/local\n"; said != want {
		t.Errorf("got %q", said)
	}
	if err := plane.Teach(t.Context(), kinds()...); err != nil {
		t.Fatal(err)
	}
	_, said = winready(t, plane.Kubeconfig, 3, args...)
	if !strings.Contains(said, "it has no cluster local of management.cattle.io") {
		t.Errorf("got %q", said)
	}
	plane.Apply(t, "{apiVersion: management.cattle.io/v3, kind: Cluster, metadata: {name: local}}")
	_, said = winready(t, plane.Kubeconfig, 0, append(args, "--dry-run", "server")...)
	if said != fmt.Sprintf("dry run: the API server accepts cluster %s/win\n", ns) {
		t.Errorf("got %q", said)
	}
	if out := plane.Kubectl(t, "get", "clusters.provisioning.cattle.io", "-n", ns, "-o", "name"); out != "" {
		t.Errorf("the dry run made %s", out)
	}
	winready(t, plane.Kubeconfig, 0, args...)
	if cni := plane.Kubectl(t, "get", "clusters.provisioning.cattle.io", "win", "-n", ns, "-o", "jsonpath={.spec.rkeConfig.machineGlobalConfig.cni}"); cni != "calico" {
		t.Errorf("got cni %q", cni)
	}
	_, said = winready(t, plane.Kubeconfig, 3, args...)
	if said != fmt.Sprintf("error: making cluster %s/win: there is one of that name, which stays as it is\n", ns) {
		t.Errorf("got %q", said)
	}
}

// TestAgent finds Rancher by what its agent in the cluster was told, which RBAC may keep from a user.
func TestAgent(t *testing.T) {
	s := rancher.Start(t)
	s.Add(t, "rke2-custom")
	plane.Apply(t, "{apiVersion: v1, kind: Namespace, metadata: {name: cattle-system, annotations: {field.cattle.io/projectId: 'c-m-h7kd92xp:p-abcde'}}}\n---\n"+
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: cattle-cluster-agent, namespace: cattle-system}, spec: {replicas: 0, selector: {matchLabels: {app: a}}, template: "+
		"{metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: rancher/rancher-agent, env: [{name: CATTLE_SERVER, value: '"+s.URL+"'}]}]}}}}")
	defer plane.Kubectl(t, "delete", "namespace", "cattle-system")
	login := func(url string) string {
		folder := t.TempDir()
		data, err := json.Marshal(map[string]any{"Servers": map[string]any{"d": map[string]any{"url": url, "tokenKey": rancher.Token, "cacert": s.CA()}}})
		if err != nil {
			t.Fatal(err)
		}
		save(t, folder+"/cli2.json", data)
		return folder
	}
	out, said := winready(t, plane.Kubeconfig, 0, "rancher", "cluster", "show", "--rancher-config", login(s.URL), "--verbose")
	if !strings.Contains(out, "cluster mixed (c-m-h7kd92xp)") || !strings.Contains(said, "step=5") {
		t.Errorf("got %s%s", out, said)
	}
	_, said = winready(t, plane.Kubeconfig, 3, "rancher", "cluster", "show", "--rancher-config", login("https://elsewhere.example.com"))
	if !strings.HasPrefix(said, "error: Rancher is at "+s.URL+" (CATTLE_SERVER of deployment cattle-system/cattle-cluster-agent), and there are no credentials for it\n") {
		t.Errorf("got %s", said)
	}
	_, said = winready(t, plane.As(t, "nobody"), 3, "rancher", "cluster", "show", "--rancher-config", login(s.URL))
	if !strings.Contains(said, `the cluster does not tell: reading Deployment/cattle-system/cattle-cluster-agent: forbidden for user "nobody": needs the verb get on deployments.apps`) {
		t.Errorf("got %s", said)
	}
}

// TestFleet audits several clusters in one report: the same control plane under two names, and one that is not there.
func TestFleet(t *testing.T) {
	ns := plane.Namespace(t, nil)
	plane.Apply(t, deployment(ns, "web", ""))
	s, kubeconfig := proxied(t, map[string]any{"name": "shop"})
	s.Clusters["c-m-twin0001"] = s.Clusters["c-abcde"]
	s.Put("cluster", "c-m-twin0001", map[string]any{"name": "twin"})
	s.Put("cluster", "c-m-lost0001", map[string]any{"name": "lost"})
	out, said := winready(t, kubeconfig, 3, "audit", "--rancher-clusters", "all", "--namespace", ns, "--output", "json")
	var fleet struct {
		Clusters []struct {
			Name, Unreachable string
			Warnings, Errors  int
			Pools             []struct{ Nodes int }
			Workloads         []struct{ Name string }
		}
		Findings []struct {
			RuleID  string
			Object  struct{ Cluster, Namespace, Name string }
			Message string
		}
	}
	if err := json.Unmarshal([]byte(out), &fleet); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	messages := map[string][]string{}
	for _, f := range fleet.Findings {
		counts[f.Object.Cluster]++
		messages[f.Object.Cluster] = append(messages[f.Object.Cluster], f.RuleID+" "+f.Object.Name+" "+f.Message)
	}
	if diff := cmp.Diff(messages["shop"], messages["twin"]); diff != "" || counts["shop"] == 0 || counts["lost"] != 0 || len(fleet.Clusters) != 3 {
		t.Errorf("%s: %v in %s", diff, counts, out)
	}
	for _, c := range fleet.Clusters {
		switch {
		case c.Name == "lost":
			if c.Unreachable == "" {
				t.Errorf("got %+v", c)
			}
		case c.Unreachable != "" || c.Warnings+c.Errors == 0 || len(c.Pools) != 2 || len(c.Workloads) == 0:
			t.Errorf("got %+v", c)
		}
	}
	if !strings.Contains(said, "error: incomplete: lost: the cluster could not be read: ") {
		t.Errorf("got %s", said)
	}

	// By name and by ID; the order is Rancher's. A token for one cluster is not enough to look at others.
	out, _ = winready(t, kubeconfig, 1, "audit", "--rancher-clusters", "c-m-twin0001,shop", "--namespace", ns)
	if !strings.HasPrefix(out, "shop, twin: 2 clusters\n") || !strings.Contains(out, "twin:Deployment/"+ns+"/web: ") {
		t.Errorf("got %s", out)
	}
	_, said = winready(t, kubeconfig, 2, "audit", "--rancher-clusters", "shop,nobody")
	if !strings.HasPrefix(said, "error: --rancher-clusters: there is no \"nobody\"\n") {
		t.Errorf("got %s", said)
	}
	out, _ = winready(t, kubeconfig, 1, "preflight", "--rancher-clusters", "shop,twin", "--allow-incomplete", "--fail-on", "info")
	if !strings.HasPrefix(out, "shop, twin: 2 clusters\n") || !strings.Contains(out, "\nshop:") || !strings.Contains(out, "\ntwin:") {
		t.Errorf("got %s", out)
	}
	// Contexts of the kubeconfig, beside Rancher's.
	out, _ = winready(t, kubeconfig, 1, "audit", "--contexts", "all", "--rancher-clusters", "shop", "--namespace", ns, "--output", "wide")
	if !strings.Contains(out, "rancher/shop:Deployment/"+ns+"/web: ") || !strings.Contains(out, "\nshop:Deployment/"+ns+"/web: ") {
		t.Errorf("got %s", out)
	}
}

// TestPreflightReadsTheRecord: what Rancher decided is a requirement like any other; where it may not be read that is said, and where
// there is no Rancher the requirement does not apply.
func TestPreflightReadsTheRecord(t *testing.T) {
	s, kubeconfig := proxied(t, map[string]any{
		"name": "shop", "windowsPreferedCluster": false, "driver": "rancherKubernetesEngine", "provider": "rke",
		"rancherKubernetesEngineConfig": map[string]any{"kubernetesVersion": "v1.20.15-rancher2-2", "network": map[string]any{"plugin": "canal"}},
	})
	args := []string{"preflight", "--rules", "rancher-record", "--output", "json"}
	out, _ := winready(t, kubeconfig, 3, args...) // the record has no nodes, so whether pods have two addresses each is not known
	for _, want := range []string{"windows at creation: ", "network plugin: "} {
		if !strings.Contains(out, `"message": "`+want) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
	s.Forbidden = []string{"/v3/clusters/c-abcde"}
	out, said := winready(t, kubeconfig, 3, args...)
	if !strings.Contains(said, "403 Forbidden") || !strings.Contains(out, `"status": "error"`) {
		t.Errorf("got %s%s", out, said)
	}
	folder := t.TempDir()
	save(t, folder+"/cli2.json", []byte("{}"))
	out, _ = winready(t, plane.Kubeconfig, 0, append(args, "--rancher-config", folder)...)
	if !strings.Contains(out, `"status": "skip"`) {
		t.Errorf("got %s", out)
	}
}
