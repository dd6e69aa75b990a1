package plugin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/plugin"
	double "github.com/winready/kubectl-winready/test/rancher"
)

// rancherUser is somebody at a terminal: a Rancher server, a kubeconfig and an environment.
type rancherUser struct {
	server *double.Server
	env    map[string]string
	// kubeconfig is written before each command.
	kubeconfig map[string]any
	folder     string
	columns    int // of the terminal; 0 for none
}

// newRancherUser has a kubeconfig as Rancher makes it: a context for a cluster, by its ID.
func newRancherUser(t *testing.T, clusters ...string) *rancherUser {
	t.Helper()
	u := &rancherUser{server: double.Start(t), env: map[string]string{}, kubeconfig: map[string]any{}, folder: t.TempDir()}
	u.env["HOME"] = u.folder
	for _, id := range clusters {
		u.context(id, u.server.URL+"/k8s/clusters/"+id, "u-"+id, bearer(double.Token))
	}
	return u
}

// bearer is a user of a kubeconfig with a token.
func bearer(token string) map[string]any { return map[string]any{"token": token} }

// context adds a context to the kubeconfig. The first is the one that is used.
func (u *rancherUser) context(name, server, user string, who map[string]any) {
	add := func(kind, name, of string, what map[string]any) {
		list, _ := u.kubeconfig[kind].([]any)
		u.kubeconfig[kind] = append(list, map[string]any{"name": name, of: what})
	}
	add("clusters", name, "cluster", map[string]any{"server": server, "certificate-authority-data": []byte(u.server.CA())})
	if who != nil {
		add("users", user, "user", who)
	}
	add("contexts", name, "context", map[string]any{"cluster": name, "user": user})
	if u.kubeconfig["current-context"] == nil {
		u.kubeconfig["current-context"] = name
	}
}

