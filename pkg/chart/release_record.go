package chart

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/release"
)

// maxRecord bounds what a record may grow to when it is unpacked. The API server takes a megabyte, and text seldom shrinks to less
// than a tenth.
const maxRecord = 32 << 20

// decode reads a record as Helm writes it: JSON, gzipped, in base64. The oldest are not gzipped.
func decode(text string, h head) (*release.Release, error) {
	bad := func(format string, args ...any) error {
		return &RecordError{Where: h.where, Err: fmt.Errorf(format, args...)}
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, bad("data.release is not base64, as if something had encrypted it: %w", err)
	}
	if bytes.HasPrefix(data, []byte(gzipMagic)) {
		if data, err = unzip(data); err != nil {
			return nil, bad("data.release is not whole: %w", err)
		}
	}
	var r release.Release
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, bad("data.release is neither gzip nor JSON, as if something had encrypted it: %w", err)
	}
	switch {
	case r.Info == nil, r.Chart == nil, r.Chart.Metadata == nil, r.Chart.Metadata.Name == "":
		return nil, bad("data.release is JSON, but no release with a chart")
	case r.Name != h.name || r.Version != h.revision:
		return nil, bad("its labels say revision %d of %s, it holds revision %d of %s", h.revision, h.name, r.Version, r.Name)
	}
	if r.Namespace == "" {
		r.Namespace = h.namespace
	}
	tidy(r.Chart)
	return &r, nil
}

func unzip(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxRecord+1))
	if err == nil && len(out) > maxRecord {
		err = errors.New("it unpacks to more than a release can be")
	}
	return out, err
}

// tidy takes out what is nothing. Helm writes no such thing, and its engine would not survive it.
func tidy(c *helmchart.Chart) {
	null := func(f *helmchart.File) bool { return f == nil }
	c.Templates = slices.DeleteFunc(c.Templates, null)
	c.Files = slices.DeleteFunc(c.Files, null)
}
