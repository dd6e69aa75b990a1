package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/windowspod"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// postRendered is what post-render made of one chart.
type postRendered struct {
	Bytes     int                  `json:"bytes"`
	Documents int                  `json:"documents"`
	Outcomes  []postrender.Outcome `json:"outcomes,omitempty"`
	Faults    []string             `json:"faults,omitempty"` // what differs and must not
}

// postRender renders a chart and sends it through post-render, twice.
func (c corpus) postRender(ctx context.Context, r *chart.Renderer) (*postRendered, error) {
	render, err := r.Render(ctx, nil)
	if err != nil {
		return nil, err
	}
	docs, err := render.Documents()
	if err != nil {
		return nil, err
	}
	var stream bytes.Buffer
	if err := chart.WriteManifest(&stream, docs); err != nil {
		return nil, err
	}
	q := postrender.Request{Request: c.request.Request, Also: steer.Also{OSName: c.settle, Fix: c.settle}}
	out, report, err := postrender.Bytes(stream.Bytes(), q)
	if err != nil {
		return &postRendered{Faults: []string{"refused: " + err.Error()}}, nil //nolint:nilerr // it is what is looked for
	}
	result := &postRendered{Bytes: stream.Len(), Outcomes: report.Workloads}
	again, _, err := postrender.Bytes(out, q)
	if err != nil || !bytes.Equal(out, again) {
		result.Faults = append(result.Faults, fmt.Sprintf("a second pass changes it: %v", err))
	}
	before, after := raws(stream.Bytes()), raws(out)
	if result.Documents = len(before); len(after) != len(before) {
		result.Faults = append(result.Faults, fmt.Sprintf("%d documents became %d", len(before), len(after)))
		return result, nil
	}
	for i := range before {
		for _, fault := range compare(before[i], after[i]) {
			result.Faults = append(result.Faults, fmt.Sprintf("line %d: %s", before[i].Line, fault))
		}
	}
	return result, nil
}

// raws are the documents of a stream, kept.
func raws(stream []byte) []manifest.Raw {
	var out []manifest.Raw
	_ = manifest.Cut(bytes.NewReader(stream), func(r manifest.Raw) error {
		r.Head, r.Text = bytes.Clone(r.Head), bytes.Clone(r.Text)
		out = append(out, r)
		return nil
	})
	return out
}

// compare holds that two texts of one document differ in the placement fields of its pods alone: as what they decode to, and line
// by line.
func compare(a, b manifest.Raw) []string {
	if bytes.Equal(a.Head, b.Head) && bytes.Equal(a.Text, b.Text) {
		return nil
	}
	was, is, err := parsed(a, b)
	if err != nil {
		return []string{err.Error()}
	}
	if was.doc.Object() == nil || is.doc.Object() == nil {
		return []string{"what has no object changes"}
	}
	fields := placementFields(was.doc.Object(), nil)
	made := slices.Concat(fields, parents(fields)) // what leads to a field is made where it is missing, and may be left empty
	var out []string
	for _, d := range manifest.Diff(was.doc.Object(), is.doc.Object()) {
		switch {
		case within(d.Path, fields):
		case leads(d, fields):
			made = append(made, d.Path)
		default:
			out = append(out, object.Path(d.Path).String()+" differs")
		}
	}
	if rest, want := is.without(made), was.without(made); rest != want {
		out = append(out, "lines differ outside placement: "+firstDifference(rest, want))
	}
	if again := is.doc.Repeated(); len(again) > 0 && within(again[0].Path, fields) {
		out = append(out, object.Path(again[0].Path).String()+" is there twice")
	}
	return out
}

// text is one document, parsed.
type text struct {
	raw  manifest.Raw
	root *yaml.Node
	doc  *manifest.Document
}

func parsed(a, b manifest.Raw) (was, is text, err error) {
	for _, t := range []struct {
		raw manifest.Raw
		to  *text
	}{{a, &was}, {b, &is}} {
		root, err := t.raw.Node()
		if err != nil {
			return was, is, err
		}
		if root == nil {
			return was, is, fmt.Errorf("line %d: what has no content changes", t.raw.Line)
		}
		doc, err := t.raw.Document(root)
		if err != nil {
			return was, is, err
		}
		*t.to = text{t.raw, root, doc}
	}
	return was, is, nil
}

