package chart

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
	"sigs.k8s.io/yaml"
)

// Render is the outcome of one rendering: the text of each template that is neither blank nor notes, by template name.
type Render struct {
	Files    map[string]string
	skipTest bool
}

// Document is one document of a render.
type Document struct {
	Source string // the template's path as Helm prints it
	Text   string // without the separator line
	Hook   bool
}

// Documents are the documents in the order helm template prints them: resources in install order, then hooks.
// The error is Helm's, for a template whose output is no YAML.
func (r *Render) Documents() ([]Document, error) {
	hooks, manifests, err := releaseutil.SortManifests(r.Files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	out := make([]Document, 0, len(manifests)+len(hooks))
	for _, m := range manifests {
		out = append(out, Document{Source: m.Name, Text: m.Content})
	}
	for _, h := range hooks {
		if !r.skipTest || !slices.Contains(h.Events, release.HookTest) {
			out = append(out, Document{Source: h.Path, Text: h.Manifest, Hook: true})
		}
	}
	return out, nil
}

// Split cuts the output of one template into its documents, in order, and checks each the way Helm would.
func Split(source, text string) ([]Document, error) {
	texts := splitManifest(text)
	out := make([]Document, 0, len(texts))
	for _, t := range texts {
		var head releaseutil.SimpleHead
		if err := yaml.Unmarshal([]byte(t), &head); err != nil {
			return nil, fmt.Errorf("YAML parse error on %s: %w", source, err)
		}
		out = append(out, Document{Source: source, Text: t})
	}
	return out, nil
}

// splitManifest cuts text into its documents, in order.
func splitManifest(text string) []string {
	entries := releaseutil.SplitManifests(text)
	keys := slices.Collect(maps.Keys(entries))
	slices.SortFunc(keys, func(a, b string) int {
		if releaseutil.BySplitManifestsOrder([]string{a, b}).Less(0, 1) {
			return -1
		}
		return 1
	})
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = entries[k]
	}
	return out
}

// WriteManifest writes documents as helm template prints them.
func WriteManifest(w io.Writer, docs []Document) error {
	var resources, hooks strings.Builder
	for _, d := range docs {
		b := &resources
		if d.Hook {
			b = &hooks
		}
		fmt.Fprintf(b, "---\n# Source: %s\n%s\n", d.Source, d.Text)
	}
	_, err := fmt.Fprintf(w, "%s\n%s", strings.TrimSpace(resources.String()), hooks.String())
	return err
}
