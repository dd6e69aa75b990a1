package plugin_test

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	double "github.com/winready/kubectl-winready/test/rancher"
)

// savedAPI serves the objects of a saved cluster as its API server would, as far as they are read. What it has no objects of it does not
// have.
func savedAPI(t *testing.T, name string) http.Handler {
	t.Helper()
	data, err := os.ReadFile("../test/clusters/preflight/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	lists, single := map[string][]any{}, map[string]any{"/apis": map[string]any{"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": []any{}}}
	for _, path := range []string{
		"/api/v1/nodes", "/api/v1/pods", "/api/v1/events", "/api/v1/replicationcontrollers", "/api/v1/namespaces", "/apis/apps/v1/daemonsets", "/apis/apps/v1/deployments",
		"/apis/apps/v1/replicasets", "/apis/apps/v1/statefulsets", "/apis/batch/v1/jobs", "/apis/batch/v1/cronjobs", "/apis/networking.k8s.io/v1/networkpolicies",
		"/apis/node.k8s.io/v1/runtimeclasses",
	} {
		lists[path] = []any{}
	}
	for doc := range strings.SplitSeq(string(data), "---\n") {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(doc), &object); err != nil {
			t.Fatal(err)
		}
		if server, ok := object["serverVersion"]; ok {
			single["/version"] = server
			continue
		}
		group := "/apis/" + fmt.Sprint(object["apiVersion"])
		if object["apiVersion"] == "v1" {
			group = "/api/v1"
		}
		plural := strings.ToLower(fmt.Sprint(object["kind"])) + "s"
		if stem, ok := strings.CutSuffix(plural, "ys"); ok {
			plural = stem + "ies"
		}
		lists[group+"/"+plural] = append(lists[group+"/"+plural], object)
		if meta, ok := object["metadata"].(map[string]any); ok && object["kind"] == "ConfigMap" {
			single[fmt.Sprintf("/api/v1/namespaces/%s/configmaps/%s", meta["namespace"], meta["name"])] = object
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var answer any
		if items, ok := lists[r.URL.Path]; ok {
			answer = map[string]any{"kind": "List", "apiVersion": "v1", "metadata": map[string]any{}, "items": items}
		} else if answer, ok = single[r.URL.Path]; !ok {
			w.WriteHeader(http.StatusNotFound)
			answer = map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": http.StatusNotFound}
		}
		if r.URL.Path == "/apis" {
			w.Header().Set("Content-Type", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	})
}

// newFleet is a Rancher server with clusters: two of RKE2, one of them broken, one of a cloud, one of RKE1, and one that is not connected.
func newFleet(t *testing.T) *rancherUser {
	t.Helper()
	u := newRancherUser(t, "local")
	u.env["SOURCE_DATE_EPOCH"] = "1795392000"
	for shape, saved := range map[string]string{"rke2-custom": "rke2", "rke2-pools": "rke2-broken", "aks": "aks", "rke1-2.8": "rke1", "imported-rke2": ""} {
		id := u.server.Add(t, shape)
		u.server.Clusters[id] = http.NotFoundHandler() // a server that does not answer at all is asked again, and takes its time
		if saved != "" {
			u.server.Clusters[id] = savedAPI(t, saved)
		}
	}
	return u
}

// TestPreflightOfAFleet has clusters behind Rancher side by side: how many requirements each meets, which it does not, and why; in
// columns to a pipe and a wide terminal, by name where there is no room for them, as a page, and as JSON with a list of each.
func TestPreflightOfAFleet(t *testing.T) {
	t.Parallel()
	u := newFleet(t)
	for name, tc := range map[string]struct {
		columns int
		args    []string
	}{
		"preflight.txt":    {0, nil},
		"terminal.txt":     {100, nil},
		"narrow.txt":       {72, nil},
		"hostprocess.txt":  {0, nil},
		"hostprocess.wide": {0, []string{"--output", "wide"}},
		"audit.wide":       {0, []string{"--output", "wide", "--rules", "rancher,rancher-record"}},
	} {
		u.columns, u.env["NO_COLOR"] = tc.columns, "1"
		command, _, _ := strings.Cut(name, ".")
		if command == "terminal" || command == "narrow" {
			command = "preflight"
		}
		status, out, said := u.run(t, append([]string{command, "--rancher-clusters", "all"}, tc.args...)...)
		if status != 3 { // one is not connected
			t.Errorf("%s: exit status %d", name, status)
		}
		check(t, filepath.Join("testdata", "fleet", name), out+"(stderr)\n"+said)
	}
}

// TestFleetCredentialsStay has a cluster behind Rancher's proxy answer that it is elsewhere: what is there must not be told the token.
func TestFleetCredentialsStay(t *testing.T) {
	t.Parallel()
	told := make(chan string, 100)
	other := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.Header.Get("Authorization") }))
	defer other.Close()
	u := newRancherUser(t, "c-m-h7kd92xp")
	u.server.Add(t, "rke2-custom")
	u.server.Clusters["c-m-h7kd92xp"] = http.RedirectHandler(other.URL, http.StatusTemporaryRedirect)
	for _, login := range []func(){
		func() {},
		func() {
			u.env["RANCHER_URL"], u.env["RANCHER_TOKEN_KEY"], u.env["RANCHER_CA_CERTS"] = u.server.URL, double.Token, u.server.CA()+
				string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: other.Certificate().Raw}))
		},
	} {
		login()
		status, out, said := u.run(t, "audit", "--rancher-clusters", "mixed", "--rules", "WR101")
		if status != 3 || !strings.Contains(out, "not read") || !strings.Contains(said, "refusing to follow a link to "+strings.TrimPrefix(other.URL, "https://")) {
			t.Errorf("exit status %d, %s%s", status, out, said)
		}
	}
	if len(told) > 0 {
		t.Errorf("it was told %q", <-told)
	}
}
