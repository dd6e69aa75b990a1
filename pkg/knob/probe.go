package knob

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/values"
)

// Prober renders a chart with sentinels.
type Prober struct {
	Renderer *chart.Renderer
	Tree     map[string]any // the values the chart has now
	table    Table
	narrow   *chart.Renderer // renders no more than a probe needs; nil when that failed
	keep     map[string]bool // the templates it renders
	base     *chart.Render
	left     int // renders that may still be spent on finding what breaks a chart
}

// maxProbes bounds the search for candidates that break a chart. What is not told apart by then counts as broken.
const maxProbes = 40

// sentinel marks candidate i. It must be a label key, a label value and a taint key, and mean nothing to tpl.
func sentinel(i int) string { return fmt.Sprintf("winready-p%04d", i) }

var sentinelPattern = regexp.MustCompile(`winready-p(\d{4})`)

// maxCandidates is what four digits can tell apart.
const maxCandidates = 10_000

// Overlay is the values that mark all candidates at once: the first probe. It needs no base render.
func (p *Prober) Overlay(cands []Candidate) map[string]any {
	p.keep = probed(p.Renderer.Templates())
	p.narrow = p.Renderer.Narrow(p.keep)
	active := make([]int, 0, len(cands))
	for i := range min(len(cands), maxCandidates) {
		if !cands[i].Reserve {
			active = append(active, i)
		}
	}
	p.table = Table{Knobs: make([]Knob, 0, len(cands))}
	for _, c := range cands {
		p.table.Knobs = append(p.table.Knobs, Knob{Candidate: c, Status: Idle})
	}
	return p.overlay(active)
}

// Render renders the templates that a probe is about. Where they turn out to need the others, it renders all.
func (p *Prober) Render(ctx context.Context, overlay map[string]any) (*chart.Render, error) {
	if p.narrow == nil {
		return p.Renderer.Probe(ctx, overlay)
	}
	r, err := p.narrow.Probe(ctx, overlay)
	if err == nil || !leftOut.MatchString(err.Error()) {
		return r, err
	}
	p.narrow, p.keep = nil, nil
	return p.Renderer.Probe(ctx, overlay)
}

// leftOut is what Go's template package says of a template that is not there.
var leftOut = regexp.MustCompile(`no template "[^"]*" associated|template "[^"]*" not defined`)

// Probed says whether probes render a template. Those that they do not render mention no placement field.
func (p *Prober) Probed(name string) bool { return p.keep == nil || p.keep[name] }

func (p *Prober) overlay(active []int) map[string]any {
	var edits []values.Edit
	for _, i := range active {
		edits = append(edits, p.table.Knobs[i].mark(sentinel(i))...)
	}
	return values.Build(p.Tree, edits, nil).Tree()
}

// Read takes the outcome of the first probe and finishes the table, with further renders only where that probe failed.
func (p *Prober) Read(ctx context.Context, base *chart.Render, pods []chart.Pod, probe *chart.Render, err error) (Table, error) {
	p.base, p.left = base, maxProbes
	p.table.Pods = pods
	p.table.Renders = 1
	var all []int
	for i, k := range p.table.Knobs {
		if !k.Reserve {
			all = append(all, i)
		}
	}
	if err := p.outcome(ctx, all, probe, err); err != nil {
		return Table{}, err
	}
	p.finish()
	return p.table, nil
}

// Again probes some of the knobs without the others, which may hide them; what is found is added to the table.
func (p *Prober) Again(ctx context.Context, active []int) (Table, error) {
	p.left = maxProbes
	if err := p.probe(ctx, active); err != nil {
		return Table{}, err
	}
	p.finish()
	return p.table, nil
}

func (p *Prober) probe(ctx context.Context, active []int) error {
	if len(active) == 0 {
		return nil
	}
	if p.left--; p.left < 0 {
		for _, i := range active {
			p.spoil(i, "not told apart from others that break the chart")
		}
		return nil
	}
	p.table.Renders++
	r, err := p.Render(ctx, p.overlay(active))
	return p.outcome(ctx, active, r, err)
}

