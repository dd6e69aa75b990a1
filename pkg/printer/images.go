package printer

import (
	"io"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// ImagesFormat is one way to write where images run.
type ImagesFormat struct {
	Name, Doc string
	// Images writes the images of target, which says what was read: "context prod".
	Images func(w io.Writer, target string, l *survey.ImageList, s Style) error
}

// ImagesFormats are all formats for images, sorted by name.
func ImagesFormats() []ImagesFormat {
	return []ImagesFormat{
		{Name: "json", Doc: "for scripts", Images: imagesJSON},
		{Name: "text", Doc: "for people", Images: imagesText},
		{Name: "wide", Doc: "text with the workloads of every image", Images: imagesWide},
		{Name: "yaml", Doc: "as json", Images: imagesYAML},
	}
}

// LookupImages is the format for images of that name.
func LookupImages(name string) (ImagesFormat, bool) {
	for _, f := range ImagesFormats() {
		if f.Name == name {
			return f, true
		}
	}
	return ImagesFormat{}, false
}

// imageList is the JSON of images.
type imageList struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Target     string `json:"target"`
	*survey.ImageList
}

func listImages(target string, l *survey.ImageList) imageList {
	return imageList{APIVersion: patch.APIVersion, Kind: "ImageList", Target: target, ImageList: l}
}

func imagesJSON(w io.Writer, target string, l *survey.ImageList, _ Style) error {
	return writeDocument(w, listImages(target, l), JSON)
}

func imagesYAML(w io.Writer, target string, l *survey.ImageList, _ Style) error {
	return writeDocument(w, listImages(target, l), yaml.Marshal)
}

func imagesText(w io.Writer, target string, l *survey.ImageList, s Style) error {
	return writeImages(w, target, l, s, false)
}

func imagesWide(w io.Writer, target string, l *survey.ImageList, s Style) error {
	return writeImages(w, target, l, s, true)
}
