package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Raw is one document of a stream as it stands there. Heads and texts one behind the other are the stream, byte by byte.
type Raw struct {
	Head []byte // what stands before it: a byte order mark, "...", and "---" with what follows on its line when that is a comment
	Text []byte // the document itself, with its comments
	Line int    // of the first byte of Text in the stream, from 1
	// Indent is how many columns of that line are in Head: 3 for what stands on the line of "---", else 0.
	Indent int
}

// Cut reads the documents of a stream of YAML or JSON one at a time and calls each for every one, those without content
// included. No more than one document is held. Head and Text are only valid during the call. Nothing is parsed: that Text is
// YAML is for the caller to see. The error is the reader's, or that of each.
func Cut(r io.Reader, each func(Raw) error) error {
	c := cutter{r: r, line: 1, first: true, atLine: true}
	for {
		head := c.head()
		end := c.text(head)
		if c.err != nil && !errors.Is(c.err, io.EOF) {
			return c.err
		}
		if end == 0 {
			return nil
		}
		raw := Raw{Head: c.buf[:head], Text: c.buf[head:end], Line: c.line + bytes.Count(c.buf[:head], []byte("\n"))}
		if head > 0 && c.buf[head-1] == '-' && end > head {
			raw.Indent = len(marker)
		}
		if err := each(raw); err != nil {
			return err
		}
		c.line = raw.Line + bytes.Count(raw.Text, []byte("\n"))
		c.first, c.atLine = false, c.buf[end-1] == '\n'
		c.buf = c.buf[end:]
	}
}

const (
	marker    = "---"
	endMarker = "..."
	bom       = "\xef\xbb\xbf"
)

// cutter holds what is read of a stream and not yet cut off.
type cutter struct {
	r      io.Reader
	room   []byte // buf is part of it
	buf    []byte
	err    error // why no more can be read
	line   int   // of the first byte of buf
	first  bool  // buf begins with the stream
	atLine bool  // buf begins with a line
}

// more reads on. It is false when there is nothing more.
func (c *cutter) more() bool {
	const chunk = 1 << 16
	if c.err != nil {
		return false
	}
	if cap(c.buf)-len(c.buf) < chunk {
		if cap(c.room) < len(c.buf)+chunk {
			c.room = make([]byte, 2*len(c.buf)+2*chunk)
		}
		c.buf = c.room[:copy(c.room, c.buf)] // over what was cut off
	}
	var n int
	n, c.err = c.r.Read(c.buf[len(c.buf) : len(c.buf)+chunk])
	c.buf = c.buf[:len(c.buf)+n]
	return n > 0 || c.err == nil
}

// have tells whether there are n bytes from an offset on, and reads until there are.
func (c *cutter) have(at, n int) bool {
	for len(c.buf) < at+n {
		if !c.more() {
			return false
		}
	}
	return true
}

// head is the length of what is before the document.
func (c *cutter) head() int {
	at := 0
	if !c.atLine {
		return 0
	}
	if c.first && c.have(0, len(bom)) && string(c.buf[:len(bom)]) == bom {
		at = len(bom)
	}
	for c.marks(at, endMarker) {
		at = c.lineEnd(at)
	}
	if !c.marks(at, marker) {
		return at
	}
	end := c.lineEnd(at)
	if rest := bytes.TrimSpace(c.buf[at+len(marker) : end]); len(rest) == 0 || rest[0] == '#' {
		return end
	}
	return at + len(marker)
}

// marks tells whether a marker stands at an offset, which is the beginning of a line.
func (c *cutter) marks(at int, mark string) bool {
	if !c.have(at, len(mark)) || string(c.buf[at:at+len(mark)]) != mark {
		return false
	}
	return !c.have(at, len(mark)+1) || bytes.IndexByte([]byte(" \t\r\n"), c.buf[at+len(mark)]) >= 0
}

// lineEnd is the offset behind the line that an offset is on.
func (c *cutter) lineEnd(at int) int {
	for {
		if i := bytes.IndexByte(c.buf[at:], '\n'); i >= 0 {
			return at + i + 1
		}
		at = len(c.buf)
		if !c.more() {
			return len(c.buf)
		}
	}
}

// text is the offset behind the text that begins at an offset.
func (c *cutter) text(from int) int {
	start := c.content(from)
	if !c.have(start, 1) {
		return len(c.buf)
	}
	if c.buf[start] == '{' {
		if end, ok := c.json(start); ok {
			return end
		}
	}
	end := c.separator(from)
	if c.directives(c.buf[from:end]) && c.marks(end, marker) {
		return c.separator(c.lineEnd(end))
	}
	return end
}

// content is the offset of the first byte that is no blank.
func (c *cutter) content(at int) int {
	for c.have(at, 1) && bytes.IndexByte([]byte(" \t\r\n"), c.buf[at]) >= 0 {
		at++
	}
	return at
}

// directives tells a text of nothing but directives and comments: the separator behind it belongs to its document.
func (*cutter) directives(text []byte) bool {
	found := false
	for line := range bytes.Lines(text) {
		switch {
		case line[0] == '%':
			found = true
		case len(bytes.TrimSpace(line)) > 0 && line[0] != '#':
			return false
		}
	}
	return found
}

// separator is the offset of the next line that is a marker; the end of the stream without one. No value of YAML may have such a
// line in it. The text begins at the beginning of a line, or behind "---".
func (c *cutter) separator(from int) int {
	if from == 0 && c.atLine || from > 0 && c.buf[from-1] == '\n' {
		if c.marks(from, marker) || c.marks(from, endMarker) {
			return from
		}
	}
	for at := from; ; {
		end := len(c.buf)
		if i := bytes.Index(c.buf[at:], []byte("\n"+marker)); i >= 0 {
			end = at + i + 1
		}
		if i := bytes.Index(c.buf[at:end], []byte("\n"+endMarker)); i >= 0 {
			end = at + i + 1
		}
		if end < len(c.buf) {
			if c.marks(end, marker) || c.marks(end, endMarker) {
				return end
			}
			at = end
			continue
		}
		at = max(from, end-len(marker)) // the line end and part of a marker may be there already
		if !c.more() {
			return len(c.buf)
		}
	}
}

// json is the offset behind a JSON object and the line end that follows it; false for what is no JSON object, though it may be
// YAML. JSON documents need nothing between them.
func (c *cutter) json(start int) (int, bool) {
	if at := c.content(start + 1); !c.have(at, 1) || c.buf[at] != '"' && c.buf[at] != '}' {
		return 0, false
	}
	depth, quoted := 0, false
	for at := start; c.have(at, 1); at++ {
		switch b := c.buf[at]; {
		case quoted && b == '\\':
			at++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			if depth--; depth > 0 {
				continue
			}
			if !json.Valid(c.buf[start : at+1]) {
				return 0, false
			}
			return c.blankLine(at + 1), true
		}
	}
	return 0, false
}

// blankLine is the offset behind the line, when nothing else is on it.
func (c *cutter) blankLine(at int) int {
	end := c.lineEnd(at)
	if len(bytes.TrimSpace(c.buf[at:end])) > 0 {
		return at
	}
	return end
}
