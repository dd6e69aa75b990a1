package postrender

import (
	"bytes"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
)

// annotationSource is what Helm 4 tells a post-renderer about where a document comes from: filenameAnnotation in
// pkg/action/action.go of helm.sh/helm/v4 v4.3.1. Helm takes it away again.
const annotationSource = "postrenderer.helm.sh/postrender-filename"

// source is the template that an object comes from; empty when nobody tells.
func source(raw manifest.Raw, obj map[string]any) string {
	if file, ok := (object.Path{"metadata", "annotations", annotationSource}).In(obj).(string); ok {
		return file
	}
	return sourceComment(raw.Text)
}

// sourceComment is the comment that Helm 3 and helm template write above a document: renderResources in pkg/action/action.go of
// helm.sh/helm/v3 v3.22.0.
func sourceComment(text []byte) string {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if file, ok := bytes.CutPrefix(line, []byte("# Source: ")); ok {
			return string(bytes.TrimSpace(file))
		}
		if len(line) > 0 && line[0] != '#' {
			return ""
		}
	}
	return ""
}
