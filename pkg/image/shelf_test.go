package image_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/image"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// methods are how often a registry was asked since it was last looked at, by method.
func (h *hub) methods() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	counts := map[string]int{}
	for _, a := range h.asked {
		if method, path, _ := strings.Cut(a, " "); strings.HasPrefix(path, "/v2/app/") {
			counts[method]++
		}
	}
	h.asked = nil
	return counts
}

// TestCache: what was pulled once is not pulled again, by any reader, and everything is still asked for by name.
func TestCache(t *testing.T) {
	h := newHub(t)
	old := h.image("old", "windows", "amd64", "10.0.17763.5")
	h.index("both", on(old, "windows", "amd64", ""), on(h.image("lin", "linux", "amd64", ""), "linux", "amd64", ""))
	folder := filepath.Join(t.TempDir(), "some", "cache")
	ask := func(tag string) platform.Image { return h.ask(h.reader(image.Options{Cache: folder}), tag) }
	h.methods()

	first := ask(":both")
	if diff := cmp.Diff(h.methods(), map[string]int{"HEAD": 1, "GET": 3}); diff != "" {
		t.Errorf("at first, the index, the image without a build and its config are pulled (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(first.Variants, []platform.Variant{linux("amd64"), windows("10.0.17763", "10.0.17763.5")}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ask(":both"), first); diff != "" {
		t.Errorf("again (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(h.methods(), map[string]int{"HEAD": 1}); diff != "" {
		t.Errorf("again, nothing is pulled (-got +want):\n%s", diff)
	}
	if got := ask("@" + old.Digest.String()); len(got.Variants) != 1 || h.methods()["GET"] != 0 {
		t.Errorf("by digest: %+v", got)
	}

	// The tag moves.
	h.index("both", on(old, "windows", "amd64", ""))
	if got := ask(":both"); len(got.Variants) != 1 || got.Digest == first.Digest {
		t.Errorf("the tag is another image now: %+v", got)
	}
	// Files that are not what they were are as good as gone.
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := ask(":both"); len(got.Variants) != 1 || got.Unknown != "" {
		t.Errorf("with a broken cache: %+v", got)
	}
	// What is gone, or forbidden, is not known from the cache.
	h.put(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusNotFound)
		return true
	})
	if got := ask(":both"); !strings.Contains(got.Unknown, "has no such image") {
		t.Errorf("an image that is gone: %+v", got)
	}
}

// TestCacheOfLies: what does not hold is not kept.
func TestCacheOfLies(t *testing.T) {
	h := newHub(t)
	h.image("app", "linux", "amd64", "")
	h.put(func(w http.ResponseWriter, req *http.Request) bool {
		if strings.Contains(req.URL.Path, "/blobs/") {
			_, err := w.Write([]byte(`{"os": "windows"}`))
			return err == nil
		}
		return false
	})
	folder := t.TempDir()
	if got := h.ask(h.reader(image.Options{Cache: folder}), ":app"); got.Unknown == "" {
		t.Errorf("a lie is taken: %+v", got)
	}
	h.put(nil)
	if got := h.ask(h.reader(image.Options{Cache: folder}), ":app"); got.Unknown != "" || got.Variants[0].OS != platform.Linux {
		t.Errorf("after a lie: %+v", got)
	}
}

// TestCacheThatCannotBe is told before anybody is asked.
func TestCacheThatCannotBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := image.New(image.Options{Cache: file}); err == nil || !strings.Contains(err.Error(), "keeping what registries say: mkdir "+file) {
		t.Errorf("got %v", err)
	}
}
