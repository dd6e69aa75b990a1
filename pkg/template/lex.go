// Package template reads the text of Helm's templates as lines, actions and blocks, and edits lines.
// It must not execute templates: what it says of them is what can be seen in the text.
package template

import "strings"

// Action is one {{ }} of a template.
type Action struct {
	Start, End int    // offsets in the text, the braces included
	Body       string // what stands between the braces, without trim markers and spaces
	word       string // the first word of the body; empty for a comment
	TrimRight  bool   // it takes away the spaces behind it
}

// Actions finds the actions of a template. It reads as far as Helm's parser would: behind an action that is not closed there is nothing.
func Actions(text string) []Action {
	var out []Action
	for at := 0; ; {
		i := strings.Index(text[at:], "{{")
		if i < 0 {
			return out
		}
		start := at + i
		end, ok := closing(text, start)
		if !ok {
			return out
		}
		out = append(out, actionOf(text, start, end))
		at = end
	}
}

func actionOf(text string, start, end int) Action {
	a := Action{Start: start, End: end}
	inner := text[start+2 : end-2]
	if rest, ok := strings.CutPrefix(inner, "-"); ok && startsWithSpace(rest) {
		inner = rest
	}
	if rest, ok := strings.CutSuffix(inner, "-"); ok && endsWithSpace(rest) {
		inner, a.TrimRight = rest, true
	} else if rest, ok := strings.CutSuffix(inner, "*/-"); ok { // tolerated, as in {{/* */-}}
		inner, a.TrimRight = rest+"*/", true
	}
	a.Body = strings.TrimSpace(inner)
	if !strings.HasPrefix(a.Body, "/*") {
		a.word, _, _ = strings.Cut(strings.ReplaceAll(strings.ReplaceAll(a.Body, "\n", " "), "\t", " "), " ")
	}
	return a
}

func startsWithSpace(s string) bool { return s != "" && strings.ContainsRune(" \t\r\n", rune(s[0])) }

func endsWithSpace(s string) bool {
	return s != "" && strings.ContainsRune(" \t\r\n", rune(s[len(s)-1]))
}

// closing is where the action that begins at start ends: behind the braces that are in no string and no comment.
func closing(text string, start int) (int, bool) {
	i := start + 2
	if rest := strings.TrimLeft(strings.TrimPrefix(text[i:], "-"), " \t\r\n"); strings.HasPrefix(rest, "/*") {
		end := strings.Index(text[i:], "*/")
		if end < 0 {
			return 0, false
		}
		i += end + len("*/")
	}
	for i < len(text) {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], "}}"):
			return i + 2, true
		case c == '"' || c == '\'' || c == '`':
			n := quoted(text[i:], c)
			if n < 0 {
				return 0, false
			}
			i += n
		default:
			i++
		}
	}
	return 0, false
}

// quoted is the length of the string that text begins with, or -1 where it is not closed.
func quoted(text string, quote byte) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote != '`':
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return -1
}

// Stages cuts a pipeline at its bars, those in strings and parentheses apart.
func Stages(pipeline string) []string {
	var out []string
	depth, from := 0, 0
	for i := 0; i < len(pipeline); i++ {
		switch c := pipeline[i]; c {
		case '"', '\'', '`':
			if n := quoted(pipeline[i:], c); n > 0 {
				i += n - 1
			}
		case '(':
			depth++
		case ')':
			depth--
		case '|':
			if depth == 0 {
				out = append(out, strings.TrimSpace(pipeline[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(pipeline[from:]))
}
