package plugin

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/values"
)

// overlayWriter writes an overlay in one format.
type overlayWriter func(values.Overlay) ([]byte, error)

// overlayNames are the formats of an overlay, sorted.
func overlayNames() []string { return []string{"set", "values"} }

func overlayFormat(name string) (overlayWriter, bool) {
	switch name {
	case "set":
		return setFlags, true
	case "values":
		return values.Overlay.YAML, true
	}
	return nil, false
}

// setFlags is a flag a line, continued as a shell continues lines: it can be pasted after helm install NAME CHART \.
func setFlags(o values.Overlay) ([]byte, error) {
	flags := o.SetFlags()
	if len(flags) == 0 {
		return nil, nil
	}
	return []byte(strings.Join(flags, " \\\n") + "\n"), nil
}

// target is a file that an overlay goes to.
type target struct {
	path  string
	write overlayWriter
}

// targets parses --output-file. It refuses two results for one file, of which one would be lost.
func (o *patchOptions) targets() ([]target, error) {
	var targets []target
	taken := map[string]bool{}
	if o.report != "" && o.report != "-" {
		taken[filepath.Clean(o.report)] = true
	}
	for _, spec := range o.outputFiles {
		format, path, _ := strings.Cut(spec, "=")
		write, ok := overlayFormat(format)
		if !ok || path == "" {
			return nil, fmt.Errorf("%q: want FORMAT=FILE, with a FORMAT of %s", spec, quoted(overlayNames()))
		}
		if taken[filepath.Clean(path)] {
			return nil, fmt.Errorf("%q: something else is to be written to that file", spec)
		}
		taken[filepath.Clean(path)] = true
		targets = append(targets, target{path: path, write: write})
	}
	return targets, nil
}

// write writes every file and then stdout.
func (o *patchOptions) write(ctx context.Context, deps Deps, result *patch.Result, targets []target) error {
	report, err := printer.JSON(result.Report)
	if err != nil {
		return err
	}
	var files []file
	for _, t := range targets {
		data, err := t.write(result.Overlay)
		if err != nil {
			return err
		}
		files = append(files, file{path: t.path, data: data})
	}
	if o.report != "" && o.report != "-" {
		files = append(files, file{path: o.report, data: report})
	}
	answer := report
	if o.report != "-" {
		format, _ := overlayFormat(o.output)
		if answer, err = format(result.Overlay); err != nil {
			return err
		}
	}
	if err := writeFiles(ctx, files); err != nil {
		return err
	}
	_, err = deps.Out.Write(answer)
	return err
}

// summarize tells a person what happened and what to do next.
func (o *patchOptions) summarize(deps Deps, ref string, result *patch.Result) error {
	style := deps.style(deps.ErrTerminal)
	if err := printer.Outcome(deps.ErrOut, &result.Report, style); err != nil {
		return err
	}
	for _, warning := range result.Warnings {
		fmt.Fprintf(deps.ErrOut, "warning: %s\n", warning)
	}
	if !result.Overlay.Empty() {
		fmt.Fprintf(deps.ErrOut, "next: %s --values OVERLAY, OVERLAY being the values written here\n", o.chart.helmInstall(ref))
	}
	if len(result.Report.Unreadable) > 0 {
		return errFindings // what could not be read is not fine
	}
	for _, w := range result.Report.Workloads {
		if w.Status == patch.Unplaced {
			return errFindings
		}
	}
	return nil
}
