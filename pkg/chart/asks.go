package chart

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/values"
)

var (
	// atExpression is the template expression that failed, as Go's template package quotes it.
	atExpression = regexp.MustCompile(`at <([^>]*)>`)
	// atPosition is where required and fail say they were called; Helm leaves the expression out.
	atPosition = regexp.MustCompile(`^execution error at \(([^()]+):(\d+):(\d+)\)`)
	// valuesChain is a value as templates spell it.
	valuesChain = regexp.MustCompile(`\.Values((?:\.[A-Za-z_][A-Za-z0-9_]*)+)`)
	// templateName begins the message of everything else that fails in a template.
	templateName = regexp.MustCompile(`^template: ([^:]+):`)
	// literal is a string or a comment, in which nothing is a value.
	literal    = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|/\\*(?s:.*?)\\*/")
	actionText = regexp.MustCompile(`(?s)\{\{-?\s*(.*?)\s*-?\}\}`)
)

// asksFor names the value that a failed render is about, as a path from the top of the chart's values; empty when Helm's
// message does not lead to one. It is the value in the expression that failed; for required and fail, of which Helm gives
// the position only, the value in that call, in the message, or in the if around it.
func asksFor(message string, templates []Template) string {
	if at := atPosition.FindStringSubmatch(message); at != nil {
		t, ok := templateOf(templates, at[1])
		if !ok {
			return ""
		}
		path := askedAt(t.Text, at[2], at[3], message)
		return scoped(t, path)
	}
	name := templateName.FindStringSubmatch(message)
	quoted := atExpression.FindAllStringSubmatch(message, -1)
	if name == nil || len(quoted) == 0 {
		return ""
	}
	t, _ := templateOf(templates, name[1])
	return scoped(t, chainIn(quoted[len(quoted)-1][1]))
}

func templateOf(templates []Template, name string) (Template, bool) {
	for _, t := range templates {
		if t.Name == name {
			return t, true
		}
	}
	return Template{}, false
}

// scoped prefixes the path of a template's value with where the values of its chart are.
func scoped(t Template, chain string) string {
	if chain == "" {
		return ""
	}
	var path values.Path
	for _, s := range t.Scope {
		path = append(path, s)
	}
	for s := range strings.SplitSeq(chain, ".") {
		path = append(path, s)
	}
	return path.String()
}

// chainIn is the last value that an expression names outside its strings, without .Values.
func chainIn(expression string) string {
	all := valuesChain.FindAllStringSubmatch(literal.ReplaceAllString(expression, `""`), -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1][1:]
}

// askedAt reads the call of required or fail at a position of a template. Helm counts lines from 1 and columns from 0.
// Where an include stands there, the call is in another template and only the message can tell.
func askedAt(text, line, column, message string) string {
	offset := offsetOf(text, line, column)
	said := valuesChain.FindStringSubmatch(message)
	var around []string // the conditions that are open
	for _, m := range actionText.FindAllStringSubmatchIndex(text, -1) {
		body := text[m[2]:m[3]]
		if m[1] > offset {
			call := text[min(offset, len(text)):m[1]]
			own := strings.HasPrefix(call, "required") || strings.HasPrefix(call, "fail")
			switch {
			case own && chainIn(body) != "":
				return chainIn(body)
			case said != nil:
				return said[1][1:]
			case own:
				return innermost(around)
			}
			return ""
		}
		around = follow(around, body)
	}
	return ""
}

func offsetOf(text, line, column string) int {
	l, _ := strconv.Atoi(line)
	c, _ := strconv.Atoi(column)
	offset := 0
	for ; l > 1; l-- {
		i := strings.IndexByte(text[offset:], '\n')
		if i < 0 {
			break
		}
		offset += i + 1
	}
	return offset + c
}

// follow keeps the stack of open blocks up to date.
func follow(open []string, body string) []string {
	word, rest, _ := strings.Cut(body, " ")
	switch word {
	case "if", "with", "range", "define", "block":
		return append(open, body)
	case "else":
		if len(open) > 0 {
			open[len(open)-1] += " " + rest
		}
	case "end":
		if len(open) > 0 {
			return open[:len(open)-1]
		}
	}
	return open
}

func innermost(open []string) string {
	for _, body := range slices.Backward(open) {
		if chain := chainIn(body); chain != "" {
			return chain
		}
	}
	return ""
}
