package fork

import (
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/template"
)

// edits lists what is another text than in the chart, file by file.
func (m *maker) edits(d *desk) []Edit {
	var out []Edit
	for _, file := range slices.Sorted(maps.Keys(d.sources)) {
		was := template.New(m.original[file])
		for _, r := range runs(was, d.sources[file]) {
			r.File = file
			r.Workloads = m.about(file, r)
			out = append(out, r.Edit)
		}
	}
	return out
}

// run is an edit with the ids of the lines that are changed, and of the one before.
type run struct {
	Edit
	ids []int
}

// runs compares a source with the one that it comes of, line by line: those that stayed tell what was changed between them.
func runs(was, is template.Source) []run {
	var out []run
	next := 0 // the first line of was that is not accounted for
	var open *run
	before := -1
	for i, l := range is {
		if l.ID >= next && l.ID < len(was) && l.Text == was[l.ID].Text {
			if l.ID > next || open != nil {
				out = append(out, closeRun(open, was[next:l.ID], i, before))
			}
			open, next, before = nil, l.ID+1, l.ID
			continue
		}
		if open == nil {
			open = &run{Edit: Edit{Line: i + 1}}
		}
		open.After += l.Text
		open.ids = append(open.ids, l.ID)
	}
	if open != nil || next < len(was) {
		out = append(out, closeRun(open, was[next:], len(is), before))
	}
	return out
}

func closeRun(r *run, gone template.Source, at, before int) run {
	if r == nil {
		r = &run{Edit: Edit{Line: at + 1}}
	}
	r.ids = append(r.ids, before)
	for _, l := range gone {
		r.Before += l.Text
		r.ids = append(r.ids, l.ID)
	}
	return *r
}

// about are the workloads that an edit is for; all that are placed by edits of the file, where none is known to be of this one. An
// edit that only takes the version off is for none.
func (m *maker) about(file string, r run) []string {
	var mine, all []string
	for _, w := range m.accepted {
		name := w.name
		for _, a := range w.taken {
			for _, e := range a.edits {
				if e.File != file {
					continue
				}
				all = append(all, name)
				if slices.ContainsFunc(e.Was, func(l template.Line) bool { return l.ID >= 0 && slices.Contains(r.ids, l.ID) }) {
					mine = append(mine, name)
				}
			}
			mine = append(mine, m.wrapper(w, a, file, r, name)...)
		}
	}
	if len(mine) == 0 && !strings.Contains(r.After, "| trimSuffix ") {
		mine = all
	}
	slices.Sort(mine)
	return slices.Compact(mine)
}

// wrapper is the name of a pod where an edit is what changes it in the output of its template.
func (m *maker) wrapper(w *want, a alternative, file string, r run, name string) []string {
	own := m.fileOf[w.pod.Source]
	switch {
	case a.way != Wrapped:
	case file == helperOf(own), file == asideOf(own), file == own && strings.Contains(r.After, ".winready."):
		return []string{name}
	}
	return nil
}

// Revert is the chart's file again: the edits of a file taken back, the last first. It is for those who want to see that nothing else
// was changed.
func Revert(text string, edits []Edit) (string, bool) {
	for _, e := range slices.Backward(edits) {
		at := 0
		for range e.Line - 1 {
			n := strings.Index(text[at:], "\n")
			if n < 0 {
				return "", false
			}
			at += n + 1
		}
		rest, ok := strings.CutPrefix(text[at:], e.After)
		if !ok {
			return "", false
		}
		text = text[:at] + e.Before + rest
	}
	return text, true
}
