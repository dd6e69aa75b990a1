package rancher_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rancher/norman/clientbase"
	"github.com/rancher/norman/types"

	"github.com/winready/kubectl-winready/test/rancher"
)

// ask is the status and the decoded body of an answer.
func ask(t *testing.T, s *rancher.Server, token, method, path string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Accept", "application/json")
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer.StatusCode, body
}

// TestTokens holds the paths on which a token for one cluster counts against those of pkg/clusterrouter/lookup.go of rancher/rancher.
func TestTokens(t *testing.T) {
	t.Parallel()
	s := rancher.Start(t)
	id := s.Add(t, "rke2-custom")
	s.Scoped["kubeconfig-u:scoped"] = id
	for path, want := range map[string]int{
		"/v3/clusters/" + id:                                      200,
		"/v3/clusters/" + id + "/nodes":                           200,
		"/v3/clusters/" + id + "/clusterregistrationtokens":       200,
		"/v3/clusters/c-other":                                    401,
		"/v3/clusters":                                            401,
		"/v3/schemas":                                             401,
		"/v3/nodes?clusterId=" + id:                               401,
		"/v1/provisioning.cattle.io.clusters/fleet-default/mixed": 401,
		"/k8s/clusters/" + id + "/version":                        503,
	} {
		if got, body := ask(t, s, "kubeconfig-u:scoped", http.MethodGet, path); got != want {
			t.Errorf("%s: got %d, want %d: %v", path, got, want, body)
		}
	}
	if _, body := ask(t, s, "nobody", http.MethodGet, "/v3/clusters"); body["status"] != "401" || body["message"] != "must authenticate" {
		t.Errorf("got %v, want Rancher's own error, with a status that is a string", body)
	}
	if status, body := ask(t, s, rancher.Token, http.MethodPost, "/v3/clusterregistrationtokens"); status < 400 {
		t.Errorf("a POST is taken: %d %v", status, body)
	}
}

// TestNorman has norman's own client discover the server and list, as the Rancher CLI does: it is a server of norman's.
func TestNorman(t *testing.T) {
	t.Parallel()
	s := rancher.Start(t)
	id := s.Add(t, "rke2-custom")
	s.Add(t, "rke1-2.8")
	client, err := clientbase.NewAPIClient(&clientbase.ClientOpts{URL: s.URL + "/v3", TokenKey: rancher.Token, CACerts: s.CA()})
	if err != nil {
		t.Fatal(err)
	}
	list := func(filters map[string]any) []string {
		var page struct {
			types.Collection
			Data []struct {
				NodeName string `json:"nodeName"`
			} `json:"data"`
		}
		if err := client.List("node", &types.ListOpts{Filters: filters}, &page); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, n := range page.Data {
			names = append(names, n.NodeName)
		}
		return names
	}
	if diff := cmp.Diff(list(map[string]any{"clusterId": id}), []string{"lin-1", "lin-2", "win-1"}); diff != "" {
		t.Error(diff)
	}
	if got := list(map[string]any{"unknown": "x"}); len(got) != 6 {
		t.Errorf("a filter that is not known is heeded: %q", got)
	}
}

// TestCLI runs a kubectl that tells its words, as the Rancher CLI hands them on.
func TestCLI(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\nprintf '%s|' \"$@\"\ncat - \"$KUBECONFIG\"\nexit 3\n"
	if err := os.WriteFile(filepath.Join(bin, "kubectl"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for words, want := range map[string]string{
		"kubectl winready -oyaml --output=json -n=foo -f - -- -ab": "winready|-o|-y|-a|-m|-l|--output=json|-n=foo|-f|-|--|-a|-b|in config",
		"kubectl x": "x|in config",
	} {
		var out, said bytes.Buffer
		status := rancher.CLI(t.Context(), strings.Fields(words), "config", strings.NewReader("in "), &out, &said)
		if status != 3 || out.String() != want || said.String() != "exit status 3\n" {
			t.Errorf("%s: got %d, %q and %q, want %q", words, status, out.String(), said.String(), want)
		}
	}
	for words, want := range map[string]string{"kubectl -v6": "invalid input 6 in flag", "kubectl -=x": "invalid input with '-' and '=' flag", "ps": "only kubectl is known here"} {
		var said bytes.Buffer
		if status := rancher.CLI(t.Context(), strings.Fields(words), "", strings.NewReader(""), &said, &said); status != 1 || !strings.Contains(said.String(), want) {
			t.Errorf("%s: got %d and %q, want %q", words, status, said.String(), want)
		}
	}
}
