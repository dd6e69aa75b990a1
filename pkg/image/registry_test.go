package image_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/winready/kubectl-winready/pkg/image"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// hub is a real registry in this process, with a handler before it that a test may put there.
type hub struct {
	t      *testing.T
	server *httptest.Server
	inner  http.Handler

	mu     sync.Mutex
	before func(w http.ResponseWriter, req *http.Request) bool // true: it answered
	asked  []string
	waits  []time.Duration
}

func newHub(t *testing.T) *hub {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	return startHub(t, httptest.NewServer)
}

func startHub(t *testing.T, start func(http.Handler) *httptest.Server) *hub {
	t.Helper()
	h := &hub{t: t, inner: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
	h.server = start(h)
	h.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(h.server.Close)
	return h
}

func (h *hub) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	h.mu.Lock()
	before := h.before
	h.asked = append(h.asked, req.Method+" "+req.URL.Path)
	h.mu.Unlock()
	if before == nil || !before(w, req) {
		h.inner.ServeHTTP(w, req)
	}
}

// put is what stands before the registry from now on.
func (h *hub) put(before func(w http.ResponseWriter, req *http.Request) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.before = before
}

func (h *hub) host() string { return h.server.Listener.Addr().String() }

// push stores something in the registry and says its digest.
func (h *hub) push(method, path, kind string, body []byte) v1.Hash {
	h.t.Helper()
	w := httptest.NewRecorder()
	req := httptest.NewRequestWithContext(h.t.Context(), method, path, bytes.NewReader(body))
	req.Header.Set("Content-Type", kind)
	h.inner.ServeHTTP(w, req)
	if w.Code != http.StatusCreated {
		h.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	digest, _, err := v1.SHA256(bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	return digest
}

func (h *hub) blob(body []byte) v1.Descriptor {
	h.t.Helper()
	digest, size, err := v1.SHA256(bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	h.push(http.MethodPost, "/v2/app/blobs/uploads/?digest="+digest.String(), "application/octet-stream", body)
	return v1.Descriptor{Digest: digest, Size: size, MediaType: types.OCIConfigJSON}
}

func (h *hub) json(v any) []byte {
	h.t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		h.t.Fatal(err)
	}
	return text
}

// manifest stores one under a tag, as it is.
func (h *hub) manifest(tag string, kind types.MediaType, v any) v1.Descriptor {
	h.t.Helper()
	body, isText := v.([]byte)
	if !isText {
		body = h.json(v)
	}
	digest := h.push(http.MethodPut, "/v2/app/manifests/"+tag, string(kind), body)
	return v1.Descriptor{MediaType: kind, Digest: digest, Size: int64(len(body))}
}

// image stores an image of a platform, its config saying so.
func (h *hub) image(tag, os, arch, version string) v1.Descriptor {
	h.t.Helper()
	config := h.blob(h.json(map[string]any{"os": os, "architecture": arch, "os.version": version, "rootfs": map[string]any{"type": "layers"}}))
	return h.manifest(tag, types.OCIManifestSchema1, map[string]any{
		"schemaVersion": 2, "mediaType": types.OCIManifestSchema1, "config": config, "layers": []any{},
	})
}

// index stores an index.
func (h *hub) index(tag string, entries ...v1.Descriptor) v1.Descriptor {
	h.t.Helper()
	return h.manifest(tag, types.OCIImageIndex, v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: entries})
}

// on is an entry of an index with a platform.
func on(d v1.Descriptor, os, arch, version string) v1.Descriptor {
	d.Platform = &v1.Platform{OS: os, Architecture: arch, OSVersion: version}
	return d
}

func (h *hub) reader(o image.Options) *image.Reader {
	h.t.Helper()
	o.Wait = func(ctx context.Context, d time.Duration) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.waits = append(h.waits, d)
		return ctx.Err()
	}
	r, err := image.New(o)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// ask asks for one image of the registry. What it says of the registry's address is replaced.
func (h *hub) ask(r *image.Reader, tag string) platform.Image {
	h.t.Helper()
	name := h.host() + "/app" + tag
	found, err := r.Images(h.t.Context(), []string{name})
	if err != nil {
		h.t.Fatal(err)
	}
	got := found[name]
	got.Unknown = strings.ReplaceAll(got.Unknown, h.host(), "HOST")
	got.Name = strings.ReplaceAll(got.Name, h.host(), "HOST")
	return got
}

// schema1 is a signed manifest of schema 1, as old registries still have them.
func schema1(tag string) []byte {
	return fmt.Appendf(nil, `{"schemaVersion":1,"name":"app","tag":%q,"architecture":"amd64","fsLayers":[],"history":[{"v1Compatibility":"{\"os\":\"linux\"}"}],"signatures":[]}`, tag)
}
