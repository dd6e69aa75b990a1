package cluster

import (
	"net/http"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
)

// getter is another one with a change of its configuration.
type getter struct {
	genericclioptions.RESTClientGetter
	change func(*rest.Config)
}

// ToRESTConfig is a changed copy.
func (g getter) ToRESTConfig() (*rest.Config, error) {
	config, err := g.RESTClientGetter.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	config = rest.CopyConfig(config)
	g.change(config)
	return config, nil
}

// Unhurried is a getter without a limit on requests: the server's own priority and fairness decides who has to wait.
func Unhurried(g genericclioptions.RESTClientGetter) genericclioptions.RESTClientGetter {
	return getter{g, func(config *rest.Config) { config.QPS = -1 }}
}

// Rehearsal is a getter for the same cluster, which checks what it is asked to change and keeps nothing of it:
// https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run.
func Rehearsal(g genericclioptions.RESTClientGetter) genericclioptions.RESTClientGetter {
	return getter{g, func(config *rest.Config) {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper { return dryRun{next} })
	}}
}

// dryRun marks every request that changes something.
type dryRun struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper. The options of a deletion are taken from its body where it has one, and the query does not
// count then (DeleteResource in pkg/endpoints/handlers/delete.go of k8s.io/apiserver), so it gets none.
func (d dryRun) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return d.next.RoundTrip(r)
	}
	marked := r.Clone(r.Context())
	query := marked.URL.Query()
	query.Set("dryRun", "All")
	marked.URL.RawQuery = query.Encode()
	if r.Method == http.MethodDelete && r.Body != nil {
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
		marked.Body, marked.GetBody, marked.ContentLength = http.NoBody, nil, 0
		marked.Header.Del("Content-Type")
	}
	return d.next.RoundTrip(marked)
}
