package image

import (
	"context"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// manifest is a manifest or an index whose digest holds.
type manifest struct {
	body   []byte
	digest string
	kind   types.MediaType
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
	got, err := c.shelved(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case got == nil:
		return c.pull(ctx, id)
	}
	return c.hold(id, got)
}

// pull asks for a manifest as a whole.
func (c *conversation) pull(ctx context.Context, id string) (*manifest, error) {
	got, err := c.get(ctx, question{http.MethodGet, "manifests", id, accepted()})
	if err != nil {
		return nil, err
	}
	return c.hold(id, got)
}

// hold holds a manifest to what it was asked for by and to what the registry says of it.
func (c *conversation) hold(id string, got *reply) (*manifest, error) {
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
	} else if digest, err := v1.NewHash(m.digest); err == nil {
		c.reader.shelf.keep(digest, m.body)
	}
	return m, nil
}

// shelved asks only for the digest of a manifest, and takes the manifest from the shelf; nil when it has to be asked for. Docker Hub
// counts no HEAD as a pull (docs.docker.com/docker-hub/usage/pulls). What is wrong a GET tells in more words, so that errors are
// left to it.
func (c *conversation) shelved(ctx context.Context, id string) (*reply, error) {
	if c.reader.shelf == "" {
		return nil, nil
	}
	if got, err := c.get(ctx, question{http.MethodHead, "manifests", id, accepted()}); err == nil {
		if digest, err := v1.NewHash(got.header.Get("Docker-Content-Digest")); err == nil { // which a registry need not say
			if body := c.reader.shelf.take(digest); body != nil {
				return &reply{body, got.header}, nil
			}
		}
	}
	return nil, ctx.Err()
}

// child asks for an entry of an index, and holds it to what the index says of it.
func (c *conversation) child(ctx context.Context, d v1.Descriptor) (*manifest, error) {
	m, err := c.entry(ctx, d)
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

// entry takes from the shelf what it has: an index that holds names it by digest.
func (c *conversation) entry(ctx context.Context, d v1.Descriptor) (*manifest, error) {
	body := c.reader.shelf.take(d.Digest)
	if body == nil {
		return c.pull(ctx, d.Digest.String())
	}
	kind, err := kindOf(string(d.MediaType), body)
	return &manifest{body: body, digest: d.Digest.String(), kind: kind}, err
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
	if body := c.reader.shelf.take(d.Digest); body != nil {
		return body, nil
	}
	got, err := c.get(ctx, question{http.MethodGet, "blobs", d.Digest.String(), ""})
	if err != nil {
		return nil, err
	}
	if _, err := holds(d.Digest, got.body); err != nil {
		return nil, err
	}
	c.reader.shelf.keep(d.Digest, got.body)
	return got.body, nil
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
