package rancher_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	double "github.com/winready/kubectl-winready/test/rancher"
)

// TestFailures compares what is said with what is wanted, in which %s is the server's address, and looks for secrets in it.
func TestFailures(t *testing.T) {
	t.Parallel()
	echo := `{"type":"error","status":"500","message":"bad token ` + double.Token + `\n in\t` + strings.Repeat("y", 200) + `"}`
	body := func(kind, text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, text)
		}
	}
	_, plain, _ := strings.Cut(double.Token, ":")
	for name, test := range map[string]struct {
		set   func(*double.Server)
		want  string
		asked int
	}{
		"a token that does not count":  {func(s *double.Server) { s.Intercept = asIf("other:token") }, "Rancher answered 401 Unauthorized to %s/v3/clusters: must authenticate", 1},
		"a right that is missing":      {func(s *double.Server) { s.Forbidden = []string{"/v3/clusters"} }, "Rancher answered 403 Forbidden to %s/v3/clusters: you may not", 1},
		"nothing there":                {func(s *double.Server) { s.Intercept = always(status(404, "404 page not found")) }, "Rancher answered 404 Not Found to %s/v3/clusters", 1},
		"a server that fails":          {func(s *double.Server) { s.Intercept = always(status(500, `{"code":"ServerError"}`)) }, "Rancher answered 500 Internal Server Error to %s/v3/clusters: ServerError", 3},
		"an error that repeats tokens": {func(s *double.Server) { s.Intercept = always(status(400, echo)) }, "Rancher answered 400 Bad Request to %s/v3/clusters: bad token token-abcde:*** in ***", 1},
		"a page to log in at": {
			func(s *double.Server) {
				s.Intercept = always(body("text/html; charset=utf-8", "<html>"+double.Token))
			},
			"asking Rancher for %s/v3/clusters: the server sent a page for browsers (text/html), want JSON", 1,
		},
		"a way to log in elsewhere": {
			func(s *double.Server) {
				s.Intercept = always(func(w http.ResponseWriter) {
					w.Header().Set("Location", "/login")
					w.WriteHeader(http.StatusFound)
				})
			},
			"Rancher answered 302 Found to %s/v3/clusters, and it sends API requests elsewhere: is it the address of Rancher?", 1,
		},
		"JSON that is no collection": {
			func(s *double.Server) { s.Intercept = always(body("application/json", `{"token":"`+plain+`"}`)) },
			"asking Rancher for %s/v3/clusters: the server sent JSON that is no collection, want JSON", 1,
		},
		"what is not JSON": {
			func(s *double.Server) { s.Intercept = always(body("application/json", plain)) },
			"asking Rancher for %s/v3/clusters: the server sent an answer that is not the JSON that was asked for, want JSON", 1,
		},
		"answers that break off":    {func(s *double.Server) { s.Intercept = always(breaksOff) }, "asking Rancher for %s/v3/clusters: unexpected EOF", 3},
		"pages that never end":      {func(s *double.Server) { s.Intercept = repeats(s) }, "asking Rancher for %s/v3/clusters: the pages of the list repeat or do not end", 1},
		"pages of another server":   {func(s *double.Server) { s.Intercept = next("https://elsewhere.example/v3/clusters?marker=2") }, "refusing to follow a link to https://elsewhere.example: the credentials are for Rancher alone", 1},
		"pages in clear, elsewhere": {func(s *double.Server) { s.Intercept = next("http://elsewhere.example/v3/clusters") }, "refusing to follow a link to http://elsewhere.example: the credentials are for Rancher alone", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := double.Start(t)
			fill(s)
			test.set(s)
			c, logged := client(t, s, nil)
			_, err := c.Clusters(t.Context())
			want := strings.ReplaceAll(test.want, "%s", s.URL)
			if err == nil {
				t.Fatalf("no error, want %s", want)
			}
			if diff := cmp.Diff(err.Error(), want); diff != "" {
				t.Error(diff)
			}
			if got := len(s.Asked()); got != test.asked {
				t.Errorf("asked %d times, want %d", got, test.asked)
			}
			if text := err.Error() + logged.String(); strings.Contains(text, plain) {
				t.Errorf("a secret is told: %s", text)
			}
		})
	}
}

// asIf has requests come with another token.
func asIf(token string) func(http.ResponseWriter, *http.Request) bool {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		r.Header.Set("Authorization", "Bearer "+token)
		return false
	}
}

// next answers with a page that another follows.
func next(link string) func(http.ResponseWriter, *http.Request) bool {
	return always(status(200, `{"type":"collection","data":[],"pagination":{"partial":true,"next":"`+link+`"}}`))
}

func repeats(s *double.Server) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool { return next(s.URL+"/v3/clusters")(w, r) }
}
