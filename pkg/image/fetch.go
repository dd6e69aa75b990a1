package image

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	registry "github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// maxBody is the most that is read of a manifest or a config. Registries take manifests of up to 4 MiB: registry/handlers/manifests.go
// of distribution/distribution.
const maxBody = 4 << 20

// How often what breaks off in the middle is asked for again, and after which time.
const (
	maxBroken   = 3
	brokenPause = time.Second
)

// manifest is a manifest or an index whose digest holds.
type manifest struct {
	body   []byte
	digest string
	kind   types.MediaType
}

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

// get asks for something of the repository, with credentials that the registry takes.
func (c *conversation) get(ctx context.Context, kind, id, accept string) (*reply, error) {
	first, all := c.begin(ctx)
	var refused error
	for i := first; i < all; i++ {
		var got *reply
		client, err := c.client(ctx, i)
		if err == nil {
			got, err = c.insist(ctx, client, kind, id, accept)
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
func (c *conversation) insist(ctx context.Context, client *http.Client, kind, id, accept string) (*reply, error) {
	for n := 1; ; n++ {
		got, err := c.send(ctx, client, kind, id, accept)
		if !broken(err) || n == maxBroken {
			return got, err
		}
		if err := c.reader.options.Wait(ctx, brokenPause); err != nil {
			return nil, err
		}
	}
}

func (c *conversation) send(ctx context.Context, client *http.Client, kind, id, accept string) (*reply, error) {
	u := url.URL{Scheme: c.repo.Scheme(), Host: c.repo.RegistryStr(), Path: "/v2/" + c.repo.RepositoryStr() + "/" + kind + "/" + id}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
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

// accepted are the kinds of manifests that are understood, and those of schema 1 to be told of them.
func accepted() string {
	return strings.Join([]string{
		string(types.OCIImageIndex), string(types.DockerManifestList), string(types.OCIManifestSchema1), string(types.DockerManifestSchema2),
		string(types.DockerManifestSchema1Signed), string(types.DockerManifestSchema1),
	}, ", ")
}

// manifest asks for what has a tag or a digest.
func (c *conversation) manifest(ctx context.Context, id string) (*manifest, error) {
	got, err := c.get(ctx, "manifests", id, accepted())
	if err != nil {
		return nil, err
	}
	header, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if err != nil {
		header = ""
	}
	m := &manifest{body: got.body}
	wanted, err := v1.NewHash(id)
	if err == nil {
		m.digest, err = holds(wanted, m.body)
		if err != nil {
			return nil, err
		}
	}
	if m.kind, err = kindOf(header, m.body); err != nil {
		return nil, err
	}
	// What a registry says is the digest of a tag is what a runtime goes on to pull by. That of schema 1 is without its signatures.
	said, err := v1.NewHash(got.header.Get("Docker-Content-Digest"))
	if err == nil && !m.kind.IsSchema1() {
		if m.digest, err = holds(said, m.body); err != nil {
			return nil, err
		}
	}
	if m.digest == "" {
		m.digest = digestOf(m.body)
	}
	return m, nil
}

// child asks for an entry of an index, and holds it to what the index says of it.
func (c *conversation) child(ctx context.Context, d v1.Descriptor) (*manifest, error) {
	m, err := c.manifest(ctx, d.Digest.String())
	if err != nil {
		return nil, err
	}
	if d.Size > 0 && d.Size != int64(len(m.body)) {
		return nil, &lieError{fmt.Sprintf("%s has %d bytes, and the index says %d", d.Digest, len(m.body), d.Size)}
	}
	if d.MediaType != "" && !m.kind.IsSchema1() && d.MediaType != m.kind {
		return nil, &lieError{fmt.Sprintf("%s is %q, and the index says %q", d.Digest, string(m.kind), string(d.MediaType))}
	}
	return m, nil
}

// blob asks for a config.
func (c *conversation) blob(ctx context.Context, d v1.Descriptor) ([]byte, error) {
	if _, err := v1.NewHash(d.Digest.String()); err != nil {
		return nil, &shapeError{"its manifest names no config"}
	}
	// Some have small ones in the manifest itself.
	if len(d.Data) > 0 {
		_, err := holds(d.Digest, d.Data)
		return d.Data, err
	}
	got, err := c.get(ctx, "blobs", d.Digest.String(), "")
	if err != nil {
		return nil, err
	}
	_, err = holds(d.Digest, got.body)
	return got.body, err
}

// holds says whether a digest is that of a body, and gives it back.
func holds(want v1.Hash, body []byte) (string, error) {
	hasher, err := v1.Hasher(want.Algorithm)
	if err != nil {
		return "", &shapeError{fmt.Sprintf("the digest %s is of no known kind", want)}
	}
	hasher.Write(body)
	if got := hex.EncodeToString(hasher.Sum(nil)); got != want.Hex {
		return "", &lieError{fmt.Sprintf("what it sent as %s is %s:%s", want, want.Algorithm, got)}
	}
	return want.String(), nil
}

func digestOf(body []byte) string {
	hash, _, err := v1.SHA256(strings.NewReader(string(body)))
	if err != nil {
		return ""
	}
	return hash.String()
}
