package plugin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// overlayOptions say in which forms the overlay is written, and where.
type overlayOptions struct {
	format   string
	files    []string
	report   string
	inPlace  string
	existing string
	clusters map[string]string
}

func (o *overlayOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&o.format, "output", "o", "values", "`FORMAT` of what goes to stdout: "+overlaysUsage())
		f.StringArrayVar(&o.files, "output-file", nil, "write a further format to a file, as `FORMAT=FILE` (repeatable)")
		f.StringVar(&o.inPlace, "in-place", "", "edit a values `FILE` instead of writing an overlay to stdout; it counts as a --values file")
		f.StringVar(&o.existing, "existing", "", "the object of the format to edit: a `FILE`, or cluster to read it from there; a --values file that is one counts as well")
		f.StringToStringVar(&o.clusters, "cluster-selector", nil, "for fleet: `LABEL=VALUE,...` of the clusters that are to get the values, when not all are")
		f.StringVar(&o.report, "report", "", "write the report as JSON to a `FILE`; - writes it to stdout instead of the overlay")
	})
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, overlayNames()...)
	words(cmd, "existing", cobra.ShellCompDirectiveDefault, liveCluster)
}

func overlayNames() []string {
	var names []string
	for _, f := range dialect.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func overlaysUsage() string {
	var parts []string
	for _, f := range dialect.Formats() {
		parts = append(parts, f.Name+" ("+f.Doc+")")
	}
	return strings.Join(parts, ", ")
}

// outputs are the forms that were asked for.
type outputs struct {
	main  dialect.Format // of stdout
	files []target
}

// target is a file that an overlay goes to.
type target struct {
	path   string
	format dialect.Format
}

// validate says which forms are asked for.
func (o *overlayOptions) validate(p *problems, cmd *cobra.Command) outputs {
	main, ok := dialect.Lookup(o.format)
	if !ok {
		p.add("--output %q: want %s", o.format, quoted(overlayNames()))
	}
	changed := cmd.Flags().Changed
	if o.report == "-" && changed("output") {
		p.add("--report - and --output: only one of them can have stdout; --output-file writes the overlay to a file")
	}
	if o.inPlace != "" && changed("output") {
		p.add("--in-place and --output: the overlay goes into the file; --output-file writes it to another one as well")
	}
	if o.existing != "" && len(main.Kinds) == 0 {
		p.add("--existing is about objects: %s is none; --in-place edits a values file", main.Doc)
	}
	if len(o.clusters) > 0 && main.Name != "fleet" {
		p.add("--cluster-selector is about --output fleet: %s is for one cluster", main.Doc)
	}
	files, err := o.targets()
	p.check("output-file", err)
	return outputs{main: main, files: files}
}

// targets parses --output-file. It refuses two results for one file, of which one would be lost.
func (o *overlayOptions) targets() ([]target, error) {
	var targets []target
	taken := map[string]bool{}
	for _, path := range []string{o.report, o.inPlace} {
		if path != "" && path != "-" {
			taken[filepath.Clean(path)] = true
		}
	}
	for _, spec := range o.files {
		name, path, _ := strings.Cut(spec, "=")
		format, ok := dialect.Lookup(name)
		if !ok || path == "" {
			return nil, fmt.Errorf("%q: want FORMAT=FILE, with a FORMAT of %s", spec, quoted(overlayNames()))
		}
		if taken[filepath.Clean(path)] {
			return nil, fmt.Errorf("%q: something else is to be written to that file", spec)
		}
		taken[filepath.Clean(path)] = true
		targets = append(targets, target{path: path, format: format})
	}
	return targets, nil
}

// work is one chart on its way from its overlay to what is written.
type work struct {
	*patchOptions
	deps     Deps
	ref      string
	opened   *opened
	outputs  outputs
	named    bool // a flag says what the release is called
	existing existing
	result   *patch.Result
	made     made
	notes    []string // of the formats
}

// target is what the overlay is for.
func (w *work) target(f dialect.Format) dialect.Target {
	c := w.opened.renderer
	t := dialect.Target{
		Chart:   dialect.Chart{Name: c.Name(), Version: c.Version(), Repo: w.chart.source.Repo, Ref: w.ref},
		Release: w.opened.release.Name, Namespace: w.opened.release.Namespace, Hooks: w.fallback.helm == helm4,
	}
	switch f.Name {
	case "helmchartconfig":
		t.Namespace = "" // its own is kube-system
	case "fleet":
		if len(w.overlay.clusters) > 0 {
			t.Clusters = dialect.Clusters{Name: "winready", Labels: w.overlay.clusters}
		}
	}
	if f.Name == w.outputs.main.Name {
		t.Existing, t.Beside = w.existing.data, w.existing.beside
	}
	return t
}

// text is the overlay in a format, with the files that have to lie beside it. What the format cannot carry is unplaced again.
func (w *work) text(f dialect.Format, path string) ([]file, error) {
	var unreached dialect.Fallback
	if f.Patches && len(w.made.Unreached) > 0 {
		docs, err := w.result.Render.Documents()
		if err != nil {
			return nil, err
		}
		unreached.Unreached = w.made.Unreached
		for _, d := range docs {
			unreached.Render = append(unreached.Render, dialect.Document(d))
		}
	}
	out, err := f.Write(w.result.Overlay, w.target(f), unreached)
	if err != nil {
		return nil, err
	}
	for _, u := range out.Uncovered {
		w.uncovered(u)
	}
	for _, n := range out.Notes {
		if !slices.Contains(w.notes, n) {
			w.notes = append(w.notes, n)
		}
	}
	files := []file{{path: path, data: out.Data}}
	for _, b := range out.Beside {
		files = append(files, file{path: filepath.Join(filepath.Dir(path), filepath.FromSlash(b.Path)), data: b.Data, inside: true})
	}
	return files, nil
}

// uncovered takes back that a format's own patches place a workload.
func (w *work) uncovered(u dialect.Uncovered) {
	for i, p := range w.result.Pods {
		if o := &w.result.Report.Workloads[i]; p.ID() == u.Workload && o.Fallback == string(dialect.PostRender) {
			o.Status, o.Fallback, o.Remedy = patch.Unplaced, "", u.Reason
		}
	}
}

// write writes every file and then stdout. A file that goes with what is on stdout is written where --fallback-dir says.
func (w *work) write(ctx context.Context) error {
	answer, files, err := w.answer()
	if err != nil {
		return err
	}
	for _, t := range w.outputs.files {
		more, err := w.text(t.format, t.path)
		if err != nil {
			return err
		}
		files = append(files, more...)
	}
	more, err := w.made.files()
	if err != nil {
		return err
	}
	files = append(files, more...)
	report, err := printer.JSON(w.result.Report)
	if err != nil {
		return err
	}
	switch w.overlay.report {
	case "":
	case "-":
		answer = report
	default:
		files = append(files, file{path: w.overlay.report, data: report})
	}
	if w.made.fork != "" {
		if err := os.MkdirAll(w.fallback.folder, 0o777); err != nil {
			return fmt.Errorf("making --fallback-dir: %w", err)
		}
		if err := writeFork(ctx, w.made.fork, w.made.Fork); err != nil {
			return err
		}
	}
	if err := writeFiles(ctx, files); err != nil {
		return err
	}
	_, err = w.deps.Out.Write(answer)
	return err
}

// answer is what goes to stdout, and the files that belong to it.
func (w *work) answer() ([]byte, []file, error) {
	if w.overlay.inPlace != "" {
		f, err := w.edited()
		return nil, []file{f}, err
	}
	files, err := w.text(w.outputs.main, filepath.Join(w.fallback.folder, "stdout"))
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files[1:] {
		w.notes = append(w.notes, "what is on stdout goes with "+f.path+", and belongs into "+w.fallback.folder)
	}
	return files[0].data, files[1:], nil
}

// unplaced says that not everything is where it is to be. What could not be read is not fine.
func unplaced(report *patch.Report) bool {
	return len(report.Unreadable) > 0 || slices.ContainsFunc(report.Workloads, func(w patch.Outcome) bool { return w.Status == patch.Unplaced })
}
