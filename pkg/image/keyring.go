package image

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// entry is one login of a pull secret.
type entry struct {
	host   string // with a port, where it has one; * stands for a part of it
	folder string // of the registry, without slashes at its ends
	config authn.AuthConfig
}

// keyring are the logins of all pull secrets.
type keyring []entry

// readSecret reads what a pull secret has under .dockerconfigjson, or .dockercfg, which is the former's auths alone. The error says
// nothing of the content.
func readSecret(data []byte) (keyring, error) {
	var file struct {
		Auths map[string]authn.AuthConfig `json:"auths"`
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		return nil, errors.New("it is no JSON: want that of .dockerconfigjson, {\"auths\": {\"HOST\": {\"auth\": ...}}}")
	}
	source := data
	if _, modern := top["auths"]; !modern {
		source = slices.Concat([]byte(`{"auths":`), data, []byte("}"))
	}
	if err := json.Unmarshal(source, &file); err != nil {
		return nil, errors.New("it has no logins: want {\"auths\": {\"HOST\": {\"auth\": ...}}}")
	}
	var out keyring
	for key, config := range file.Auths {
		e := entry{config: config}
		e.host, e.folder = splitKey(key)
		out = append(out, e)
	}
	// The more precise one counts first, as for the kubelet: pkg/credentialprovider/keyring.go of k8s.io/kubernetes.
	slices.SortFunc(out, func(a, b entry) int {
		return cmp.Or(cmp.Compare(len(b.folder), len(a.folder)), cmp.Compare(strings.Count(a.host, "*"), strings.Count(b.host, "*")), cmp.Compare(a.host, b.host), cmp.Compare(a.folder, b.folder))
	})
	return out, nil
}

// splitKey splits what a login is for: HOST, HOST/FOLDER, or as Docker Hub's is, https://index.docker.io/v1/.
func splitKey(key string) (host, folder string) {
	_, rest, hasScheme := strings.Cut(key, "://")
	if !hasScheme {
		rest = key
	}
	host, folder, _ = strings.Cut(rest, "/")
	folder = strings.Trim(folder, "/")
	if folder == "v1" || folder == "v2" {
		folder = ""
	}
	return host, folder
}

// matches tells whether a login is for a repository. A * stands for one part of a host, as for the kubelet.
func (e entry) matches(repo name.Repository) bool {
	if e.folder != "" && e.folder != repo.RepositoryStr() && !strings.HasPrefix(repo.RepositoryStr(), e.folder+"/") {
		return false
	}
	host := repo.RegistryStr()
	if sameRegistry(e.host, host) {
		return true
	}
	want, got := strings.Split(e.host, "."), strings.Split(host, ".")
	if len(want) != len(got) || !strings.Contains(e.host, "*") {
		return false
	}
	for i := range want {
		if ok, err := path.Match(want[i], got[i]); err != nil || !ok {
			return false
		}
	}
	return true
}

// loginFailed begins the reason why the user's own credentials are not known.
const loginFailed = "reading the credentials of docker: "

// credentials are what is tried for a repository, one after the other: pull secrets, what the user is logged in with, and nothing.
// The error is about the second alone.
func (k keyring) credentials(ctx context.Context, repo name.Repository) ([]authn.Authenticator, error) {
	var out []authn.Authenticator
	for _, e := range k {
		if e.matches(repo) {
			out = append(out, authn.FromConfig(e.config))
		}
	}
	own, err := authn.Resolve(ctx, authn.DefaultKeychain, repo)
	if err != nil {
		err = errors.New(loginFailed + tidy(err.Error()))
	} else if own != authn.Anonymous {
		out = append(out, own)
	}
	return append(out, authn.Anonymous), err
}
