package plugin

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/rancher"
)

// throughRancher are clusters behind Rancher's proxy.
func (o *clustersOptions) throughRancher(ctx context.Context, deps Deps, config *genericclioptions.ConfigFlags) ([]member, error) {
	if len(o.clusters) == 0 {
		return nil, nil
	}
	at, err := o.rancher.find(ctx, deps)
	if err != nil {
		return nil, err
	}
	known, err := at.Clusters(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the clusters of Rancher: %w", err)
	}
	ids := map[string]string{} // by what the report calls it: its name, or its ID where another has the name
	var have []string
	want := slices.Clone(o.clusters)
	for i, c := range known {
		called := cmp.Or(c.Name, c.ID)
		if slices.ContainsFunc(known, func(other rancher.Cluster) bool { return other.Name == c.Name && other.ID != c.ID }) {
			called = c.ID
		}
		ids[called] = c.ID
		have = append(have, called)
		for j, name := range want {
			if name == known[i].ID {
				want[j] = called
			}
		}
	}
	names, err := pick("--rancher-clusters", want, have)
	if err != nil {
		return nil, err
	}
	transport, err := at.authorized()
	if err != nil {
		return nil, err
	}
	version := ""
	if o.record != nil {
		version = at.Version(ctx)
	}
	out := make([]member, 0, len(names))
	for _, name := range names {
		m := member{name: name, getter: cluster.Through(config, name, at.URL()+"/k8s/clusters/"+ids[name], transport)}
		if o.record != nil {
			m.ask = func(ctx context.Context) told { return at.tell(ctx, ids[name], version) }
		}
		out = append(out, m)
	}
	return out, nil
}

// authorized is a transport with the credentials for Rancher, for Rancher alone.
func (r *rancherAt) authorized() (http.RoundTripper, error) {
	base, err := url.Parse(r.URL())
	if err != nil {
		return nil, err
	}
	return authorizing{next: r.transport, credentials: r.place.Credentials, host: base.Host}, nil
}

// authorizing adds credentials to requests to one host, and makes no others.
type authorizing struct {
	next        http.RoundTripper
	credentials rancher.Credentials
	host        string
}

// RoundTrip implements http.RoundTripper.
func (a authorizing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != a.host || r.URL.Scheme != "https" {
		return nil, fmt.Errorf("refusing to follow a link to %s: the credentials are for Rancher alone", r.URL.Host)
	}
	r = r.Clone(r.Context())
	switch c := a.credentials; {
	case c.Token != "":
		r.Header.Set("Authorization", "Bearer "+c.Token)
	case c.AccessKey != "":
		r.SetBasicAuth(c.AccessKey, c.SecretKey)
	}
	return a.next.RoundTrip(r)
}
