package image

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	registry "github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// maxBody is the most that is read of a manifest or a config. Registries take manifests of up to 4 MiB: registry/handlers/manifests.go
// of distribution/distribution.
const maxBody = 4 << 20

// How often what breaks off in the middle is asked for again, and after which time.
const (
	maxBroken   = 3
	brokenPause = time.Second
)

// conversation is what is said to one repository. Credentials are tried one after the other, as the kubelet tries pull secrets.
type conversation struct {
	reader *Reader
	repo   name.Repository

	mu      sync.Mutex
	begun   bool // auths and clients are there
	auths   []authn.Authenticator
	clients []*http.Client
	taken   int   // the index of the credentials that are tried first: those before it were refused
	login   error // why the user's own credentials could not be read
}

func (r *Reader) converse(repo name.Repository) *conversation {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, known := r.repos[repo.String()]
	if !known {
		c = &conversation{reader: r, repo: repo}
		r.repos[repo.String()] = c
	}
	return c
}

// begin finds the credentials, which may run a program of the user's. It says which are to be tried first, and how many there are.
func (c *conversation) begin(ctx context.Context) (first, all int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		c.auths, c.login = c.reader.secrets.credentials(ctx, c.repo)
		c.clients = make([]*http.Client, len(c.auths))
		c.begun = true
	}
	return c.taken, len(c.auths)
}

// client speaks with the credentials of an index.
func (c *conversation) client(ctx context.Context, i int) (*http.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clients[i] == nil {
		rt, err := registry.NewWithContext(ctx, c.repo.Registry, c.auths[i], c.reader.transport, []string{c.repo.Scope(registry.PullScope)})
		if err != nil {
			return nil, err
		}
		c.clients[i] = &http.Client{Transport: rt}
	}
	return c.clients[i], nil
}

// reply is what a registry sent.
type reply struct {
	body   []byte
	header http.Header
}

// question is what is asked of a repository.
type question struct {
	method   string
	kind, id string // manifests or blobs, and a tag or a digest
	accept   string
}

// get asks for something of the repository, with credentials that the registry takes.
func (c *conversation) get(ctx context.Context, q question) (*reply, error) {
	first, all := c.begin(ctx)
	var refused error
	for i := first; i < all; i++ {
		var got *reply
		client, err := c.client(ctx, i)
		if err == nil {
			got, err = c.insist(ctx, client, q)
		}
		if denied(err) {
			refused = err
			continue
		}
		if err == nil {
			c.mu.Lock()
			c.taken = i
			c.mu.Unlock()
		}
		return got, err
	}
	if c.login != nil {
		return nil, fmt.Errorf("%w, and %w", refused, c.login)
	}
	return nil, refused
}

// insist asks again for what breaks off.
func (c *conversation) insist(ctx context.Context, client *http.Client, q question) (*reply, error) {
	for n := 1; ; n++ {
		got, err := c.send(ctx, client, q)
		if !broken(err) || n == maxBroken {
			return got, err
		}
		if err := c.reader.options.Wait(ctx, brokenPause); err != nil {
			return nil, err
		}
	}
}

func (c *conversation) send(ctx context.Context, client *http.Client, q question) (*reply, error) {
	u := url.URL{Scheme: c.repo.Scheme(), Host: c.repo.RegistryStr(), Path: "/v2/" + c.repo.RepositoryStr() + "/" + q.kind + "/" + q.id}
	req, err := http.NewRequestWithContext(ctx, q.method, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	if q.accept != "" {
		req.Header.Set("Accept", q.accept)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if err := registry.CheckError(res, http.StatusOK); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &brokenError{err}
	case len(body) > maxBody:
		return nil, &shapeError{fmt.Sprintf("what it has by that name is larger than %d MiB", maxBody>>20)}
	}
	return &reply{body, res.Header}, nil
}
