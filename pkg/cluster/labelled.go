package cluster

import (
	"context"
	"net/http"
	"net/url"
	"path"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/winready/kubectl-winready/pkg/object"
)

const acceptMetadata = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"

// Labelled are the objects of a kind, in every namespace, that have a label: what tells one from another, without what they hold.
// Each can be given to Delete. A kind that the server does not have is a MissingKindError.
func (r *Reader) Labelled(ctx context.Context, apiVersion, kind, selector string) ([]map[string]any, error) {
	of := object.Ref{APIVersion: apiVersion, Kind: kind, Name: "x"}
	query := url.Values{"labelSelector": {selector}, "limit": {"500"}}
	var out []map[string]any
	for {
		var list metav1.PartialObjectMetadataList
		err := r.askJSON(ctx, request{path: path.Dir(address(of)), accept: acceptMetadata, query: query}, &list)
		if statusOf(err) == http.StatusNotFound {
			return nil, &MissingKindError{APIVersion: apiVersion, Kind: kind}
		}
		if err != nil {
			return nil, r.refused("listing", object.Ref{APIVersion: apiVersion, Kind: kind, Name: "*"}, err)
		}
		for _, item := range list.Items {
			o := &unstructured.Unstructured{Object: map[string]any{}}
			o.SetAPIVersion(apiVersion)
			o.SetKind(kind)
			o.SetNamespace(item.Namespace)
			o.SetName(item.Name)
			o.SetUID(item.UID)
			o.SetResourceVersion(item.ResourceVersion)
			out = append(out, o.Object)
		}
		if list.Continue == "" {
			return out, nil
		}
		query.Set("continue", list.Continue)
	}
}

// MissingKindError is that the server does not have a kind: its definition is not installed.
type MissingKindError struct{ APIVersion, Kind string }

func (e *MissingKindError) Error() string {
	return "the server has no " + e.Kind + " of " + e.APIVersion
}
