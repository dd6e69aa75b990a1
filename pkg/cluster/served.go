package cluster

import (
	"context"
	"fmt"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Served is what a server has of a resource.
type Served struct {
	Server   string   // its version, "v1.36.1+rke2r1"
	Versions []string // of the group, in which it has the resource; those it prefers first
}

// Served asks the server in which versions of an API group it has a resource, which is named as in addresses:
// "mutatingadmissionpolicies".
func (r *Reader) Served(ctx context.Context, group, resource string) (Served, error) {
	run := &run{Reader: r}
	server, err := run.greet(ctx)
	if err != nil {
		return Served{}, err
	}
	found := Served{Server: server.version}
	var versions metav1.APIGroup
	err = r.askJSON(ctx, request{path: "/apis/" + group, accept: acceptJSON}, &versions)
	if statusOf(err) == http.StatusNotFound {
		return found, nil
	}
	if err != nil {
		return Served{}, run.whole(fmt.Errorf("discovering %s: %w", group, err))
	}
	for _, v := range versions.Versions {
		var list metav1.APIResourceList
		if err := r.askJSON(ctx, request{path: "/apis/" + v.GroupVersion, accept: acceptJSON}, &list); err != nil {
			return Served{}, run.whole(fmt.Errorf("discovering %s: %w", v.GroupVersion, err))
		}
		for _, has := range list.APIResources {
			if has.Name == resource {
				found.Versions = append(found.Versions, v.Version)
			}
		}
	}
	return found, nil
}
