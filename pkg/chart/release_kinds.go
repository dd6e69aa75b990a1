package chart

import (
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// Kinds are, as GROUP/KIND and sorted, the kinds that CustomResourceDefinitions of the release define, those of the chart's folder
// crds among them, and the kinds of its objects.
func (i *Installed) Kinds() (defines, uses []string) {
	docs := i.Documents()
	for _, crd := range i.Chart.helm.CRDObjects() {
		for _, text := range splitManifest(string(crd.File.Data)) {
			docs = append(docs, Document{Text: text})
		}
	}
	for _, d := range docs {
		doc, err := manifest.Parse(d.Text)
		if err != nil || doc.Object() == nil {
			continue
		}
		obj := doc.Object()
		version, _ := obj["apiVersion"].(string)
		kind, _ := obj["kind"].(string)
		group, _, grouped := strings.Cut(version, "/")
		if !grouped {
			group = ""
		}
		uses = append(uses, group+"/"+kind)
		if kind == "CustomResourceDefinition" {
			spec, _ := obj["spec"].(map[string]any)
			names, _ := spec["names"].(map[string]any)
			group, _ := spec["group"].(string)
			kind, _ := names["kind"].(string)
			defines = append(defines, group+"/"+kind)
		}
	}
	slices.Sort(defines)
	slices.Sort(uses)
	return slices.Compact(defines), slices.Compact(uses)
}
