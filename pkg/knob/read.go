package knob

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/values"
)

// read finds the sentinels of a probe in the templates whose output changed.
func (p *Prober) read(ctx context.Context, active []int, r *chart.Render) error {
	var suspects []int
	for _, name := range changed(p.base, r) {
		text := r.Files[name]
		p.readSwitches(active, name, text)
		if !sentinelPattern.MatchString(text) {
			continue
		}
		docs, err := chart.Split(name, text)
		if err != nil {
			suspects = append(suspects, p.inText(text, name, firstLine(err))...)
			continue
		}
		suspects = append(suspects, p.readDocs(docs)...)
	}
	suspects = slices.DeleteFunc(suspects, func(i int) bool { return !slices.Contains(active, i) })
	slices.Sort(suspects)
	suspects = slices.Compact(suspects)
	if len(suspects) == 0 {
		return nil
	}
	if len(suspects) == 1 && len(active) == 1 {
		return nil // it alone breaks the document
	}
	// Each alone: those that are innocent get their place in the table, the others stay broken.
	for _, i := range suspects {
		k := &p.table.Knobs[i]
		problem := k.Problem
		k.Status, k.Problem = Idle, ""
		if err := p.probe(ctx, []int{i}); err != nil {
			return err
		}
		if k.Status == Broken && k.Problem == "" {
			k.Problem = problem
		}
	}
	return nil
}

// readSwitches finds the pods that lost a switch of the pod spec. Where several values are named for one switch, each may be it.
func (p *Prober) readSwitches(active []int, name, text string) {
	var switches []int
	for _, i := range active {
		if p.table.Knobs[i].Shape == Bool {
			switches = append(switches, i)
		}
	}
	if len(switches) == 0 {
		return
	}
	docs, err := chart.Split(name, text)
	if err != nil {
		return // read says so
	}
	scan := chart.FindPods(docs)
	for j, at := range chart.Match(p.table.Pods, scan.Pods) {
		if at < 0 {
			continue
		}
		base := p.table.Pods[at]
		for _, i := range switches {
			field := string(p.table.Knobs[i].Field)
			was, _ := values.Lookup(base.Doc.Object(), append(slices.Clip(base.SpecAt), field))
			is, _ := values.Lookup(scan.Pods[j].Doc.Object(), append(slices.Clip(scan.Pods[j].SpecAt), field))
			if was != nil && is == nil {
				p.table.Knobs[i].addEffect(Effect{Pod: at, Field: Field(field)})
				p.table.Knobs[i].land(base.Object.String() + " " + object.Path(append(slices.Clip(base.SpecAt), field)).String())
			}
		}
	}
}

