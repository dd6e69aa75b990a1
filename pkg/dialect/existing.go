package dialect

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/splice"
	"github.com/winready/kubectl-winready/pkg/values"
)

// existing is one object of a text: of a stream of documents, or of a List in one of them.
type existing struct {
	before, text, after []byte
	line                int            // of the first byte of text, from 1
	at                  object.Path    // from the document to the object
	object              map[string]any // decoded
}

// kind is a kind of object in an API group of any version.
type kind struct{ group, kind string }

func (k kind) is(obj map[string]any) bool {
	group, _, _ := strings.Cut(textOf(obj["apiVersion"]), "/")
	return group == k.group && textOf(obj["kind"]) == k.kind
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

func nameOf(obj map[string]any) string { return textOf(object.Path{"metadata", "name"}.In(obj)) }

// objects are all objects of a text.
func objects(data []byte) ([]existing, error) {
	var all []existing
	read := 0
	err := manifest.Cut(bytes.NewReader(data), func(r manifest.Raw) error {
		start := read + len(r.Head)
		read = start + len(r.Text)
		obj, err := readRaw(r)
		if err != nil {
			return err
		}
		doc := existing{before: data[:start], text: data[start:read], after: data[read:], line: r.Line, object: obj}
		items, isList := obj["items"].([]any)
		if !isList || !strings.HasSuffix(textOf(obj["kind"]), "List") {
			if len(obj) > 0 {
				all = append(all, doc)
			}
			return nil
		}
		for i, item := range items {
			doc.at = object.Path{"items", i}
			if doc.object, _ = item.(map[string]any); doc.object != nil {
				all = append(all, doc)
			}
		}
		return nil
	})
	return all, err
}

// find finds the object of a kind: the one there is, or of several the one with the name. It is false when there is none of
// the kind.
func find(all []existing, k kind, name string) (existing, bool, error) {
	var of []existing
	for _, e := range all {
		if k.is(e.object) {
			of = append(of, e)
		}
	}
	if len(of) == 0 {
		return existing{}, false, nil
	}
	var named []string
	for _, e := range of {
		if nameOf(e.object) == name {
			return e, true, nil
		}
		named = append(named, nameOf(e.object))
	}
	if len(of) > 1 {
		return existing{}, false, fmt.Errorf("there are the %ss %s, and none is named %s", k.kind, strings.Join(named, ", "), name)
	}
	return of[0], true, nil
}

// one is find for a dialect with one kind.
func one(data []byte, k kind, name string) (existing, error) {
	all, err := objects(data)
	if err != nil {
		return existing{}, err
	}
	e, ok, err := find(all, k, name)
	if err != nil || ok {
		return e, err
	}
	return existing{}, noneOf(all, k)
}

// noneOf says what there is instead of an object of some kinds.
func noneOf(all []existing, kinds ...kind) error {
	var want, got []string
	for _, k := range kinds {
		want = append(want, k.kind+" of "+k.group)
	}
	for _, e := range all {
		got = append(got, cmp.Or(textOf(e.object["kind"]), "something without kind")+" of "+cmp.Or(textOf(e.object["apiVersion"]), "no apiVersion"))
	}
	if len(got) == 0 {
		return fmt.Errorf("there is no object, want %s", strings.Join(want, " or "))
	}
	return fmt.Errorf("there is %s, want %s", strings.Join(slices.Compact(got), " and "), strings.Join(want, " or "))
}

// String is KIND NAME, for errors and notes.
func (e existing) String() string { return textOf(e.object["kind"]) + " " + nameOf(e.object) }

// edit carries out edits of the object. The text around it stays.
func (e existing) edit(edits []splice.Edit) ([]byte, error) {
	moved := make([]splice.Edit, 0, len(edits))
	for _, edit := range edits {
		edit.Path = e.at.Then(edit.Path...)
		moved = append(moved, edit)
	}
	text, err := splice.Apply(e.text, moved)
	if err != nil {
		return nil, placed(err, e.line)
	}
	return slices.Concat(e.before, text, e.after), nil
}

// placed moves the place of an error from a document to the stream that it is in.
func placed(err error, line int) error {
	at, ok := errors.AsType[*splice.Error](err)
	if !ok || at.Line == 0 {
		return err
	}
	moved := *at
	moved.Line += line - 1
	return &moved
}

// readYAML reads a map; blank text is an empty one. An error says where in the text.
func readYAML(text string) (map[string]any, error) {
	return readRaw(manifest.Raw{Text: []byte(text), Line: 1})
}

// readRaw is readYAML for a document of a stream.
func readRaw(r manifest.Raw) (map[string]any, error) {
	n, err := r.Node()
	if err != nil {
		return nil, unreadable(err)
	}
	if n == nil {
		return map[string]any{}, nil
	}
	doc, err := r.Document(n)
	if err != nil {
		return nil, unreadable(err)
	}
	m := doc.Object()
	if line, column := r.At(n); m == nil && n.ShortTag() != "!!null" {
		return nil, fmt.Errorf("line %d, column %d: want a map", line, column)
	}
	return Merge(nil, m), nil
}

// unreadable says what is wrong with a text, and where.
func unreadable(err error) error {
	if bad, ok := errors.AsType[*manifest.SyntaxError](err); ok {
		return fmt.Errorf("line %d, column %d: %s", bad.Line, bad.Column, bad.Reason)
	}
	return err
}

// mapAt is the map at a path, nil when there is none or null. Anything else is an error.
func mapAt(obj map[string]any, at object.Path) (map[string]any, error) {
	switch v := at.In(obj).(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return v, nil
	default:
		return nil, fmt.Errorf("%s is not a map", at)
	}
}

// stringAt is the text at a path, empty when there is none or null. Anything else is an error.
func stringAt(obj map[string]any, at object.Path) (string, error) {
	switch v := at.In(obj).(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	default:
		return "", fmt.Errorf("%s is not a string", at)
	}
}

// contentAt are the values in a text at a path, which is YAML of its own.
func contentAt(obj map[string]any, at object.Path) (map[string]any, error) {
	text, err := stringAt(obj, at)
	if err != nil {
		return nil, err
	}
	got, err := readYAML(text)
	if err != nil {
		return nil, fmt.Errorf("in %s: %w", at, err)
	}
	return got, nil
}

// edits are the edits that lay the overlay over the values at a path, each with the overlay's comment.
func edits(o values.Overlay, have map[string]any, at object.Path) ([]splice.Edit, error) {
	n, err := nodes(o)
	if err != nil {
		return nil, err
	}
	return editsOf(n, o.Tree(), have, at, ""), nil
}

// editsOf goes down as far as there are maps, or nothing that could not become one. comment is that of a map above, which goes
// to the first key that is new in it.
func editsOf(n *yaml.Node, tree, have map[string]any, at object.Path, comment string) []splice.Edit {
	var out []splice.Edit
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		v := tree[key]
		there, present := have[key]
		own := strings.TrimPrefix(n.Content[i].HeadComment, "# ")
		if own == "" && !present {
			own, comment = comment, ""
		}
		m, isMap := v.(map[string]any)
		into, merges := there.(map[string]any)
		switch {
		case isMap && merges:
			out = append(out, editsOf(n.Content[i+1], m, into, at.Then(key), own)...)
		case isMap && len(m) > 0 && own == "" && (!present || there == nil):
			out = append(out, editsOf(n.Content[i+1], m, nil, at.Then(key), "")...)
		default:
			out = append(out, splice.Edit{Path: at.Then(key), Value: v, Comment: own})
		}
	}
	return out
}

// contentEdit is the edit that lays the overlay over the values in a text at a path.
func contentEdit(o values.Overlay, obj map[string]any, at object.Path) ([]splice.Edit, error) {
	have, err := contentAt(obj, at)
	if err != nil {
		return nil, err
	}
	text, err := stringAt(obj, at)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		fresh, err := o.YAML()
		return []splice.Edit{{Path: at, Value: strings.TrimRight(string(fresh), "\n")}}, err
	}
	inner, err := edits(o, have, nil)
	if err != nil {
		return nil, err
	}
	changed, err := splice.Apply([]byte(text), inner)
	if err != nil {
		return nil, fmt.Errorf("in %s: %w", at, err)
	}
	return []splice.Edit{{Path: at, Value: string(changed)}}, nil
}
