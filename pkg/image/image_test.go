package image_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/winready/kubectl-winready/pkg/image"
	"github.com/winready/kubectl-winready/pkg/platform"
)

func linux(arch string) platform.Variant { return platform.Variant{OS: platform.Linux, Arch: arch} }

func windows(build platform.Build, version string) platform.Variant {
	return platform.Variant{OS: platform.Windows, Arch: "amd64", Build: build, Version: version}
}

// TestPlatforms: every form in which a registry has an image, and what is no image.
func TestPlatforms(t *testing.T) {
	h := newHub(t)
	amd64, arm64 := h.image("amd64", "linux", "amd64", ""), h.image("arm64", "linux", "arm64", "")
	old := h.image("old", "windows", "amd64", "10.0.17763.5206")
	bare := h.image("bare", "windows", "amd64", "")
	attestation := h.image("attestation", "unknown", "unknown", "")
	marked := on(attestation, "linux", "amd64", "")
	marked.Annotations = map[string]string{"vnd.docker.reference.type": "attestation-manifest"}
	full := h.index("full",
		on(old, "windows", "amd64", "10.0.20348.2527"), on(amd64, "linux", "amd64", ""), on(old, "windows", "amd64", "10.0.17763.5206"),
		on(arm64, "linux", "arm64", ""), on(attestation, "unknown", "unknown", ""), marked,
	)
	h.index("no-version", on(old, "windows", "amd64", ""), on(bare, "windows", "amd64", ""))
	h.index("no-platform", amd64, old)
	h.index("nested", on(full, "linux", "amd64", ""), on(old, "windows", "amd64", "10.0.26100.1"))
	h.index("odd-version", on(old, "windows", "amd64", "nano"))
	h.index("twice", on(amd64, "linux", "amd64", ""), on(amd64, "linux", "amd64", ""))
	h.manifest("docker-list", types.DockerManifestList, map[string]any{
		"schemaVersion": 2, "mediaType": types.DockerManifestList, "manifests": []v1.Descriptor{on(old, "windows", "amd64", "10.0.17763.5206")},
	})
	h.manifest("untyped", "application/json", map[string]any{"schemaVersion": 2, "manifests": []v1.Descriptor{on(amd64, "linux", "amd64", "")}})
	h.manifest("schema1", types.DockerManifestSchema1Signed, schema1("schema1"))
	h.manifest("schema1-as-text", "text/plain", schema1("schema1-as-text"))
	left := h.manifest("left", types.DockerManifestSchema1Signed, schema1("left"))
	h.index("schema1-inside", left, on(amd64, "linux", "amd64", ""))
	signature := h.blob([]byte("{}"))
	signature.MediaType = "application/vnd.dev.cosign.simplesigning.v1+json"
	h.index("only-attestations", on(attestation, "unknown", "unknown", ""))
	h.manifest("artifacts", types.OCIImageIndex, map[string]any{"schemaVersion": 2, "mediaType": types.OCIImageIndex, "manifests": []any{signature}})
	chart := h.blob([]byte(`{"name":"web"}`))
	chart.MediaType = "application/vnd.cncf.helm.config.v1+json"
	h.manifest("chart", types.OCIManifestSchema1, map[string]any{"schemaVersion": 2, "config": chart, "layers": []any{}})
	h.image("no-os", "", "amd64", "")
	h.manifest("text", "application/json", []byte("<html>"))
	h.manifest("map", "application/json", []byte("{}"))
	deep := full
	for i := range 6 {
		deep = h.index(fmt.Sprint("deep", i), deep)
	}
	fromRegistry := func(variants ...platform.Variant) platform.Image {
		return platform.Image{Variants: variants, Source: platform.FromRegistry}
	}
	all := []platform.Variant{linux("amd64"), linux("arm64"), windows("10.0.17763", "10.0.17763.5206"), windows("10.0.20348", "10.0.20348.2527")}
	for tag, want := range map[string]platform.Image{
		"full":              fromRegistry(all...),
		"amd64":             fromRegistry(linux("amd64")),
		"old":               fromRegistry(windows("10.0.17763", "10.0.17763.5206")),
		"bare":              fromRegistry(windows("", "")),
		"no-version":        fromRegistry(windows("", ""), windows("10.0.17763", "10.0.17763.5206")),
		"no-platform":       fromRegistry(linux("amd64"), windows("10.0.17763", "10.0.17763.5206")),
		"nested":            fromRegistry(append(all, windows("10.0.26100", "10.0.26100.1"))...),
		"odd-version":       fromRegistry(windows("", "nano")),
		"twice":             fromRegistry(linux("amd64")),
		"docker-list":       fromRegistry(windows("10.0.17763", "10.0.17763.5206")),
		"untyped":           fromRegistry(linux("amd64")),
		"schema1-inside":    fromRegistry(linux("amd64")),
		"schema1":           {Unknown: "HOST: it is an image of schema 1, which current runtimes do not pull"},
		"schema1-as-text":   {Unknown: "HOST: it is an image of schema 1, which current runtimes do not pull"},
		"only-attestations": {Unknown: "HOST: its index has no image for any platform"},
		"artifacts":         {Unknown: `HOST: its index has no image for any platform, but "application/vnd.dev.cosign.simplesigning.v1+json"`},
		"chart":             {Unknown: `HOST: it is no container image but "application/vnd.cncf.helm.config.v1+json"`},
		"no-os":             {Unknown: "HOST: its config names no operating system"},
		"text":              {Unknown: "HOST: its manifest does not parse: invalid character '<' looking for beginning of value"},
		"map":               {Unknown: "HOST: what it has by that name is no manifest"},
		"deep5":             {Unknown: "HOST: its indexes are nested too deeply"},
		"none":              {Unknown: "HOST has no such image (404): Unknown manifest"},
	} {
		got := h.ask(h.reader(image.Options{}), ":"+tag)
		if (got.Digest != "") != (want.Source != "") {
			t.Errorf("%s: digest is %q", tag, got.Digest)
		}
		want.Name, got.Digest = "HOST/app:"+tag, ""
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tag, diff)
		}
	}
	got := h.ask(h.reader(image.Options{}), "@"+full.Digest.String())
	if got.Digest != full.Digest.String() || len(got.Variants) != len(all) {
		t.Errorf("by digest: got %+v", got)
	}
	if got := h.ask(h.reader(image.Options{}), ":1:2"); got.Unknown != "it is not the name of an image" {
		t.Errorf("no name: got %+v", got)
	}
}

