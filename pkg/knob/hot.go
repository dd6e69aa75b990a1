package knob

import (
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// relevant are the templates that mention a placement field, or call a template defined in a file that does; the others are
// worth neither parsing nor probing. A whole-values dump may slip through; the proof sees it.
func relevant(templates []chart.Template) []chart.Template {
	defined := map[string][]int{} // template name -> files
	for i, t := range templates {
		for _, name := range append(namesAfter(t.Text, "define "), t.Name) {
			defined[name] = append(defined[name], i)
		}
	}
	keep := make([]bool, len(templates))
	callers := map[int][]int{} // file -> files that call into it
	var queue []int
	for i, t := range templates {
		calls := callsIn(t.Text)
		// What a file of the chart holds may be a template too, or a whole pod.
		if keep[i] = hotText(t.Text) || strings.Contains(t.Text, ".Files.") || slices.Contains(calls, dynamicCall); keep[i] {
			queue = append(queue, i)
		}
		for _, name := range calls {
			for _, d := range defined[name] {
				callers[d] = append(callers[d], i)
			}
		}
	}
	spread(keep, queue, callers)
	var out []chart.Template
	for i, t := range templates {
		if keep[i] {
			out = append(out, t)
		}
	}
	return out
}

// spread marks what the marked lead to.
func spread(keep []bool, queue []int, next map[int][]int) {
	for ; len(queue) > 0; queue = queue[1:] {
		for _, c := range next[queue[0]] {
			if !keep[c] {
				keep[c] = true
				queue = append(queue, c)
			}
		}
	}
}

// findHot marks the named templates that mention a placement field or call one that does.
func (w *walker) findHot() {
	w.hot = map[string]bool{}
	calls := map[string][]string{}
	for name, t := range w.named {
		s := t.Root.String()
		if hotText(s) {
			w.hot[name] = true
		}
		calls[name] = callsIn(s)
	}
	for changed := true; changed; {
		changed = false
		for name, callees := range calls {
			if !w.hot[name] && slices.ContainsFunc(callees, func(c string) bool { return w.hot[c] || c == dynamicCall }) {
				w.hot[name], changed = true, true
			}
		}
	}
}

// dynamicCall is a call of a template whose name is computed.
const dynamicCall = "\x00"

func hotText(s string) bool {
	l := strings.ToLower(s)
	for _, word := range []string{"selector", "toleration", "affinity", "runtimeclass", "kubernetes.io/os"} {
		if strings.Contains(l, word) {
			return true
		}
	}
	return false
}

// namesAfter are the quoted names that follow a word in a template's text; a name that is computed is dynamicCall.
func namesAfter(s, word string) []string {
	var out []string
	for {
		i := strings.Index(s, word)
		if i < 0 {
			return out
		}
		s = strings.TrimLeft(s[i+len(word):], " \t\n")
		if s == "" || s[0] != '"' && s[0] != '`' {
			if strings.HasPrefix(s, "(") || strings.HasPrefix(s, "$") || strings.HasPrefix(s, ".") {
				out = append(out, dynamicCall)
			}
			continue
		}
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			out = append(out, s[1:1+end])
		}
	}
}

// callsIn are the names of the templates that a text calls.
func callsIn(s string) []string {
	return append(namesAfter(s, "include "), namesAfter(s, "template ")...)
}

// pathText is a quoted path of a template file, as in include (print $.Template.BasePath "/configmap.yaml").
var pathText = regexp.MustCompile("[\"`](?:%s)?(/[^\"`\n]+\\.(?:ya?ml|tpl))[\"`]")

// probed are the names of the templates that a probe has to render: the relevant ones, and the files that those include by path.
func probed(templates []chart.Template) map[string]bool {
	byName := make(map[string]chart.Template, len(templates))
	for _, t := range templates {
		byName[t.Name] = t
	}
	keep := map[string]bool{}
	queue := relevant(templates)
	for ; len(queue) > 0; queue = queue[1:] {
		t := queue[0]
		if keep[t.Name] {
			continue
		}
		keep[t.Name] = true
		at := strings.LastIndex(t.Name, "/templates/")
		if at < 0 {
			continue
		}
		for _, m := range pathText.FindAllStringSubmatch(t.Text, -1) {
			if callee, ok := byName[t.Name[:at]+"/templates"+m[1]]; ok {
				queue = append(queue, callee)
			}
		}
	}
	return keep
}

// Calls says that a template, or a named template it calls, has a match of the pattern in its text.
func Calls(templates []chart.Template, name string, pattern *regexp.Regexp) bool {
	defined := map[string][]chart.Template{}
	for _, t := range templates {
		for _, n := range append(namesAfter(t.Text, "define "), t.Name) {
			defined[n] = append(defined[n], t)
		}
	}
	seen := map[string]bool{}
	for queue := defined[name]; len(queue) > 0; queue = queue[1:] {
		t := queue[0]
		if seen[t.Name] {
			continue
		}
		seen[t.Name] = true
		if pattern.MatchString(t.Text) {
			return true
		}
		for _, c := range callsIn(t.Text) {
			queue = append(queue, defined[c]...)
		}
	}
	return false
}
