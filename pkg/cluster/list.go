package cluster

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strconv"

	"github.com/winready/kubectl-winready/pkg/census"
)

// list has all objects of a kind counted. What was counted of a list that cannot be read to its end is forgotten.
func (r *run) list(ctx context.Context, k kind) (*census.Census, error) {
	var part *census.Census
	fresh := func() { part = census.Selecting(r.selector) }
	err := r.anew(ctx, k, func() error {
		return r.pages(ctx, k, fresh, func(i item) error {
			if places := r.places.Load(); places != nil {
				part.Settle(*places)
			}
			return k.count(part, i)
		})
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

// anew reads a list, and reads it again from its beginning when it expires in the middle.
func (r *run) anew(ctx context.Context, k kind, read func() error) error {
	for try := 1; ; try++ {
		err := read()
		if err == nil || !expired(err) || try == tries {
			return err
		}
		r.options.Logger.Debug("listing again", "kind", k.plural, "because", plain(err))
		if err := sleep(ctx, firstWait<<(try-1)); err != nil {
			return err
		}
	}
}

var errCircle = errors.New("the list goes in a circle: what answers drops the parameters of requests")

// pages reads a list page by page and calls each once for every object. A page that breaks off is asked for again: what continues
// a list leads to the very same objects as before, of which those that were counted are passed over. Only the first page may have
// changed, and fresh is called before it, to begin anew.
// The resource version is left open, so that the server answers with what there is now and in pages: with "0" it would answer with
// all objects at once, from a cache that may be behind.
func (r *run) pages(ctx context.Context, k kind, fresh func(), each func(item) error) error {
	query := url.Values{"limit": {strconv.Itoa(r.options.PageSize)}}
	if k.fields != "" {
		query.Set("fieldSelector", k.fields)
	}
	done := 0
	for {
		var next string
		before, counted := done, 0
		err := r.ask(ctx, request{path: k.path(r.namespaceOf(k)), accept: k.accept, query: query}, func(answer io.Reader) (err error) {
			if !query.Has("continue") {
				fresh()
				counted = 0
			}
			at := 0
			next, err = readList(answer, func(i item) error {
				if at++; at <= counted {
					return nil
				}
				if err := each(i); err != nil {
					return err
				}
				counted = at
				return nil
			})
			return err
		})
		if err != nil {
			return err
		}
		done = before + counted
		r.progress(k.plural, done)
		switch next {
		case "":
			return nil
		case query.Get("continue"):
			return errCircle
		}
		query.Set("continue", next)
	}
}