// TestLies: what a registry sends is not what it says it is. It is never an answer, also when a mirror lies and the registry itself
// does not.
func TestLies(t *testing.T) {
	h := newHub(t)
	good := h.image("good", "linux", "amd64", "")
	evil := h.image("evil", "windows", "amd64", "10.0.17763.1")
	index := h.index("index", good)
	wrongSize := good
	wrongSize.Size++
	h.index("wrong-size", wrongSize)
	wrongKind := good
	wrongKind.MediaType = types.DockerManifestSchema2
	h.manifest("wrong-kind", types.OCIImageIndex, map[string]any{"schemaVersion": 2, "manifests": []v1.Descriptor{wrongKind}})
	h.manifest("both", types.OCIImageIndex, map[string]any{"schemaVersion": 2, "manifests": []v1.Descriptor{}, "layers": []any{}})
	h.manifest("renamed", types.OCIManifestSchema1, map[string]any{"schemaVersion": 2, "mediaType": types.OCIImageIndex, "config": good})
	// serve sends one thing for another.
	serve := func(path, other string) func(http.ResponseWriter, *http.Request) bool {
		return func(_ http.ResponseWriter, req *http.Request) bool {
			if strings.HasSuffix(req.URL.Path, path) {
				req.URL.Path = other
			}
			return false
		}
	}
	withDigest := func(digest string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, req *http.Request) bool {
			rec := httptest.NewRecorder()
			h.inner.ServeHTTP(rec, req)
			maps.Copy(w.Header(), rec.Header())
			if strings.Contains(req.URL.Path, "/manifests/") {
				w.Header().Set("Docker-Content-Digest", digest)
			}
			w.WriteHeader(rec.Code)
			_, _ = w.Write(rec.Body.Bytes())
			return true
		}
	}
	for _, tt := range []struct {
		name, image string
		before      func(http.ResponseWriter, *http.Request) bool
		want        string
	}{
		{"another manifest for a digest", "@" + good.Digest.String(), serve(good.Digest.String(), "/v2/app/manifests/evil"), "what it sent as " + good.Digest.String() + " is " + evil.Digest.String()},
		{"another digest for a tag", ":good", withDigest(evil.Digest.String()), "what it sent as " + evil.Digest.String() + " is " + good.Digest.String()},
		{"another digest for a digest", "@" + good.Digest.String(), withDigest(evil.Digest.String()), "what it sent as " + evil.Digest.String() + " is " + good.Digest.String()},
		{"another entry of an index", ":index", serve(good.Digest.String(), "/v2/app/manifests/evil"), "what it sent as " + good.Digest.String() + " is " + evil.Digest.String()},
		{"an index for itself", ":index", serve(good.Digest.String(), "/v2/app/manifests/index"), "what it sent as " + good.Digest.String() + " is " + index.Digest.String()},
		{"an entry of another size", ":wrong-size", nil, fmt.Sprintf("%s has %d bytes, and the index says %d", good.Digest, good.Size, wrongSize.Size)},
		{"an entry of another kind", ":wrong-kind", nil, fmt.Sprintf("%s is %q, and the index says %q", good.Digest, string(good.MediaType), string(wrongKind.MediaType))},
		{"an index and an image at once", ":both", nil, "its manifest is not what it is said to be: " + string(types.OCIImageIndex)},
		{"a manifest that calls itself an index", ":renamed", nil, "its manifest is not what it is said to be: " + string(types.OCIManifestSchema1)},
	} {
		h.put(tt.before)
		got := h.ask(h.reader(image.Options{}), tt.image)
		if want := "HOST does not tell the truth: " + tt.want; got.Unknown != want || got.Variants != nil {
			t.Errorf("%s: got %+v\nwant %q", tt.name, got, want)
		}
	}
	h.put(withDigest(evil.Digest.String()))
	honest := startHub(t, httptest.NewServer)
	honest.image("good", "linux", "amd64", "")
	mirrored := h.reader(image.Options{Mirrors: []image.Mirror{{Of: honest.host(), At: h.host()}}})
	if got := honest.ask(mirrored, ":good"); !strings.Contains(got.Unknown, h.host()+" does not tell the truth") {
		t.Errorf("through a mirror: got %+v", got)
	}
	// A config is held to its digest too.
	h.put(func(w http.ResponseWriter, req *http.Request) bool {
		if strings.Contains(req.URL.Path, "/blobs/") {
			fmt.Fprint(w, `{"os":"windows","architecture":"amd64"}`)
			return true
		}
		return false
	})
	if got := h.ask(h.reader(image.Options{}), ":good"); !strings.Contains(got.Unknown, "does not tell the truth: what it sent as sha256:") {
		t.Errorf("a config: got %+v", got)
	}
}

