package image

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// Mirror is a registry that has the images of another one.
type Mirror struct {
	Of string // HOST[:PORT] of the registry; "*" is any
	At string // HOST[:PORT][/FOLDER] of the mirror
}

// ParseMirror reads REGISTRY=MIRROR[/FOLDER].
func ParseMirror(s string) (Mirror, error) {
	of, at, ok := strings.Cut(s, "=")
	m := Mirror{Of: of, At: strings.TrimSuffix(at, "/")}
	if !ok || of == "" || m.At == "" || strings.Contains(of, "/") || strings.Contains(at, "://") {
		return m, fmt.Errorf("%q: want REGISTRY=MIRROR, as docker.io=mirror.example:5000/hub", s)
	}
	host, folder, _ := strings.Cut(m.At, "/")
	if _, err := name.NewRegistry(host); err != nil {
		return m, fmt.Errorf("%q: %q is no registry", s, host)
	}
	if folder != "" {
		if _, err := name.NewRepository(m.At); err != nil {
			return m, fmt.Errorf("%q: %q is no folder of a registry", s, folder)
		}
	}
	return m, nil
}

// hub is what Docker Hub goes by: the first for people and in the names of images, the second where it is asked.
func hub(registry string) bool {
	return slices.Contains([]string{"docker.io", name.DefaultRegistry, "registry-1.docker.io"}, registry)
}

func sameRegistry(a, b string) bool { return a == b || hub(a) && hub(b) }

// places are where an image is asked for, in this order.
func (r *Reader) places(ref name.Reference) []name.Reference {
	var out []name.Reference
	for _, m := range r.options.Mirrors {
		if m.Of != "*" && !sameRegistry(m.Of, ref.Context().RegistryStr()) {
			continue
		}
		separator := ":"
		if _, digest := ref.(name.Digest); digest {
			separator = "@"
		}
		at, err := name.ParseReference(m.At+"/"+ref.Context().RepositoryStr()+separator+ref.Identifier(), r.strictness(m.At)...)
		if err == nil {
			out = append(out, at)
		}
	}
	own, err := name.ParseReference(ref.String(), r.strictness(ref.Context().RegistryStr())...)
	if err != nil {
		own = ref
	}
	return append(out, own)
}

// strictness lets an insecure registry be asked by plain HTTP.
func (r *Reader) strictness(at string) []name.Option {
	host, _, _ := strings.Cut(at, "/")
	options := []name.Option{name.WeakValidation}
	if slices.Contains(r.options.Insecure, host) {
		options = append(options, name.Insecure)
	}
	return options
}
