package image

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// What an index may hold. Real ones have some dozen entries on one level; a registry may say anything.
const (
	maxDepth   = 4
	maxEntries = 512
	maxFetched = 64
)

// reading is one image being read.
type reading struct {
	at       *conversation
	fetched  int
	variants []platform.Variant
	skipped  []string // kinds of entries that are no images
}

// read asks one registry for one image.
func (r *Reader) read(ctx context.Context, ref name.Reference) (platform.Image, error) {
	at := r.converse(ref.Context())
	top, err := at.manifest(ctx, ref.Identifier())
	if err != nil {
		return platform.Image{}, err
	}
	run := &reading{at: at}
	if err := run.take(ctx, top, 0); err != nil {
		return platform.Image{}, err
	}
	if len(run.variants) == 0 {
		return platform.Image{}, &shapeError{"its index has no image for any platform" + also(run.skipped)}
	}
	slices.SortFunc(run.variants, order)
	return platform.Image{Digest: top.digest, Variants: slices.Compact(run.variants)}, nil
}

func order(a, b platform.Variant) int {
	return cmp.Or(cmp.Compare(a.OS, b.OS), cmp.Compare(a.Arch, b.Arch), cmp.Compare(len(a.Build), len(b.Build)), cmp.Compare(a.Build, b.Build), cmp.Compare(a.Version, b.Version))
}

func also(kinds []string) string {
	if len(kinds) == 0 {
		return ""
	}
	return ", but " + kinds[0]
}

// take reads an index, or a manifest that stands for itself.
func (r *reading) take(ctx context.Context, m *manifest, depth int) error {
	switch {
	case m.kind.IsSchema1():
		// Not a word of it is taken: containerd disabled schema 1 in 2.0 and removed it in 2.1 (RELEASES.md of containerd/containerd).
		return &shapeError{"it is an image of schema 1, which current runtimes do not pull"}
	case m.kind.IsIndex() && depth >= maxDepth:
		return &shapeError{"its indexes are nested too deeply"}
	case m.kind.IsIndex():
		return r.index(ctx, m, depth)
	case m.kind.IsImage():
		v, err := r.single(ctx, m)
		r.variants = append(r.variants, v)
		return err
	default:
		return &shapeError{fmt.Sprintf("it is no container image but %q", string(m.kind))}
	}
}

func (r *reading) index(ctx context.Context, m *manifest, depth int) error {
	var index v1.IndexManifest
	if err := json.Unmarshal(m.body, &index); err != nil {
		return &shapeError{"its index does not parse: " + err.Error()}
	}
	if len(index.Manifests) > maxEntries {
		return &shapeError{fmt.Sprintf("its index has %d entries, more than %d", len(index.Manifests), maxEntries)}
	}
	for _, d := range index.Manifests {
		if attestation(d) {
			continue
		}
		if err := r.entry(ctx, d, depth); err != nil {
			return err
		}
	}
	return nil
}

// attestation tells what BuildKit puts beside images: docs/attestations/attestation-storage.md of moby/buildkit. No runtime pulls it.
func attestation(d v1.Descriptor) bool {
	return d.Annotations["vnd.docker.reference.type"] == "attestation-manifest" ||
		d.Platform != nil && d.Platform.OS == "unknown" && d.Platform.Architecture == "unknown"
}

// entry takes one entry of an index. An image tells of its platform there; one that does not, or that leaves out its build of
// Windows, is asked itself.
func (r *reading) entry(ctx context.Context, d v1.Descriptor, depth int) error {
	switch {
	case d.MediaType.IsSchema1():
		return nil
	case !d.MediaType.IsIndex() && !d.MediaType.IsImage() && d.MediaType != "":
		r.skipped = append(r.skipped, fmt.Sprintf("%q", string(d.MediaType)))
		return nil
	}
	p := d.Platform
	if p != nil && p.OS != "" && p.Architecture != "" && !d.MediaType.IsIndex() && (platform.OS(p.OS) != platform.Windows || p.OSVersion != "") {
		r.variants = append(r.variants, variant(p.OS, p.Architecture, p.OSVersion))
		return nil
	}
	if r.fetched++; r.fetched > maxFetched {
		return &shapeError{fmt.Sprintf("more than %d manifests would have to be read", maxFetched)}
	}
	child, err := r.at.child(ctx, d)
	if err != nil {
		return err
	}
	before := len(r.variants)
	if err := r.take(ctx, child, depth+1); err != nil {
		return err
	}
	if p != nil && !child.kind.IsIndex() && len(r.variants) == before+1 {
		r.variants[before] = merged(p, r.variants[before])
	}
	return nil
}

