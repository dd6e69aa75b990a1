package plugin_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	double "github.com/winready/kubectl-winready/test/rancher"
)

// legacy is a cluster of RKE1 that was not made for Windows, as Rancher has it.
func legacy() map[string]any {
	return map[string]any{
		"name": "legacy", "driver": "rancherKubernetesEngine", "provider": "rke", "state": "active", "conditions": []any{map[string]any{"type": "Ready", "status": "True"}},
		"rancherKubernetesEngineConfig": map[string]any{"kubernetesVersion": "v1.20.15-rancher2-2", "network": map[string]any{"plugin": "canal"}},
	}
}

// asked are the paths below /v3 that Rancher was asked for, and whether it was asked for its version.
func asked(u *rancherUser) []string {
	var out []string
	for _, r := range u.server.Asked() {
		if path := strings.TrimPrefix(r, "GET "); !strings.HasPrefix(path, "/k8s/") {
			out = append(out, path)
		}
	}
	return out
}

// direct adds a context whose server is not Rancher's proxy, nor knows of a Rancher, and has it used.
func direct(t *testing.T, u *rancherUser, saved string) {
	t.Helper()
	const prefix = "/K8S/direct"
	api := http.StripPrefix(prefix, savedAPI(t, saved))
	u.server.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		own := strings.HasPrefix(r.URL.Path, prefix)
		if own {
			api.ServeHTTP(w, r)
		}
		return own
	}
	u.context("direct", u.server.URL+prefix, "u-direct", bearer(double.Token))
	u.kubeconfig["current-context"] = "direct"
}

// TestAuditAsksRancher: what Rancher knows heads the report, and what it has on record against pods for Windows is found. Where there is
// no Rancher, or nobody wants Windows, an audit is as it was; a Rancher that fails is a gap.
func TestAuditAsksRancher(t *testing.T) {
	t.Parallel()
	const id = "c-abcde"
	for name, tc := range map[string]struct {
		saved  string
		set    func(*rancherUser)
		status int
		// result is what became of the rule, and found what it found.
		result, reason string
		found          []string
		head           string // of the text
	}{
		"RKE1 that was not made for Windows": {
			saved: "rke1", status: 1, result: "fail", found: []string{
				"network plugin: canal; RKE1 has Windows with flannel only, and the plugin cannot be changed once the cluster is made",
				"registration: Rancher offers no command for Windows nodes: no Linux node with the role etcd is registered; no Linux node with the role control plane is registered; " +
					"no Linux node with the role worker is registered",
				"windows at creation: windowsPreferedCluster is false, and it cannot be changed once the cluster is made",
			},
			head: "Rancher v2.11.3 has it as legacy (c-abcde), state active; made by Rancher, with RKE1: RKE1 v1.20.15-rancher2-2; network plugin canal\n",
		},
		"the same without Windows": {
			saved: "rke2-canal", result: "skip", reason: "neither the cluster nor Rancher has nodes or workloads for Windows", head: "Rancher v2.11.3 has it as legacy ",
		},
		"imported, with a plugin that Rancher does not know": {
			saved: "rke2", set: func(u *rancherUser) {
				u.server.Put("cluster", id, map[string]any{"name": "theirs", "driver": "rke2", "provider": "rke2", "rke2Config": map[string]any{}})
			}, result: "pass", head: "Rancher v2.11.3 has it as theirs (c-abcde), state unknown; made by somebody else, and imported: RKE2; network plugin not known to Rancher\n",
		},
		"a record that may not be read": {
			saved: "rke2", set: func(u *rancherUser) { u.server.Forbidden = []string{"/v3/clusters/" + id} },
			status: 3, result: "error", reason: "Rancher answered 403 Forbidden to https://rancher.test/v3/clusters/c-abcde: you may not",
		},
		"a Rancher that does not answer": {
			saved: "rke2", set: func(u *rancherUser) {
				u.server.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
					slow := strings.HasPrefix(r.URL.Path, "/v3/")
					if slow {
						<-r.Context().Done()
					}
					return slow
				}
			}, status: 3, result: "error", reason: "no answer of Rancher while the cluster was read, nor 3s later",
		},
		"no Rancher": {
			saved: "rke2", set: func(u *rancherUser) { direct(t, u, "rke2") }, result: "skip", reason: "no Rancher server found: ",
		},
		"a login that is about another cluster": {
			saved: "rke2", set: func(u *rancherUser) {
				direct(t, u, "rke2")
				u.env["RANCHER_URL"], u.env["RANCHER_CONFIG_DIR"] = u.server.URL, u.folder
				text := fmt.Sprintf(`{"Servers":{"d":{"tokenKey":%q,"url":%q,"project":"%s:p-1","cacert":%q}},"CurrentServer":"d"}`, double.Token, u.server.URL, id, u.server.CA())
				if err := os.WriteFile(u.folder+"/cli2.json", []byte(text), 0o600); err != nil {
					t.Error(err)
				}
			}, result: "skip", reason: "Rancher was found, and not which of its clusters this is",
		},
		"no credentials": {
			saved: "rke2", set: func(u *rancherUser) { u.env["RANCHER_URL"] = "https://other.example.com" }, result: "skip", reason: "Rancher is at https://other.example.com",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newRancherUser(t, id)
			u.env["SOURCE_DATE_EPOCH"] = "1795392000"
			u.server.Version = "v2.11.3"
			u.server.Put("cluster", id, legacy())
			u.server.Clusters[id] = savedAPI(t, tc.saved)
			if tc.set != nil {
				tc.set(u)
			}
			start := time.Now()
			status, out, said := u.run(t, "audit", "--output", "json", "--output-file", "text="+u.folder+"/report.txt")
			if status != tc.status || time.Since(start) > 20*time.Second {
				t.Errorf("exit status %d after %s: %s", status, time.Since(start), said)
			}
			var report struct {
				Results  []struct{ RuleID, Status, Reason string }
				Findings []struct{ RuleID, Message string }
				Rancher  *struct{ Version string }
			}
			if err := json.Unmarshal([]byte(out), &report); err != nil {
				t.Fatal(err)
			}
			for _, r := range report.Results {
				if r.RuleID == "WR683" && (r.Status != tc.result || !strings.HasPrefix(r.Reason, tc.reason)) {
					t.Errorf("got %+v", r)
				}
			}
			var found []string
			for _, f := range report.Findings {
				if f.RuleID == "WR683" {
					found = append(found, f.Message)
				}
			}
			slices.Sort(found)
			if diff := cmp.Diff(found, tc.found); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
			text, err := os.ReadFile(u.folder + "/report.txt")
			if err != nil {
				t.Fatal(err)
			}
			if unwrapped := strings.ReplaceAll(string(text), "\n  ", " "); tc.head != "" && !strings.Contains(unwrapped, tc.head) || (report.Rancher != nil) != (tc.head != "") {
				t.Errorf("%q is not in\n%s", tc.head, text)
			}
		})
	}
}

