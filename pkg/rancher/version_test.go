package rancher_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	double "github.com/winready/kubectl-winready/test/rancher"
)

// TestVersion: a server that does not tell its version, or answers with something else, has none; it is not asked again.
func TestVersion(t *testing.T) {
	t.Parallel()
	_, secret, _ := strings.Cut(double.Token, ":")
	for name, tc := range map[string]struct {
		status     int
		body, want string
	}{
		"told":            {0, "", "v2.12.1"},
		"another server":  {http.StatusOK, "<html>login</html>", ""},
		"an error":        {http.StatusInternalServerError, `{"Version":"v9"}`, ""},
		"one that is not": {http.StatusOK, `{"Version":"v2 ` + secret + `\n<b>"}`, "v2 *** <b>"},
	} {
		s := double.Start(t)
		s.Version = "v2.12.1"
		if tc.status != 0 {
			s.Intercept = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tc.status)
				fmt.Fprint(w, tc.body)
				return true
			}
		}
		c, _ := client(t, s, nil)
		if got := c.Version(t.Context()); got != tc.want || len(s.Asked()) != 1 {
			t.Errorf("%s: got %q of %q", name, got, s.Asked())
		}
	}
}
