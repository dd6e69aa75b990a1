package postrender

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// place tells the workloads of a stream apart: by the line of the object, and the path in its document.
type place struct {
	line int
	spec string
}

// candidate is a workload of the stream that a rule may mean.
type candidate struct {
	Rule

	at    place
	taken bool
}

// matcher finds the workloads that rules mean. It is nil without rules.
type matcher struct {
	rules      *Rules
	kinds      []string        // that the rules name
	charts     map[string]bool // that the stream is of, as far as it says
	helm4      bool            // only Helm 4 tells where documents are from in annotations
	counter    Counter
	candidates []candidate // of the kinds, in the order of the stream
	targets    map[place]aim.Target
	matched    []bool // by rule
}

func newMatcher(rules *Rules) *matcher {
	m := &matcher{rules: rules, charts: map[string]bool{}, targets: map[place]aim.Target{}, matched: make([]bool, len(rules.Workloads))}
	for _, rule := range rules.Workloads {
		if !slices.Contains(m.kinds, rule.Kind) {
			m.kinds = append(m.kinds, rule.Kind)
		}
	}
	return m
}

// concerns tells whether a text may hold a workload of the kinds that the rules name.
func (m *matcher) concerns(text []byte) bool {
	return m != nil && slices.ContainsFunc(m.kinds, func(kind string) bool { return bytes.Contains(text, []byte(kind)) })
}

// hear notes of which chart a document is. The templates of a chart, and of its sub-charts, are in a folder of its name.
func (m *matcher) hear(raw manifest.Raw) {
	if m == nil {
		return
	}
	from := sourceComment(raw.Text)
	if _, rest, ok := bytes.Cut(raw.Text, []byte(annotationSource)); ok {
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		from, m.helm4 = strings.Trim(string(line), "\"': \r"), true
	}
	if chart, _, ok := strings.Cut(from, "/"); ok {
		m.charts[chart] = true
	}
}

// note takes the workloads of a document that concerns the rules.
func (m *matcher) note(list []found) {
	for _, f := range list {
		if !slices.Contains(m.kinds, f.Object.Kind) {
			continue
		}
		rule := RuleFor(f.Workload, m.counter.Index(f.Workload), "")
		m.candidates = append(m.candidates, candidate{Rule: rule, at: place{f.line, f.spec().String()}})
	}
}

// match finds the workload of each rule, when all candidates are known: first by its name, then by where it comes from, for a
// release of another name.
func (m *matcher) match() error {
	if m == nil {
		return nil
	}
	if len(m.charts) > 0 && !m.charts[m.rules.Chart.Name] {
		other := strings.Join(slices.Sorted(maps.Keys(m.charts)), ", ")
		return &ChartError{File: m.rules.called(), Rules: m.rules.Chart.Name, Stream: other}
	}
	m.each(func(r Rule, c candidate) bool { return r.named(c.Rule) && r.Namespace == c.Namespace })
	m.each(func(r Rule, c candidate) bool { return r.named(c.Rule) })
	if m.renamed() {
		m.each(func(r Rule, c candidate) bool { return r.descends(c.Rule) && m.becomes(r, c.Name) })
		m.each(func(r Rule, c candidate) bool { return m.carriesRelease(r) && c.Source == "" && m.onlyOne(r, c) })
	}
	return nil
}

// each gives every rule that has no workload yet the first free one that is its.
func (m *matcher) each(is func(Rule, candidate) bool) {
	for i, r := range m.rules.Workloads {
		for j, c := range m.candidates {
			if m.matched[i] || c.taken || !is(r, c) {
				continue
			}
			m.matched[i], m.candidates[j].taken = true, true
			why := "rule " + r.String()
			m.targets[c.at] = aim.Target{OS: platform.OS(r.OS), Why: why}
		}
	}
}

// alike tells whether a workload is what a rule is about, names aside.
func (r Rule) alike(c Rule) bool {
	return r.Kind == c.Kind && r.Field == c.Field && (r.Source == c.Source || r.Source == "" || c.Source == "")
}

func (r Rule) named(c Rule) bool { return r.alike(c) && r.Name == c.Name }

// descends tells whether a workload comes from the same place of the same template.
func (r Rule) descends(c Rule) bool {
	return r.alike(c) && r.Source != "" && r.Source == c.Source && r.Index == c.Index && r.Hook == c.Hook
}

// carriesRelease tells whether the name of a rule's workload is made of the release's, so that another release has another name for it.
func (m *matcher) carriesRelease(r Rule) bool {
	return m.rules.Release != "" && strings.Contains(r.Name, m.rules.Release)
}

// becomes tells whether another release may have a name for a rule's workload. What follows the release's name stays, but for the
// chart's: helm create writes a helper that leaves it out where the release's name has it already.
func (m *matcher) becomes(r Rule, name string) bool {
	if !m.carriesRelease(r) {
		return false
	}
	_, rest, _ := strings.Cut(r.Name, m.rules.Release)
	chart, _, _ := strings.Cut(r.Source, "/templates/")
	return strings.HasSuffix(name, rest) || strings.HasSuffix(name, strings.TrimPrefix(rest, "-"+path.Base(chart)))
}

// renamed tells whether the stream is of another release: no workload has a name that is made of the release's name.
func (m *matcher) renamed() bool {
	for i, r := range m.rules.Workloads {
		if m.matched[i] && m.carriesRelease(r) {
			return false
		}
	}
	return true
}

// onlyOne tells whether a workload is the only one that can be the rule's, when the release's name is exchanged for another.
func (m *matcher) onlyOne(r Rule, c candidate) bool {
	rest, ok := strings.CutPrefix(r.Name, m.rules.Release+"-")
	ends := func(c candidate) bool { return !c.taken && r.alike(c.Rule) && strings.HasSuffix(c.Name, "-"+rest) }
	if !ok || !ends(c) {
		return false
	}
	for _, other := range m.candidates {
		if other.at != c.at && ends(other) {
			return false
		}
	}
	return true
}

// target is where a workload is to go; it stays when no rule names it.
func (m *matcher) target(at place) aim.Target { return m.targets[at] }

// unseen are the rules whose workload is not in the stream.
func (m *matcher) unseen() []Unseen {
	if m == nil {
		return nil
	}
	var out []Unseen
	for i, r := range m.rules.Workloads {
		if !m.matched[i] {
			out = append(out, m.absence(r))
		}
	}
	return out
}

// absence says why a workload is not there. Helm 3 takes the hooks out before it runs the post-renderer: renderResources in
// pkg/action/action.go of helm.sh/helm/v3 v3.22.0. Helm 4 leaves them in: pkg/action/action.go of helm.sh/helm/v4 v4.3.1.
func (m *matcher) absence(r Rule) Unseen {
	hooks := slices.ContainsFunc(m.candidates, func(c candidate) bool { return c.Hook })
	if r.Hook && !hooks && !m.helm4 {
		return Unseen{
			Rule: r, Reason: "Helm 3 gives hooks to no post-renderer: it is not placed",
			Remedy: "Helm 4 gives them to its plugins; kubectl winready policy places them in the cluster",
		}
	}
	return Unseen{Rule: r, Reason: "it is not in the stream", Remedy: "where the chart or its values have changed, write " + m.rules.called() + " again"}
}
