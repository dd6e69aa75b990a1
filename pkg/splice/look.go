package splice

import (
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// look is how a document is indented: how much deeper than its key a map stands, and how much deeper a list. It is -1 where
// nothing was seen yet.
type look struct{ step, list int }

const (
	defaultStep = 2
	dashGap     = 2 // from a dash to what is behind it
)

// seen adds what the entries of a block map show to what was seen before, which was farther away. column is that of its keys.
func (l look) seen(n *yaml.Node, column int) look {
	found := look{-1, -1}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if found.step >= 0 && found.list >= 0 {
			break
		}
		found = found.child(n.Content[i], n.Content[i+1], column)
	}
	if found.step >= 0 {
		l.step = found.step
	}
	if found.list >= 0 {
		l.list = found.list
	}
	return l
}

// child adds what one value in a block map shows.
func (l look) child(key, value *yaml.Node, column int) look {
	if value.Style != 0 || value.Anchor != "" || value.Line == key.Line || len(value.Content) == 0 {
		return l
	}
	deeper := value.Column - 1 - column
	switch {
	case value.Kind == yaml.MappingNode && l.step < 0 && deeper > 0:
		l.step = deeper
	case value.Kind == yaml.SequenceNode && l.list < 0 && deeper >= 0:
		l.list = deeper
	}
	return l
}

// settled fills in what was not seen near the place: as the document has it elsewhere, else 2.
func (w *writer) settled(l look) look {
	if l.step >= 0 && l.list >= 0 {
		return l
	}
	if w.elsewhere == nil {
		all := look{-1, -1}
		if w.root != nil {
			all = all.anywhere(w.root)
		}
		w.elsewhere = &all
	}
	if l.step < 0 {
		l.step = w.elsewhere.step
	}
	if l.list < 0 {
		l.list = w.elsewhere.list
	}
	if l.step < 0 {
		l.step = defaultStep
	}
	if l.list < 0 {
		l.list = l.step
	}
	return l
}

// anywhere adds the first things that the block maps at and below n show.
func (l look) anywhere(n *yaml.Node) look {
	if l.step >= 0 && l.list >= 0 || n.Style&yaml.FlowStyle != 0 {
		return l
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			l = l.child(n.Content[i], n.Content[i+1], n.Content[i].Column-1)
			l = l.anywhere(n.Content[i+1])
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			l = l.anywhere(item)
		}
	case yaml.ScalarNode, yaml.AliasNode, yaml.DocumentNode:
	}
	return l
}

// flowLook is how flow collections are written: strings in the quotes of JSON or as needed, and what is behind colon and comma.
type flowLook struct {
	json         bool
	colon, comma string
}

// jsonLook is the look to begin with: that of JSON when the text is JSON.
func jsonLook(text []byte) flowLook {
	return flowLook{json: json.Valid(text), colon: " ", comma: " "}
}

// inside is the look within a flow collection, as its first entries show it.
func (s *source) inside(n *yaml.Node, l flowLook) flowLook {
	if len(n.Content) == 0 {
		return l
	}
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
		first := s.pair(n, 0)
		if gap, ok := s.gap(first.indicator, first.value); ok && first.value < first.end {
			l.colon = gap
			if gap == "" {
				l.comma = "" // as compact JSON has it
			}
		}
	}
	known, quoted := false, true
	for i := 0; i < len(n.Content); i += step {
		if c := n.Content[i]; c.Kind == yaml.ScalarNode && c.Tag == "!!str" {
			known, quoted = true, quoted && c.Style&yaml.DoubleQuotedStyle != 0
		}
	}
	if known {
		l.json = quoted
	}
	if len(n.Content) > step {
		end := s.entry(n, 0).end
		if comma := s.token(end); s.byteAt(comma) == ',' {
			if gap, ok := s.gap(comma+1, s.start(n.Content[step])); ok {
				l.comma = gap
			}
		}
	}
	return l
}

// gap is the text between two offsets when there are only blanks, and few.
func (s *source) gap(from, to int) (string, bool) {
	if to < from || to-from > 2 || s.blanks(from) < to {
		return "", false
	}
	return string(s.text[from:to]), true
}

// entry is the place of the pair or item i of a collection.
func (s *source) entry(n *yaml.Node, i int) span {
	if n.Kind == yaml.MappingNode {
		return s.pair(n, i)
	}
	return s.item(n, i)
}