// merged is a variant as the index has it, which is what a runtime goes by, and its build as the image itself has it.
func merged(p *v1.Platform, own platform.Variant) platform.Variant {
	os, arch := cmp.Or(p.OS, string(own.OS)), cmp.Or(p.Architecture, own.Arch)
	if platform.OS(os) != own.OS {
		own.Version = ""
	}
	return variant(os, arch, cmp.Or(p.OSVersion, own.Version))
}

func variant(os, arch, version string) platform.Variant {
	v := platform.Variant{OS: platform.OS(os), Arch: arch, Version: version}
	if v.OS == platform.Windows {
		if build, err := platform.ParseBuild(version); err == nil {
			v.Build = build
		}
	}
	return v
}

// single is the platform of a manifest, which its config tells.
func (r *reading) single(ctx context.Context, m *manifest) (platform.Variant, error) {
	var image v1.Manifest
	if err := json.Unmarshal(m.body, &image); err != nil {
		return platform.Variant{}, &shapeError{"its manifest does not parse: " + err.Error()}
	}
	kind := image.Config.MediaType
	if !kind.IsConfig() && kind != "" {
		return platform.Variant{}, &shapeError{fmt.Sprintf("it is no container image but %q", cmp.Or(image.ArtifactType, string(kind)))}
	}
	body, err := r.at.blob(ctx, image.Config)
	if err != nil {
		return platform.Variant{}, err
	}
	var config struct {
		OS      string `json:"os"`
		Arch    string `json:"architecture"`
		Version string `json:"os.version"` //nolint:tagliatelle // the name in the image specification
	}
	if err := json.Unmarshal(body, &config); err != nil {
		return platform.Variant{}, &shapeError{"its config does not parse: " + err.Error()}
	}
	if config.OS == "" {
		return platform.Variant{}, &shapeError{"its config names no operating system"}
	}
	return variant(config.OS, config.Arch, config.Version), nil
}

// kindOf is the media type of a manifest: what the registry says and what the manifest says of itself have to agree, as they do for
// containerd: core/images/image.go, validateMediaType.
func kindOf(header string, body []byte) (types.MediaType, error) {
	var self struct {
		SchemaVersion int             `json:"schemaVersion"`
		MediaType     types.MediaType `json:"mediaType"`
		Manifests     json.RawMessage `json:"manifests"`
		Config        json.RawMessage `json:"config"`
		Layers        json.RawMessage `json:"layers"`
	}
	if err := json.Unmarshal(body, &self); err != nil {
		return "", &shapeError{"its manifest does not parse: " + err.Error()}
	}
	said := types.MediaType(header)
	if !said.IsIndex() && !said.IsImage() && !said.IsSchema1() {
		said = "" // some say application/json or text/plain of everything
	}
	isIndex, isImage := self.Manifests != nil, self.Config != nil || self.Layers != nil
	switch {
	case self.SchemaVersion == 1 || said.IsSchema1():
		return types.DockerManifestSchema1, nil
	case isIndex && isImage, said != "" && self.MediaType != "" && said != self.MediaType, said.IsIndex() && isImage, said.IsImage() && isIndex:
		return "", &lieError{"its manifest is not what it is said to be: " + cmp.Or(header, "an index and an image at once")}
	case cmp.Or(said, self.MediaType) != "":
		return cmp.Or(said, self.MediaType), nil
	case isIndex:
		return types.OCIImageIndex, nil
	case isImage:
		return types.OCIManifestSchema1, nil
	default:
		return "", &shapeError{"what it has by that name is no manifest"}
	}
}
