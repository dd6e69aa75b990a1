// Package image asks registries for which platforms images are: operating systems, processors and builds of Windows.
// It must not judge where an image runs, and it never takes an answer whose digest does not hold for one.
package image

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"golang.org/x/sync/errgroup"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// Options say how registries are asked. The zero value asks them as the user's docker or podman would.
type Options struct {
	// Secrets are pull secrets: .dockerconfigjson or .dockercfg. They are tried before what the user is logged in to.
	Secrets [][]byte
	// Mirrors are asked before the registries they are of.
	Mirrors []Mirror
	// Insecure are registries, HOST[:PORT], that may speak plain HTTP or have a certificate that does not check.
	Insecure []string
	// Cache is a folder that keeps manifests and configs by digest between runs; empty for none. Registries are still asked for the
	// digest of every image, so that one that is gone or forbidden is not known from there.
	Cache string
	// Parallel is how many images are asked for at a time; 0 is 8.
	Parallel int
	// Patience is how long one image may take with all waits that its registry asks for; 0 is two minutes.
	Patience time.Duration
	// Progress hears after each image how many are done, one call at a time; nil: nobody listens.
	Progress func(done, all int)
	// Wait waits until ctx is done or the time is over; nil is the clock's.
	Wait func(ctx context.Context, d time.Duration) error
}

const (
	defaultParallel = 8
	defaultPatience = 2 * time.Minute
)

// Reader asks registries, each for an image once. It is safe for concurrent use.
type Reader struct {
	options   Options
	secrets   keyring
	transport http.RoundTripper
	shelf     shelf

	mu    sync.Mutex
	known map[string]*answer
	repos map[string]*conversation
}

// answer is what became of one image; ready is closed when it is there.
type answer struct {
	ready chan struct{}
	image platform.Image
}

// New prepares a reader. It asks nobody. The error is about a pull secret, and has nothing of its content, or about the cache.
func New(o Options) (*Reader, error) {
	o.Parallel, o.Patience = cmp.Or(o.Parallel, defaultParallel), cmp.Or(o.Patience, defaultPatience)
	if o.Wait == nil {
		o.Wait = wait
	}
	kept, err := openShelf(o.Cache)
	if err != nil {
		return nil, err
	}
	r := &Reader{options: o, shelf: kept, known: map[string]*answer{}, repos: map[string]*conversation{}}
	for i, data := range o.Secrets {
		entries, err := readSecret(data)
		if err != nil {
			return nil, fmt.Errorf("reading pull secret %d: %w", i+1, err)
		}
		r.secrets = append(r.secrets, entries...)
	}
	r.transport = &patient{wait: o.Wait, inner: &careful{
		insecure: o.Insecure, checked: transport(false), unchecked: transport(true),
	}}
	return r, nil
}

// The times that one request to a registry may take. An image may take longer: see Patience.
const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 30 * time.Second
)

func transport(unchecked bool) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: answerTimeout,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   defaultParallel,
		IdleConnTimeout:       answerTimeout,
		TLSClientConfig:       &tls.Config{InsecureSkipVerify: unchecked}, //nolint:gosec // only for the registries that the user calls insecure
	}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Images says of every image for which platforms it is, by its name. Of an image that could not be asked for it says in Unknown why.
// The error is that of ctx.
func (r *Reader) Images(ctx context.Context, names []string) (map[string]platform.Image, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	found := make([]platform.Image, len(names))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(r.options.Parallel)
	done := 0
	for i, n := range names {
		group.Go(func() error {
			found[i] = r.once(inner, n)
			r.progress(&done, len(names))
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	out := make(map[string]platform.Image, len(names))
	for i, n := range names {
		out[n] = found[i]
	}
	return out, nil
}

func (r *Reader) progress(done *int, all int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*done++
	if r.options.Progress != nil {
		r.options.Progress(*done, all)
	}
}

// once asks for an image, unless somebody did.
func (r *Reader) once(ctx context.Context, image string) platform.Image {
	r.mu.Lock()
	a, asked := r.known[image]
	if !asked {
		a = &answer{ready: make(chan struct{})}
		r.known[image] = a
	}
	r.mu.Unlock()
	if !asked {
		a.image = r.ask(ctx, image)
		close(a.ready)
	}
	<-a.ready
	return a.image
}

// ask asks the mirrors of an image's registry and then the registry itself. One that lies is not passed over.
func (r *Reader) ask(ctx context.Context, image string) platform.Image {
	unknown := func(reason string) platform.Image { return platform.Image{Name: image, Unknown: reason} }
	ref, err := name.ParseReference(image, name.WeakValidation)
	if err != nil {
		return unknown("it is not the name of an image")
	}
	ctx, cancel := context.WithTimeout(ctx, r.options.Patience)
	defer cancel()
	var reasons []string
	for _, at := range r.places(ref) {
		found, err := r.read(ctx, at)
		if err == nil {
			found.Name, found.Source = image, platform.FromRegistry
			return found
		}
		reasons = append(reasons, plain(at.Context().RegistryStr(), err))
		if _, lie := errors.AsType[*lieError](err); lie {
			break
		}
	}
	return unknown(strings.Join(reasons, ", and "))
}
