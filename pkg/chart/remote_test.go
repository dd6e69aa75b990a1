package chart_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// repository serves two releases of the chart web and a release candidate of a third, as chart repositories do, to those
// who know the password where there is one.
func repository(t *testing.T, password string) (address string, archives map[string][]byte) {
	t.Helper()
	archives = map[string][]byte{}
	var index strings.Builder
	index.WriteString("apiVersion: v1\nentries:\n  web:\n")
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0-rc.1"} {
		dir := files{"Chart.yaml": "apiVersion: v2\nname: web\nversion: " + version + "\n", "templates/cm.yaml": configMap}.chart(t)
		data, err := os.ReadFile(archive(t, dir, t.TempDir()))
		if err != nil {
			t.Fatal(err)
		}
		archives[version] = data
		fmt.Fprintf(&index, "  - {apiVersion: v2, name: web, version: %s, urls: [web-%s.tgz]}\n", version, version)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, given, _ := r.BasicAuth(); given != password {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		version := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/web-"), ".tgz")
		switch data, ok := archives[version]; {
		case r.URL.Path == "/index.yaml":
			fmt.Fprint(w, index.String())
		case ok:
			fmt.Fprintf(w, "%s", data)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, archives
}

func TestLoadFromRepository(t *testing.T) {
	t.Parallel()
	open, _ := repository(t, "")
	closed, _ := repository(t, "secret")
	for name, tc := range map[string]struct {
		src  chart.Source
		want string
	}{
		"newest release":      {src: chart.Source{Ref: "web", Repo: open}, want: "1.1.0"},
		"a version":           {src: chart.Source{Ref: "web", Repo: open, Version: "1.0.0"}, want: "1.0.0"},
		"a range":             {src: chart.Source{Ref: "web", Repo: open, Version: "<1.1"}, want: "1.0.0"},
		"release candidates":  {src: chart.Source{Ref: "web", Repo: open, Devel: true}, want: "2.0.0-rc.1"},
		"an address":          {src: chart.Source{Ref: open + "/web-1.0.0.tgz"}, want: "1.0.0"},
		"with a password":     {src: chart.Source{Ref: "web", Repo: closed, Username: "me", Password: "secret"}, want: "1.1.0"},
		"address, a password": {src: chart.Source{Ref: closed + "/web-1.1.0.tgz", Username: "me", Password: "secret"}, want: "1.1.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := chart.Load(t.Context(), tc.src, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.Version(), tc.want); diff != "" {
				t.Errorf("version (-got +want):\n%s", diff)
			}
		})
	}
	for name, tc := range map[string]struct {
		src  chart.Source
		want []string
	}{
		"no such chart":       {src: chart.Source{Ref: "nosuch", Repo: open}, want: []string{`chart "nosuch"`, "not found in " + open}},
		"no such version":     {src: chart.Source{Ref: "web", Repo: open, Version: "9.9.9"}, want: []string{`chart "web"`, "9.9.9", "not found in " + open}},
		"no version at all":   {src: chart.Source{Ref: "web", Repo: open, Version: "x.y"}, want: []string{`chart "web"`, `version "x.y" not found in`}},
		"no such file":        {src: chart.Source{Ref: open + "/web-7.tgz"}, want: []string{open + "/web-7.tgz", "404 Not Found"}},
		"not the password":    {src: chart.Source{Ref: "web", Repo: closed, Username: "me", Password: "x"}, want: []string{closed, "401 Unauthorized"}},
		"a page, not a chart": {src: chart.Source{Ref: open + "/index.yaml"}, want: []string{open + "/index.yaml", "is not a chart"}},
		"nobody there":        {src: chart.Source{Ref: "http://127.0.0.1:1/web.tgz"}, want: []string{"http://127.0.0.1:1/web.tgz", "connection refused"}},
		"without provenance":  {src: chart.Source{Ref: "web", Repo: open, Verify: true}, want: []string{"failed to fetch provenance", "web-1.1.0.tgz.prov"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := chart.Load(t.Context(), tc.src, io.Discard)
			if err == nil {
				t.Fatal("got no error")
			}
			wantWords(t, err, tc.want...)
		})
	}
}

