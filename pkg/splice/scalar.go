package splice

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Scalar is a node that the encoder writes so that YAML 1.1, which Helm and Kubernetes read, and YAML 1.2 read the value back.
func Scalar(v any) *yaml.Node {
	n := &yaml.Node{}
	if f, ok := v.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		v = int64(f) // what JSON decoded was written as an integer: 1e6 stays one
	}
	if err := n.Encode(v); err != nil {
		n.SetString(fmt.Sprint(v))
	}
	return n
}

// quoting says how a string is to be written.
type quoting int

const (
	asNeeded quoting = iota
	single
	double
)

// scalarText is a scalar on one line. A string is quoted where it has to be, which in a flow collection is more often.
func scalarText(v any, q quoting, flow bool) string {
	s, ok := v.(string)
	switch {
	case !ok:
		return otherText(v)
	case q == double || strings.ContainsFunc(s, isWhiteButBlank):
		return doubleQuoted(s)
	case q == single && !strings.ContainsFunc(s, isUnprintable):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case isWord(s):
		return s
	}
	return encoded(s, flow)
}

func otherText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return jsonNumber(v)
	}
	return Scalar(v).Value
}

// jsonNumber is a number as JSON has it, with the point that YAML 1.1 wants to see in a number with an exponent.
func jsonNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		return strconv.FormatInt(int64(f), 10)
	}
	data, err := json.Marshal(f)
	if err != nil {
		return Scalar(f).Value
	}
	mantissa, exponent, ok := strings.Cut(string(data), "e")
	if ok && !strings.Contains(mantissa, ".") {
		return mantissa + ".0e" + exponent
	}
	return string(data)
}

// isWord tells a string that is one in every YAML, wherever it stands.
func isWord(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		switch b := s[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z':
		case i > 0 && ('0' <= b && b <= '9' || b == '-' || b == '.' || b == '/' || b == '_'):
		default:
			return false
		}
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return false
	}
	return true
}

// encoded asks the encoder, within a list of one item.
func encoded(s string, flow bool) string {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{Scalar(s)}}
	if flow {
		list.Style = yaml.FlowStyle
	}
	data, err := yaml.Marshal(list)
	if err != nil {
		return doubleQuoted(s)
	}
	text := strings.TrimSuffix(string(data), "\n")
	if flow {
		text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	} else {
		text = strings.TrimPrefix(text, "- ")
	}
	if strings.ContainsAny(text, "\n\r") {
		return doubleQuoted(s)
	}
	return text
}

// doubleQuoted is a string as JSON and YAML both have it.
func doubleQuoted(s string) string {
	var b bytes.Buffer
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case isUnprintable(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isUnprintable tells a character that YAML takes for a line end or does not allow.
func isUnprintable(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == 0xfffe || r == 0xffff
}

func isWhiteButBlank(r rune) bool { return isWhite(r) && r != ' ' && r != '\t' }

// literal is a string as the header and the lines of a block scalar, the lines without their indentation; false for one that a
// block cannot hold. indent is how much deeper than their parent the lines stand.
func literal(s string, indent int) (header string, lines []string, ok bool) {
	if s == "" || strings.ContainsFunc(s, notInBlock) {
		return "", nil, false
	}
	header = "|"
	if first := strings.TrimLeft(s, "\n"); first == "" || isBlank(first[0]) {
		// Without an indicator the blanks would count as indentation.
		if indent < 1 || indent > 9 {
			return "", nil, false
		}
		header += strconv.Itoa(indent)
	}
	body := strings.TrimSuffix(s, "\n")
	switch {
	case body == s:
		header += "-"
	case body == "" || strings.HasSuffix(body, "\n"):
		header += "+"
	}
	return header, strings.Split(body, "\n"), true
}

func notInBlock(r rune) bool { return r != '\n' && r != '\t' && isUnprintable(r) }
