package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/json"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Writing is how a cluster is changed. Reading it never needs one.
type Writing struct {
	Manager string // who owns the fields that are applied
	Force   bool   // take fields from other owners
	DryRun  bool   // have the server check everything and keep nothing
}

// Outcome is what became of an object that was applied.
type Outcome string

// The outcomes, as kubectl has them.
const (
	Created    Outcome = "created"
	Configured Outcome = "configured"
	Unchanged  Outcome = "unchanged"
)

// Owned is a field that is to be changed and that somebody else owns.
type Owned struct{ Field, Manager string }

// ConflictError is that fields of an object have other owners, who set other values.
type ConflictError struct {
	Object object.Ref
	Fields []Owned
}

func (e *ConflictError) Error() string {
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, fmt.Sprintf("%s is owned by %s", f.Field, f.Manager))
	}
	return fmt.Sprintf("applying %s: another field manager set something else: %s", e.Object, strings.Join(fields, "; "))
}

// Apply applies the fields of an object by server-side apply, and returns the object as the server has it then.
// https://kubernetes.io/docs/reference/using-api/server-side-apply.
func (r *Reader) Apply(ctx context.Context, o map[string]any, w Writing) (map[string]any, Outcome, error) {
	ref := refOf(o)
	before, err := r.Get(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return nil, "", fmt.Errorf("applying %s: %w", ref, err)
	}
	ask := writing{method: http.MethodPatch, at: address(ref), body: body, contentType: string(types.ApplyYAMLPatchType), Writing: w}
	made, status, err := r.write(ctx, ask)
	if err != nil {
		return nil, "", r.refused("applying", ref, err)
	}
	switch {
	case before == nil || status == http.StatusCreated:
		return made, Created, nil
	case revision(made) == revision(before):
		return made, Unchanged, nil
	default:
		return made, Configured, nil
	}
}

// Create makes an object that is not there yet, and returns it as the server has it. One without a name but with a generateName gets
// one from the server.
func (r *Reader) Create(ctx context.Context, o map[string]any, w Writing) (map[string]any, error) {
	ref := refOf(o)
	body, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", ref, err)
	}
	w.Force = false // there is nobody to take anything from
	made, _, err := r.write(ctx, writing{method: http.MethodPost, at: path.Dir(address(ref)), body: body, contentType: acceptJSON, Writing: w})
	if err != nil {
		return nil, r.refused("creating", ref, err)
	}
	return made, nil
}

// Delete deletes an object as it was read: one that was changed or made anew since then stays, and is an error. One that is gone is fine.
func (r *Reader) Delete(ctx context.Context, o map[string]any, w Writing) error {
	ref := refOf(o)
	options := metav1.DeleteOptions{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"}}
	if u := (&unstructured.Unstructured{Object: o}); u.GetUID() != "" {
		options.Preconditions = &metav1.Preconditions{UID: new(u.GetUID())}
		if v := u.GetResourceVersion(); v != "" {
			options.Preconditions.ResourceVersion = &v
		}
	}
	if w.DryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	body, err := json.Marshal(options)
	if err != nil {
		return fmt.Errorf("deleting %s: %w", ref, err)
	}
	_, _, err = r.write(ctx, writing{method: http.MethodDelete, at: address(ref), body: body, contentType: acceptJSON})
	if err != nil && statusOf(err) != http.StatusNotFound {
		return r.refused("deleting", ref, err)
	}
	return nil
}

// Get is an object as the server has it; nil without an error where there is none.
func (r *Reader) Get(ctx context.Context, ref object.Ref) (map[string]any, error) {
	var o map[string]any
	err := r.askJSON(ctx, request{path: address(ref), accept: acceptJSON}, &o)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nil, nil
	case err != nil:
		return nil, r.refused("reading", ref, err)
	}
	return o, nil
}

// address is where the server has an object. Its plural is guessed from its kind, as kubectl does without discovery: the guess is right
// for every kind of Kubernetes itself.
func address(ref object.Ref) string {
	group, err := schema.ParseGroupVersion(ref.APIVersion)
	if err != nil {
		group.Version = ref.APIVersion
	}
	plural, _ := meta.UnsafeGuessKindToResource(group.WithKind(ref.Kind))
	root := path.Join("/apis", group.Group, group.Version)
	if group.Group == "" {
		root = path.Join("/api", group.Version)
	}
	if ref.Namespace != "" {
		root = path.Join(root, "namespaces", ref.Namespace)
	}
	return path.Join(root, plural.Resource) + "/" + ref.Name
}