// TestRateLimits: a registry that says when to ask again is asked then; one that never has enough is left alone.
func TestRateLimits(t *testing.T) {
	h := newHub(t)
	h.image("1", "linux", "amd64", "")
	limits := 0
	limited := func(after string, times int) func(http.ResponseWriter, *http.Request) bool {
		limits = 0
		return func(w http.ResponseWriter, req *http.Request) bool {
			if limits++; !strings.Contains(req.URL.Path, "/manifests/") || limits > times+1 {
				return false
			}
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit"}]}`)
			return true
		}
	}
	h.put(limited("7", 2))
	if got := h.ask(h.reader(image.Options{}), ":1"); got.Unknown != "" {
		t.Errorf("twice: got %+v", got)
	}
	if diff := cmp.Diff(h.waits, []time.Duration{7 * time.Second, 7 * time.Second}); diff != "" {
		t.Errorf("waits (-got +want):\n%s", diff)
	}
	h.waits = nil
	h.put(limited("", 100))
	got := h.ask(h.reader(image.Options{}), ":1")
	if want := "HOST limits how often it is asked (429): You have reached your pull rate limit"; got.Unknown != want {
		t.Errorf("for ever: got %+v, want %q", got, want)
	}
	ms := time.Millisecond
	if diff := cmp.Diff(h.waits, []time.Duration{500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 8000 * ms}); diff != "" {
		t.Errorf("waits of its own (-got +want):\n%s", diff)
	}
	h.waits = nil
	h.put(limited("21600", 100))
	got = h.ask(h.reader(image.Options{}), ":1")
	if want := "HOST limits how often it is asked, and wants to be asked again in 6h0m0s"; got.Unknown != want || h.waits != nil {
		t.Errorf("for too long: got %+v after %v, want %q", got, h.waits, want)
	}
	h.put(limited(time.Now().UTC().Add(30*time.Second).Format(http.TimeFormat), 1))
	if got := h.ask(h.reader(image.Options{}), ":1"); got.Unknown != "" || len(h.waits) != 1 || h.waits[0] < 20*time.Second || h.waits[0] > 30*time.Second {
		t.Errorf("until a time: got %+v after %v", got, h.waits)
	}
}