// run runs a command. The server's address is https://rancher.test in what it writes.
func (u *rancherUser) run(t *testing.T, args ...string) (status int, out, said string) {
	t.Helper()
	path := filepath.Join(u.folder, "kubeconfig")
	text, err := yaml.Marshal(u.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	deps := plugin.Deps{
		Streams: plugin.Streams{In: strings.NewReader(""), Out: &o, ErrOut: &e, OutTerminal: plugin.Terminal{Columns: u.columns}}, Env: func(name string) string { return u.env[name] }, Name: "kubectl winready",
	}
	status = plugin.RunWith(t.Context(), deps, append(args, "--kubeconfig", path)...)
	tidy := func(b *bytes.Buffer) string {
		return strings.ReplaceAll(b.String(), u.server.URL, "https://rancher.test")
	}
	return status, tidy(&o), tidy(&e)
}

// TestRancherCluster shows the clusters of every shape, by name, from one context.
func TestRancherCluster(t *testing.T) {
	t.Parallel()
	u := newRancherUser(t, "local")
	u.server.Put("cluster", "local", map[string]any{"name": "local", "internal": true, "provider": "k3s"})
	for _, shape := range double.Shapes(t) {
		id := u.server.Add(t, shape)
		t.Run(shape, func(t *testing.T) {
			var all strings.Builder
			for _, args := range [][]string{{"rancher", "cluster", "show", id}, {"rancher", "register", id}, {"rancher", "register", id, "--os", "windows"}} {
				status, out, said := u.run(t, args...)
				fmt.Fprintf(&all, "$ kubectl winready %s\n%s", strings.Join(args, " "), out)
				if said != "" {
					fmt.Fprintf(&all, "(stderr)\n%s", said)
				}
				fmt.Fprintf(&all, "(exit status %d)\n\n", status)
			}
			check(t, filepath.Join("testdata", "rancher", shape+".golden"), all.String())
		})
	}
}

// TestRancherSteps runs a command by each way to find Rancher, and has it say which it was.
func TestRancherSteps(t *testing.T) {
	t.Parallel()
	const id = "c-m-h7kd92xp"
	cli := func(u *rancherUser, url string) {
		folder := filepath.Join(u.folder, ".rancher")
		text := fmt.Sprintf(`{"Servers":{"d":{"tokenKey":%q,"url":%q,"project":"%s:p-1","cacert":%q}},"CurrentServer":"d"}`, double.Token, url, id, u.server.CA())
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "cli2.json"), []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	kubernetes := func(u *rancherUser) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			switch r.URL.Path {
			case "/apis/apps/v1/namespaces/cattle-system/deployments/cattle-cluster-agent":
				fmt.Fprintf(w, `{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"env":[{"name":"CATTLE_SERVER","value":%q}]}]}}}}`, u.server.URL)
			case "/api/v1/namespaces/cattle-system":
				fmt.Fprintf(w, `{"apiVersion":"v1","kind":"Namespace","metadata":{"annotations":{"field.cattle.io/projectId":"%s:p-2"}}}`, id)
			default:
				w.WriteHeader(http.StatusNotFound)
				fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`)
			}
		})
	}
	for name, test := range map[string]struct {
		set  func(*rancherUser)
		args []string
		want string
	}{
		"the environment": {func(u *rancherUser) {
			u.env["RANCHER_URL"], u.env["RANCHER_TOKEN_KEY"], u.env["RANCHER_CA_CERTS"] = u.server.URL+"/v3", double.Token, u.server.CA()
		}, []string{"--cluster-id", id}, `step=1 by=RANCHER_URL`},
		"the proxy": {func(u *rancherUser) { u.context("mixed", u.server.URL+"/k8s/clusters/"+id, "u", bearer(double.Token)) }, nil, `step=2 by="the server of context mixed"`},
		"an authorized cluster endpoint, with a token for the cluster": {func(u *rancherUser) {
			u.server.Scoped["kubeconfig-u-1:scoped"] = id
			u.context("mixed-fqdn", "https://127.0.0.1:1", "u", bearer("kubeconfig-u-1:scoped"))
			u.context("mixed", u.server.URL+"/k8s/clusters/"+id, "u", nil)
		}, nil, `step=3 by="context mixed, which has the user of context mixed-fqdn"`},
		"the credential plugin": {func(u *rancherUser) {
			ca := filepath.Join(u.folder, "ca.pem")
			if err := os.WriteFile(ca, []byte(u.server.CA()), 0o600); err != nil {
				t.Error(err)
			}
			script := filepath.Join(u.folder, "rancher")
			text := "#!/bin/sh\necho '" + `{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"` + double.Token + `"}}` + "'\n"
			if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
				t.Error(err)
			}
			u.context("plugin", "https://127.0.0.1:1", "u", map[string]any{"exec": map[string]any{
				"apiVersion": "client.authentication.k8s.io/v1beta1", "command": script, "interactiveMode": "Never",
				"args": []string{"token", "--server=" + strings.TrimPrefix(u.server.URL, "https://"), "--user=u-1", "--cluster=" + id, "--cacerts=" + ca},
			}})
		}, nil, `step=4 by="the credential plugin of context plugin"`},
		"the agent in the cluster": {func(u *rancherUser) {
			u.server.Clusters["direct"] = kubernetes(u)
			u.context("direct", u.server.URL+"/K8S/clusters/direct", "u", bearer(double.Token))
			u.server.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				path, ok := strings.CutPrefix(r.URL.Path, "/K8S/clusters/direct")
				if ok {
					r.URL.Path = path
					kubernetes(u).ServeHTTP(w, r)
				}
				return ok
			}
			cli(u, u.server.URL+"/v3")
		}, nil, `step=5 by="CATTLE_SERVER of deployment cattle-system/cattle-cluster-agent"`},
		"the Rancher CLI": {func(u *rancherUser) { cli(u, u.server.URL) }, nil, `step=6 by="server d of the Rancher CLI"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newRancherUser(t)
			u.server.Add(t, "rke2-custom")
			test.set(u)
			status, out, said := u.run(t, append([]string{"rancher", "cluster", "show", "--output", "json", "--verbose", "--allow-incomplete"}, test.args...)...)
			var report struct {
				Cluster struct{ ID string }
			}
			if err := json.Unmarshal([]byte(out), &report); err != nil || report.Cluster.ID != id || status != 0 {
				t.Fatalf("exit status %d, %v: %s%s", status, err, out, said)
			}
			if !strings.Contains(said, test.want) {
				t.Errorf("stderr has no %s:\n%s", test.want, said)
			}
			if strings.Contains(out+said, "k7m2x9q4w8z5b6c3d7f2g9h4j8k5l6m3n7p2q9r4s8t5v6w3x7z2b9") {
				t.Error("the token is told")
			}
		})
	}
}

