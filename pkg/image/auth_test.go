package image_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/winready/kubectl-winready/pkg/image"
)

func secret(key, password string) []byte {
	return fmt.Appendf(nil, `{"auths":{%q:{"auth":%q}}}`, key, base64.StdEncoding.EncodeToString([]byte("me:"+password)))
}

// basic wants user "me" with password "right" of every request.
func basic(w http.ResponseWriter, req *http.Request) bool {
	user, password, _ := req.BasicAuth()
	if user == "me" && password == "right" {
		return false
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`)
	return true
}

// bearer wants a token, which it gives to "me" with the password "right" for the repository that was named, and to nobody else.
func (h *hub) bearer(w http.ResponseWriter, req *http.Request) bool {
	if req.URL.Path == "/token" {
		user, password, _ := req.BasicAuth()
		if user != "me" || password != "right" || req.URL.Query().Get("scope") != "repository:app:pull" {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		fmt.Fprint(w, `{"token":"granted"}`)
		return true
	}
	if req.Header.Get("Authorization") == "Bearer granted" {
		return false
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",service="registry"`, h.server.URL))
	w.WriteHeader(http.StatusUnauthorized)
	return true
}

// TestCredentials: pull secrets are tried in their order, then what the user is logged in with, then nothing.
func TestCredentials(t *testing.T) {
	h := newHub(t)
	h.image("1", "linux", "amd64", "")
	right, wrong := secret(h.host(), "right"), secret(h.host(), "wrong")
	const refused = "HOST wants credentials for it, or has no such repository (401)"
	for _, scheme := range []struct {
		name   string
		before func(http.ResponseWriter, *http.Request) bool
		words  string
	}{{"basic", basic, ": authentication required"}, {"bearer", h.bearer, ""}} {
		h.put(scheme.before)
		for _, tt := range []struct {
			name    string
			secrets [][]byte
			want    string
		}{
			{"none", nil, refused + scheme.words},
			{"the right one", [][]byte{right}, ""},
			{"the wrong one", [][]byte{wrong}, refused + scheme.words},
			{"the right one behind the wrong one", [][]byte{wrong, right}, ""},
			{"one of another registry", [][]byte{secret("registry.example", "right")}, refused + scheme.words},
			{"one of the folder", [][]byte{secret(h.host()+"/app", "right")}, ""},
			{"one of another folder", [][]byte{secret(h.host()+"/ap", "right")}, refused + scheme.words},
			{"one of an address", [][]byte{secret("https://"+h.host()+"/v1/", "right")}, ""},
			{"one of a family of hosts", [][]byte{secret("127.*.*."+strings.TrimPrefix(h.host(), "127.0.0."), "right")}, ""},
			{"one with user and password", [][]byte{fmt.Appendf(nil, `{"auths":{%q:{"username":"me","password":"right"}}}`, h.host())}, ""},
			{"one of the old form", [][]byte{fmt.Appendf(nil, `{%q:{"username":"me","password":"right"}}`, h.host())}, ""},
			{"the more precise of two", [][]byte{fmt.Appendf(nil, `{"auths":{%q:{"username":"me","password":"wrong"},%q:{"username":"me","password":"right"}}}`, h.host(), h.host()+"/app")}, ""},
		} {
			if got := h.ask(h.reader(image.Options{Secrets: tt.secrets}), ":1"); got.Unknown != tt.want {
				t.Errorf("%s, %s: got %q, want %q", scheme.name, tt.name, got.Unknown, tt.want)
			}
		}
	}
	// What docker login wrote.
	config := filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json")
	if err := os.WriteFile(config, right, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := h.ask(h.reader(image.Options{}), ":1"); got.Unknown != "" {
		t.Errorf("logged in: got %+v", got)
	}
	// A configuration that cannot be read is told where it may be what is missing, and only there.
	if err := os.WriteFile(config, []byte(`{"auths":`), 0o600); err != nil {
		t.Fatal(err)
	}
	got := h.ask(h.reader(image.Options{}), ":1")
	if !strings.HasPrefix(got.Unknown, refused+", and reading the credentials of docker: ") {
		t.Errorf("with a broken configuration: got %q", got.Unknown)
	}
	if got := h.ask(h.reader(image.Options{Secrets: [][]byte{right}}), ":1"); got.Unknown != "" {
		t.Errorf("with a secret beside it: got %+v", got)
	}
}

// TestCredentialsStayAtHome: what a registry redirects to gets no credentials.
func TestCredentialsStayAtHome(t *testing.T) {
	h := newHub(t)
	h.image("1", "linux", "amd64", "")
	other := startHub(t, httptest.NewServer)
	other.image("1", "linux", "amd64", "")
	var sent []string
	other.put(func(_ http.ResponseWriter, req *http.Request) bool {
		sent = append(sent, req.Header.Get("Authorization"))
		return false
	})
	h.put(func(w http.ResponseWriter, req *http.Request) bool {
		if basic(w, req) {
			return true
		}
		if strings.Contains(req.URL.Path, "/blobs/") {
			http.Redirect(w, req, other.server.URL+req.URL.Path, http.StatusTemporaryRedirect)
			return true
		}
		return false
	})
	got := h.ask(h.reader(image.Options{Secrets: [][]byte{secret(h.host(), "right")}}), ":1")
	if diff := cmp.Diff(sent, []string{""}); diff != "" || got.Unknown != "" {
		t.Errorf("got %+v; credentials sent (-got +want):\n%s", got, diff)
	}
}

// TestBadSecrets: what is wrong with a secret is told, and nothing that is in it.
func TestBadSecrets(t *testing.T) {
	t.Parallel()
	const shape = `want {"auths": {"HOST": {"auth": ...}}}`
	for data, want := range map[string]string{
		"hunter2":                               `reading pull secret 1: it is no JSON: want that of .dockerconfigjson, {"auths": {"HOST": {"auth": ...}}}`,
		`{"auths":["hunter2"]}`:                 "reading pull secret 1: it has no logins: " + shape,
		`{"hunter2":1}`:                         "reading pull secret 1: it has no logins: " + shape,
		`{"auths":{"a.b":{"auth":"hunter2"}}}`:  `reading pull secret 1: it has no logins: ` + shape,
		`{"auths":{"a.b":{"auth":"aHVudGVy"}}}`: `reading pull secret 1: it has no logins: ` + shape,
	} {
		_, err := image.New(image.Options{Secrets: [][]byte{[]byte(data)}})
		if err == nil || err.Error() != want || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s: got %v, want %s", data, err, want)
		}
	}
}

