package patch

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// solver chooses knobs from a table.
type solver struct {
	table   *knob.Table
	targets []aim.Target
	goals   map[platform.OS]aim.Goal
	barred  map[int]string // knobs not to be used, and why
	useless map[useless]bool
	fix     bool         // take Linux-only fields away from pods that go to Windows
	osName  bool         // set os.name where the pod allows it
	minor   int          // of the Kubernetes 1 whose API server gets the pods
	bare    map[int]bool // knobs whose tolerations are to be without a value
}

// want is one pod and one of the means it needs.
type want struct {
	pod   int
	means means
}

// pick is a knob with what it is set for.
type pick struct {
	knob  int
	means means
	keys  string // of byFixing: the keys to take away, comma-separated
}

// plan is a choice of knobs.
type plan struct {
	picks []pick
	needs []means // by pod: what places it; only for those that can be placed
	hope  []bool  // by pod: the plan places it, or it is placed as it is
}

// bar finds the knobs that no plan may use, and says why, in words for the report.
func (s *solver) bar() {
	for i, k := range s.table.Knobs {
		if _, ok := s.barred[i]; ok {
			continue
		}
		if why := s.objection(k); why != "" || k.Status != knob.Steers {
			s.barred[i] = why
		}
	}
}

func (s *solver) objection(k knob.Knob) string {
	if k.Status != knob.Steers {
		return k.Problem
	}
	for _, l := range k.Elsewhere {
		if !l.Soft {
			return "it also lands at " + l.At
		}
	}
	var os platform.OS
	first := ""
	for _, e := range k.Effects {
		pod := s.table.Pods[e.Pod]
		t := s.targets[e.Pod]
		if e.Collides {
			return collision(s.table.Pods, k)
		}
		switch {
		case t.OS == "":
			return "it also steers " + pod.Key + ", which is to stay as it is"
		case first == "":
			os, first = t.OS, pod.Key
		case t.OS != os:
			return "it steers both " + first + ", which goes to " + string(os) + ", and " + pod.Key + ", which goes to " + string(t.OS)
		}
	}
	return ""
}

// effectOf says whether setting a knob for the means changes the pod so.
func (s *solver) effectOf(i int, w want) bool {
	if _, no := s.barred[i]; no || s.useless[useless{i, w.means, w.pod}] {
		return false
	}
	k := s.table.Knobs[i]
	switch w.means {
	case bySelector:
		if k.Field != knob.NodeSelector && k.Field != knob.OSLabel {
			return false
		}
		e, ok := k.Effect(w.pod, knob.NodeSelector)
		return ok && !e.Overruled
	case byTolerations, byNarrowing:
		_, ok := k.Effect(w.pod, knob.Tolerations)
		return ok && k.Field == knob.Tolerations
	case byAffinity:
		_, ok := k.Effect(w.pod, knob.Affinity)
		return ok && (k.Field == knob.Affinity || k.Field == knob.NodeSelector)
	case byOSName:
		_, ok := k.Effect(w.pod, knob.OSName)
		return ok
	case byClass:
		_, ok := k.Effect(w.pod, knob.RuntimeClass)
		return ok && k.Field == knob.RuntimeClass
	case byFixing:
	}
	return false
}

func (s *solver) reachable(w want) bool {
	for i := range s.table.Knobs {
		if s.effectOf(i, w) {
			return true
		}
	}
	return false
}

// solve finds, for each pod, the cheapest means that are in reach and place it, and then the fewest knobs that bring them about.
func (s *solver) solve() plan {
	s.bar()
	p := plan{needs: make([]means, len(s.targets)), hope: make([]bool, len(s.targets))}
	var wants []want
	for i, t := range s.targets {
		if t.OS == "" {
			continue
		}
		if s.table.Pods[i].LabeledOS != "" && s.table.Pods[i].LabeledOS != string(t.OS) {
			continue // the kubelet would reject it there, whatever the values
		}
		g := s.goals[t.OS]
		for _, m := range ladders() {
			if !s.inReach(i, m) {
				continue
			}
			if ok, _ := g.Placed(s.predict(i, m)); ok {
				p.needs[i], p.hope[i] = m, true
				for _, one := range split(m) {
					wants = append(wants, want{i, one})
				}
				break
			}
		}
	}
	wants = append(wants, s.osNames(&p)...)
	p.picks = append(s.cover(wants), s.fixes()...)
	return p
}

// predict is the pod spec that the means would give; a legacy OS label goes only where a knob holds it.
func (s *solver) predict(pod int, m means) *corev1.PodSpec {
	spec := &s.table.Pods[pod].Spec
	out := predict(s.goals[s.targets[pod].OS], spec, m)
	legacy, has := spec.NodeSelector[platform.LabelLegacyOS]
	if m&bySelector == 0 || !has {
		return out
	}
	for i, k := range s.table.Knobs {
		labels, _ := k.Current.(map[string]any)
		if _, ok := labels[platform.LabelLegacyOS]; ok && s.effectOf(i, want{pod, bySelector}) {
			return out
		}
	}
	out.NodeSelector[platform.LabelLegacyOS] = legacy
	return out
}