// Not parallel: the environment says where Helm's list of repositories is.
func TestLoadFromConfiguredRepository(t *testing.T) {
	address, _ := repository(t, "")
	home := t.TempDir()
	for name, path := range helmFiles(home) {
		t.Setenv(name, path)
	}
	files{
		"repositories.yaml": "apiVersion: v1\nrepositories: [{name: shop, url: " + address + "}]\n",
		// What helm repo update leaves.
		"repository/shop-index.yaml": "apiVersion: v1\nentries: {web: [{apiVersion: v2, name: web, version: 1.1.0, urls: [web-1.1.0.tgz]}]}\n",
	}.write(t, home)
	c, err := chart.Load(t.Context(), chart.Source{Ref: "shop/web"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Version(), "1.1.0"); diff != "" {
		t.Errorf("version (-got +want):\n%s", diff)
	}
	_, err = chart.Load(t.Context(), chart.Source{Ref: "shop/nosuch"}, io.Discard)
	if err == nil {
		t.Fatal("got no error")
	}
	wantWords(t, err, `chart "shop/nosuch"`, "not found in shop index")
}

// registry is the reading half of an OCI registry that holds the chart charts/web in some versions.
func registry(t *testing.T) string {
	t.Helper()
	_, archives := repository(t, "")
	blobs, manifests := map[string][]byte{}, map[string][]byte{}
	digest := func(data []byte) string {
		sum := sha256.Sum256(data)
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	blob := func(mediaType string, data []byte) vals {
		blobs[digest(data)] = data
		return vals{"mediaType": mediaType, "digest": digest(data), "size": len(data)}
	}
	var tags []string
	for version, data := range archives {
		m, err := json.Marshal(vals{
			"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
			"config": blob("application/vnd.cncf.helm.config.v1+json", []byte(`{"name":"web","version":"`+version+`"}`)),
			"layers": []any{blob("application/vnd.cncf.helm.chart.content.v1.tar+gzip", data)},
		})
		if err != nil {
			t.Fatal(err)
		}
		manifests[version], manifests[digest(m)] = m, m
		tags = append(tags, version)
	}
	const root = "/v2/charts/web/"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		what, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, root), "/")
		data, ok := blobs[id]
		switch {
		case r.URL.Path == "/v2/":
			return
		case what == "tags":
			fmt.Fprintf(w, `{"name": "charts/web", "tags": ["%s"]}`, strings.Join(tags, `", "`))
			return
		case what == "manifests":
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			data, ok = manifests[id]
		}
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Docker-Content-Digest", digest(data))
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		if r.Method != http.MethodHead {
			fmt.Fprintf(w, "%s", data)
		}
	}))
	t.Cleanup(server.Close)
	return "oci://" + strings.TrimPrefix(server.URL, "http://") + "/charts/"
}

func TestLoadFromRegistry(t *testing.T) {
	t.Parallel()
	address := registry(t)
	for name, tc := range map[string]struct {
		src  chart.Source
		want string
	}{
		"newest release": {src: chart.Source{Ref: address + "web"}, want: "1.1.0"},
		"a version":      {src: chart.Source{Ref: address + "web", Version: "1.0.0"}, want: "1.0.0"},
		"a range":        {src: chart.Source{Ref: address + "web", Version: "^1.0"}, want: "1.1.0"},
		"candidates":     {src: chart.Source{Ref: address + "web", Devel: true}, want: "2.0.0-rc.1"},
		"a tag":          {src: chart.Source{Ref: address + "web:1.0.0"}, want: "1.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.src.PlainHTTP = true
			var progress strings.Builder
			c, err := chart.Load(t.Context(), tc.src, &progress)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.Version(), tc.want); diff != "" {
				t.Errorf("version (-got +want):\n%s", diff)
			}
			if !strings.Contains(progress.String(), "Pulled: ") {
				t.Errorf("got progress %q", progress.String())
			}
		})
	}
	for ref, want := range map[string][]string{
		address + "nosuch":             {"charts/nosuch", "404"},
		address + "web:9.9.9":          {"charts/web:9.9.9", "not found"},
		"oci://127.0.0.1:1/charts/web": {"oci://127.0.0.1:1/charts/web", "connection refused"},
		"oci://not/A/Reference":        {"oci://not/A/Reference"},
	} {
		t.Run(ref, func(t *testing.T) {
			t.Parallel()
			_, err := chart.Load(t.Context(), chart.Source{Ref: ref, PlainHTTP: true}, io.Discard)
			if err == nil {
				t.Fatal("got no error")
			}
			wantWords(t, err, want...)
		})
	}
}

func TestLoadVerifies(t *testing.T) {
	t.Parallel()
	dir := files{"templates/cm.yaml": configMap}.chart(t)
	alone, beside := archive(t, dir, t.TempDir()), archive(t, dir, t.TempDir())
	files{"web-1.2.3.tgz.prov": "no signature"}.write(t, filepath.Dir(beside))
	rings := files{"bad": "no keys", "empty": ""}.write(t, t.TempDir())
	for name, tc := range map[string]struct {
		ref, ring string
		want      []string
	}{
		"a folder":      {ref: dir, ring: "empty", want: []string{"verifying chart", dir, "unpacked charts cannot be verified"}},
		"no provenance": {ref: alone, ring: "empty", want: []string{"verifying chart", "web-1.2.3.tgz.prov"}},
		"a bad keyring": {ref: beside, ring: "bad", want: []string{"verifying chart", "failed to load keyring"}},
		"no signature":  {ref: beside, ring: "empty", want: []string{"verifying chart", "signature block not found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := chart.Source{Ref: tc.ref, Verify: true, Keyring: filepath.Join(rings, tc.ring)}
			_, err := chart.Load(t.Context(), src, io.Discard)
			if err == nil {
				t.Fatal("got no error")
			}
			wantWords(t, err, tc.want...)
		})
	}
}

func TestLoadGivesUpWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		cancel()
		<-stop
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) })
	_, err := chart.Load(ctx, chart.Source{Ref: server.URL + "/web.tgz"}, io.Discard)
	if !chart.IsCanceled(err) {
		t.Errorf("got %v, want that it was canceled", err)
	}
}