// placementFields are the paths of the fields that may change.
func placementFields(obj map[string]any, at object.Path) []object.Path {
	var out []object.Path
	kind, _ := obj["kind"].(string)
	if items, ok := obj["items"].([]any); ok && strings.HasSuffix(kind, "List") {
		for i, item := range items {
			if m, ok := item.(map[string]any); ok {
				out = append(out, placementFields(m, at.Then("items", i))...)
			}
		}
		return out
	}
	for _, w := range workload.Of(obj) {
		for _, field := range []string{"nodeSelector", "tolerations", "affinity", "os", "runtimeClassName", "nodeName"} {
			out = append(out, at.Then(w.SpecPath...).Then(field))
		}
		for _, f := range windowspod.Fields(&w.Spec) {
			out = append(out, at.Then(w.SpecPath...).Then(f.Path...))
		}
	}
	return out
}

func within(path object.Path, fields []object.Path) bool {
	return slices.ContainsFunc(fields, func(f object.Path) bool { return len(path) >= len(f) && slices.Equal(path[:len(f)], f) })
}

// parents are the maps of settings that are left empty when all in them is taken away.
func parents(fields []object.Path) []object.Path {
	var out []object.Path
	for _, f := range fields {
		if up := f[:len(f)-1]; up[len(up)-1] == "securityContext" {
			out = append(out, up)
		}
	}
	return out
}

// leads tells a value that is new and holds nothing but placement fields.
func leads(d manifest.Difference, fields []object.Path) bool {
	m, ok := d.New.(map[string]any)
	if !ok || d.Old != nil {
		return false
	}
	for key, value := range m {
		path := object.Path(d.Path).Then(key)
		if !within(path, fields) && !leads(manifest.Difference{Path: path, New: value}, fields) {
			return false
		}
	}
	return true
}

// without is the text without the lines that the fields are on.
func (t text) without(fields []object.Path) string {
	lines := strings.SplitAfter(string(t.raw.Text), "\n")
	gone := make([]bool, len(lines)+2)
	for _, f := range fields {
		for _, span := range spans(t.root, f) {
			for n := span[0]; n <= span[1]; n++ {
				gone[n] = true
			}
			// Comments in a map that is left empty stand behind it then.
			for n := span[1] + 1; f[len(f)-1] == "securityContext" && n <= len(lines) && comment(lines[n-1]); n++ {
				gone[n] = true
			}
		}
	}
	var b strings.Builder
	for i, l := range lines {
		if !gone[i+1] {
			b.WriteString(l)
		}
	}
	return b.String()
}

func comment(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#'
}

// spans are the first and last line of every occurrence of a field.
func spans(n *yaml.Node, path object.Path) [][2]int {
	if n.Kind == yaml.AliasNode {
		return nil
	}
	var out [][2]int
	switch step := path[0].(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			return spans(n.Content[step], path[1:])
		}
	case string:
		for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
			if manifest.Key(n.Content[i]) != step {
				continue
			}
			if len(path) == 1 {
				out = append(out, [2]int{n.Content[i].Line, lastLine(n.Content[i+1])})
			} else {
				out = append(out, spans(n.Content[i+1], path[1:])...)
			}
		}
	}
	return out
}

func lastLine(n *yaml.Node) int {
	last := n.Line + strings.Count(n.Value, "\n")
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("%q, was %q", as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d lines, were %d", len(as), len(bs))
}

// writePostRendered writes what became of a corpus. It is false when something differs that must not.
func writePostRendered(out io.Writer, results []result) bool {
	var charts, bytes, documents, faulty int
	status := map[postrender.Status]int{}
	reasons := tally{}
	failed := tally{}
	for _, r := range results {
		if r.PostRendered == nil {
			if r.Error != "" {
				failed[failure(r.Error)]++
			}
			continue
		}
		charts++
		bytes += r.PostRendered.Bytes
		documents += r.PostRendered.Documents
		for _, o := range r.PostRendered.Outcomes {
			status[o.Status]++
			if o.Status == postrender.Unplaced {
				reasons[short(o.Reason)]++
			}
		}
		if len(r.PostRendered.Faults) > 0 {
			faulty++
			fmt.Fprintf(out, "%s: %s\n", r.Chart, strings.Join(r.PostRendered.Faults, "; "))
		}
	}
	fmt.Fprintf(out, "charts            %6d of %d rendered, %d documents, %.1f MB\n", charts, len(results), documents, float64(bytes)/1e6)
	failed.write(out, "  failed to render", "    ")
	fmt.Fprintf(out, "workloads placed  %6d\n  already         %6d\n", status[postrender.Placed], status[postrender.Already])
	reasons.write(out, "  unplaced        ", "    ")
	fmt.Fprintf(out, "charts that differ outside placement, or once more on a second pass: %d\n", faulty)
	return faulty == 0
}
