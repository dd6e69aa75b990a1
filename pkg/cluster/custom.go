package cluster

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/discovery"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// custom lists the custom resources that make pods, of those kinds that the server has.
func (r *run) custom(ctx context.Context) (result, error) {
	found, gaps, err := r.discover(ctx)
	if err != nil {
		if ends(err) {
			return result{}, err
		}
		return result{gaps: []gap{customGap("asking which custom resources there are: " + r.said(err))}}, nil
	}
	results := make([]result, len(found))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, k := range found {
		g.Go(func() (err error) {
			results[i], err = r.one(ctx, k)
			return err
		})
	}
	err = g.Wait()
	all := result{part: census.Selecting(r.selector), gaps: gaps}
	for _, res := range results {
		all.gaps = append(all.gaps, res.gaps...)
		if res.part != nil {
			all.part.Add(res.part)
		}
	}
	return all, err
}

func customGap(reason string) gap { return gap{[]inventory.Kind{inventory.Workloads}, reason} }

// discover finds the custom kinds that both the server and the table of workloads know, each in the version that the server prefers.
// It costs one request; servers of before Kubernetes 1.30 need one more for each group.
func (r *run) discover(ctx context.Context) ([]kind, []gap, error) {
	var list apidiscovery.APIGroupDiscoveryList
	err := r.askJSON(ctx, request{path: "/apis", accept: discovery.AcceptV2 + "," + acceptJSON}, &list)
	if err != nil {
		return nil, nil, err
	}
	var gaps []gap
	if list.Kind != "APIGroupDiscoveryList" {
		if list, gaps, err = r.discoverByGroup(ctx); err != nil {
			return nil, nil, err
		}
	}
	var found []kind
	for _, group := range list.Items {
		for _, v := range group.Versions {
			if v.Freshness == apidiscovery.DiscoveryFreshnessStale && knownGroup(group.Name) {
				gaps = append(gaps, customGap("asking which custom resources there are: "+group.Name+"/"+v.Version+" does not answer"))
			}
		}
		found = append(found, r.kindsOf(group)...)
	}
	return found, gaps, nil
}

// kindsOf are the kinds of a group that make pods and are within the scope.
func (r *run) kindsOf(group apidiscovery.APIGroupDiscovery) []kind {
	var found []kind
	for _, k := range workload.Kinds() {
		if !k.Custom || k.Group != group.Name {
			continue
		}
		for _, v := range group.Versions {
			i := slices.IndexFunc(v.Resources, func(res apidiscovery.APIResourceDiscovery) bool {
				return res.ResponseKind != nil && res.ResponseKind.Kind == k.Kind && slices.Contains(res.Verbs, "list")
			})
			if i < 0 {
				continue
			}
			namespaced := v.Resources[i].Scope == apidiscovery.ScopeNamespace
			if namespaced || r.scope.Namespace == "" {
				found = append(found, customKind(r.selector, k.Group+"/"+v.Version, v.Resources[i].Resource, namespaced))
			}
			break
		}
	}
	return found
}

func knownGroup(name string) bool {
	return slices.ContainsFunc(workload.Kinds(), func(k workload.Kind) bool { return k.Custom && k.Group == name })
}

// discoverByGroup asks a server that does not tell all at once.
func (r *run) discoverByGroup(ctx context.Context) (apidiscovery.APIGroupDiscoveryList, []gap, error) {
	var out apidiscovery.APIGroupDiscoveryList
	var groups metav1.APIGroupList
	if err := r.askJSON(ctx, request{path: "/apis", accept: acceptJSON}, &groups); err != nil {
		return out, nil, err
	}
	var gaps []gap
	for _, g := range groups.Groups {
		if !knownGroup(g.Name) {
			continue
		}
		group := apidiscovery.APIGroupDiscovery{}
		group.Name = g.Name
		for _, v := range g.Versions {
			var resources metav1.APIResourceList
			if err := r.askJSON(ctx, request{path: "/apis/" + v.GroupVersion, accept: acceptJSON}, &resources); err != nil {
				if ends(err) {
					return out, nil, err
				}
				gaps = append(gaps, customGap("asking for the resources of "+v.GroupVersion+": "+r.said(err)))
				continue
			}
			group.Versions = append(group.Versions, versionOf(v.Version, resources))
		}
		out.Items = append(out.Items, group)
	}
	return out, gaps, nil
}

// versionOf is a version of a group as newer servers tell of it.
func versionOf(name string, resources metav1.APIResourceList) apidiscovery.APIVersionDiscovery {
	v := apidiscovery.APIVersionDiscovery{Version: name}
	for _, res := range resources.APIResources {
		if strings.Contains(res.Name, "/") {
			continue // a subresource
		}
		scope := apidiscovery.ScopeCluster
		if res.Namespaced {
			scope = apidiscovery.ScopeNamespace
		}
		v.Resources = append(v.Resources, apidiscovery.APIResourceDiscovery{
			Resource: res.Name, ResponseKind: &metav1.GroupVersionKind{Kind: res.Kind}, Scope: scope, Verbs: res.Verbs,
		})
	}
	return v
}

func customKind(s labels.Selector, version, plural string, namespaced bool) kind {
	count := func(c *census.Census, i item) error {
		var o unstructured.Unstructured
		if err := json.Unmarshal(i.data, &o.Object); err != nil {
			return err
		}
		for _, w := range workload.Of(o.Object) {
			if s.Matches(labels.Set(o.GetLabels())) {
				c.Workload(inventory.Workload{Workload: w}, o.GetOwnerReferences())
			} else {
				c.Unselected(w.Object, o.GetOwnerReferences())
			}
		}
		return nil
	}
	return kind{
		version: version, plural: plural, namespaced: namespaced, accept: acceptJSON, feeds: []inventory.Kind{inventory.Workloads}, count: count,
	}
}