func refOf(o map[string]any) object.Ref {
	u := unstructured.Unstructured{Object: o}
	return object.Ref{APIVersion: u.GetAPIVersion(), Kind: u.GetKind(), Namespace: u.GetNamespace(), Name: u.GetName()}
}

func revision(o map[string]any) string {
	u := unstructured.Unstructured{Object: o}
	return u.GetResourceVersion()
}

// writing is a request that changes something.
type writing struct {
	Writing
	method, at, contentType string
	body                    []byte
}

// write asks for a change, once: who repeats one that the server may have made cannot tell what came of it.
func (r *Reader) write(ctx context.Context, w writing) (made map[string]any, status int, err error) {
	r.options.Logger.Debug("changing", "method", w.method, "path", w.at)
	ask := r.client.Verb(w.method).AbsPath(w.at).SetHeader("Accept", acceptJSON).SetHeader("Content-Type", w.contentType).MaxRetries(0).Body(w.body)
	if w.Manager != "" {
		ask.Param("fieldManager", w.Manager)
	}
	if w.Force {
		ask.Param("force", "true")
	}
	if w.DryRun {
		ask.Param("dryRun", metav1.DryRunAll)
	}
	if w.method == http.MethodPatch || w.method == http.MethodPost {
		ask.Param("fieldValidation", metav1.FieldValidationStrict)
	}
	result := ask.Do(ctx).StatusCode(&status)
	if ctx.Err() != nil {
		return nil, status, stopError{ctx.Err()}
	}
	if err := result.Error(); err != nil { // which, unlike that of Raw, has all that the server said
		return nil, status, err
	}
	text, err := result.Raw()
	if err != nil {
		return nil, status, err
	}
	if err := json.Unmarshal(text, &made); err != nil {
		return nil, status, fmt.Errorf("the answer is not JSON: %w", err)
	}
	return made, status, nil
}

// refusedVerb finds who was refused what: pkg/endpoints/handlers/responsewriters/errors.go of k8s.io/apiserver.
var refusedVerb = regexp.MustCompile(`User "([^"]+)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"`)

// conflictWith finds who owns a field: util/managedfields/internal/conflict.go of k8s.io/apimachinery@v0.37.2.
var conflictWith = regexp.MustCompile(`conflict with "([^"]+)"`)

// refused is the error of a request about one object, for a user.
func (r *Reader) refused(doing string, ref object.Ref, err error) error {
	if stop, stopped := errors.AsType[stopError](err); stopped {
		return stop.cause
	}
	if conflict := conflictOf(ref, err); conflict != nil {
		return conflict
	}
	who := refusedVerb.FindStringSubmatch(err.Error())
	switch {
	case statusOf(err) == http.StatusForbidden && who != nil:
		resource := who[3]
		if who[4] != "" {
			resource += "." + who[4]
		}
		return fmt.Errorf("%s %s: forbidden for user %q: needs the verb %s on %s", doing, ref, who[1], who[2], resource)
	case statusOf(err) == http.StatusUnauthorized:
		return fmt.Errorf("asking the API server of %s: it does not accept the credentials: %s", r.source(), plain(err))
	case statusOf(err) == 0 && doing != "reading":
		return fmt.Errorf("%s %s: no whole answer, so that it may have been done: %s", doing, ref, plain(err))
	default:
		return fmt.Errorf("%s %s: %s", doing, ref, r.said(err))
	}
}

// conflictOf is the conflict that a server tells of; nil when it is something else that is wrong.
func conflictOf(ref object.Ref, err error) error {
	status := apierrors.APIStatus(nil)
	if statusOf(err) != http.StatusConflict || !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	conflict := &ConflictError{Object: ref}
	for _, cause := range status.Status().Details.Causes {
		if cause.Type != metav1.CauseTypeFieldManagerConflict {
			continue
		}
		manager := cause.Message
		if found := conflictWith.FindStringSubmatch(manager); found != nil {
			manager = found[1]
		}
		conflict.Fields = append(conflict.Fields, Owned{Field: strings.TrimPrefix(cause.Field, "."), Manager: manager})
	}
	if len(conflict.Fields) == 0 {
		return nil
	}
	return conflict
}
