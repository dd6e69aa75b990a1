package rancher_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/rancher"
	double "github.com/winready/kubectl-winready/test/rancher"
)

// TestMain lets the test run itself again, as a program that asks a server.
func TestMain(m *testing.M) {
	if address := os.Getenv("RANCHER_TEST_ASK"); address != "" {
		c, err := rancher.New(address, rancher.Options{Transport: http.DefaultTransport})
		if err == nil {
			_, err = c.Clusters(context.Background())
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// client is a client of a server, and what it logs.
func client(t *testing.T, s *double.Server, change func(*rancher.Options)) (*rancher.Client, *bytes.Buffer) {
	t.Helper()
	var logged bytes.Buffer
	o := rancher.Options{
		Transport: s.Client().Transport, Credentials: rancher.Credentials{Token: double.Token}, UserAgent: "winready/test",
		Pause: time.Millisecond, Timeout: 5 * time.Second, Logger: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	c, err := rancher.New(s.URL, o)
	if err != nil {
		t.Fatal(err)
	}
	return c, &logged
}

// fill puts clusters and their nodes into a server: of 25 nodes every fifth is one of c-m-12345678.
func fill(s *double.Server) {
	s.Put("cluster", "c-abcde", map[string]any{"name": "win", "provider": "rke.windows", "driver": "rancherKubernetesEngine", "windowsPreferedCluster": true})
	s.Put("cluster", "c-m-12345678", map[string]any{
		"name": "mixed", "provider": "rke2", "driver": "imported", "fleetWorkspaceName": "fleet-default",
		"annotations": map[string]any{"provisioning.cattle.io/administrated": "true"},
	})
	s.PutObject("provisioning.cattle.io.clusters", "fleet-default", "mixed", map[string]any{
		"metadata": map[string]any{"name": "mixed"}, "spec": map[string]any{"kubernetesVersion": "v1.34.1+rke2r1", "rkeConfig": map[string]any{}},
	})
	for i := range 25 {
		id := "c-abcde"
		if i%5 == 0 {
			id = "c-m-12345678"
		}
		s.Put("node", fmt.Sprintf("%s:m-%03d", id, i), map[string]any{"clusterId": id, "nodeName": fmt.Sprintf("n%02d", i), "state": "active"})
	}
}

func names(nodes []rancher.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.Name)
	}
	return out
}

func TestNodes(t *testing.T) {
	t.Parallel()
	own := []string{"n00", "n05", "n10", "n15", "n20"}
	for name, set := range map[string]func(*double.Server){
		"one page":                               func(*double.Server) {},
		"pages":                                  func(s *double.Server) { s.PageSize = 2 },
		"a server that does not know the filter": func(s *double.Server) { s.NoFilters = true },
		"pages of all nodes, of which few are ours": func(s *double.Server) { s.NoFilters, s.PageSize = true, 7 },
		"an answer that breaks off, once":           func(s *double.Server) { s.Intercept = once(breaksOff) },
		"a server that is busy, once":               func(s *double.Server) { s.Intercept = once(status(503, `{"code":"ClusterUnavailable"}`)) },
		"links that say http, behind a proxy that ends TLS": func(s *double.Server) {
			s.PageSize = 2
			s.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
				r.Header.Set("X-Forwarded-Proto", "http") // what norman makes links of
				return false
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := double.Start(t)
			fill(s)
			set(s)
			c, _ := client(t, s, nil)
			nodes, err := c.Nodes(t.Context(), "c-m-12345678")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(names(nodes), own); diff != "" {
				t.Errorf("%s\nasked %s", diff, strings.Join(s.Asked(), "\n"))
			}
			if s.PageSize == 2 && len(s.Asked()) < 3 {
				t.Errorf("asked %d times, which are no pages", len(s.Asked()))
			}
		})
	}
}

// once intercepts the first request only.
func once(answer func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
	done := false
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if done {
			return false
		}
		done = true
		answer(w)
		return true
	}
}