// TestAuditLeavesRancherAlone where no rule asks for it, and where a saved cluster is looked at.
func TestAuditLeavesRancherAlone(t *testing.T) {
	t.Parallel()
	const id = "c-abcde"
	u := newRancherUser(t, id)
	u.server.Put("cluster", id, legacy())
	u.server.Clusters[id] = savedAPI(t, "rke1")
	for _, args := range [][]string{
		{"audit", "--skip", "rancher-record"},
		{"audit", "--rules", "WR101"},
		{"audit", "--filename", "../test/clusters/preflight/rke1.yaml"},
		{"hostprocess"},
		{"hostprocess", "--rancher-clusters", "legacy"},
		{"audit", "--rancher-clusters", "legacy", "--skip", "WR683"},
	} {
		before := len(asked(u))
		_, out, said := u.run(t, args...)
		now := slices.DeleteFunc(asked(u)[before:], func(path string) bool { return path == "/v3/clusters" }) // the list, for the names
		if len(now) > 0 || strings.Contains(out, "WR683") {
			t.Errorf("%q asks Rancher for %q: %s%s", args, now, out, said)
		}
	}
}

// TestFleetByContextAsksRancher: of several contexts each has the Rancher that it leads to, and the record of its own cluster.
func TestFleetByContextAsksRancher(t *testing.T) {
	t.Parallel()
	u := newRancherUser(t, "c-abcde", "c-m-h7kd92xp")
	u.server.Add(t, "rke2-custom")
	u.server.Put("cluster", "c-abcde", legacy())
	u.server.Clusters["c-abcde"], u.server.Clusters["c-m-h7kd92xp"] = savedAPI(t, "rke1"), savedAPI(t, "rke2")
	u.server.Forbidden = []string{"/v3/clusters/c-m-h7kd92xp"}
	direct(t, u, "rke2")
	status, out, said := u.run(t, "preflight", "--contexts", "all", "--rules", "WR683", "--output", "json", "--verbose")
	var report struct {
		Clusters []struct {
			Name      string
			Rancher   *struct{ Cluster struct{ Name string } }
			Checklist struct{ Tally map[string]int }
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	got := map[string]map[string]int{}
	for _, c := range report.Clusters {
		name := c.Name
		if c.Rancher != nil {
			name += " is " + c.Rancher.Cluster.Name
		}
		got[name] = c.Checklist.Tally
	}
	want := map[string]map[string]int{"c-abcde is legacy": {"fail": 1}, "c-m-h7kd92xp": {"cannot tell": 1}, "direct": {"does not apply": 1}}
	if diff := cmp.Diff(got, want); diff != "" || status != 3 {
		t.Errorf("exit status %d; got -, want +:\n%s\n%s", status, diff, said)
	}
	if _, secret, _ := strings.Cut(double.Token, ":"); strings.Contains(out+said, secret) {
		t.Error("the token is told")
	}
}
