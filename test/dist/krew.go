package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

// writeManifest fills in the manifest for krew from the archives that were built. Of the others there is nothing to say: a manifest
// of a part of the platforms, as tests make it, has only those.
//
// The template is in the language of krew's release bot, so that either may make the manifest of a release: indent indents all lines
// but the first (rajatjindal/krew-release-bot, pkg/source/template.go).
func (r *release) writeManifest(to string) error {
	data, err := os.ReadFile(filepath.Join(r.root, "krew", "winready.yaml"))
	if err != nil {
		return err
	}
	t, err := template.New("winready.yaml").Funcs(template.FuncMap{
		"addURIAndSha": r.uri,
		"indent":       func(n int, v string) string { return strings.ReplaceAll(v, "\n", "\n"+strings.Repeat(" ", n)) },
	}).Parse(string(data))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, struct{ TagName string }{r.version}); err != nil {
		return fmt.Errorf("filling in the manifest for krew: %w", err)
	}
	return os.WriteFile(to, []byte(r.built(b.String())), 0o644)
}

// absent stands for the checksum of an archive that was not built.
const absent = "not built"

func (r *release) uri(pattern, tag string) (string, error) {
	t, err := template.New("uri").Parse(pattern)
	if err != nil {
		return "", err
	}
	var uri strings.Builder
	if err := t.Execute(&uri, struct{ TagName string }{tag}); err != nil {
		return "", err
	}
	sum := r.sums[path.Base(uri.String())]
	if sum == "" {
		sum = absent
	}
	return "uri: " + uri.String() + "\nsha256: " + sum, nil
}

// built is the manifest without the platforms for which nothing was built.
func (r *release) built(manifest string) string {
	const begin = "    - selector:"
	parts := strings.Split(manifest, begin)
	kept := parts[:1]
	for _, part := range parts[1:] {
		if !strings.Contains(part, "sha256: "+absent) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, begin)
}