func breaksOff(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"type":"collection","data":[`)
}

func status(code int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func always(answer func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		answer(w)
		return true
	}
}

// TestCredentialsStay has a server lead the client to another one, by every link there is, and looks at what that is told.
func TestCredentialsStay(t *testing.T) {
	t.Parallel()
	var told []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told = append(told, r.Header.Get("Authorization")) }))
	defer other.Close()
	for _, lead := range []func(w http.ResponseWriter){
		status(200, `{"type":"collection","data":[],"pagination":{"next":"`+other.URL+`/v3/clusters"}}`),
		func(w http.ResponseWriter) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		func(w http.ResponseWriter) {
			w.Header().Set("X-API-Schemas", other.URL+"/v3/schemas")
			status(200, `{"type":"collection","links":{"self":"`+other.URL+`"},"data":[]}`)(w)
		},
	} {
		s := double.Start(t)
		s.Intercept = always(lead)
		c, _ := client(t, s, nil)
		_, _ = c.Clusters(t.Context())
	}
	if len(told) > 0 {
		t.Errorf("the other server was told %q", told)
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	key, secret, _ := strings.Cut(double.Token, ":")
	for name, test := range map[string]struct {
		credentials rancher.Credentials
		want        string
	}{
		"a token":                    {rancher.Credentials{Token: double.Token}, "Bearer " + double.Token},
		"a key in two parts":         {rancher.Credentials{AccessKey: key, SecretKey: secret}, "Basic " + base64.StdEncoding.EncodeToString([]byte(double.Token))},
		"those of the transport":     {rancher.Credentials{}, "Bearer of-the-transport"},
		"a token of another version": {rancher.Credentials{Token: "ext/token-abcde:" + secret}, "Bearer ext/token-abcde:" + secret},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := double.Start(t)
			var got, agent string
			s.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				got, agent = r.Header.Get("Authorization"), r.UserAgent()
				return next("")(w, r)
			}
			c, _ := client(t, s, func(o *rancher.Options) {
				o.Credentials = test.credentials
				o.Transport = addsToken{o.Transport}
			})
			if _, err := c.Clusters(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{got, agent}, []string{test.want, "winready/test"}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// addsToken is a transport as client-go makes it of a kubeconfig: it adds a token where there is none
// (transport/round_trippers.go of k8s.io/client-go v0.37.2).
type addsToken struct{ next http.RoundTripper }

func (a addsToken) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, has := r.Header["Authorization"]; !has {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer of-the-transport")
	}
	return a.next.RoundTrip(r)
}

// TestScopedToken asks as somebody who has a token for one cluster alone, as that of an authorized cluster endpoint is.
func TestScopedToken(t *testing.T) {
	t.Parallel()
	s := double.Start(t)
	fill(s)
	s.Put("clusterRegistrationToken", "c-m-12345678:default-token", map[string]any{"clusterId": "c-m-12345678", "nodeCommand": "curl", "state": "active"})
	s.Scoped["kubeconfig-u-1:scoped"] = "c-m-12345678"
	c, _ := client(t, s, func(o *rancher.Options) { o.Credentials.Token = "kubeconfig-u-1:scoped" })
	cluster, err := c.Cluster(t.Context(), "c-m-12345678")
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := c.Nodes(t.Context(), "c-m-12345678")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Registration(t.Context(), "c-m-12345678"); err != nil {
		t.Error(err)
	}
	if len(nodes) != 5 || cluster.Distribution != rancher.RKE2 || len(cluster.Gaps) != 1 || !strings.Contains(cluster.Gaps[0], "the token does not count there: it is for one cluster") {
		t.Errorf("got %+v and %d nodes", cluster, len(nodes))
	}
	if _, err := c.Cluster(t.Context(), "c-abcde"); !rancher.Unauthorized(err) {
		t.Errorf("another cluster: got %v, want 401", err)
	}
	id, err := c.Resolve(t.Context(), "c-m-12345678")
	if err != nil || id != "c-m-12345678" {
		t.Errorf("Resolve: got %q and %v", id, err)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	s := double.Start(t)
	fill(s)
	s.Put("cluster", "c-m-87654321", map[string]any{"name": "twice"})
	s.Put("cluster", "c-fghij", map[string]any{"name": "twice"})
	c, _ := client(t, s, nil)
	var got []string
	for _, name := range []string{"mixed", "c-abcde", "twice", "none"} {
		id, err := c.Resolve(t.Context(), name)
		if err != nil {
			id = err.Error()
		}
		got = append(got, id)
	}
	want := []string{
		"c-m-12345678", "c-abcde", `Rancher has several clusters called "twice": name one by its ID, c-fghij or c-m-87654321`,
		`Rancher shows no cluster "none": want one of mixed, twice, win`,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}

func TestSlowServer(t *testing.T) {
	t.Parallel()
	s := double.Start(t)
	release := make(chan struct{})
	defer close(release)
	s.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"type":`)
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	}
	c, _ := client(t, s, func(o *rancher.Options) { o.Timeout = 50 * time.Millisecond })
	_, err := c.Clusters(t.Context())
	if want := "asking Rancher for " + s.URL + "/v3/clusters: no whole answer within 50ms: context deadline exceeded"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	c, _ = client(t, s, nil)
	if _, err := c.Clusters(ctx); !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "asking") {
		t.Errorf("got %v, want the end of the caller's context", err)
	}
}

