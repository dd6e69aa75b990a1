package cluster_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"github.com/winready/kubectl-winready/pkg/cluster"
)

// TestRehearsal: nothing that changes anything gets through without the mark, and what only reads gets through as it is. The options
// of a deletion are in its body, where the mark would not count.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = append(got, r.Method+" "+r.URL.RequestURI()+" "+string(body))
	}))
	t.Cleanup(server.Close)
	flags := genericclioptions.NewConfigFlags(false)
	flags.APIServer = &server.URL
	config, err := cluster.Rehearsal(flags).ToRESTConfig()
	if err != nil {
		t.Fatal(err)
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/a?fieldManager=helm", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"GET /a?fieldManager=helm x", "POST /a?dryRun=All&fieldManager=helm x", "PUT /a?dryRun=All&fieldManager=helm x",
		"PATCH /a?dryRun=All&fieldManager=helm x", "DELETE /a?dryRun=All&fieldManager=helm ",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	plain, err := flags.ToRESTConfig()
	if err != nil {
		t.Fatal(err)
	}
	if plain.WrapTransport != nil || config.WrapTransport == nil {
		t.Error("the getter itself was changed")
	}
}
