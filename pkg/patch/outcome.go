package patch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/placement"
)

func (x *run) report(p plan, pr proof) Report {
	out := Report{
		APIVersion: APIVersion, Kind: "PatchReport", Renders: x.renders,
		Chart:     ChartName{Name: x.renderer.Name(), Version: x.renderer.Version()},
		Workloads: make([]Outcome, 0, len(x.targets)), Unreadable: x.unreadable,
	}
	for i := range x.targets {
		out.Workloads = append(out.Workloads, x.outcome(i, p, pr))
	}
	out.Knobs = knobReports(x.found, x.barred, p.picks)
	return out
}

// outcome says what became of one workload: the proof decides, not the plan.
func (x *run) outcome(i int, p plan, pr proof) Outcome {
	pod, t := x.found.Pods[i], x.targets[i]
	out := Outcome{
		Kind: pod.Object.Kind, Namespace: pod.Object.Namespace, Name: pod.Object.Name, Source: pod.Source,
		Hook: pod.Hook(), Test: pod.Test(), OS: string(t.OS), OSReason: t.Why, Paths: []string{}, Field: fieldOf(pod),
	}
	if t.OS == "" {
		out.Status = Left
		return out
	}
	g := x.goals[t.OS]
	placed, _ := g.Placed(&pr.pods[i].Spec)
	before, reasons := g.Placed(&pod.Spec)
	switch {
	case pod.LabeledOS != "" && pod.LabeledOS != string(t.OS):
		out.Status = Unplaced
		out.Reason = "its own label kubernetes.io/os is " + pod.LabeledOS + ": the kubelet of a " + string(t.OS) + " node rejects it"
		out.Remedy = "take the label off the pod"
	case placed && before:
		out.Status = Already
	case placed:
		out.Status = Placed
		out.Paths = x.paths(i, p)
	default:
		out.Status = Unplaced
		out.Reason = x.reasonFor(i, reasons)
		out.Remedy = remedy(pod)
	}
	out.Notes = x.notes(i, &pr.pods[i].Spec)
	return out
}

func fieldOf(p chart.Pod) string {
	if !p.Custom {
		return ""
	}
	return p.SpecPath.String()
}

func (x *run) paths(pod int, p plan) []string {
	var out []string
	for _, pk := range p.picks {
		if p.needs[pod]&pk.means != 0 && x.effectOf(pk.knob, want{pod, pk.means}) {
			k := x.found.Knobs[pk.knob]
			out = append(out, k.Path.String())
			if k.Gate != nil {
				out = append(out, k.Gate.String())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func remedy(p chart.Pod) string {
	if p.Hook() {
		return "edit " + p.Source + " or place it at admission: Helm 3 gives hooks to no post-renderer"
	}
	return "add the placement after rendering, or edit " + p.Source
}

// reasonFor says why no value places a workload: what stands in the way in the template, or which knob is missing or cannot be
// used, and last what the pools say.
func (x *run) reasonFor(i int, reasons []string) string {
	t := x.targets[i]
	g := x.goals[t.OS]
	spec := &x.found.Pods[i].Spec
	if len(g.Pools()) == 0 {
		return fmt.Sprintf("there is no pool of %s nodes", t.OS)
	}
	if spec.NodeName != "" {
		return "the template fixes nodeName " + spec.NodeName
	}
	var why []string
	if ok, _ := g.Placed(x.predict(i, byTolerations|byNarrowing)); !ok && !x.reachable(want{i, bySelector}) && !x.reachable(want{i, byAffinity}) {
		why = append(why, x.noSelector(i))
	}
	if len(g.Missing(spec)) > 0 && !x.reachable(want{i, byTolerations}) {
		why = append(why, x.obstacle(i, knob.Tolerations, byTolerations, "no value reaches its tolerations"))
	}
	if len(why) > 0 {
		return strings.Join(why, "; ")
	}
	var best means
	for _, m := range []means{bySelector, byAffinity, byTolerations} {
		if x.reachable(want{i, m}) {
			best |= m
		}
	}
	after := x.predict(i, best)
	if os, _ := placement.NamedOS(after); os != "" && os != t.OS {
		return x.noSelector(i)
	}
	if ok, left := g.Placed(after); !ok {
		reasons = left
	}
	return "no combination of values places it: " + strings.Join(reasons, "; ")
}

// noSelector says why the OS cannot be chosen.
func (x *run) noSelector(i int) string {
	t := x.targets[i]
	what := "no value reaches its nodeSelector"
	if os, by := placement.NamedOS(&x.found.Pods[i].Spec); os != "" && os != t.OS {
		what = fmt.Sprintf("its template names %s by %s, and no value changes that", os, by)
	}
	return x.obstacle(i, knob.NodeSelector, bySelector, what)
}

// obstacle names the knobs that would have done it, and what speaks against each.
func (x *run) obstacle(i int, field knob.Field, m means, otherwise string) string {
	var why []string
	for n, k := range x.found.Knobs {
		e, ok := k.Effect(i, field)
		problem := x.barred[n]
		switch {
		case ok && e.Overruled || x.useless[useless{n, m, i}]:
			problem = "the template's own value wins over it"
		case !ok || problem == "":
			continue
		}
		why = append(why, k.Path.String()+" cannot be used: "+problem)
	}
	if len(why) > 0 {
		return strings.Join(why, "; ")
	}
	for _, k := range x.found.Knobs {
		if k.Declared && k.Field == field && (k.Status == knob.Broken || k.Status == knob.Misdirected) {
			why = append(why, k.Path.String()+" does not do it: "+k.Problem)
		}
	}
	if len(why) > 0 {
		return otherwise + "; " + strings.Join(why, "; ")
	}
	return otherwise
}

// knobReports lists the knobs that a person would want to know of: those the values declare, and those that do something.
func knobReports(t knob.Table, barred map[int]string, picks []pick) []KnobReport {
	out := []KnobReport{}
	for i, k := range t.Knobs {
		if (!k.Declared || k.Reserve) && len(k.LandsAt) == 0 || k.Status == knob.Broken && !k.Declared {
			continue
		}
		r := KnobReport{
			Path: k.Path.String(), Field: string(k.Field), Shape: string(k.Shape), Declared: k.Declared,
			Steers: []string{}, LandsAt: append([]string{}, k.LandsAt...), Status: string(k.Status), Problem: k.Problem,
			Used: slices.ContainsFunc(picks, func(p pick) bool { return p.knob == i }),
		}
		slices.Sort(r.LandsAt)
		for _, e := range k.Effects {
			r.Steers = append(r.Steers, t.Pods[e.Pod].Key)
		}
		slices.Sort(r.Steers)
		r.Steers = slices.Compact(r.Steers)
		if why := barred[i]; why != "" && k.Status == knob.Steers {
			r.Status, r.Problem = string(knob.Refused), why
		}
		out = append(out, r)
	}
	return out
}

var schemaPointer = regexp.MustCompile(`(?m)^\s*-? ?at '([^']*)': (.*)$`)

// schemaReason is the first complaint of a schema on one line.
func schemaReason(err error) string {
	if m := schemaPointer.FindStringSubmatch(err.Error()); m != nil {
		return m[1] + ": " + m[2]
	}
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return lines[len(lines)-1]
}

// landsIn says that a landing is in the object of that name.
func landsIn(l knob.Landing, doc string) bool { return strings.HasPrefix(l.At, doc+" ") }
