package chart

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/release"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// objectStore keeps records in objects of one kind, Secrets or ConfigMaps, whose labels say of which release they are:
// helm.sh/helm/v3/pkg/storage/driver. A list is of metadata alone, because a record is up to a megabyte and a release has ten.
type objectStore struct {
	plural, kind string
	list         func(ctx context.Context, namespace string, query map[string]string) ([]byte, error)
	get          func(ctx context.Context, namespace, name string) ([]byte, error)
}

func newObjectStore(getter genericclioptions.RESTClientGetter, plural, kind string) (*objectStore, error) {
	clients, err := (&action.Configuration{RESTClientGetter: getter}).KubernetesClientSet()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	client := clients.CoreV1().RESTClient()
	const metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
	return &objectStore{
		plural: plural, kind: kind,
		list: func(ctx context.Context, namespace string, query map[string]string) ([]byte, error) {
			ask := client.Get().NamespaceIfScoped(namespace, namespace != "").Resource(plural).SetHeader("Accept", metadata)
			for name, value := range query {
				ask.Param(name, value)
			}
			return answer(ask.Do(ctx))
		},
		get: func(ctx context.Context, namespace, name string) ([]byte, error) {
			return answer(client.Get().Namespace(namespace).Resource(plural).Name(name).SetHeader("Accept", "application/json").Do(ctx))
		},
	}, nil
}

// answer is the text of an answer, or the error that the server put into it, of which Raw alone tells nothing but the status.
func answer(result interface {
	Raw() ([]byte, error)
	Error() error
},
) ([]byte, error) {
	if err := result.Error(); err != nil {
		return nil, err
	}
	return result.Raw()
}

// pageOfRecords is how many records are asked for at a time.
const pageOfRecords = "500"

func (s *objectStore) heads(ctx context.Context, namespace, name string) ([]head, error) {
	set := labels.Set{"owner": "helm"}
	if name != "" {
		set["name"] = name
	}
	list, err := s.labelled(ctx, namespace, set)
	if err != nil {
		return nil, err
	}
	heads := make([]head, 0, len(list))
	for _, m := range list {
		revision, err := strconv.Atoi(m.Labels["version"])
		if err != nil || m.Labels["name"] == "" {
			continue // somebody else's label owner=helm
		}
		heads = append(heads, head{
			where: s.kind + " " + m.Namespace + "/" + m.Name, object: m.Name, name: m.Labels["name"], namespace: m.Namespace,
			revision: revision, status: release.Status(m.Labels["status"]), made: m.CreationTimestamp.Time,
		})
	}
	return heads, nil
}

// labelled are the metadata of the objects with labels.
func (s *objectStore) labelled(ctx context.Context, namespace string, set labels.Set) ([]metav1.PartialObjectMetadata, error) {
	var all []metav1.PartialObjectMetadata
	query := map[string]string{"labelSelector": set.AsSelector().String(), "limit": pageOfRecords}
	for {
		data, err := s.list(ctx, namespace, query)
		if err != nil {
			return nil, s.failure(ctx, "listing", "list", namespace, err)
		}
		var page metav1.PartialObjectMetadataList
		if err := json.Unmarshal(data, &page); err != nil {
			return nil, fmt.Errorf("listing %s: the answer is not JSON: %w", s.plural, err)
		}
		all = append(all, page.Items...)
		if page.Continue == "" {
			return all, nil
		}
		query["continue"] = page.Continue
	}
}

func (s *objectStore) body(ctx context.Context, h head) (*release.Release, error) {
	data, err := s.get(ctx, h.namespace, h.object)
	if err != nil {
		return nil, s.failure(ctx, "reading "+h.where+" by", "get", h.namespace, err)
	}
	text, err := s.field(data)
	if err != nil {
		return nil, &RecordError{Where: h.where, Err: err}
	}
	return decode(text, h)
}

// field is the text of a record in the object that keeps it. What a Secret has is base64 once more.
func (s *objectStore) field(object []byte) (string, error) {
	var o struct {
		Type string            `json:"type"`
		Data map[string]string `json:"data"`
	}
	if err := json.Unmarshal(object, &o); err != nil {
		return "", fmt.Errorf("the answer is not JSON: %w", err)
	}
	if o.Type != "" && o.Type != "helm.sh/release.v1" && strings.HasPrefix(o.Type, "helm.sh/") {
		return "", fmt.Errorf("type %s is a format of another version of Helm: want helm.sh/release.v1", o.Type)
	}
	text, ok := o.Data["release"]
	if !ok {
		return "", errors.New("it has no data.release")
	}
	if s.kind != "Secret" {
		return text, nil
	}
	plain, err := base64.StdEncoding.DecodeString(text)
	return string(plain), err
}

// failure says what the server did not let us do, and what would.
func (s *objectStore) failure(ctx context.Context, doing, verb, namespace string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !apierrors.IsForbidden(err) {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // the address is in the kubeconfig, and its query tells the user nothing
		}
		return fmt.Errorf("%s %s: %w", doing, s.plural, err)
	}
	return &AccessError{Verb: verb, Resource: s.plural, Namespace: namespace, Err: err}
}
