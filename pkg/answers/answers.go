// Package answers is what a person found where no API can tell: a file with who looked at which requirement, when, and with what
// result. It must not decide which requirements need an answer, nor touch files.
package answers

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Version and Kind are those of a file with answers.
const (
	Version = "winready.dev/v1alpha1"
	Kind    = "Answers"
)

// Verdict is what a person found. The zero value is that nobody has looked yet.
type Verdict string

// The verdicts.
const (
	Pass          Verdict = "pass"
	Fail          Verdict = "fail"
	NotApplicable Verdict = "not-applicable"
)

// Answer is what one person found out about one requirement.
type Answer struct {
	Rule   string // the ID, whatever name the file has for it
	Node   string // the node it is about; empty for the cluster
	Result Verdict
	By     string // who looked
	Date   string // when, YYYY-MM-DD
	Note   string
	Line   int // in the file
}

// String is the answer as reports show it: pass by Jane Doe on 2026-11-23: note.
func (a Answer) String() string {
	text := fmt.Sprintf("%s by %s on %s", a.Result, a.By, a.Date)
	if a.Note != "" {
		text += ": " + a.Note
	}
	return text
}

// Known is what answers are held against.
type Known struct {
	// ID is the ID of a requirement by its ID or name; false when there is none.
	ID func(name string) (string, bool)
	// Today is the day of the run, YYYY-MM-DD: nobody has looked later.
	Today string
}

// Read reads a file with answers. It reports everything that is wrong with it at once, each with file and line. Entries whose result is
// empty, as Template writes them, are no answers yet.
func Read(data []byte, file string, known Known) ([]Answer, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	r := reader{file: file, known: known}
	if root.Kind == 0 {
		r.wrong(&yaml.Node{Line: 1}, "the file is empty, want kind: %s", Kind)
	} else {
		r.document(root.Content[0])
	}
	return r.answers, errors.Join(r.problems...)
}

type reader struct {
	file     string
	known    Known
	answers  []Answer
	problems []error
}

func (r *reader) wrong(at *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s:%d: %s", r.file, at.Line, fmt.Sprintf(format, args...)))
}

// fields are the values of a map by key; a key that is not among those accepted, or that is there twice, is wrong.
func (r *reader) fields(n *yaml.Node, what string, accepted ...string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "%s: want a map with %s", what, strings.Join(accepted, ", "))
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case !slices.Contains(accepted, key.Value):
			r.wrong(key, "%s: unknown field %q, want %s", what, key.Value, strings.Join(accepted, ", "))
		case out[key.Value] != nil:
			r.wrong(key, "%s: the field %s is there twice", what, key.Value)
		default:
			out[key.Value] = n.Content[i+1]
		}
	}
	return out
}

func (r *reader) document(n *yaml.Node) {
	f := r.fields(n, "the file", "apiVersion", "kind", "answers")
	if n.Kind != yaml.MappingNode {
		return
	}
	for key, want := range map[string]string{"apiVersion": Version, "kind": Kind} {
		switch v := f[key]; {
		case v == nil:
			r.wrong(n, "%s: missing, want %s", key, want)
		case v.Value != want:
			r.wrong(v, "%s: got %q, want %s", key, v.Value, want)
		}
	}
	slices.SortFunc(r.problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	list := f["answers"]
	if list == nil || list.Kind != yaml.SequenceNode {
		at := n
		if list != nil {
			at = list
		}
		r.wrong(at, "answers: want a list")
		return
	}
	seen := map[[2]string]int{}
	for i, item := range list.Content {
		a, ok := r.answer(item, fmt.Sprintf("answers[%d]", i))
		if !ok {
			continue
		}
		if line, twice := seen[[2]string{a.Rule, a.Node}]; twice {
			r.wrong(item, "answers[%d]: line %d has an answer to %s about the same already", i, line, a.Rule)
		}
		seen[[2]string{a.Rule, a.Node}] = a.Line
		r.answers = append(r.answers, a)
	}
}

var day = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`)

// answer reads one entry; false for one that is wrong or not filled in.
func (r *reader) answer(n *yaml.Node, what string) (Answer, bool) {
	before := len(r.problems)
	f := r.fields(n, what, "rule", "node", "result", "by", "date", "note")
	if n.Kind != yaml.MappingNode {
		return Answer{}, false
	}
	text := func(key string) string {
		v := f[key]
		switch {
		case v == nil || v.Tag == "!!null":
			return ""
		case v.Kind != yaml.ScalarNode:
			r.wrong(v, "%s.%s: want text", what, key)
			return ""
		}
		return strings.TrimSpace(v.Value)
	}
	at := func(key string) *yaml.Node {
		if f[key] != nil {
			return f[key]
		}
		return n
	}
	a := Answer{
		Rule: text("rule"), Node: text("node"), Result: Verdict(text("result")), By: text("by"), Date: text("date"), Note: text("note"), Line: n.Line,
	}
	id, known := r.known.ID(a.Rule)
	if !known {
		r.wrong(at("rule"), "%s.rule: there is no rule %q", what, a.Rule)
	}
	a.Rule = id
	if a.Result == "" {
		return Answer{}, false
	}
	if !slices.Contains([]Verdict{Pass, Fail, NotApplicable}, a.Result) {
		r.wrong(at("result"), "%s.result: got %q, want pass, fail or not-applicable", what, a.Result)
	}
	if a.By == "" {
		r.wrong(at("by"), "%s.by: want the name of who looked", what)
	}
	switch {
	case !day.MatchString(a.Date):
		r.wrong(at("date"), "%s.date: got %q, want YYYY-MM-DD", what, a.Date)
	case a.Date > r.known.Today:
		r.wrong(at("date"), "%s.date: %s is after today, %s", what, a.Date, r.known.Today)
	}
	return a, len(r.problems) == before
}
