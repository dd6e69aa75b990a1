package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// SyntaxError is a text that cannot be read as YAML.
type SyntaxError struct {
	Line, Column int // in the text; in the stream for what was cut out of one
	Reason       string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("parsing YAML: line %d: %s", e.Line, e.Reason)
}

// Node parses the document: it is the value on top, with lines and columns as they count in Text; nil when there is no content.
// The error is a *SyntaxError.
func (r Raw) Node() (*yaml.Node, error) {
	var top yaml.Node
	in := yaml.NewDecoder(bytes.NewReader(r.Text))
	if err := in.Decode(&top); errors.Is(err, io.EOF) {
		return nil, nil //nolint:nilnil // there is no content, and nothing wrong with that
	} else if err != nil {
		return nil, r.syntaxError(err)
	}
	if top.Kind != yaml.DocumentNode || len(top.Content) == 0 {
		return nil, nil //nolint:nilnil // as above
	}
	// Other line ends than those that Cut knows may end a document too: what is behind it would be lost.
	if err := in.Decode(&yaml.Node{}); err == nil {
		return nil, r.errorAt(1, 1, "a second document begins in this one without a line of ---")
	} else if !errors.Is(err, io.EOF) {
		return nil, r.syntaxError(err)
	}
	return top.Content[0], nil
}

// Document decodes a node that Node parsed. What it says of lines and columns counts in the stream. The error is a *SyntaxError.
func (r Raw) Document(n *yaml.Node) (*Document, error) {
	d := &Document{root: n, line: r.Line - 1}
	c := converter{left: maxAliased}
	var err error
	if d.object, err = c.value(n, nil); err != nil {
		if bad, ok := errors.AsType[*SyntaxError](err); ok {
			return nil, r.errorAt(bad.Line, bad.Column, bad.Reason)
		}
		return nil, err
	}
	d.dups = c.dups
	return d, nil
}

// At is where a node of the document is in the stream.
func (r Raw) At(n *yaml.Node) (line, column int) {
	return r.shift(n.Line, n.Column)
}

// shift is a place of the text as it counts in the stream.
func (r Raw) shift(line, column int) (int, int) {
	if line == 1 {
		column += r.Indent
	}
	return line + r.Line - 1, column
}

func (r Raw) errorAt(line, column int, reason string) *SyntaxError {
	line, column = r.shift(line, column)
	return &SyntaxError{Line: line, Column: column, Reason: reason}
}

var where = regexp.MustCompile(`^yaml: (line \d+: )?`)

// syntaxError finds out where the parser gave up. What it says itself is the line on which it began to read what it could not finish,
// and no column: so it is asked again for the shortest text that it has the same to say about.
func (r Raw) syntaxError(err error) error {
	text := r.Text
	reason := func(err error) string { return where.ReplaceAllString(err.Error(), "") }
	says := reason(err)
	none, all := 0, len(text)
	for none+1 < all {
		half := (none + all) / 2
		if err := yaml.Unmarshal(text[:half], &yaml.Node{}); err != nil && reason(err) == says {
			all = half
		} else {
			none = half
		}
	}
	before := text[:max(all-1, 0)]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
	return r.errorAt(line, column, strings.TrimSpace(says))
}

// Top is the text of a value at the top of a document that is a map: of its kind, say. It is empty for what is no scalar, and what
// merge keys bring is not seen.
func Top(n *yaml.Node, key string) string {
	if v := lookup(n, []any{key}); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}
