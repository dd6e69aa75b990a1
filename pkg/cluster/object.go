package cluster

import (
	"context"
	"fmt"
	"net/http"
	"path"

	"sigs.k8s.io/yaml"
)

// Resource names one object by the address that it has in every version of its group.
type Resource struct{ Group, Plural, Namespace, Name string }

func (r Resource) String() string {
	return fmt.Sprintf("%s.%s %s in namespace %s", r.Plural, r.Group, r.Name, r.Namespace)
}

// Object is an object as YAML, without what the server adds to it, so that it can be edited and applied again. It is nil without
// an error where there is none, or no such resource.
func (r *Reader) Object(ctx context.Context, of Resource) ([]byte, error) {
	served, err := r.Served(ctx, of.Group, of.Plural)
	if err != nil || len(served.Versions) == 0 {
		return nil, err
	}
	var object map[string]any
	at := path.Join("/apis", of.Group, served.Versions[0], "namespaces", of.Namespace, of.Plural, of.Name)
	err = r.askJSON(ctx, request{path: at, accept: acceptJSON}, &object)
	if statusOf(err) == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		run := &run{Reader: r}
		return nil, run.whole(fmt.Errorf("reading %s: %w", of, err))
	}
	delete(object, "status")
	if meta, ok := object["metadata"].(map[string]any); ok {
		for _, key := range []string{"managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"} {
			delete(meta, key)
		}
		if notes, ok := meta["annotations"].(map[string]any); ok {
			delete(notes, "kubectl.kubernetes.io/last-applied-configuration") // it would apply to what is no longer there
		}
	}
	return yaml.Marshal(object)
}