// changed are the names of the templates whose output differs from the base, sorted.
func changed(base, r *chart.Render) []string {
	var out []string
	for name, text := range r.Files {
		if base.Files[name] != text {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// inText marks all candidates whose sentinels are in an unreadable text as broken.
func (p *Prober) inText(text, where, why string) []int {
	var out []int
	for _, m := range sentinelPattern.FindAllStringSubmatch(text, -1) {
		i, err := strconv.Atoi(m[1])
		if err != nil || i >= len(p.table.Knobs) || slices.Contains(out, i) {
			continue
		}
		p.spoil(i, "setting it makes "+where+" unreadable: "+why)
		out = append(out, i)
	}
	return out
}

func (p *Prober) readDocs(docs []chart.Document) []int {
	var suspects []int
	scan := chart.FindPods(docs)
	match := chart.Match(p.table.Pods, scan.Pods)
	byDoc := map[*manifest.Document]bool{}
	for i, pod := range scan.Pods {
		if byDoc[pod.Doc] {
			continue
		}
		byDoc[pod.Doc] = true
		p.readDoc(pod.Doc, scan.Pods[i:], match[i:])
	}
	for _, d := range docs {
		if !sentinelPattern.MatchString(d.Text) {
			continue
		}
		doc, err := manifest.Parse(d.Text)
		if err != nil {
			suspects = append(suspects, p.inText(d.Text, d.Source, firstLine(err))...)
			continue
		}
		if !holdsPod(scan.Pods, doc) {
			p.readDoc(doc, nil, nil)
		}
	}
	return suspects
}

// holdsPod says that a document was read for its pods already; documents are parsed apart, so they are known by content.
func holdsPod(pods []chart.Pod, doc *manifest.Document) bool {
	obj := doc.Object()
	return slices.ContainsFunc(pods, func(p chart.Pod) bool {
		have := p.Doc.Object()
		return have["kind"] == obj["kind"] && manifest.NameOf(have) == manifest.NameOf(obj)
	})
}

// readDoc notes where each sentinel of a document is. pods are the pods from this document on.
func (p *Prober) readDoc(doc *manifest.Document, pods []chart.Pod, match []int) {
	doc.Each(func(path []any, text string) {
		for _, m := range sentinelPattern.FindAllStringSubmatch(text, -1) {
			i, err := strconv.Atoi(m[1])
			if err != nil || i >= len(p.table.Knobs) {
				continue
			}
			p.note(i, doc, pods, match, path, text)
		}
	})
}

func (p *Prober) note(i int, doc *manifest.Document, pods []chart.Pod, match []int, path []any, text string) {
	k := &p.table.Knobs[i]
	for j, pod := range pods {
		if pod.Doc != doc || len(path) <= len(pod.SpecAt) || !slices.Equal(path[:len(pod.SpecAt)], pod.SpecAt) {
			continue
		}
		rel := path[len(pod.SpecAt):]
		field := placementField(rel)
		if field == none || match[j] < 0 {
			continue
		}
		if field == NodeSelector && !pod.Custom && len(rel) != 2 {
			continue
		}
		e := Effect{Pod: match[j], Field: field}
		if field == SecurityContext {
			e.At = object.Path(rel[:len(rel)-1]).String()
		}
		if field == NodeSelector {
			e = selectorEffect(e, doc, pod, i)
		}
		k.addEffect(e)
		k.land(pod.Object.String() + " " + object.Path(append(slices.Clip(pod.SpecAt), string(field))).String())
		return
	}
	at := objectName(doc) + " " + object.Path(whole(path)).String()
	k.land(at)
	l := Landing{At: at, Soft: speaksOfPlacement(path, text)}
	if !slices.Contains(k.Elsewhere, l) {
		k.Elsewhere = append(k.Elsewhere, l)
	}
}

// whole leaves the sentinel, and the label that goes with it, off a path.
func whole(path []any) []any {
	last, _ := path[len(path)-1].(string)
	if sentinelPattern.MatchString(last) || last == platform.LabelOS {
		return path[:len(path)-1]
	}
	return path
}

// placementField is the field that a path below a pod spec belongs to. Affinity counts only where it decides: required node
// affinity.
func placementField(rel []any) Field {
	first, _ := rel[0].(string)
	switch Field(first) {
	case NodeSelector, Tolerations, RuntimeClass, SecurityContext:
		return Field(first)
	case Affinity:
		if len(rel) > 2 && rel[1] == any("nodeAffinity") && rel[2] == any(required) {
			return Affinity
		}
	case OSName:
		return OSName
	default:
	}
	if len(rel) > 3 && (first == "containers" || first == "initContainers") && rel[2] == any("securityContext") {
		return SecurityContext
	}
	return none
}

// selectorEffect looks at the OS label that came out beside the sentinel.
func selectorEffect(e Effect, doc *manifest.Document, pod chart.Pod, i int) Effect {
	own, others, fixed := 0, 0, 0
	for _, pair := range doc.Pairs(append(slices.Clip(pod.SpecAt), string(NodeSelector))) {
		switch {
		case pair.Key != platform.LabelOS:
		case pair.Value == sentinel(i):
			own++
		case sentinelPattern.MatchString(pair.Value):
			others++
		default:
			fixed++
		}
	}
	e.Collides = own > 0 && fixed > 0
	e.Overruled = own == 0 && fixed > 0
	e.Repeats = own > 0 && others > 0
	return e
}

func (k *Knob) addEffect(e Effect) {
	for i, have := range k.Effects {
		if have.Pod == e.Pod && have.Field == e.Field && have.At == e.At {
			k.Effects[i].Collides = have.Collides || e.Collides
			k.Effects[i].Overruled = have.Overruled || e.Overruled
			k.Effects[i].Repeats = have.Repeats || e.Repeats
			return
		}
	}
	k.Effects = append(k.Effects, e)
}

func (k *Knob) land(at string) {
	if !slices.Contains(k.LandsAt, at) {
		k.LandsAt = append(k.LandsAt, at)
	}
}

func objectName(doc *manifest.Document) string {
	obj := doc.Object()
	kind, _ := obj["kind"].(string)
	return kind + "/" + manifest.NameOf(obj)
}

// speaksOfPlacement tells a selector that ended up in another object, where an operator will act on it, from a value that
// lost its way.
func speaksOfPlacement(path []any, text string) bool {
	for _, s := range path {
		if name, _ := s.(string); steering.MatchString(name) {
			return true
		}
	}
	return strings.Contains(text, "\n") && steering.MatchString(text)
}

// Marked says that a sentinel stands in a value, be it encoded in base64.
func Marked(v any) bool {
	switch v := v.(type) {
	case string:
		if sentinelPattern.MatchString(v) {
			return true
		}
		data, err := base64.StdEncoding.DecodeString(v)
		return err == nil && sentinelPattern.Match(data)
	case map[string]any:
		for k, x := range v {
			if Marked(k) || Marked(x) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, Marked)
	}
	return false
}
