package plugin

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/values"
)

// summarize tells a person what happened and what to do next.
func (w *work) summarize() error {
	style := w.deps.style(w.deps.ErrTerminal)
	if err := printer.Outcome(w.deps.ErrOut, &w.result.Report, style); err != nil {
		return err
	}
	for _, warning := range w.result.Warnings {
		fmt.Fprintf(w.deps.ErrOut, "warning: %s\n", warning)
	}
	for _, note := range append(w.made.Notes, w.notes...) {
		fmt.Fprintf(w.deps.ErrOut, "note: %s\n", note)
	}
	if !w.apply.on {
		for _, step := range w.steps() {
			fmt.Fprintf(w.deps.ErrOut, "next: %s\n", step)
		}
	}
	if unplaced(&w.result.Report) {
		return errFindings
	}
	return nil
}

// steps are what is to be done with what was written.
func (w *work) steps() []string {
	steps, flags := w.made.steps(w.fallback.helm)
	ref := w.ref
	if w.made.fork != "" {
		ref = w.made.fork
	}
	install := w.chart.helmInstall(ref)
	meant := flags != "" || w.made.fork != ""
	switch {
	case w.outputs.main.Name == "set" && !w.result.Overlay.Empty():
		return append(steps, typed(install, flags)+" and the flags written here")
	case w.outputs.main.Name != "values":
		return steps // the notes of the format say how it is applied
	case w.overlay.inPlace != "":
		return append(steps, typed(install, flags))
	case !w.result.Overlay.Empty():
		return append(steps, typed(install+" --values OVERLAY", flags)+", OVERLAY being the values written here")
	case meant:
		return append(steps, typed(install, flags))
	}
	return steps
}

func typed(parts ...string) string { return strings.TrimSpace(strings.Join(parts, " ")) }

// shellWord is a word as it has to be typed: into a POSIX shell, or into PowerShell on Windows.
func shellWord(word string) string { return wordOn(runtime.GOOS, word) }

// wordOn is shellWord on an operating system. PowerShell takes a backslash as it is, and two quotes for one between quotes
// (about_Quoting_Rules of its documentation).
func wordOn(system, word string) string {
	plain := "_-./:=@%+,"
	if system == "windows" {
		plain = "_-./:=+\\"
	}
	special := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(plain, r)
	}
	switch {
	case word != "" && !strings.ContainsFunc(word, special):
		return word
	case system == "windows":
		return "'" + strings.ReplaceAll(word, "'", "''") + "'"
	}
	return values.Quote(word)
}
