package postrender

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/splice"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// found is one workload of a document.
type found struct {
	workload.Workload
	object object.Path // from the document to the object: of an item of a List
	line   int         // of the object in the stream
}

// spec leads from the document to the pod spec.
func (f found) spec() object.Path { return f.object.Then(f.SpecPath...) }

// document writes one document of the stream.
func (r *run) document(raw manifest.Raw) error {
	if _, err := r.out.Write(raw.Head); err != nil {
		return err
	}
	plain, back := withoutPairs(raw.Text)
	raw.Text = plain
	text, err := r.placed(raw)
	if err != nil {
		return err
	}
	_, err = r.out.Write(back(text))
	return err
}

// placed is the text of a document with its workloads placed.
func (r *run) placed(raw manifest.Raw) ([]byte, error) {
	node, doc, err := r.read(raw)
	if err != nil || doc == nil {
		return raw.Text, err
	}
	var todo []job
	for _, f := range workloads(raw, doc, doc.Object(), nil) {
		j, err := r.plan(f, doc)
		if err != nil {
			return nil, err
		}
		if len(j.edits) > 0 {
			todo = append(todo, j)
		}
		r.report.Workloads = append(r.report.Workloads, j.Outcome)
	}
	if len(todo) == 0 {
		return raw.Text, nil
	}
	var edits []splice.Edit
	for _, j := range todo {
		edits = append(edits, j.edits...)
	}
	if text, err := splice.ApplyTo(raw.Text, node, edits); err == nil {
		return text, nil
	}
	return r.oneByOne(raw.Text, todo), nil
}

// oneByOne carries out what can be, when not all can.
func (r *run) oneByOne(text []byte, todo []job) []byte {
	for _, j := range todo {
		next, err := splice.Apply(text, j.edits)
		if err == nil {
			text = next
			continue
		}
		i := slices.IndexFunc(r.report.Workloads, func(o Outcome) bool { return o.Line == j.Line && o.String() == j.String() })
		reason := err.Error()
		if bad, ok := errors.AsType[*splice.Error](err); ok {
			reason = bad.Problem()
		}
		r.unplaced(&r.report.Workloads[i], "its text cannot be edited without loss: "+reason)
	}
	return text
}

// read parses a document that may hold workloads; there is none without an error for one that cannot. What is no object of
// Kubernetes is an error: text that is no manifest, such as what a failed command says, must not pass for one.
func (r *run) read(raw manifest.Raw) (*yaml.Node, *manifest.Document, error) {
	node, err := raw.Node()
	if err != nil || node == nil || node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" {
		return nil, nil, err
	}
	kind := manifest.Top(node, "kind")
	if kind != "" && !r.mayHold(kind) {
		return node, nil, nil
	}
	doc, err := raw.Document(node)
	if err != nil || kind != "" {
		return node, doc, err
	}
	obj := doc.Object() // a merge key may bring the kind
	if obj["kind"] == nil && obj["apiVersion"] == nil {
		line, column := raw.At(node)
		return nil, nil, &manifest.SyntaxError{Line: line, Column: column, Reason: "want an object with a kind, got " + described(node)}
	}
	return node, doc, nil
}

// mayHold remembers what workload.MayHold says: there are many documents, and few kinds.
func (r *run) mayHold(kind string) bool {
	holds, known := r.kinds[kind]
	if !known {
		holds = workload.MayHold(kind)
		r.kinds[kind] = holds
	}
	return holds
}

// described is a value that is no object, as somebody would know it again.
func described(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		keys := make([]string, 0, 3)
		for i := 0; i+1 < len(n.Content) && len(keys) < cap(keys); i += 2 {
			keys = append(keys, manifest.Key(n.Content[i]))
		}
		return "a map of " + strings.Join(keys, ", ")
	case yaml.SequenceNode:
		return "a list"
	default:
		first, _, _ := strings.Cut(n.Value, "\n")
		return fmt.Sprintf("the text %.40q", first)
	}
}

// maxListDepth is how many Lists in Lists are looked into.
const maxListDepth = 8

// workloads are those of an object, or of the items of a List.
func workloads(raw manifest.Raw, doc *manifest.Document, obj map[string]any, at object.Path) []found {
	kind, _ := obj["kind"].(string)
	items, isList := obj["items"].([]any)
	var out []found
	if !isList || !strings.HasSuffix(kind, "List") || len(at) >= 2*maxListDepth {
		for _, w := range workload.Of(obj) {
			line, _ := doc.Locate(at)
			w.Source = source(raw, obj)
			out = append(out, found{Workload: w, object: at, line: line})
		}
		return out
	}
	for i, item := range items {
		if item, ok := item.(map[string]any); ok {
			out = append(out, workloads(raw, doc, item, at.Then("items", i))...)
		}
	}
	return out
}

// job is what is to be done about one workload.
type job struct {
	Outcome

	edits []splice.Edit
}

// plan decides about one workload.
func (r *run) plan(f found, doc *manifest.Document) (job, error) {
	j := job{Outcome: Outcome{
		Kind: f.Object.Kind, Namespace: f.Object.Namespace, Name: f.Object.Name, Source: f.Source, Line: f.line,
		Hook: f.Hook(), Test: f.Test(), Status: Left, Changes: []string{},
	}}
	if f.Custom {
		j.Field = f.SpecPath.String()
	}
	target, err := r.target(f.Workload, place{f.line, f.spec().String()})
	if err != nil {
		return j, err
	}
	j.OS, j.OSReason = string(target.OS), target.Why
	if target.OS == "" {
		return j, nil
	}
	place := steer.Place(f.Workload, r.goal(target.OS))
	if place.Problem != "" {
		r.unplaced(&j.Outcome, place.Problem)
		return j, nil
	}
	settle := steer.Settle(f.Workload, target.OS, r.q.Also)
	j.Notes = append(place.Notes, settle.Notes...)
	if j.Status = Already; len(place.Changes) > 0 {
		j.Status = Placed
	}
	for _, c := range slices.Concat(place.Changes, settle.Changes) {
		j.Changes = append(j.Changes, shown(c))
		j.edits = append(j.edits, splice.Edit{Path: f.spec().Then(c.Path...), Value: c.Value, Remove: c.Remove})
	}
	j.mend(f, doc)
	return j, nil
}

// mend makes one of the keys that occur twice in the placement fields: Helm takes the last, while kustomize and Flux refuse the
// document. Others stay: they are not ours.
func (j *job) mend(f found, doc *manifest.Document) {
	spec := f.spec()
	for _, again := range doc.Repeated() {
		path := object.Path(again.Path)
		if len(path) <= len(spec) || !slices.Equal(path[:len(spec)], spec) || !placementField(path[len(spec)]) {
			continue
		}
		j.Changes = append(j.Changes, path[len(spec):].String()+": once, not twice")
		field := path[:len(spec)+1]
		if edit := (splice.Edit{Path: field, Mend: true}); !slices.ContainsFunc(j.edits, func(e splice.Edit) bool { return e.Mend && slices.Equal(e.Path, field) }) {
			j.edits = append(j.edits, edit)
		}
	}
}

func placementField(key any) bool {
	return slices.Contains([]any{"nodeSelector", "tolerations", "affinity", "os", "runtimeClassName"}, key)
}