func TestUntrustedServer(t *testing.T) {
	t.Parallel()
	s := double.Start(t)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	c, _ := client(t, s, func(o *rancher.Options) { o.Transport = http.DefaultTransport })
	_, err := c.Clusters(t.Context())
	if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") || len(s.Asked()) != 0 {
		t.Errorf("got %v, want that the certificate is not trusted", err)
	}
}

func TestEndlessAnswer(t *testing.T) {
	t.Parallel()
	s := double.Start(t)
	s.Intercept = always(func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		chunk := bytes.Repeat([]byte(" "), 1<<20)
		for range 80 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	c, _ := client(t, s, func(o *rancher.Options) { o.Timeout = time.Minute }) // 64 MB take their time on a busy machine
	_, err := c.Clusters(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the answer is longer than 64 MB") {
		t.Errorf("got %v", err)
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://rancher.example.com":                        "https://rancher.example.com",
		"https://rancher.example.com/":                       "https://rancher.example.com",
		" https://rancher.example.com:8443/v3/ ":             "https://rancher.example.com:8443",
		"https://example.com/rancher/v3":                     "https://example.com/rancher",
		"https://example.com/rancher/k8s/clusters/c-m-1/api": "https://example.com/rancher",
		"http://rancher.example.com":                         "",
		"https://u:pass@rancher.example.com":                 "",
		"rancher.example.com":                                "",
		"https://rancher.example.com/?token=secret":          "",
		"": "",
	} {
		c, err := rancher.New(address, rancher.Options{Transport: http.DefaultTransport})
		switch {
		case want == "" && (err == nil || strings.Contains(err.Error(), "pass@") || strings.Contains(err.Error(), "secret")):
			t.Errorf("%q: got error %v, want one without the address", address, err)
		case want != "" && (err != nil || c.URL() != want):
			t.Errorf("%q: got %v, want %s", address, err, want)
		}
	}
	if _, err := rancher.New("https://rancher.example.com", rancher.Options{}); err == nil {
		t.Error("a client without a transport was made")
	}
}

// TestDebugIsQuiet runs the client where the Rancher CLI is told to debug: norman would write every answer to the standard output.
func TestDebugIsQuiet(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "RANCHER_CLIENT_DEBUG=true", "RANCHER_TEST_ASK=https://127.0.0.1:1")
	out, err := cmd.Output()
	if err != nil || len(out) != 0 {
		t.Errorf("got %v and %q on the standard output", err, out)
	}
}
