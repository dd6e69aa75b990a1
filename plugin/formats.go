package plugin

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/printer"
)

// formats are those that a command can write, each with what it is for.
type formats [][2]string

func (f formats) names() []string {
	var names []string
	for _, of := range f {
		names = append(names, of[0])
	}
	return names
}

// list is them all in a line, for help.
func (f formats) list() string {
	var list []string
	for _, of := range f {
		list = append(list, of[0]+" ("+of[1]+")")
	}
	return strings.Join(list, ", ")
}

func formatsOf[F any](all []F, said func(F) [2]string) formats {
	var out formats
	for _, f := range all {
		out = append(out, said(f))
	}
	return out
}

func reportFormats() formats {
	return formatsOf(printer.ReportFormats(), func(f printer.ReportFormat) [2]string { return [2]string{f.Name, f.Doc} })
}

func imagesFormats() formats {
	return formatsOf(printer.ImagesFormats(), func(f printer.ImagesFormat) [2]string { return [2]string{f.Name, f.Doc} })
}

func poolsFormats() formats {
	return formatsOf(printer.PoolsFormats(), func(f printer.PoolsFormat) [2]string { return [2]string{f.Name, f.Doc} })
}

func inspectFormats() formats {
	return formatsOf(printer.Formats(), func(f printer.Format) [2]string { return [2]string{f.Name, f.Doc} })
}

func catalogueFormats() formats {
	return formatsOf(printer.CatalogueFormats(), func(f printer.CatalogueFormat) [2]string { return [2]string{f.Name, f.Doc} })
}
