// Package printer writes what commands found, inspections and the outcome of a patch in each output format.
// It must not judge what it prints, nor look for a terminal: a Style says how text may look.
package printer

import (
	"bytes"
	"encoding/json"
	"io"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/patch"
)

// Style says how text may look. The zero value is plain text of any width.
type Style struct {
	Columns int // of the terminal; 0: not a terminal
	Color   bool
}

// Format is one way to write an inspection.
type Format struct {
	Name, Doc  string
	Inspection func(io.Writer, *patch.Inspection, Style) error
}

// Formats are all formats, sorted by name.
func Formats() []Format {
	return []Format{
		{Name: "json", Doc: "for scripts", Inspection: writeJSON},
		{Name: "text", Doc: "for people", Inspection: text},
		{Name: "wide", Doc: "text with tolerations, affinity and runtimeClassName", Inspection: wide},
		{Name: "yaml", Doc: "as json", Inspection: writeYAML},
	}
}

// Lookup is the format of that name.
func Lookup(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

func writeJSON(w io.Writer, in *patch.Inspection, _ Style) error {
	data, err := JSON(in)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// JSON is v as every command writes it: indented, "<" and "&" as they are, with a line end.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

func writeYAML(w io.Writer, in *patch.Inspection, _ Style) error {
	data, err := yaml.Marshal(in)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