// TestMirrors: a mirror is asked first, and the registry itself where the mirror cannot tell.
func TestMirrors(t *testing.T) {
	h := newHub(t)
	h.image("1", "linux", "amd64", "")
	config := h.blob([]byte(`{"os":"linux","architecture":"amd64"}`))
	h.push(http.MethodPut, "/v2/library/app/manifests/1", string(types.OCIManifestSchema1), h.json(map[string]any{"schemaVersion": 2, "config": config}))
	for _, tt := range []struct {
		name, image string
		mirrors     []string
		want        string // what of the reason; empty: found
	}{
		{"of Docker Hub", "app:1", []string{"docker.io=" + h.host()}, ""},
		{"of a registry", "127.0.0.1:1/app:1", []string{"127.0.0.1:1=" + h.host()}, ""},
		{"of any", "127.0.0.1:1/app:1", []string{"*=" + h.host()}, ""},
		{"with a folder", "127.0.0.1:1/app:1", []string{"127.0.0.1:1=" + h.host() + "/hub"}, "HOST has no such image (404): Unknown name, and nobody listens at 127.0.0.1:1"},
		{"the second of two", "127.0.0.1:1/app:1", []string{"127.0.0.1:1=127.0.0.1:2", "127.0.0.1:1=" + h.host()}, ""},
		{"of another registry", "127.0.0.1:1/app:1", []string{"127.0.0.1:2=" + h.host()}, "nobody listens at 127.0.0.1:1"},
	} {
		var o image.Options
		for _, m := range tt.mirrors {
			mirror, err := image.ParseMirror(m)
			if err != nil {
				t.Fatal(err)
			}
			o.Mirrors = append(o.Mirrors, mirror)
		}
		found, err := h.reader(o).Images(t.Context(), []string{tt.image})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(found[tt.image].Unknown, h.host(), "HOST")
		if got != tt.want || (len(found[tt.image].Variants) == 1) != (tt.want == "") {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, bad := range []string{"", "docker.io", "docker.io=", "=a.b", "docker.io=http://a.b", "docker.io/library=a.b", "docker.io=a b", "docker.io=a.b/UPPER"} {
		if m, err := image.ParseMirror(bad); err == nil {
			t.Errorf("%q is the mirror %+v", bad, m)
		}
	}
}