// TestRancherErrors compares what is said when there is no Rancher, or not the one that is wanted.
func TestRancherErrors(t *testing.T) {
	t.Parallel()
	show := []string{"rancher", "cluster", "show"}
	for name, test := range map[string]struct {
		set    func(*rancherUser)
		args   []string
		status int
		want   string
	}{
		"no Rancher at all": {
			func(*rancherUser) {}, show, 3,
			"error: no Rancher server found: neither --rancher-url nor RANCHER_URL is set; there is no kubeconfig; no context has its user in common with one of Rancher's; " +
				"its user has no credential plugin of Rancher; there is no cluster to ask; the Rancher CLI is not logged in\n" +
				"hint: --rancher-url names the server; RANCHER_TOKEN_KEY or the Rancher CLI's login give the credentials\n",
		},
		"a kubeconfig with a user twice": {
			func(u *rancherUser) {
				u.context("one", "https://127.0.0.1:1", "u", bearer("hunter2"))
				u.context("two", "https://127.0.0.1:1", "u", bearer("hunter2"))
			}, show, 3, "error converting *[]NamedAuthInfo into *map[string]*api.AuthInfo: duplicate name \"u\"\n",
		},
		"no credentials": {
			func(*rancherUser) {}, append(show, "--rancher-url", "https://other.example.com"), 3,
			"error: Rancher is at https://other.example.com (--rancher-url), and there are no credentials for it\nhint: RANCHER_URL with RANCHER_TOKEN_KEY give them, or rancher login\n",
		},
		"certificates that are none": {
			func(u *rancherUser) {
				u.env["RANCHER_URL"], u.env["RANCHER_TOKEN_KEY"], u.env["RANCHER_CA_CERTS"] = u.server.URL, double.Token, "not PEM"
			}, show, 3,
			"error: reading the certificates of Rancher (RANCHER_URL): there is none in PEM\n",
		},
		"a cluster that is not there": {
			func(u *rancherUser) {
				u.context("mixed", u.server.URL+"/k8s/clusters/c-m-h7kd92xp", "u", bearer(double.Token))
			}, append(show, "nobody"), 3,
			"error: Rancher shows no cluster \"nobody\": want one of mixed\n",
		},
		"Rancher's own cluster": {
			func(u *rancherUser) {
				u.context("local", u.server.URL+"/k8s/clusters/local", "u", bearer(double.Token))
			}, show, 2,
			"error: nothing tells which cluster is meant: the server of context local leads to Rancher itself\nhint: kubectl winready rancher cluster show CLUSTER, with one of \"mixed\"\n",
		},
		"a token that has expired": {
			func(u *rancherUser) {
				u.context("mixed", u.server.URL+"/k8s/clusters/c-m-h7kd92xp", "u", bearer("kubeconfig-u-x:old"))
			}, show, 3,
			"error: Rancher answered 401 Unauthorized to https://rancher.test/v3/clusters/c-m-h7kd92xp: must authenticate\nhint: the token has expired, or is for another cluster: a new kubeconfig from Rancher has a new one\n",
		},
		"a configuration that is not the CLI's": {
			func(u *rancherUser) {
				if err := os.WriteFile(filepath.Join(u.folder, "cli2.json"), []byte("tokenKey: hunter2"), 0o600); err != nil {
					t.Error(err)
				}
				u.env["RANCHER_CONFIG_DIR"] = u.folder
			}, show, 3, "it is not the JSON that the Rancher CLI writes\n",
		},
		"machine pools": {
			func(u *rancherUser) {
				u.server.Add(t, "rke2-pools")
				u.context("pools", u.server.URL+"/k8s/clusters/c-m-pools001", "u", bearer(double.Token))
			}, []string{"rancher", "register"}, 3, "error: nodes of cluster pools are not registered by a command: Rancher makes them, for its machine pools\n",
		},
		"a command with the placeholder": {
			func(u *rancherUser) {
				u.server.Put("clusterRegistrationToken", "c-m-h7kd92xp:default-token", map[string]any{"clusterId": "c-m-h7kd92xp", "state": "active", "nodeCommand": "curl --token {token}"})
				u.context("mixed", u.server.URL+"/k8s/clusters/c-m-h7kd92xp", "u", bearer(double.Token))
			},
			[]string{"rancher", "register", "--os", "linux"},
			3,
			"error: the registration command has the placeholder \"{token}\" where its token is to be: it was not filled in, and would not work\n" +
				"hint: an older Rancher behind a newer one's data shows it so: ask the server that the cluster belongs to\n",
		},
		"a node that cannot be": {
			func(*rancherUser) {}, []string{
				"rancher", "register", "--os", "windows", "--role", "etcd", "--node-name", "a-name-of-seventeen", "--label", "a=$(reboot)", "--taint", "a=b", "--address", "x;y", "--ca-checksum", "12",
			}, 2, `error: --role "etcd": a Windows node is a worker and nothing else
error: --node-name "a-name-of-seventeen": it has 19 characters, and Windows has room for 15
error: --label "a=$(reboot)": want KEY=VALUE a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
error: --taint: "a=b": want KEY[=VALUE]:EFFECT, with an EFFECT of NoExecute, NoSchedule or PreferNoSchedule
error: --address "x;y": want an IP address
error: --ca-checksum "12": want the 64 digits of a SHA-256
hint: kubectl winready rancher register --help
`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newRancherUser(t)
			u.server.Add(t, "rke2-custom")
			test.set(u)
			status, out, said := u.run(t, test.args...)
			if status != test.status || out != "" || !strings.HasSuffix(said, test.want) {
				t.Errorf("exit status %d, stdout %q, stderr:\n%swant %d:\n%s", status, out, said, test.status, test.want)
			}
			if strings.Contains(said, "hunter2") {
				t.Error("what is in the file is told")
			}
		})
	}
}

