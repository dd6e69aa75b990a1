package cluster

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Lookup lists all objects of a kind, in the namespace of the reference or in all of them. A server that does not have the kind has
// none. The error says what was refused, or that nothing can be read at all.
func (r *Reader) Lookup(ctx context.Context, kind object.Ref, fields string) ([]map[string]any, error) {
	kind.Name = ""
	query := url.Values{"limit": {strconv.Itoa(r.options.PageSize)}}
	if fields != "" {
		query.Set("fieldSelector", fields)
	}
	at := strings.TrimSuffix(address(kind), "/")
	var all []map[string]any
	for {
		var page struct {
			Metadata struct {
				Continue string `json:"continue"`
			} `json:"metadata"`
			Items []map[string]any `json:"items"`
		}
		err := r.askJSON(ctx, request{path: at, accept: acceptJSON, query: query}, &page)
		switch {
		case statusOf(err) == http.StatusNotFound:
			return nil, nil
		case expired(err) && query.Get("continue") != "":
			query.Del("continue")
			all = nil
			continue
		case err != nil:
			return nil, r.unlisted(kind, err)
		}
		for _, item := range page.Items {
			item["apiVersion"], item["kind"] = kind.APIVersion, kind.Kind // items of lists come without
			all = append(all, item)
		}
		if page.Metadata.Continue == "" {
			return all, nil
		}
		if page.Metadata.Continue == query.Get("continue") {
			return nil, fmt.Errorf("listing %s: %w", kind.Kind, errCircle)
		}
		query.Set("continue", page.Metadata.Continue)
	}
}

// unlisted is the error of a list. That of one list that is refused is no reason not to read others.
func (r *Reader) unlisted(kind object.Ref, err error) error {
	if ends(err) || statusOf(err) == 0 {
		return (&run{Reader: r}).whole(err)
	}
	plural := address(kind)
	plural = strings.TrimSuffix(plural, "/")
	plural = plural[strings.LastIndexByte(plural, '/')+1:]
	reason := plain(err)
	if who := refusedVerb.FindStringSubmatch(err.Error()); who != nil {
		resource := who[3]
		if who[4] != "" {
			resource += "." + who[4]
		}
		reason = fmt.Sprintf("forbidden for user %q: needs the verb %s on %s", who[1], who[2], resource)
	}
	return &RefusedListError{fmt.Sprintf("listing %s: %s", plural, reason)}
}

// RefusedListError is that one list cannot be read, where others may.
type RefusedListError struct{ reason string }

func (e *RefusedListError) Error() string { return e.reason }

// acceptName asks for what an object is called, and not for what is in it.
const acceptName = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

// Exists tells whether there is an object. Nothing that is in it is read: it may be a Secret.
func (r *Reader) Exists(ctx context.Context, ref object.Ref) (bool, error) {
	var found map[string]any
	err := r.askJSON(ctx, request{path: address(ref), accept: acceptName}, &found)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return false, nil
	case err != nil:
		return false, r.refused("reading", ref, err)
	}
	return true, nil
}

// Version is that of the API server. The error is that there is none to talk to.
func (r *Reader) Version(ctx context.Context) (string, error) {
	found, err := (&run{Reader: r}).greet(ctx)
	return found.version, err
}
