package answers

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Question is a requirement that a person is to look at.
type Question struct {
	Rule  string
	Node  string // the node it is about; empty for the cluster
	Text  string // what is to be looked at, and how
	Given *Answer
}

// Template is a file with an entry for each question, to be filled in: what was answered already is in it.
func Template(questions []Question) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# What a person is to look at. Fill in result (pass, fail or not-applicable), by, date (YYYY-MM-DD) and, if you like, note.\n"+
		"apiVersion: %s\nkind: %s\nanswers:", Version, Kind)
	if len(questions) == 0 {
		b.WriteString(" []")
	}
	b.WriteByte('\n')
	for _, q := range questions {
		for line := range strings.SplitSeq(q.Text, "\n") {
			b.WriteString("# " + line + "\n")
		}
		a := Answer{}
		if q.Given != nil {
			a = *q.Given
		}
		b.WriteString("- rule: " + q.Rule + "\n")
		if q.Node != "" {
			b.WriteString("  node: " + scalar(q.Node) + "\n")
		}
		fmt.Fprintf(&b, "  result: %s\n  by: %s\n  date: %s\n", scalar(string(a.Result)), scalar(a.By), scalar(a.Date))
		if a.Note != "" {
			b.WriteString("  note: " + scalar(a.Note) + "\n")
		}
	}
	return []byte(b.String())
}

// scalar is text as YAML has it, on one line.
func scalar(text string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if text == "" || strings.ContainsAny(text, "\n\r") {
		n.Style = yaml.DoubleQuotedStyle
	}
	out, err := yaml.Marshal(&n)
	if err != nil {
		return `""`
	}
	return strings.TrimSuffix(string(out), "\n")
}