// TestRancherSecrets runs every command at every verbosity against servers that give secrets away wherever they can, and looks for
// them in everything that is written. Only --show-secrets writes one, and that only to stdout.
func TestRancherSecrets(t *testing.T) {
	t.Parallel()
	_, secret, _ := strings.Cut(double.Token, ":")
	secrets := []string{secret, double.Registration, "hunter2"}
	leaky := map[string]func(http.ResponseWriter, *http.Request) bool{
		"well": func(http.ResponseWriter, *http.Request) bool { return false },
	}
	for status, body := range map[int]string{
		401: `{"message":"bad ` + double.Token + ` of ` + double.Registration + `"}`, 500: "<html>" + double.Token, 302: "", 403: `{"message":"no ` + secret + `"}`,
		200: `{"type":"error","token":"` + double.Registration + `"`,
	} {
		leaky[strconv.Itoa(status)] = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Location", "https://elsewhere.example.com/?token="+double.Token)
			w.WriteHeader(status)
			fmt.Fprint(w, body, r.Header.Get("Authorization"))
			return true
		}
	}
	commands := [][]string{
		{"rancher", "cluster", "show"},
		{"rancher", "cluster", "show", "mixed", "--output", "json"},
		{"rancher", "cluster", "show", "--output", "yaml"},
		{"rancher", "register"},
		{"rancher", "register", "--os", "linux", "--insecure"},
		{"rancher", "register", "--os", "windows", "--node-name", "w"},
	}
	taint := [][]string{
		{"rancher", "taint", "show"},
		{"rancher", "taint", "add", "--apply"},
		{"audit", "--rancher-clusters", "all"},
		{"audit", "--rules", "WR683"},
		{"preflight", "--rancher-clusters", "all", "--rules", "WR683", "--output", "json"},
	}
	for _, name := range slices.Sorted(maps.Keys(leaky)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newRancherUser(t, "c-m-h7kd92xp")
			u.server.Add(t, "rke2-custom")
			u.server.Put("cluster", "c-m-h7kd92xp", map[string]any{
				"name": "mixed", "provider": "rke2", "state": "error", "annotations": map[string]any{"provisioning.cattle.io/administrated": "true"},
				"fleetWorkspaceName": "fleet-default", "transitioningMessage": "joining with " + double.Registration + " failed", "conditions": []any{map[string]any{"type": "Ready", "status": "True"}},
			})
			u.server.Put("clusterRegistrationToken", "c-m-h7kd92xp:other", map[string]any{
				"clusterId": "c-m-h7kd92xp", "state": "active", "nodeCommand": `HTTP_PROXY="http://u:hunter2@proxy" curl https://u:hunter2@r | sh -s - --token ` + double.Registration,
			})
			u.server.Intercept = leaky[name]
			u.server.Clusters["c-m-h7kd92xp"] = http.NotFoundHandler()
			run := slices.Concat(commands, taint)
			switch name {
			case "500":
				run = commands[:1] // it is asked again, and takes its time
			case "200":
				run = commands
			}
			for _, args := range run {
				for _, more := range [][]string{nil, {"--verbose"}} {
					_, out, said := u.run(t, append(slices.Clone(args), more...)...)
					for _, s := range secrets {
						if strings.Contains(out+said, s) {
							t.Errorf("%q %q writes %s:\n%s%s", args, more, s, out, said)
						}
					}
				}
			}
		})
	}
	u := newRancherUser(t, "c-m-h7kd92xp")
	u.server.Add(t, "rke2-custom")
	status, out, said := u.run(t, "rancher", "register", "--os", "windows", "--show-secrets", "--verbose")
	if status != 0 || !strings.Contains(out, "-Token "+double.Registration+" -Worker") || strings.Contains(said, double.Registration) {
		t.Errorf("--show-secrets: exit status %d, stdout %s, stderr %s", status, out, said)
	}
}
