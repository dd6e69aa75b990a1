package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
)

// parts are the resources of the parts that the scope asks for.
func (r *run) parts() []inventory.Resource {
	var out []inventory.Resource
	for _, res := range inventory.Resources() {
		if r.scope.wants(res.Part) {
			out = append(out, res)
		}
	}
	return out
}

// objects reads the objects of a part as they are. What the server does not have is not there, which is no gap.
func (r *run) objects(ctx context.Context, res inventory.Resource) (result, error) {
	k := kindOf(res, res.Versions[0])
	var part *census.Census
	var err error
	if len(res.Only) > 0 {
		part, err = r.named(ctx, res, k)
	} else {
		part, err = r.list(ctx, k)
	}
	switch {
	case err == nil:
		return result{part: part}, nil
	case ends(err):
		return result{}, err
	case statusOf(err) == http.StatusNotFound:
		return result{}, nil
	default:
		return result{gaps: []gap{{k.feeds, r.reasonOf(k, err)}}}, nil
	}
}

// nameError is that one object could not be read.
type nameError struct {
	doing string
	error
}

func (e nameError) Unwrap() error { return e.error }

func (r *run) reasonOf(k kind, err error) string {
	one, named := errors.AsType[nameError](err)
	switch {
	case !named:
		return r.reason(k, r.namespaceOf(k), err)
	case statusOf(err) == http.StatusForbidden:
		return fmt.Sprintf("%s: forbidden: needs the verb get on %s: %s", one.doing, k.resource(), plain(one.error))
	default:
		return one.doing + ": " + r.said(one.error)
	}
}

// kindOf is how the objects of a part are listed.
func kindOf(res inventory.Resource, version string) kind {
	if res.Group != "" {
		version = res.Group + "/" + version
	}
	return kind{
		version: version, plural: res.Plural, namespaced: res.Namespaced, fields: res.Fields, accept: acceptJSON,
		feeds: []inventory.Kind{res.Part}, everywhere: !res.Scoped,
		count: func(c *census.Census, i item) error { return countObject(c, res.Part, version, res.Kind, i.data) },
	}
}

func countObject(c *census.Census, part inventory.Kind, version, kind string, data []byte) error {
	var o unstructured.Unstructured
	if err := json.Unmarshal(data, &o.Object); err != nil {
		return err
	}
	unstructured.RemoveNestedField(o.Object, "metadata", "managedFields")
	// Items of a list need not tell what they are.
	o.SetAPIVersion(version)
	o.SetKind(kind)
	c.Object(part, inventory.Object{
		Ref:    object.Ref{APIVersion: version, Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName()},
		Labels: o.GetLabels(), Annotations: o.GetAnnotations(), Body: o.Object,
	})
	return nil
}

// named reads those objects of a kind that are looked at, one by one: to list all might not be allowed, and would be much.
func (r *run) named(ctx context.Context, res inventory.Resource, k kind) (*census.Census, error) {
	part := census.Selecting(r.selector)
	for _, name := range res.Only {
		namespace, name, _ := strings.Cut(name, "/")
		var body map[string]any
		err := r.askJSON(ctx, request{path: k.path(namespace) + "/" + name, accept: acceptJSON}, &body)
		if statusOf(err) == http.StatusNotFound {
			continue
		}
		if err != nil {
			return nil, nameError{"reading " + strings.ToLower(res.Kind) + " " + name + " in namespace " + namespace, err}
		}
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		if err := countObject(part, res.Part, k.version, res.Kind, data); err != nil {
			return nil, err
		}
	}
	return part, nil
}