func split(m means) []means {
	var out []means
	for _, one := range []means{bySelector, byTolerations, byAffinity, byNarrowing, byClass} {
		if m&one != 0 {
			out = append(out, one)
		}
	}
	return out
}

func (s *solver) inReach(pod int, m means) bool {
	for _, one := range split(m) {
		if !s.reachable(want{pod, one}) {
			return false
		}
	}
	return true
}

// cover chooses few knobs that satisfy all wants: always the one that satisfies most of what is left, then without those that
// turned out needless.
func (s *solver) cover(wants []want) []pick {
	left := slices.Clone(wants)
	var out []pick
	for len(left) > 0 {
		best, most := pick{}, 0
		for i := range s.table.Knobs {
			for _, m := range []means{bySelector, byTolerations, byAffinity, byNarrowing, byClass, byOSName} {
				n := s.gain(i, m, left)
				if n > 0 && !s.clashes(pick{knob: i, means: m}, out) && (n > most || n == most && s.nicer(i, best.knob)) {
					best, most = pick{knob: i, means: m}, n
				}
			}
		}
		if most == 0 {
			break // what is left clashes with what was chosen; the proof will say so
		}
		out = append(out, best)
		left = slices.DeleteFunc(left, func(w want) bool { return w.means == best.means && s.effectOf(best.knob, w) })
	}
	return s.prune(out, wants)
}

func (s *solver) gain(i int, m means, left []want) int {
	n := 0
	for _, w := range left {
		if w.means == m && s.effectOf(i, w) {
			n++
		}
	}
	return n
}

// nicer breaks a tie: touch fewer pods, then a path that is declared, shorter, first.
func (s *solver) nicer(a, b int) bool {
	x, y := s.table.Knobs[a], s.table.Knobs[b]
	if dx, dy := len(x.Effects)+len(x.Elsewhere), len(y.Effects)+len(y.Elsewhere); dx != dy {
		return dx < dy
	}
	if x.Declared != y.Declared {
		return x.Declared
	}
	return len(x.Path) < len(y.Path)
}

// clashes: two knobs that write the same key into one map must not both be set.
func (s *solver) clashes(p pick, chosen []pick) bool {
	for _, c := range chosen {
		if c.means != p.means || p.means != bySelector {
			continue
		}
		for _, e := range s.table.Knobs[p.knob].Effects {
			if f, ok := s.table.Knobs[c.knob].Effect(e.Pod, e.Field); ok && e.Repeats && f.Repeats {
				return true
			}
		}
	}
	return false
}

func (s *solver) prune(picks []pick, wants []want) []pick {
	for i := 0; i < len(picks); {
		rest := slices.Delete(slices.Clone(picks), i, i+1)
		if s.satisfied(rest, wants, picks[i]) {
			picks = rest
			continue
		}
		i++
	}
	return picks
}

// satisfied says that the picks still meet every want that gone met.
func (s *solver) satisfied(picks []pick, wants []want, gone pick) bool {
	for _, w := range wants {
		if w.means != gone.means || !s.effectOf(gone.knob, w) {
			continue
		}
		if !slices.ContainsFunc(picks, func(p pick) bool { return p.means == w.means && s.effectOf(p.knob, w) }) {
			return false
		}
	}
	return true
}

// tolerations are what a pick has to add: the sum of what its pods lack.
func (s *solver) tolerations(p pick, needs []means) []corev1.Toleration {
	var out []corev1.Toleration
	for _, e := range s.table.Knobs[p.knob].Effects {
		if e.Field != knob.Tolerations || needs[e.Pod]&p.means == 0 {
			continue
		}
		g := s.goals[s.targets[e.Pod].OS]
		spec := &s.table.Pods[e.Pod].Spec
		if p.means == byNarrowing {
			spec = predict(g, spec, byNarrowing)
			spec.Tolerations = slices.DeleteFunc(slices.Clone(spec.Tolerations), func(t corev1.Toleration) bool {
				return slices.Contains(g.Missing(&corev1.PodSpec{}), t)
			})
		}
		for _, t := range g.Missing(spec) {
			if s.bare[p.knob] {
				t.Operator, t.Value = corev1.TolerationOpExists, ""
			}
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// collision says why a knob beside a label that templates write themselves cannot carry that label.
func collision(pods []chart.Pod, k knob.Knob) string {
	var names []string
	for _, e := range k.Effects {
		if e.Collides {
			names = append(names, pods[e.Pod].Key)
		}
	}
	return "the template of " + strings.Join(names, ", ") + " writes " + platform.LabelOS + " itself, setting it would give two equal keys in one map"
}
