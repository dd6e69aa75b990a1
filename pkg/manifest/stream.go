package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Item is one document of a stream, or one item of a List in it; or what could not be read.
type Item struct {
	*Document
	Line int   // of its first line in the stream, from 1
	Err  error // it is not YAML; Line is where it broke, as far as the parser can tell
}

// Stream reads the documents of a stream of YAML or JSON one at a time and calls each for every one that is not empty, so that a dump
// of a whole cluster is never held as a whole: the items of a List as kubectl writes it come one by one. A document that does not
// parse is passed on with its error, and reading goes on behind it. The error is the reader's, or that of each.
func Stream(r io.Reader, each func(Item) error) error {
	in := bufio.NewReaderSize(r, 1<<16)
	if isJSON(in) {
		return streamJSON(in, each)
	}
	s := splitter{each: each}
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if len(line) > 0 {
			if err := s.line(n, line); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return s.end()
		}
		if err != nil {
			return err
		}
	}
}

// splitter cuts a stream into documents, and a document that is a List into its items.
type splitter struct {
	each   func(Item) error
	text   bytes.Buffer
	first  int // the line on which text starts
	state  place
	indent int // of the items of a List
}

// place is where in a document the splitter is.
type place int

const (
	inDocument place = iota
	atItems          // behind "items:" of a List; text is what came before and has to be kept until there is an item
	inItem
	behindItems // in the keys of a List that follow its items
)

// line takes the next line. "---" at its beginning separates documents wherever it stands: no YAML value may have it there.
func (s *splitter) line(n int, line []byte) error {
	trimmed := bytes.TrimRight(line, " \t\r\n")
	indent := len(trimmed) - len(bytes.TrimLeft(trimmed, " "))
	content := len(trimmed) > indent && trimmed[indent] != '#'
	dash := content && trimmed[indent] == '-' && (len(trimmed) == indent+1 || trimmed[indent+1] == ' ')
	switch {
	case separates(line, trimmed):
		return s.separator(n, line)
	case string(trimmed) == "...":
		return s.end()
	case s.state == atItems && dash:
		s.text.Reset()
		s.state, s.indent = inItem, indent
		s.item(n, line)
		return nil
	case s.state == inItem && dash && indent == s.indent:
		if err := s.flush(); err != nil {
			return err
		}
		s.item(n, line)
		return nil
	case s.state == inItem && content && indent <= s.indent:
		if err := s.flush(); err != nil {
			return err
		}
		s.state = behindItems
	case s.state == atItems && content:
		s.state = inDocument // no list after all
	case s.state == inDocument && string(trimmed) == "items:" && s.isList():
		s.state = atItems
	}
	if s.state == behindItems {
		return nil // kind, metadata
	}
	if s.text.Len() == 0 {
		s.begin(n)
	}
	s.text.Write(line)
	return nil
}

func separates(line, trimmed []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) && (len(trimmed) == 3 || line[3] == ' ' || line[3] == '\t')
}

// separator ends a document. Content may follow on the same line: "--- # comment", "--- {a: 1}".
func (s *splitter) separator(n int, line []byte) error {
	if err := s.end(); err != nil {
		return err
	}
	if rest := line[3:]; len(bytes.TrimSpace(rest)) > 0 {
		s.begin(n)
		s.text.WriteString("   ")
		s.text.Write(rest)
	}
	return nil
}

// item begins an item of a List, with a space for its dash so that columns stay what they are.
func (s *splitter) item(n int, line []byte) {
	s.begin(n)
	s.text.Write(line[:s.indent])
	s.text.WriteByte(' ')
	s.text.Write(line[s.indent+1:])
}

func (s *splitter) begin(n int) {
	s.text.Reset()
	s.first = n
}

// isList tells whether what came before "items:" is the head of a List as kubectl writes it, whose keys are in the order of the
// alphabet: an apiVersion and nothing else, or what ends in "List".
func (s *splitter) isList() bool {
	for line := range strings.Lines(s.text.String()) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch {
		case key == "" || strings.HasPrefix(key, "#"):
		case key == "apiVersion" && (value == "v1" || strings.Contains(value, "/")):
		case key == "kind" && strings.HasSuffix(value, "List"):
		default:
			return false
		}
	}
	return s.text.Len() > 0
}

// end is the end of a document.
func (s *splitter) end() error {
	err := s.flush()
	s.state = inDocument
	return err
}

// flush parses the text so far.
func (s *splitter) flush() error {
	text := s.text.String()
	s.text.Reset()
	if strings.TrimSpace(text) == "" || s.state == behindItems {
		return nil
	}
	return emit(text, s.first, s.each)
}

// emit parses a document that starts on a line and passes it on.
func emit(text string, first int, each func(Item) error) error {
	doc, err := Parse(text)
	if err != nil {
		err = shifted(err, first-1)
		return each(Item{Line: errorLine(err, first), Err: err})
	}
	if doc.root == nil {
		return nil
	}
	doc.line = first - 1
	return each(Item{Document: doc, Line: first})
}

var lineInError = regexp.MustCompile(`line (\d+)`)

// errorLine is the line that a parser's error names; where it names none, the first.
func errorLine(err error, first int) int {
	m := lineInError.FindStringSubmatch(err.Error())
	if m == nil {
		return first
	}
	n, bad := strconv.Atoi(m[1])
	if bad != nil {
		return first
	}
	return n
}

// shifted is an error whose lines count from the start of the stream.
func shifted(err error, by int) error {
	text := lineInError.ReplaceAllStringFunc(err.Error(), func(s string) string {
		n, bad := strconv.Atoi(strings.TrimPrefix(s, "line "))
		if bad != nil {
			return s
		}
		return fmt.Sprintf("line %d", n+by)
	})
	return errors.New(text)
}

// isJSON tells whether a stream starts as JSON does: YAML may, too, and is read as YAML then when it is no JSON.
func isJSON(in *bufio.Reader) bool {
	for size := 1; ; size++ {
		head, err := in.Peek(size)
		if err != nil {
			return false
		}
		switch c := head[size-1]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c == '{' && jsonHead.Match(peekMore(in))
		}
	}
}

var jsonHead = regexp.MustCompile(`^\s*\{\s*"`)

func peekMore(in *bufio.Reader) []byte {
	head, err := in.Peek(4096)
	if err != nil {
		return head // all there is
	}
	return head
}
