package rancher_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// member is what is looked at of a cluster in a report about several.
type member struct {
	Name, Unreachable string
	Rancher           *struct {
		Version string
		Cluster struct{ Name, Origin string }
	}
	Checklist *struct {
		Distribution string
		Tally        map[string]int
		Groups       []struct {
			Requirements []struct{ RuleID, State string }
		}
	}
	HostProcess *struct {
		Server struct{ Verdict string }
		Nodes  []struct{ Name, Verdict string }
	}
}

// states are the requirements of a cluster and what became of them.
func (m member) states() map[string]string {
	out := map[string]string{}
	if m.Checklist == nil {
		return out
	}
	for _, g := range m.Checklist.Groups {
		for _, r := range g.Requirements {
			out[r.RuleID] = r.State
		}
	}
	return out
}

func members(t *testing.T, report string) map[string]member {
	t.Helper()
	var all struct{ Clusters []member }
	if err := json.Unmarshal([]byte(report), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]member{}
	for _, m := range all.Clusters {
		out[m.Name] = m
	}
	return out
}

// canal is a cluster of RKE1 that was not made for Windows.
func canal(name string) map[string]any {
	return map[string]any{
		"name": name, "windowsPreferedCluster": false, "driver": "rancherKubernetesEngine", "provider": "rke", "state": "active",
		"rancherKubernetesEngineConfig": map[string]any{"kubernetesVersion": "v1.20.15-rancher2-2", "network": map[string]any{"plugin": "canal"}},
	}
}

// TestPreflightOfAFleet: the real control plane under three names, of which Rancher has another record each, one that it may not show, and
// a cluster that is not there. What the cluster itself tells is the same wherever it is read, alone or beside others.
func TestPreflightOfAFleet(t *testing.T) {
	s, kubeconfig := proxied(t, canal("shop"))
	s.Version = "v2.8.15"
	s.Clusters["c-m-twin0001"], s.Clusters["c-m-hidden01"] = s.Clusters["c-abcde"], s.Clusters["c-abcde"]
	s.Clusters["c-m-lost0001"] = http.NotFoundHandler()
	s.Put("cluster", "c-m-twin0001", map[string]any{"name": "twin", "driver": "rke2", "provider": "rke2", "rke2Config": map[string]any{}})
	s.Put("cluster", "c-m-hidden01", map[string]any{"name": "hidden"})
	s.Put("cluster", "c-m-lost0001", canal("lost"))
	s.Forbidden = []string{"/v3/clusters/c-m-hidden01"}

	out, said := winready(t, kubeconfig, 3, "preflight", "--rancher-clusters", "all", "--output", "json")
	all := members(t, out)
	alone, _ := winready(t, plane.Kubeconfig, 3, "preflight", "--output", "json", "--rancher-config", empty(t))
	var single member
	if err := json.Unmarshal([]byte(alone), &single); err != nil {
		t.Fatal(err)
	}
	for name, record := range map[string]string{"shop": "fail", "twin": "cannot tell", "hidden": "cannot tell"} {
		got, want := all[name].states(), single.states()
		if got["WR683"] != record || want["WR683"] != "does not apply" {
			t.Errorf("the record of %s is %q, alone it is %q", name, got["WR683"], want["WR683"])
		}
		delete(got, "WR683")
		delete(want, "WR683")
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s is not as it is alone (-fleet +alone):\n%s", name, diff)
		}
		if known := all[name].Rancher; (known == nil) != (name == "hidden") || known != nil && (known.Version != "v2.8.15" || known.Cluster.Name != name) {
			t.Errorf("of %s Rancher knows %+v", name, known)
		}
	}
	// Nothing of the lost one passes, and what Rancher has against it is told all the same.
	lost := all["lost"].states()
	if lost["WR683"] != "fail" || all["lost"].Unreachable == "" {
		t.Errorf("got %+v", all["lost"])
	}
	for id, state := range lost {
		if id != "WR683" && state != "cannot tell" && state != "does not apply" {
			t.Errorf("%s of a cluster that was not read is %q", id, state)
		}
	}
	for _, want := range []string{"hidden: Rancher answered 403 Forbidden", "lost: the cluster could not be read: "} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %s", want, said)
		}
	}

	out, _ = winready(t, kubeconfig, 3, "preflight", "--rancher-clusters", "all")
	for _, want := range []string{"\nlost  ", " hidden  lost  shop  twin\n", "\n  WR683  Rancher's record of the cluster allows Windows nodes ", "\n4 clusters: 1 not read, "} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if page, _ := winready(t, kubeconfig, 3, "preflight", "--rancher-clusters", "all", "--output", "html"); !strings.Contains(page, `<th scope="col"><span>hidden</span></th><th scope="col"><span>lost</span></th>`) {
		t.Error("the page has no column of each cluster")
	}
}

