package chart

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Pod is one workload of a render, with the document it stands in.
type Pod struct {
	workload.Workload
	Doc *manifest.Document
	// SpecAt leads from the document to the pod spec. It is SpecPath but for the items of a List.
	SpecAt []any
	Key    string // the workload's ID, with "#2" and so on for a second one of that ID; the same in every render of a chart
	At     string // source, kind and number within the source: what is left to know a workload by whose name is random
}

// Scan is what documents hold.
type Scan struct {
	Pods       []Pod
	Unreadable []string // documents that may hold workloads and do not parse, with the reason
}

// mayHold says whether a document could hold a workload: whether a word behind "kind" is the kind of one. Parsing is what costs.
func mayHold(text string) bool {
	for {
		i := strings.Index(text, "kind")
		if i < 0 {
			return false
		}
		text = text[i+len("kind"):]
		rest := strings.TrimLeft(text, "\"' \t\r\n")
		if !strings.HasPrefix(rest, ":") {
			continue
		}
		rest = strings.TrimLeft(rest[1:], "\"' \t\r\n")
		if rest != "" && strings.ContainsRune("&*!|>?", rune(rest[0])) {
			return true // an anchor, an alias, a tag or a block: only the parser can tell
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
		if end < 0 {
			end = len(rest)
		}
		if workload.MayHold(rest[:end]) {
			return true
		}
	}
}

// FindPods reads the workloads of documents, in their order.
func FindPods(docs []Document) Scan {
	var out Scan
	ids, nth := map[string]int{}, map[string]int{}
	for _, d := range docs {
		if !mayHold(d.Text) {
			continue
		}
		doc, err := manifest.Parse(d.Text)
		if err != nil {
			out.Unreadable = append(out.Unreadable, fmt.Sprintf("%s: %v", d.Source, err))
			continue
		}
		for _, p := range podsOf(doc, doc.Object(), nil) {
			p.Source = d.Source
			p.Key = p.ID()
			if ids[p.Key]++; ids[p.Key] > 1 {
				p.Key += "#" + strconv.Itoa(ids[p.ID()])
			}
			at := d.Source + " " + p.Object.Kind
			nth[at]++
			p.At = at + " " + strconv.Itoa(nth[at])
			out.Pods = append(out.Pods, p)
		}
	}
	return out
}

// podsOf takes Lists apart, so that each workload knows where in its document it is.
func podsOf(doc *manifest.Document, obj map[string]any, at []any) []Pod {
	var out []Pod
	kind, _ := obj["kind"].(string)
	if items, ok := obj["items"].([]any); ok && strings.HasSuffix(kind, "List") && len(at) < maxListDepth {
		for i, item := range items {
			if m, ok := item.(map[string]any); ok {
				out = append(out, podsOf(doc, m, append(slices.Clip(at), "items", i))...)
			}
		}
		return out
	}
	for _, w := range workload.Of(obj) {
		out = append(out, Pod{Workload: w, Doc: doc, SpecAt: append(slices.Clip(at), w.SpecPath...)})
	}
	return out
}

const maxListDepth = 8

// Match finds the pods of one render in another, by their place in the templates and by name. The result has, for each of
// pods, the index in base, or -1. Both must hold whole templates.
func Match(base, pods []Pod) []int {
	byID, byAt := map[string][]int{}, map[string]int{}
	for i, p := range base {
		id := p.Source + "\x00" + p.ID()
		byID[id] = append(byID[id], i)
		byAt[p.At] = i
	}
	out := make([]int, len(pods))
	taken := map[int]bool{}
	for i, p := range pods {
		out[i] = -1
		id := p.Source + "\x00" + p.ID()
		if l := byID[id]; len(l) > 0 {
			out[i], byID[id] = l[0], l[1:]
			taken[l[0]] = true
		}
	}
	for i, p := range pods {
		if j, ok := byAt[p.At]; ok && out[i] < 0 && !taken[j] {
			out[i], taken[j] = j, true
		}
	}
	return out
}
