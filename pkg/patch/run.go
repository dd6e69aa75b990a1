package patch

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/values"
)

// Result is a proven overlay and the report about it.
type Result struct {
	Report   Report
	Overlay  values.Overlay
	Warnings []string                 // what could not be read or checked, and selectors outside pods that change too
	Pods     []chart.Pod              // those of Report.Workloads, as the overlay renders them
	Goals    map[platform.OS]aim.Goal // what Pods are judged by
	Render   *chart.Render            // the chart with the overlay
}

// maxSamples bounds the renders spent on what differs anyway. What depends on the order of a map has few values, so that several
// renders may agree by chance.
const maxSamples = 7

// maxRounds bounds how often a choice that did not do what the probe promised is made again. After the last one nothing is set.
const maxRounds = 12

// run is one patch in progress.
type run struct {
	*session
	solver
	useless map[useless]bool
}

// useless is a knob that does not do for a pod what the probe made believe.
type useless struct {
	knob  int
	means means
	pod   int
}

// Run finds the smallest overlay that places the chart's workloads as asked, and proves it. The chart is rendered three times
// where nothing goes wrong. Errors are those of rendering, and *PatternError.
func Run(ctx context.Context, r *chart.Renderer, q Request) (*Result, error) {
	s, err := open(ctx, r, knob.Also{Security: q.FixFields, OSName: q.SetOSName})
	if err != nil {
		return nil, err
	}
	targets, err := q.targets(s.found.Pods)
	if err != nil {
		return nil, err
	}
	x := &run{session: s, useless: map[useless]bool{}}
	x.solver = solver{
		table: &s.found, targets: targets, barred: map[int]string{}, useless: x.useless, bare: map[int]bool{},
		fix: q.FixFields, osName: q.SetOSName, minor: cmp.Or(r.KubeMinor(), steer.LatestMinor),
		goals: map[platform.OS]aim.Goal{
			platform.Linux: q.Goal(platform.Linux, s.classes), platform.Windows: q.Goal(platform.Windows, s.classes),
		},
	}
	p, overlay, pr, err := x.settle(ctx)
	if err != nil {
		return nil, err
	}
	slices.Sort(pr.notes)
	for _, note := range slices.Compact(pr.notes) {
		s.warnings = append(s.warnings, "the overlay also changes what "+note+" says of placement")
	}
	return &Result{Report: x.report(p, pr), Overlay: overlay, Warnings: s.warnings, Pods: pr.pods, Goals: x.goals, Render: pr.render}, nil
}

// settle chooses, proves and chooses again until a proof holds.
func (x *run) settle(ctx context.Context) (plan, values.Overlay, proof, error) {
	for round := range maxRounds {
		p := x.solve()
		if hidden := x.hidden(p); round == 0 && len(hidden) > 0 {
			if err := x.again(ctx, hidden); err != nil {
				return plan{}, values.Overlay{}, proof{}, err
			}
			for _, i := range hidden {
				if x.barred[i] == "" {
					delete(x.barred, i)
				}
			}
			p = x.solve()
		}
		overlay := values.Build(x.tree, x.edits(p), x.renderer.DefaultValuesFile())
		if overlay.Empty() {
			return p, overlay, proof{pods: x.found.Pods, render: x.base}, nil
		}
		pr, err := x.try(ctx, p, overlay)
		if err != nil {
			return plan{}, values.Overlay{}, proof{}, err
		}
		if pr != nil {
			return p, overlay, *pr, nil
		}
	}
	none := plan{needs: make([]means, len(x.targets)), hope: make([]bool, len(x.targets))}
	return none, values.Build(x.tree, nil, nil), proof{pods: x.found.Pods, render: x.base}, nil
}

// try renders with an overlay. No proof and no error mean that something was barred and another choice is to be made.
func (x *run) try(ctx context.Context, p plan, overlay values.Overlay) (*proof, error) {
	x.renders++
	r, err := x.renderer.Render(ctx, overlay.Tree())
	if err != nil {
		var refusal *chart.SchemaError
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &refusal):
			x.renders-- // it was refused before it was rendered
			x.refusedBySchema(p, err)
			return nil, nil //nolint:nilnil // documented: choose again
		}
		return nil, x.findBreaker(ctx, p, p.picks, err)
	}
	pr := x.prove(r)
	for pr.byChance() && x.random() && len(x.samples) < maxSamples {
		if pr, err = x.lookAgain(ctx, overlay, r); err != nil {
			return nil, err
		}
	}
	if x.learn(ctx, p, pr) {
		return nil, nil //nolint:nilnil // documented: choose again
	}
	return &pr, nil
}