// TestFaults: each fault of a registry or of the way to it is told in plain words; what may be over in a moment is asked for again.
func TestFaults(t *testing.T) {
	h := newHub(t)
	h.image("1", "linux", "amd64", "")
	other := startHub(t, httptest.NewServer)
	status := func(code int, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, req *http.Request) bool {
			if strings.HasSuffix(req.URL.Path, "/v2/") {
				return false
			}
			w.WriteHeader(code)
			fmt.Fprint(w, body)
			return true
		}
	}
	redirect := func(to string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, req *http.Request) bool {
			if !strings.Contains(req.URL.Path, "/blobs/") {
				return false
			}
			http.Redirect(w, req, to+req.URL.Path+"?X-Signature=secret", http.StatusTemporaryRedirect)
			return true
		}
	}
	cut := func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.Contains(req.URL.Path, "/manifests/") {
			return false
		}
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"schemaVersion":`)
		return true
	}
	hangUp := func(w http.ResponseWriter, _ *http.Request) bool {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
		return true
	}
	huge := func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.Contains(req.URL.Path, "/manifests/") {
			return false
		}
		_, _ = w.Write(make([]byte, 5<<20))
		return true
	}
	for _, tt := range []struct {
		name   string
		before func(http.ResponseWriter, *http.Request) bool
		want   string
		waits  int
	}{
		{"a gateway without a registry", status(http.StatusBadGateway, "<html>"), "HOST answers 502 Bad Gateway", 2},
		{"a teapot", status(http.StatusTeapot, ""), "HOST answers 418 I'm a teapot", 0},
		{"access denied", status(http.StatusForbidden, `{"errors":[{"code":"DENIED","message":"no\tway\u001b[31m"}]}`), "HOST denies access to it (403): no way [31m", 0},
		{"an answer that breaks off", cut, "the answer of HOST breaks off", 2},
		{"a connection that is closed", hangUp, "HOST hangs up", 2},
		{"an endless manifest", huge, "HOST: what it has by that name is larger than 4 MiB", 0},
		{"a redirect to where credentials lie", redirect("http://169.254.169.254"), "HOST: it leads to the link-local address 169.254.169.254", 0},
		{"a redirect to plain HTTP elsewhere", redirect("http://cdn.example"), "HOST leads to cdn.example by plain HTTP, which was not allowed", 0},
		{"a redirect to where there is no such thing", redirect(other.server.URL), "HOST has no such image (404): Unknown blob", 0},
		{"a redirect in circles", redirect(h.server.URL), "asking HOST: stopped after 10 redirects", 0},
	} {
		h.put(tt.before)
		h.waits = nil
		got := h.ask(h.reader(image.Options{}), ":1")
		if got.Unknown != tt.want || got.Variants != nil || strings.Contains(got.Unknown, "secret") {
			t.Errorf("%s: got %+v\nwant %q", tt.name, got, tt.want)
		}
		if len(h.waits) < tt.waits || tt.waits == 0 && len(h.waits) > 0 {
			t.Errorf("%s: waited %v, want %d times", tt.name, h.waits, tt.waits)
		}
	}
	// Another host may have the blobs: the digest holds, or it does not.
	other.image("1", "linux", "amd64", "")
	h.put(redirect(other.server.URL))
	if got := h.ask(h.reader(image.Options{}), ":1"); len(got.Variants) != 1 {
		t.Errorf("redirected: got %+v", got)
	}
	// Once is no fault.
	faults := 0
	h.put(func(w http.ResponseWriter, req *http.Request) bool {
		if faults++; faults%2 == 1 {
			return false
		}
		if faults%4 == 0 {
			return cut(w, req)
		}
		return status(http.StatusInternalServerError, "")(w, req)
	})
	if got := h.ask(h.reader(image.Options{}), ":1"); len(got.Variants) != 1 {
		t.Errorf("every second answer is one: got %+v", got)
	}
	h.server.Close()
	if got := h.ask(h.reader(image.Options{}), ":1"); got.Unknown != "nobody listens at HOST" {
		t.Errorf("closed: got %+v", got)
	}
}

// TestPatience: a registry that does not answer is given up, and an interruption ends all at once.
func TestPatience(t *testing.T) {
	h := newHub(t)
	released := make(chan struct{})
	defer close(released)
	h.put(func(_ http.ResponseWriter, req *http.Request) bool {
		if !strings.Contains(req.URL.Path, "/manifests/") {
			return false
		}
		select {
		case <-released:
		case <-req.Context().Done():
		}
		return true
	})
	if got := h.ask(h.reader(image.Options{Patience: 50 * time.Millisecond}), ":1"); got.Unknown != "HOST does not answer in time" {
		t.Errorf("got %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := h.reader(image.Options{}).Images(ctx, []string{h.host() + "/app:1", h.host() + "/app:2"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: got %v", err)
	}
}

// TestCertificates: a registry whose certificate does not check is asked only where that was allowed.
func TestCertificates(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	h := startHub(t, func(handler http.Handler) *httptest.Server {
		s := httptest.NewUnstartedServer(handler)
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		s.StartTLS()
		return s
	})
	h.image("1", "linux", "amd64", "")
	if got := h.ask(h.reader(image.Options{}), ":1"); !strings.HasPrefix(got.Unknown, "the certificate of HOST does not check: x509: ") {
		t.Errorf("got %+v", got)
	}
	if got := h.ask(h.reader(image.Options{Insecure: []string{h.host()}}), ":1"); len(got.Variants) != 1 {
		t.Errorf("insecure: got %+v", got)
	}
}
