package patch

import (
	"slices"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/likeness"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
)

// proof is what a render with an overlay shows.
type proof struct {
	render *chart.Render
	pods   []chart.Pod // by index of the base pods; the zero Pod where one is gone
	wrong  []wrong     // what the overlay must not do
	notes  []string    // selectors that changed in objects that make no pods
}

// wrong is one fault of an overlay.
type wrong struct {
	pod  int // the pod it concerns, or -1
	doc  string
	what string
	// chance: it is one scalar in place of another, which a random function may do as well. What comes or goes is no chance.
	chance bool
}

// prove compares a render with the base: which pods came out, and whether anything else changed.
func (s *session) prove(r *chart.Render) proof {
	pr := proof{render: r, pods: slices.Clone(s.found.Pods)}
	for _, name := range changedFiles(s.base, r) {
		before, err := chart.Split(name, s.base.Files[name])
		if err != nil {
			continue // the base rendered, so it splits
		}
		after, err := chart.Split(name, r.Files[name])
		if err != nil {
			pr.wrong = append(pr.wrong, s.faultOfFile(name, "its output is no YAML: "+err.Error())...)
			continue
		}
		s.provePods(&pr, name, chart.FindPods(after))
		s.proveRest(&pr, name, before, after)
	}
	return pr
}

// changedFiles are the templates whose output differs, those of one side only included; sorted.
func changedFiles(a, b *chart.Render) []string {
	var out []string
	for name, text := range a.Files {
		if b.Files[name] != text {
			out = append(out, name)
		}
	}
	for name := range b.Files {
		if _, ok := a.Files[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (s *session) faultOfFile(name, what string) []wrong {
	var out []wrong
	for i, p := range s.found.Pods {
		if p.Source == name {
			out = append(out, wrong{pod: i, doc: p.Key, what: what})
		}
	}
	if out == nil {
		out = append(out, wrong{pod: -1, doc: name, what: what})
	}
	return out
}

// provePods takes the pods of one template into the proof.
func (s *session) provePods(pr *proof, name string, scan chart.Scan) {
	var base []chart.Pod
	var index []int
	for i, p := range s.found.Pods {
		if p.Source == name {
			base, index = append(base, p), append(index, i)
		}
	}
	seen := map[int]bool{}
	for j, at := range chart.Match(base, scan.Pods) {
		if at < 0 {
			pr.wrong = append(pr.wrong, wrong{pod: -1, doc: scan.Pods[j].Key, what: "the overlay adds it"})
			continue
		}
		i := index[at]
		seen[i] = true
		pr.pods[i] = scan.Pods[j]
		for _, what := range freshFaults(base[at], scan.Pods[j]) {
			pr.wrong = append(pr.wrong, wrong{pod: i, doc: base[at].Key, what: what})
		}
	}
	for _, i := range index {
		if !seen[i] {
			pr.wrong = append(pr.wrong, wrong{pod: i, doc: s.found.Pods[i].Key, what: "the overlay makes it go away"})
		}
	}
}

// freshFaults are what is wrong with a pod that was not wrong before: repeated keys, fields that do not decode.
func freshFaults(before, after chart.Pod) []string {
	var out []string
	for _, d := range after.Doc.Duplicates() {
		if !slices.Contains(before.Doc.Duplicates(), d) {
			out = append(out, "two equal keys at "+d)
		}
	}
	for _, p := range after.Problems {
		if !slices.Contains(before.Problems, p) {
			out = append(out, p)
		}
	}
	return out
}

// placementField says that a path is a field that steers the pods that stand at one of the spec paths.
func placementField(path []any, pods []chart.Pod) bool {
	for _, p := range pods {
		if len(path) <= len(p.SpecAt) || !slices.Equal(path[:len(p.SpecAt)], p.SpecAt) {
			continue
		}
		switch first, _ := path[len(p.SpecAt)].(string); knob.Field(first) {
		case knob.NodeSelector, knob.Tolerations, knob.Affinity, knob.RuntimeClass:
			return true
		default:
		}
	}
	return false
}

// proveRest looks for differences outside the placement fields.
func (s *session) proveRest(pr *proof, name string, before, after []chart.Document) {
	olds, news := likeness.Objects(before), likeness.Objects(after)
	if !likeness.SameKeys(olds, news) && s.random() {
		likeness.PairUp(olds, news)
	}
	s.unplaced(pr, name, olds, news)
	for i, o := range olds {
		j := slices.IndexFunc(news, func(n likeness.Object) bool { return n.Key == o.Key })
		if j < 0 {
			continue
		}
		pods := chart.FindPods([]chart.Document{before[o.Index]}).Pods
		for _, d := range manifest.Diff(olds[i].Doc.Object(), news[j].Doc.Object()) {
			s.difference(pr, name, o, d, pods)
		}
	}
}

func (s *session) difference(pr *proof, source string, o likeness.Object, d manifest.Difference, pods []chart.Pod) {
	switch {
	case placementField(d.Path, pods) || s.alsoChanged(d.Path, pods), likeness.Checksum(d):
	case aboutPlacement(d):
		pr.notes = append(pr.notes, o.Name+" "+object.Path(d.Path).String())
	case s.random() && s.differsAnyway(o, source, d):
	default:
		pr.wrong = append(pr.wrong, wrong{
			pod: s.indexOf(pods), doc: o.Name, what: "the overlay changes " + o.Name + " " + object.Path(d.Path).String(),
			chance: isScalar(d.Old) && isScalar(d.New),
		})
	}
}

func isScalar(v any) bool {
	switch v.(type) {
	case nil, map[string]any, []any:
		return false
	}
	return true
}

// byChance says that a random function may be all that is wrong.
func (p proof) byChance() bool {
	return len(p.wrong) > 0 && !slices.ContainsFunc(p.wrong, func(w wrong) bool { return !w.chance })
}

// indexOf is the base pod that the first of pods is, or -1.
func (s *session) indexOf(pods []chart.Pod) int {
	if len(pods) == 0 {
		return -1
	}
	return slices.IndexFunc(s.found.Pods, func(p chart.Pod) bool { return p.Source == pods[0].Source && p.ID() == pods[0].ID() })
}

// unplaced notes documents that are on one side only.
func (s *session) unplaced(pr *proof, name string, olds, news []likeness.Object) {
	for _, o := range olds {
		if !slices.ContainsFunc(news, func(n likeness.Object) bool { return n.Key == o.Key }) {
			pr.wrong = append(pr.wrong, wrong{pod: -1, doc: o.Name, what: "the overlay makes " + o.Name + " of " + name + " go away"})
		}
	}
	for _, n := range news {
		if !slices.ContainsFunc(olds, func(o likeness.Object) bool { return n.Key == o.Key }) {
			pr.wrong = append(pr.wrong, wrong{pod: -1, doc: n.Name, what: "the overlay adds " + n.Name + " to " + name})
		}
	}
}
