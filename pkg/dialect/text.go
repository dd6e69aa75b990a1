package dialect

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/values"
)

const indentation = 2

// page is a document in the making. It is written line by line, because its keys come in the order in which people write them.
type page struct{ b strings.Builder }

// field writes a key, and a scalar behind it unless that is empty.
func (p *page) field(depth int, key, value string) {
	p.b.WriteString(strings.Repeat(" ", depth*indentation) + scalar(key) + ":")
	if value != "" {
		p.b.WriteString(" " + scalar(value))
	}
	p.b.WriteByte('\n')
}

// given is a field that is left out when it has no value.
func (p *page) given(depth int, key, value string) {
	if value != "" {
		p.field(depth, key, value)
	}
}

// comment writes a comment of one line.
func (p *page) comment(depth int, format string, args ...any) {
	text := strings.Map(printable, fmt.Sprintf(format, args...))
	p.b.WriteString(strings.Repeat(" ", depth*indentation) + "# " + text + "\n")
}

// printable keeps names that a chart's bug made unprintable from ending a comment.
func printable(r rune) rune {
	if r < ' ' || r == '\x7f' || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
		return '?'
	}
	return r
}

// tree writes a key and a block of YAML below it. An empty map or list stays on the line of the key.
func (p *page) tree(depth int, key string, block []byte) {
	text := strings.TrimRight(string(block), "\n")
	switch text {
	case "{}", "[]":
		p.b.WriteString(strings.Repeat(" ", depth*indentation) + scalar(key) + ": " + text + "\n")
		return
	}
	p.field(depth, key, "")
	p.b.WriteString(indent(string(block), (depth+1)*indentation))
}

// literal writes a key and a text as a literal block.
func (p *page) literal(depth int, key, text string) {
	p.b.WriteString(strings.Repeat(" ", depth*indentation) + scalar(key) + ": " + literal(text, depth*indentation) + "\n")
}

func (p *page) bytes() []byte { return []byte(p.b.String()) }

// scalar is a string as YAML has it on one line, such that YAML 1.1 takes it for a string too: the API server, Helm and kubectl
// read that.
func scalar(s string) string {
	n := &yaml.Node{}
	if err := n.Encode(s); err != nil || strings.ContainsAny(s, "\r\n") {
		n = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimRight(string(text), "\n")
}

// literal is a text as a literal block below a key that is indented by some columns; double-quoted where no block can hold it.
func literal(text string, by int) string {
	body := strings.TrimRight(text, "\n")
	header := "|"
	if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\n") {
		header += "2" // what the first line begins with would be taken for indentation
	}
	switch len(text) - len(body) {
	case 0:
		header += "-"
	case 1:
	default:
		header += "+"
	}
	block := header + "\n" + strings.TrimSuffix(indent(text, by+indentation), "\n")
	var back map[string]string
	if body == "" || yaml.Unmarshal([]byte(strings.Repeat(" ", by)+"k: "+block+"\n"), &back) != nil || back["k"] != text {
		quoted, err := yaml.Marshal(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle})
		if err != nil {
			return fmt.Sprintf("%q", text)
		}
		return strings.TrimRight(string(quoted), "\n")
	}
	return block
}

// indent moves the lines of a block to the right. Empty lines stay empty.
func indent(text string, by int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			out.WriteString(strings.Repeat(" ", by))
		}
		out.WriteString(line)
	}
	return out.String()
}

// encode is a value as a block of YAML.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(indentation)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// nodes is an overlay as YAML nodes, with its comments and the order of its keys.
func nodes(o values.Overlay) (*yaml.Node, error) {
	text, err := o.YAML()
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("reading the overlay: %w", err)
	}
	return doc.Content[0], nil
}
