// Package rancher is a stand-in for a Rancher server: norman's own server half, which Rancher mounts at /v3, with the schemas, the
// tokens and the paths of Rancher in front of it. What norman does, as paging, filters, links and errors, is thus not written down.
// It must not know the product, so that the two cannot share a mistake.
package rancher

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rancher/norman/api"
	"github.com/rancher/norman/types"
)

// Token is who may do everything, as NAME:SECRET.
const Token = "token-abcde:k7m2x9q4w8z5b6c3d7f2g9h4j8k5l6m3n7p2q9r4s8t5v6w3x7z2b9"

// Server is a Rancher server that runs. Its fields are to be set before it is asked.
type Server struct {
	*httptest.Server
	// Scoped are tokens, each for the one cluster of an ID.
	Scoped map[string]string
	// Forbidden are paths to which the answer is 403.
	Forbidden []string
	// PageSize is the number of rows of a page; 0 is norman's 1,000.
	PageSize int
	// NoFilters is a server that does not know the filters of a collection, and so returns all of it.
	NoFilters bool
	// Version is what /rancherversion tells; empty for a server that does not have it.
	Version string
	// Clusters serve /k8s/clusters/ID.
	Clusters map[string]http.Handler
	// Intercept may answer a request in the server's place; it says whether it did.
	Intercept func(w http.ResponseWriter, r *http.Request) bool

	stores map[string]*store
	steve  map[string]any
	norman *api.Server
	mu     sync.Mutex
	asked  []string
}

// Start starts a server that ends with the test.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{Scoped: map[string]string{}, Clusters: map[string]http.Handler{}, stores: map[string]*store{}, steve: map[string]any{}, norman: api.NewAPIServer()}
	schemas := types.NewSchemas()
	for _, k := range kinds() {
		s.stores[k.id] = &store{rows: map[string]map[string]any{}}
		schemas.AddSchema(k.schema(s.stores[k.id]))
	}
	for _, v := range subContexts() {
		schemas.AddSchema(types.Schema{
			ID: "namespace", PluralName: "namespaces", Version: v, CollectionMethods: []string{http.MethodGet}, ResourceMethods: []string{http.MethodGet},
			ResourceFields: map[string]types.Field{"name": {Type: "string"}}, Store: &store{},
		})
	}
	if err := s.norman.AddSchemas(schemas); err != nil {
		tb.Fatal(err)
	}
	s.Server = httptest.NewTLSServer(s)
	tb.Cleanup(s.Close)
	return s
}

// CA is the certificate by which the server is known, as PEM.
func (s *Server) CA() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

// Asked are the requests so far, each as METHOD PATH?QUERY.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
	s.mu.Unlock()
	switch {
	case s.Intercept != nil && s.Intercept(w, r):
	case !s.authenticated(r):
		// pkg/auth/util/common_util.go of rancher/rancher: the status is a string.
		fail(w, http.StatusUnauthorized, `{"type":"error","status":"401","message":"must authenticate"}`)
	case slices.Contains(s.Forbidden, r.URL.Path):
		fail(w, http.StatusForbidden, `{"type":"error","baseType":"error","status":403,"code":"PermissionDenied","message":"you may not"}`)
	case r.URL.Path == "/rancherversion" && s.Version != "":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"Version":%q,"GitCommit":"0123456","RancherPrime":"false"}`, s.Version)
	case strings.HasPrefix(r.URL.Path, "/k8s/clusters/"):
		s.proxy(w, r)
	case strings.HasPrefix(r.URL.Path, "/v1/"):
		s.serveSteve(w, r)
	default:
		s.serveNorman(w, r)
	}
}

func fail(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// authenticated goes by the token. One for a cluster counts on paths of that cluster alone: pkg/auth/requests/authenticate.go and
// pkg/clusterrouter/lookup.go of rancher/rancher.
func (s *Server) authenticated(r *http.Request) bool {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if user, password, ok := r.BasicAuth(); ok {
		token = user + ":" + password
	}
	if token == Token {
		return true
	}
	id, known := s.Scoped[token]
	return known && id == clusterOf(r.URL.Path)
}

// clusterOf is GetClusterID of pkg/clusterrouter/lookup.go.
func clusterOf(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 3 && (parts[1] == "k8s" || parts[1] == "v3") && slices.Contains([]string{"clusters", "cluster", "proxy"}, parts[2]) {
		return parts[3]
	}
	return ""
}

// proxy hands a request to the cluster that it is for, without what is Rancher's.
func (s *Server) proxy(w http.ResponseWriter, r *http.Request) {
	id := clusterOf(r.URL.Path)
	cluster := s.Clusters[id]
	if cluster == nil {
		fail(w, http.StatusServiceUnavailable, `{"type":"error","status":503,"code":"ClusterUnavailable","message":"cluster not found"}`)
		return
	}
	http.StripPrefix("/k8s/clusters/"+id, cluster).ServeHTTP(w, r)
}

// serveSteve serves single objects: /v1/TYPE/NAMESPACE/NAME.
func (s *Server) serveSteve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	object, ok := s.steve[r.URL.Path]
	s.mu.Unlock()
	if !ok {
		fail(w, http.StatusNotFound, `{"type":"error","links":{},"code":"NotFound","message":"the object is not found","status":404}`)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object)
}

// serveNorman has norman answer, to the page and the filters that the server is told to have.
func (s *Server) serveNorman(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if s.PageSize > 0 && query.Get("limit") == "" {
		query.Set("limit", strconv.Itoa(s.PageSize))
	}
	r.URL.RawQuery = query.Encode()
	if parts := strings.Split(r.URL.Path, "/"); s.NoFilters && len(parts) == 5 {
		r.URL.Path = "/v3/" + parts[4]
	}
	s.norman.ServeHTTP(w, r)
}

// Put has the server know a row of a kind: cluster, node, clusterRegistrationToken.
func (s *Server) Put(kind, id string, row map[string]any) {
	row["id"], row["type"] = id, "/v3/schemas/"+kind
	s.stores[kind].put(id, row)
}

// PutObject has the server know an object of Kubernetes, as Steve serves it: /v1/TYPE/NAMESPACE/NAME.
func (s *Server) PutObject(kind, namespace, name string, object any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steve[fmt.Sprintf("/v1/%s/%s/%s", kind, namespace, name)] = object
}
