package splice

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The parser says where a value begins and not where it ends. What follows finds the ends, with the value at hand: a plain
// scalar ends where all its characters have been seen, whatever lines it was folded over.

// props are the anchor and the tag that stand before a value.
type props struct {
	start, end        int // end is behind the last of them
	anchor, anchorEnd int // anchor is -1 without one
	tag, tagEnd       int // tag is -1 without one
	content           int // where the value itself begins; end for an empty one
}

func (s *source) start(n *yaml.Node) int { return s.offset(n.Line, n.Column) }

func isEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&^yaml.TaggedStyle == 0 && n.Value == ""
}

// props reads what stands before a value that has text: see hasText.
func (s *source) props(n *yaml.Node) props {
	at := s.start(n)
	p := props{start: at, end: at, anchor: -1, tag: -1}
	for {
		switch {
		case n.Anchor != "" && p.anchor < 0 && s.byteAt(at) == '&':
			p.anchor, p.anchorEnd = at, at+1+len(n.Anchor)
			p.end = p.anchorEnd
		case p.tag < 0 && s.byteAt(at) == '!' && (n.Style&yaml.TaggedStyle != 0 || n.Kind == yaml.ScalarNode || n.Style&yaml.FlowStyle != 0):
			p.tag, p.tagEnd = at, s.word(at)
			p.end = p.tagEnd
		default:
			p.content = at
			if isEmpty(n) {
				p.content = p.end
			}
			return p
		}
		at = s.token(p.end)
	}
}

// word is the offset of the next blank or line end.
func (s *source) word(at int) int {
	for at < len(s.text) && !isBlank(s.text[at]) && s.breakLen(at) == 0 {
		at++
	}
	return at
}

// hasText tells whether a value has any text of its own. The position of one that has none says nothing.
func (s *source) hasText(n *yaml.Node) bool {
	if !isEmpty(n) {
		return true
	}
	return n.Anchor != "" || n.Style&yaml.TaggedStyle != 0
}

// end is the offset behind a value that has text. Behind a block scalar that is the end of its last line, without the line
// end, but for a scalar that ends in blank lines.
func (s *source) end(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		return s.start(n) + 1 + len(n.Value)
	}
	p := s.props(n)
	switch {
	case n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode:
		return s.collectionEnd(n, p.content)
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return s.doubleEnd(p.content)
	case n.Style&yaml.SingleQuotedStyle != 0:
		return s.singleEnd(p.content)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return s.blockEnd(n.Value, p.content)
	case isEmpty(n):
		return p.end
	}
	return s.seen(n.Value, p.content)
}

func (s *source) doubleEnd(at int) int {
	for at++; at < len(s.text); at++ {
		switch s.text[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(s.text)
}

func (s *source) singleEnd(at int) int {
	for at++; at < len(s.text); at++ {
		if s.text[at] != '\'' {
			continue
		}
		if s.byteAt(at+1) != '\'' {
			return at + 1
		}
		at++
	}
	return len(s.text)
}

// seen is the offset behind the last of the characters of value, blanks and line ends left out on both sides.
func (s *source) seen(value string, at int) int {
	last := at
	for _, r := range value {
		if isWhite(r) {
			continue
		}
		for at < len(s.text) {
			c, size := utf8.DecodeRune(s.text[at:])
			at += size
			if !isWhite(c) {
				break
			}
		}
		last = at
	}
	return last
}

func isWhite(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// header is the offset behind the indicators of the block scalar at an offset: |, >2-.
func (s *source) header(at int) int {
	for at++; at < len(s.text) && strings.IndexByte("+-0123456789", s.text[at]) >= 0; {
		at++
	}
	return at
}

func (s *source) blockEnd(value string, at int) int {
	end := s.lineEnd(s.header(at))
	text := strings.TrimRightFunc(value, isWhite)
	if text != "" {
		end = s.lineEnd(s.seen(text, s.next(end)))
	}
	if tail := value[len(text):]; strings.TrimLeft(tail, " \t") == "" || tail == "\n" && text != "" {
		return end
	}
	for s.next(end) < len(s.text) { // blank lines that count
		line := s.next(end)
		if to := s.blanks(line); to < len(s.text) && s.breakLen(to) == 0 {
			break
		}
		end = s.lineEnd(line)
	}
	return end
}

// collectionEnd is the offset behind a map or list whose own text begins at an offset.
func (s *source) collectionEnd(n *yaml.Node, at int) int {
	open := s.byteAt(at)
	flow := n.Style&yaml.FlowStyle != 0 && (open == '{' || open == '[')
	end := at
	switch {
	case len(n.Content) > 0 && n.Kind == yaml.MappingNode:
		end = s.pair(n, len(n.Content)/2-1).end
	case len(n.Content) > 0:
		end = s.item(n, len(n.Content)-1).end
	case flow:
		end = at + 1
	}
	if !flow {
		return end
	}
	for end = s.token(end); s.byteAt(end) == ','; {
		end = s.token(end + 1)
	}
	return min(end+1, len(s.text))
}

// span is an entry of a map or an item of a list.
type span struct {
	start, end int
	indicator  int // behind the colon or dash; of a key without a colon behind the key, of an item of a flow list -1
	colon      bool
	value      int // where the value with its anchor and tag begins; end for an empty one
}

// pair is the place of the pair i of a map.
func (s *source) pair(n *yaml.Node, i int) span {
	key, value := n.Content[2*i], n.Content[2*i+1]
	keyEnd := s.start(key)
	if s.hasText(key) {
		keyEnd = s.end(key)
	}
	out := span{start: s.pairStart(n, i), indicator: keyEnd}
	if at := s.token(keyEnd); s.byteAt(at) == ':' {
		out.indicator, out.colon = at+1, true
	}
	out.end = out.indicator
	if s.hasText(value) {
		out.value, out.end = s.start(value), s.end(value)
		return out
	}
	out.value = out.end
	return out
}

// pairStart is where the pair i begins: at its key, or at the ? before it.
func (s *source) pairStart(n *yaml.Node, i int) int {
	at := s.start(n.Content[2*i])
	if n.Style&yaml.FlowStyle != 0 {
		if back := s.blanksBefore(at); back < at && s.byteAt(back-1) == '?' && strings.IndexByte(" \t\n\r{[,", s.byteAt(back-2)) >= 0 {
			return back - 1
		}
		return at
	}
	first := s.props(n).content
	switch {
	case i == 0:
		return first
	case s.column(at) == s.column(first):
		return at
	}
	return s.token(s.pair(n, i-1).end) // keys behind ? stand deeper than it
}

// item is the place of the item i of a list.
func (s *source) item(n *yaml.Node, i int) span {
	value := n.Content[i]
	if n.Style&yaml.FlowStyle != 0 {
		at := s.start(value)
		return span{start: at, end: s.end(value), indicator: -1, value: at}
	}
	dash := s.dash(n, i)
	out := span{start: dash, end: dash + 1, indicator: dash + 1, value: dash + 1}
	if s.hasText(value) {
		out.value, out.end = s.start(value), s.end(value)
	}
	return out
}

// dash is where the dash of the item i of a block list is. Items without text have no place of their own: theirs follow from
// the items before.
func (s *source) dash(n *yaml.Node, i int) int {
	first := i
	for first > 0 && !s.hasText(n.Content[first-1]) {
		first--
	}
	at := s.props(n).content
	if first > 0 {
		at = s.token(s.end(n.Content[first-1]))
	}
	for range i - first {
		at = s.token(at + 1)
	}
	return at
}