// lookAgain takes another sample of what differs anyway and, if that explains nothing, another render of the overlay: a fault that
// does not show in both is none of the overlay's.
func (x *run) lookAgain(ctx context.Context, overlay values.Overlay, r *chart.Render) (proof, error) {
	if err := x.resample(ctx); err != nil {
		return proof{}, err
	}
	if pr := x.prove(r); len(pr.wrong) == 0 {
		return pr, nil
	}
	x.renders++
	again, err := x.renderer.Render(ctx, overlay.Tree())
	if err != nil {
		return proof{}, err
	}
	return x.prove(again), nil
}

// refusedBySchema bars the knobs whose values the charts' schemas refuse; no render is needed to know. Some schemas only have no
// room for a value beside the key of a toleration: an Exists toleration does without.
func (x *run) refusedBySchema(p plan, err error) {
	if x.bareDoes(p) {
		return
	}
	found := false
	for _, pk := range p.picks {
		if err := x.checkAlone(pk, p); err != nil {
			x.barred[pk.knob] = "the chart's schema refuses it: " + schemaReason(err)
			found = true
		}
	}
	if found {
		return
	}
	for _, pk := range p.picks {
		x.barred[pk.knob] = "the chart's schema refuses it together with others: " + schemaReason(err)
	}
}

// bareDoes leaves the value out of the tolerations that the schema refuses, and says whether it takes all of the plan then.
func (x *run) bareDoes(p plan) bool {
	for _, pk := range p.picks {
		if x.bare[pk.knob] || pk.means&(byTolerations|byNarrowing) == 0 || x.checkAlone(pk, p) == nil {
			continue
		}
		x.bare[pk.knob] = true
		if x.checkAlone(pk, p) != nil {
			delete(x.bare, pk.knob)
		}
	}
	return x.renderer.CheckValues(values.Build(x.tree, x.edits(p), nil).Tree()) == nil
}

func (x *run) checkAlone(pk pick, p plan) error {
	return x.renderer.CheckValues(values.Build(x.tree, x.editsOf(pk, p), nil).Tree())
}

// findBreaker bars the knobs with which the chart does not render.
func (x *run) findBreaker(ctx context.Context, p plan, picks []pick, err error) error {
	if len(picks) == 1 {
		x.barred[picks[0].knob] = "with it the chart does not render: " + err.Error()
		return nil
	}
	found := false
	for _, half := range [][]pick{picks[:len(picks)/2], picks[len(picks)/2:]} {
		x.renders++
		_, e := x.renderer.Render(ctx, values.Build(x.tree, x.edits(plan{picks: half, needs: p.needs}), nil).Tree())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if e != nil {
			found = true
			if err := x.findBreaker(ctx, p, half, e); err != nil {
				return err
			}
		}
	}
	if !found {
		for _, pk := range picks {
			x.barred[pk.knob] = "together with others the chart does not render: " + err.Error()
		}
	}
	return nil
}

// learn takes in what a proof showed against the plan. It says whether there was anything.
func (x *run) learn(ctx context.Context, p plan, pr proof) bool {
	n := len(x.barred) + len(x.useless)
	x.blame(ctx, p, pr.wrong)
	if len(x.barred)+len(x.useless) > n {
		return true
	}
	for i, t := range x.targets {
		if t.OS == "" {
			continue
		}
		ok, _ := x.goals[t.OS].Placed(&pr.pods[i].Spec)
		if ok || !p.hope[i] {
			continue
		}
		x.disappointed(p, i)
	}
	return len(x.barred)+len(x.useless) > n
}

// disappointed notes that the picks for a pod did not place it.
func (x *run) disappointed(p plan, pod int) {
	for _, pk := range p.picks {
		w := want{pod, pk.means}
		switch {
		case pk.means == byFixing:
		case p.needs[pod]&pk.means != 0 && x.effectOf(pk.knob, w):
			x.useless[useless{pk.knob, pk.means, pod}] = true
		case p.needs[pod] == 0 && x.touches(pk.knob, pod):
			x.barred[pk.knob] = "it would take " + x.found.Pods[pod].Key + " off its nodes"
		}
	}
}

func (x *run) touches(k, pod int) bool {
	return slices.ContainsFunc(x.found.Knobs[k].Effects, func(e knob.Effect) bool { return e.Pod == pod })
}