// empty is a folder of the Rancher CLI for somebody who is not logged in.
func empty(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	save(t, folder+"/cli2.json", []byte("{}"))
	return folder
}

// TestHostProcessOfAFleet has the verdict of each cluster, which is that of the cluster alone.
func TestHostProcessOfAFleet(t *testing.T) {
	s, kubeconfig := proxied(t, canal("shop"))
	s.Put("cluster", "c-m-lost0001", map[string]any{"name": "lost"})
	s.Clusters["c-m-lost0001"] = http.NotFoundHandler()
	out, said := winready(t, kubeconfig, 3, "hostprocess", "--rancher-clusters", "all", "--output", "json")
	all := members(t, out)
	alone, _ := winready(t, plane.Kubeconfig, 0, "hostprocess", "--output", "json")
	var single member
	if err := json.Unmarshal([]byte(alone), &single); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all["shop"].HostProcess, single.HostProcess); diff != "" || single.HostProcess == nil || len(single.HostProcess.Nodes) != 1 {
		t.Errorf("-fleet +alone:\n%s", diff)
	}
	if all["lost"].HostProcess != nil || !strings.Contains(said, "lost: the cluster could not be read: ") {
		t.Errorf("got %+v, %s", all["lost"], said)
	}
	out, _ = winready(t, kubeconfig, 0, "hostprocess", "--rancher-clusters", "shop")
	if !strings.Contains(out, "\nshop: HostProcess pods run on 1 of 1 Windows node; no workload asks for HostProcess\n") {
		t.Errorf("got %s", out)
	}
}

// TestAuditKnowsRancher: what Rancher has on record against pods for Windows is a finding of an audit of a cluster with Windows nodes.
func TestAuditKnowsRancher(t *testing.T) {
	ns := plane.Namespace(t, nil)
	s, kubeconfig := proxied(t, canal("shop"))
	s.Version = "v2.8.15"
	args := []string{"audit", "--namespace", ns}
	out, _ := winready(t, kubeconfig, 1, args...)
	for _, want := range []string{
		"\nRancher v2.8.15 has it as shop (c-abcde), state active; made by Rancher, with RKE1: RKE1 v1.20.15-rancher2-2; network plugin canal\n",
		"\nCluster: error: network plugin: canal; ", "\nCluster: error: windows at creation: ",
	} {
		if !strings.Contains(strings.ReplaceAll(out, "\n  ", " "), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if out, _ = winready(t, kubeconfig, 0, append(args, "--skip", "rancher-record")...); strings.Contains(out, "Rancher v2") {
		t.Errorf("got %s", out)
	}
	direct, _ := winready(t, plane.Kubeconfig, 0, append(args, "--rancher-config", empty(t), "--output", "json")...)
	if strings.Contains(direct, `"rancher": {`) || !strings.Contains(direct, "no Rancher server found: ") {
		t.Errorf("got %s", direct)
	}
	out, _ = winready(t, kubeconfig, 1, append(args, "--rancher-clusters", "shop", "--output", "json")...)
	if m := members(t, out)["shop"]; m.Rancher == nil || m.Rancher.Cluster.Origin != "rke1" || !strings.Contains(out, `"cluster": "shop"`) {
		t.Errorf("got %s", out)
	}
	if !slices.ContainsFunc(s.Asked(), func(r string) bool { return strings.HasPrefix(r, "GET /v3/clusters/c-abcde/nodes") }) {
		t.Errorf("Rancher was asked for %q", s.Asked())
	}
}
