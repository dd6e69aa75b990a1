package cluster

import (
	"cmp"
	"context"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Agent is what the agent of Rancher in a cluster was told: the address of its server and the ID of the cluster; both empty where there
// is no agent. No secret is read: that of the agent is not for others.
func (r *Reader) Agent(ctx context.Context) (server, id string, err error) {
	// pkg/systemtemplate/template.go of rancher/rancher v2.15.0.
	o, err := r.Get(ctx, object.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "cattle-system", Name: "cattle-cluster-agent"})
	if err != nil || o == nil {
		return "", "", err
	}
	var agent appsv1.Deployment
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o, &agent); err != nil {
		return "", "", err
	}
	for _, c := range agent.Spec.Template.Spec.Containers {
		for _, e := range c.Env {
			if e.Name == "CATTLE_SERVER" {
				server = cmp.Or(server, e.Value)
			}
		}
	}
	id, err = r.project(ctx)
	return server, id, err
}

// project is the cluster that the projects of its namespaces are in: pkg/controllers/managementagent/nslabels of rancher/rancher.
func (r *Reader) project(ctx context.Context) (string, error) {
	for _, name := range []string{"cattle-system", "kube-system", "default"} {
		o, err := r.Get(ctx, object.Ref{APIVersion: "v1", Kind: "Namespace", Name: name})
		if err != nil {
			return "", err
		}
		if o == nil {
			continue
		}
		notes := (&unstructured.Unstructured{Object: o}).GetAnnotations()
		if id, _, ok := strings.Cut(notes["field.cattle.io/projectId"], ":"); ok {
			return id, nil
		}
	}
	return "", nil
}