// blame bars the picks that faults are due to: the one that steers the pod or lands in the object; where that is more than one or
// none, those that show the fault when they are set alone.
func (x *run) blame(ctx context.Context, p plan, faults []wrong) {
	unclear := map[int][]pick{}
	for i, w := range faults {
		guilty := x.suspects(p, w)
		if len(guilty) == 1 {
			x.barred[guilty[0].knob] = w.what
			continue
		}
		unclear[i] = guilty
	}
	if len(unclear) == 0 {
		return
	}
	alone := x.alone(ctx, p, unclear)
	for i, w := range faults {
		guilty := slices.DeleteFunc(slices.Clone(unclear[i]), func(pk pick) bool {
			return !slices.ContainsFunc(alone[pk.knob], func(v wrong) bool { return v.what == w.what && v.doc == w.doc })
		})
		if len(guilty) == 0 {
			guilty = unclear[i]
		}
		for _, pk := range guilty {
			if _, ok := x.barred[pk.knob]; !ok {
				x.barred[pk.knob] = w.what
			}
		}
	}
}

// suspects are the picks that a fault may be due to; all, where none is known to have to do with it.
func (x *run) suspects(p plan, w wrong) []pick {
	var out []pick
	for _, pk := range p.picks {
		k := x.found.Knobs[pk.knob]
		if w.pod >= 0 && x.touches(pk.knob, w.pod) || slices.ContainsFunc(k.Elsewhere, func(l knob.Landing) bool { return landsIn(l, w.doc) }) {
			out = append(out, pk)
		}
	}
	if len(out) == 0 {
		out = p.picks
	}
	// A word that templates may branch on is the first to be doubted.
	if words := slices.DeleteFunc(slices.Clone(out), func(pk pick) bool { return !x.found.Knobs[pk.knob].Reserve }); len(words) > 0 {
		return words
	}
	return out
}

// maxAlone bounds the renders spent on telling guilty knobs from innocent ones.
const maxAlone = 10

// alone are the faults that each suspect shows when it is set alone; nothing when they are too many to try.
func (x *run) alone(ctx context.Context, p plan, unclear map[int][]pick) map[int][]wrong {
	var picks []pick
	for _, pk := range p.picks {
		for _, l := range unclear {
			if slices.Contains(l, pk) && !slices.Contains(picks, pk) {
				picks = append(picks, pk)
			}
		}
	}
	out := map[int][]wrong{}
	if len(picks) > maxAlone {
		return out
	}
	for _, pk := range picks {
		x.renders++
		if r, err := x.renderer.Render(ctx, values.Build(x.tree, x.editsOf(pk, p), nil).Tree()); err == nil {
			out[pk.knob] = append(out[pk.knob], x.prove(r).wrong...)
		}
	}
	return out
}

// hidden are the knobs worth probing without those that hide them: what a pod falls back on that no usable knob places, and what
// chosen knobs fall back on, so that it may do the work of several.
func (x *run) hidden(p plan) []int {
	var out []int
	for i, k := range x.found.Knobs {
		hiders := x.hiders(p, i)
		switch {
		case k.Status == knob.Steers && x.usable(i) && hiders > 0,
			k.Status == knob.Idle && hiders > 1,
			k.Status == knob.Idle && !k.Reserve && x.behindBarred(p, k),
			k.Status == knob.Idle && k.Reserve && x.misnamed(p):
			out = append(out, i)
		}
	}
	return out
}

func (x *run) usable(i int) bool {
	_, no := x.barred[i]
	return !no
}

// hiders counts the chosen knobs that templates read instead of knob i. A knob that steers something itself is a fallback only
// where it is the more general one.
func (x *run) hiders(p plan, i int) int {
	k := x.found.Knobs[i]
	n := 0
	for _, pk := range p.picks {
		c := x.found.Knobs[pk.knob]
		if pk.knob != i && c.Field == k.Field && k.RivalOf(c.Path) && (k.Status == knob.Idle || k.MoreGeneral(c.Candidate)) {
			n++
		}
	}
	return n
}

// misnamed says that a pod is not placed because it names the other OS.
func (x *run) misnamed(p plan) bool {
	for i, t := range x.targets {
		if os, _ := placement.NamedOS(&x.found.Pods[i].Spec); t.OS != "" && !p.hope[i] && os != "" && os != t.OS {
			return true
		}
	}
	return false
}

// behindBarred says that an unplaced pod listens to a knob that cannot be used, and that k may stand behind that.
func (x *run) behindBarred(p plan, k knob.Knob) bool {
	for b := range x.barred {
		c := x.found.Knobs[b]
		if c.Status != knob.Steers || c.Field != k.Field {
			continue
		}
		for i, t := range x.targets {
			if t.OS != "" && !p.hope[i] && x.touches(b, i) {
				return true
			}
		}
	}
	return false
}
