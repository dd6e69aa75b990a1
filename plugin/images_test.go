package plugin_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestRegistryScripts runs the scripts that ask a registry: a real one in this process, at $REGISTRY. It wants the user me, whose
// password is right, for what is in the folder private.
func TestRegistryScripts(t *testing.T) {
	t.Parallel()
	repository, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	for name, platforms := range map[string][]v1.Platform{
		"web":     {{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64"}},
		"iis":     {windows("10.0.17763.5206")},
		"gateway": {{OS: "linux", Architecture: "amd64"}, windows("10.0.17763.5206"), windows("10.0.20348.2527")},
		"agent":   {windows("")},
		"private": {windows("10.0.20348.2527")},
	} {
		hold(t, inner, name, platforms)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, password, _ := req.BasicAuth(); req.URL.Path == "/v2/private/manifests/1" && password != "right" || req.URL.Path == "/v2/" {
			w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: "testdata/registry", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
			Setup: func(env *testscript.Env) error {
				env.Setenv("REGISTRY", server.Listener.Addr().String())
				env.Setenv("HOME", env.WorkDir)
				env.Setenv("SOURCE_DATE_EPOCH", "1795392000")
				return os.Symlink(repository, filepath.Join(env.WorkDir, "repository"))
			},
		})
	})
}

func windows(version string) v1.Platform {
	return v1.Platform{OS: "windows", Architecture: "amd64", OSVersion: version}
}

// hold stores an index of images for platforms, as name:1.
func hold(t *testing.T, registry http.Handler, name string, platforms []v1.Platform) {
	t.Helper()
	index := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex}
	for _, p := range platforms {
		config := put(t, registry, http.MethodPost, "/v2/"+name+"/blobs/uploads/?digest=", map[string]any{"os": p.OS, "architecture": p.Architecture, "os.version": p.OSVersion})
		config.MediaType = types.OCIConfigJSON
		entry := put(t, registry, http.MethodPut, "/v2/"+name+"/manifests/", map[string]any{"schemaVersion": 2, "config": config, "layers": []any{}})
		entry.MediaType, entry.Platform = types.OCIManifestSchema1, &p
		index.Manifests = append(index.Manifests, entry)
	}
	body, err := json.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	store(t, registry, http.MethodPut, "/v2/"+name+"/manifests/1", types.OCIImageIndex, body)
}

// put stores a document under a path that ends in its digest.
func put(t *testing.T, registry http.Handler, method, path string, v any) v1.Descriptor {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	digest, size, err := v1.SHA256(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	store(t, registry, method, path+digest.String(), types.OCIManifestSchema1, body)
	return v1.Descriptor{Digest: digest, Size: size}
}

func store(t *testing.T, registry http.Handler, method, path string, kind types.MediaType, body []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	req := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
	req.Header.Set("Content-Type", string(kind))
	if registry.ServeHTTP(w, req); w.Code != http.StatusCreated {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
}
