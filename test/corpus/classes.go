package main

import (
	"regexp"
	"slices"
	"strings"
)

// class is a kind of message: what many messages that differ in names have in common.
type class struct {
	text  string
	about *regexp.Regexp
}

func (c class) matches(message string) bool { return c.about.MatchString(message) }

// causes are why a knob is not used. The first that matches counts.
func causes() []class {
	return []class{
		{"its template writes the OS label itself: two equal keys", regexp.MustCompile(`two equal keys in one map`)},
		{"two equal keys elsewhere", regexp.MustCompile(`two equal keys at`)},
		{"the schema refuses it", regexp.MustCompile(`schema refuses it`)},
		{"it steers workloads of both systems", regexp.MustCompile(`it steers both`)},
		{"it steers a workload that is to stay", regexp.MustCompile(`it also steers`)},
		{"it lands outside placement too", regexp.MustCompile(`it also lands at|it turns up at`)},
		{"it changes something else", regexp.MustCompile(`the overlay (changes|adds|makes)`)},
		{"it takes a workload off its nodes", regexp.MustCompile(`off its nodes`)},
		{"with it the chart does not render", regexp.MustCompile(`does not render|rendering chart`)},
		{"it makes the output unreadable", regexp.MustCompile(`unreadable|is no YAML|[Yy][Aa][Mm][Ll]`)},
		{"not told apart from others that break the chart", regexp.MustCompile(`not told apart`)},
		{"the template's own value wins over it", regexp.MustCompile(`own value wins`)},
		{"the workload's fields do not decode with it", regexp.MustCompile(`cannot unmarshal|want |decod`)},
	}
}

// cause is the class of a knob's problem.
func cause(problem string) string {
	for _, c := range causes() {
		if c.matches(problem) {
			return c.text
		}
	}
	return "other: " + short(problem)
}

// obstacles are the classes of all that keeps a workload from being placed.
func obstacles(reason string) string {
	var out []string
	for part := range strings.SplitSeq(reason, "; ") {
		if text := obstacle(part); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, " + ")
}

func obstacle(part string) string {
	classes := []class{
		{"no value reaches its nodeSelector", regexp.MustCompile(`^no value reaches its nodeSelector`)},
		{"no value reaches its tolerations", regexp.MustCompile(`^no value reaches its tolerations`)},
		{"the template names another OS", regexp.MustCompile(`^its template names`)},
		{"no pool of that OS", regexp.MustCompile(`^there is no pool`)},
		{"its own OS label keeps the kubelet from it", regexp.MustCompile(`^its own label`)},
		{"nodeName is fixed", regexp.MustCompile(`fixes nodeName`)},
		{"what can be set does not suffice", regexp.MustCompile(`^no combination of values`)},
		{"", regexp.MustCompile(`^pool "`)}, // goes on with the former
	}
	for _, c := range classes {
		if c.matches(part) {
			return c.text
		}
	}
	if _, problem, ok := strings.Cut(part, " cannot be used: "); ok {
		return "knob refused: " + cause(problem)
	}
	if strings.Contains(part, ": ") {
		return "knob broken: " + cause(part)
	}
	return "other: " + short(part)
}

// failure is the class of an error of loading or rendering.
func failure(err string) string {
	for _, c := range []class{
		{"dependencies are missing", regexp.MustCompile(`dependencies not in charts/`)},
		{"library chart", regexp.MustCompile(`is of type library`)},
		{"needs another Kubernetes", regexp.MustCompile(`requires kubeVersion`)},
		{"the schema refuses the chart's own values", regexp.MustCompile(`meet the specifications of the schema`)},
		{"the chart asks for a value", regexp.MustCompile(`execution error at|required|error calling fail`)},
		{"its output is no YAML", regexp.MustCompile(`YAML parse error`)},
		{"a template does not parse", regexp.MustCompile(`parse error at|function ".*" not defined`)},
		{"a template fails", regexp.MustCompile(`rendering chart`)},
		{"the chart does not load", regexp.MustCompile(`loading chart`)},
	} {
		if c.matches(err) {
			return c.text
		}
	}
	return "other: " + short(err)
}

func short(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if r := []rune(s); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return s
}
