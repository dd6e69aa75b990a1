// Package splice edits the text of a YAML or JSON document and leaves every byte outside the edited values as it was.
// It must not know what a value means.
package splice

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// Edit sets, removes or mends one value. The steps of its path are those of the document as the edits before it leave it.
type Edit struct {
	Path  []any // string keys and int indexes from the document's root; the index behind the last item appends one
	Value any   // what is to be there: maps and lists of any, strings, booleans, nil, int, int64, float64
	// Remove takes the key or item away. Nothing happens where there is none, but an index must be one of the list.
	Remove bool
	// Mend only takes away the keys that are repeated, at the path and below it; the last one stays, which is the one that
	// counts. What is set or removed is mended in any case, and so are the keys that lead there.
	Mend    bool
	Comment string // written above a key that the edit creates, where that is in block style
}

// creates tells an edit that makes the parents that are missing.
func (e Edit) creates() bool { return !e.Remove && !e.Mend }

// Apply carries out the edits in order on the text of one document. The error is an *Error, and then there is no text.
//
// Maps and lists that are set over maps and lists change only where they differ. An anchor whose value changes keeps its old
// value wherever an alias stands for it: the value is written there. An alias that is to change is replaced by the value.
func Apply(text []byte, edits []Edit) ([]byte, error) {
	root, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return ApplyTo(text, root, edits)
}

// ApplyTo is Apply for a text that is parsed already: root is the document, or what is in it, and is not changed.
func ApplyTo(text []byte, root *yaml.Node, edits []Edit) ([]byte, error) {
	if root != nil && root.Kind == yaml.DocumentNode && len(root.Content) > 0 {
		root = root.Content[0]
	}
	if root != nil && root.Kind == 0 {
		root = nil
	}
	if len(edits) == 0 {
		return bytes.Clone(text), nil
	}
	data, err := Decode(root)
	if err != nil {
		return nil, err
	}
	p := newPlan(text, root)
	want, err := applied(data, edits)
	if err != nil {
		return nil, p.located(err)
	}
	for _, e := range edits {
		p.put(e)
	}
	out, err := p.write(false)
	if err != nil || bytes.Equal(out, text) && root != nil {
		return out, err
	}
	if err = verify(out, want); err == nil {
		return out, nil
	}
	// A block scalar takes in deeper comments that follow it, and wants a line end that the text may not have.
	out, bad := p.write(true)
	if bad != nil || verify(out, want) != nil {
		return nil, err
	}
	return out, nil
}

// verify reads an edited text back. What it finds is a mistake of ours, or a text that is stranger than we know.
func verify(out []byte, want any) error {
	root, err := Parse(out)
	if err != nil {
		return &Error{Reason: "the document cannot be edited as text: it would no longer parse: " + err.Error()}
	}
	got, err := Decode(root)
	if err != nil {
		return &Error{Reason: "the document cannot be edited as text: it would no longer decode: " + err.Error()}
	}
	if !same(got, want) {
		path := difference(got, want, nil)
		return &Error{Path: path, Reason: "cannot be edited as text: it would not read back as it should"}
	}
	return nil
}

// Parse reads a text of one document; the node is nil for a text without content. The error is an *Error.
func Parse(text []byte) (*yaml.Node, error) {
	if !utf8.Valid(text) {
		return nil, invalid(text)
	}
	docs, err := parseSome(text, 2)
	switch {
	case err != nil:
		return nil, unreadable(text, err)
	case len(docs) == 0:
		return nil, nil //nolint:nilnil // a text without a document
	case len(docs) > 1:
		more := docs[1].Content[0]
		return nil, &Error{Line: more.Line, Column: more.Column, Reason: "the text holds more than one document"}
	}
	return docs[0].Content[0], nil
}

// parseSome reads the first documents of a text.
func parseSome(text []byte, limit int) ([]yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var out []yaml.Node
	for range limit {
		var doc yaml.Node
		switch err := dec.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case len(doc.Content) > 0:
			out = append(out, doc)
		}
	}
	return out, nil
}

// Decode is what Parse returns as Kubernetes and Helm decode it, integers as int64. The error is an *Error.
func Decode(root *yaml.Node) (any, error) {
	if root == nil {
		return nil, nil //nolint:nilnil // no document is null
	}
	data, err := manifest.Decode(root)
	if err != nil {
		e := &Error{Reason: "Helm and Kubernetes do not read this: " + err.Error()}
		if bad, ok := errors.AsType[*manifest.SyntaxError](err); ok {
			e.Line, e.Column, e.Reason = bad.Line, bad.Column, "Helm and Kubernetes do not read this: "+bad.Reason
		}
		return nil, e
	}
	return data, nil
}