func (p *Prober) spoil(i int, why string) {
	k := &p.table.Knobs[i]
	k.Status, k.Problem = Broken, why
}

func (p *Prober) outcome(ctx context.Context, active []int, r *chart.Render, err error) error {
	if err == nil {
		return p.read(ctx, active, r)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(active) == 1 {
		return p.reshape(ctx, active[0], err)
	}
	if culprits := p.blamed(active, err); len(culprits) > 0 && len(culprits) < len(active) {
		rest := slices.DeleteFunc(slices.Clone(active), func(i int) bool { return slices.Contains(culprits, i) })
		if err := p.probe(ctx, rest); err != nil {
			return err
		}
		return p.probe(ctx, culprits)
	}
	if err := p.probe(ctx, active[:len(active)/2]); err != nil {
		return err
	}
	return p.probe(ctx, active[len(active)/2:])
}

// blamed are the candidates that Helm's message names: <.Values.server.nodeSelector> in a template of their chart.
func (p *Prober) blamed(active []int, err error) []int {
	if out := p.spelled(active, err.Error()); len(out) > 0 {
		return out
	}
	m := expression.FindAllStringSubmatch(err.Error(), -1)
	if m == nil {
		return nil
	}
	named := m[len(m)-1][1]
	var out []int
	for _, i := range active {
		c := p.table.Knobs[i].Candidate
		if c.Path.Last() != "" && strings.HasSuffix(named, c.Path.Last()) && strings.HasSuffix(c.Path.String(), named) {
			out = append(out, i)
		}
	}
	return out
}

// spelled are the undeclared candidates whose path stands in a message: charts fail so on names they have given up.
func (p *Prober) spelled(active []int, message string) []int {
	var out []int
	for _, i := range active {
		if c := p.table.Knobs[i].Candidate; !c.Declared && len(c.Path) > 1 && strings.Contains(message, c.Path.String()) {
			out = append(out, i)
		}
	}
	return out
}

var expression = regexp.MustCompile(`at <[^>]*?\.Values\.([A-Za-z0-9_.]+)`)

// reshape tries a candidate that alone breaks the chart in another shape.
func (p *Prober) reshape(ctx context.Context, i int, err error) error {
	k := &p.table.Knobs[i]
	was := k.Shape
	for _, s := range otherShapes(k.Candidate) {
		if p.left--; p.left < 0 {
			break
		}
		k.Shape = s
		p.table.Renders++
		r, e := p.Render(ctx, p.overlay([]int{i}))
		if e == nil {
			return p.read(ctx, []int{i}, r)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	k.Shape = was
	p.spoil(i, firstLine(err))
	return nil
}

func otherShapes(c Candidate) []Shape {
	switch v := c.Current.(type) {
	case nil:
	case string:
		if v != "" {
			return nil
		}
	case []any:
		if len(v) > 0 {
			return nil
		}
	case map[string]any:
		if len(v) > 0 {
			return nil
		}
	}
	switch c.Shape {
	case Map, List:
		return []Shape{String}
	case String:
		if c.Field == Tolerations {
			return []Shape{List}
		}
		if c.Field == NodeSelector || c.Field == Affinity {
			return []Shape{Map}
		}
	case Pair, Pairs, Bool:
	}
	return nil
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}

// finish derives the status of each knob.
func (p *Prober) finish() {
	for i := range p.table.Knobs {
		k := &p.table.Knobs[i]
		if k.Status == Broken {
			continue
		}
		switch {
		case len(k.Effects) > 0:
			k.Status = Steers
		case len(k.Elsewhere) > 0:
			k.Status = Misdirected
			k.Problem = "it turns up at " + strings.Join(k.LandsAt, ", ")
		default:
			k.Status = Idle
		}
	}
}
