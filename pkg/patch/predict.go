package patch

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// means are the ways in which values can change where a pod runs, as bits.
type means uint8

const (
	bySelector means = 1 << iota
	byTolerations
	byAffinity
	byNarrowing // tolerations replaced instead of added to: the present ones tolerate too much
	byClass     // the runtimeClassName is taken away: its class schedules elsewhere
	byOSName
	byFixing // not placement: Linux-only fields are taken away
)

// ladders are the combinations to try, cheapest first.
func ladders() []means {
	plain := []means{
		0, bySelector, byTolerations, byAffinity, bySelector | byTolerations, byAffinity | byTolerations, bySelector | byAffinity,
		bySelector | byAffinity | byTolerations, byNarrowing, bySelector | byNarrowing, byAffinity | byNarrowing, bySelector | byAffinity | byNarrowing,
	}
	out := slices.Clone(plain)
	for _, m := range plain {
		out = append(out, m|byClass)
	}
	return out
}

// goal is where pods of one OS are to go: the pools they may use, and the labels that name those.
type goal struct {
	os    platform.OS
	pools []placement.Pool // all pools; those that the pod must avoid count as of another OS
	// classes are the RuntimeClasses that the chart brings along, by name. Others are in the cluster and not known.
	classes map[string]*nodev1.Scheduling
	labels  map[string]string
}

// goalFor narrows the pools to a Windows build and adds the taints that only the user knows of.
func (q Request) goalFor(os platform.OS, classes map[string]*nodev1.Scheduling) goal {
	g := goal{os: os, classes: classes, labels: map[string]string{platform.LabelOS: string(os)}}
	for _, p := range q.Pools {
		if p.OS() == platform.Windows {
			for _, t := range q.Tolerations {
				taint := corev1.Taint{Key: t.Key, Value: t.Value, Effect: t.Effect}
				if !slices.Contains(p.Taints, taint) {
					p.Taints = append(slices.Clip(p.Taints), taint)
				}
			}
		}
		if os == platform.Windows && q.WindowsBuild != "" && p.OS() == platform.Windows && p.Labels[platform.LabelWindowsBuild] != string(q.WindowsBuild) {
			p.Labels = maps.Clone(p.Labels)
			p.Labels[platform.LabelOS] = otherBuild
		}
		g.pools = append(g.pools, p)
	}
	if os == platform.Windows && q.WindowsBuild != "" {
		g.labels[platform.LabelWindowsBuild] = string(q.WindowsBuild)
	}
	return g
}

// otherBuild stands for the OS of Windows pools of a build that was not asked for. It is no value a node has, so a selector by
// the OS label alone does not keep a pod off them; see placed.
const otherBuild = "windows-of-another-build"

// placed judges a spec. The judge sees other builds as the Windows nodes they are.
func (g goal) placed(spec *corev1.PodSpec) (bool, []string) {
	if spec.RuntimeClassName != nil {
		admitted, err := placement.WithRuntimeClass(spec, g.classes[*spec.RuntimeClassName])
		if err != nil {
			return false, []string{"the API server rejects the pod: " + err.Error()}
		}
		spec = admitted
	}
	if g.labels[platform.LabelWindowsBuild] == "" {
		return placement.Placed(spec, g.os, g.pools)
	}
	var mine, others []placement.Pool
	for _, p := range g.pools {
		if p.Labels[platform.LabelOS] == otherBuild {
			p.Labels = maps.Clone(p.Labels)
			p.Labels[platform.LabelOS] = string(platform.Windows)
			others = append(others, p)
		} else {
			mine = append(mine, p)
		}
	}
	ok, reasons := placement.Placed(spec, g.os, mine)
	for _, p := range others {
		if placement.Judge(spec, p).Fits {
			ok = false
			reasons = append(reasons, p.Name+" accepts it too, with another Windows build")
		}
	}
	return ok, reasons
}

// missing are the tolerations that a pod lacks for the pool of its OS that asks for the fewest.
func (g goal) missing(spec *corev1.PodSpec) []corev1.Toleration {
	var best []corev1.Toleration
	found := false
	for _, p := range g.pools {
		if p.OS() != g.os {
			continue
		}
		var lack []corev1.Toleration
		for _, t := range p.Taints {
			if t.Effect != corev1.TaintEffectPreferNoSchedule && !tolerated(spec.Tolerations, t) {
				lack = append(lack, tolerationOf(t))
			}
		}
		if !found || len(lack) < len(best) {
			best, found = lack, true
		}
	}
	return best
}

func tolerated(ts []corev1.Toleration, taint corev1.Taint) bool {
	return slices.ContainsFunc(ts, func(t corev1.Toleration) bool { return placement.Tolerates(t, taint) })
}

func tolerationOf(t corev1.Taint) corev1.Toleration {
	out := corev1.Toleration{Key: t.Key, Operator: corev1.TolerationOpEqual, Value: t.Value, Effect: t.Effect}
	if t.Value == "" {
		out.Operator = corev1.TolerationOpExists
	}
	return out
}

// wide says that a toleration opens nodes of another OS, or more than the pod's own OS asks for.
func (g goal) wide(t corev1.Toleration) bool {
	for _, p := range g.pools {
		if p.OS() == g.os {
			continue
		}
		for _, taint := range p.Taints {
			if placement.Tolerates(t, taint) {
				return true
			}
		}
	}
	return false
}

// predict is the pod spec that the means would give. The proof decides; this only spares renders.
func (g goal) predict(spec *corev1.PodSpec, m means) *corev1.PodSpec {
	out := *spec
	if m&byClass != 0 {
		out.RuntimeClassName = nil
	}
	if m&bySelector != 0 {
		sel := maps.Clone(spec.NodeSelector)
		if sel == nil {
			sel = map[string]string{}
		}
		delete(sel, platform.LabelLegacyOS)
		maps.Copy(sel, g.labels)
		out.NodeSelector = sel
	}
	if m&byAffinity != 0 {
		out.Affinity = g.affinity(spec.Affinity)
	}
	if m&byNarrowing != 0 {
		out.Tolerations = slices.DeleteFunc(slices.Clone(spec.Tolerations), g.wide)
	}
	if m&(byTolerations|byNarrowing) != 0 {
		out.Tolerations = append(slices.Clip(out.Tolerations), g.missing(&out)...)
	}
	return &out
}

func (g goal) affinity(a *corev1.Affinity) *corev1.Affinity {
	out := &corev1.Affinity{}
	if a != nil {
		out = a.DeepCopy()
	}
	if out.NodeAffinity == nil {
		out.NodeAffinity = &corev1.NodeAffinity{}
	}
	req := out.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if req == nil || len(req.NodeSelectorTerms) == 0 {
		req = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{}}}
		out.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = req
	}
	for i := range req.NodeSelectorTerms {
		term := &req.NodeSelectorTerms[i]
		term.MatchExpressions = slices.DeleteFunc(term.MatchExpressions, func(e corev1.NodeSelectorRequirement) bool {
			_, ours := g.labels[e.Key]
			return ours || e.Key == platform.LabelLegacyOS
		})
		for _, k := range slices.Sorted(maps.Keys(g.labels)) {
			term.MatchExpressions = append(term.MatchExpressions, corev1.NodeSelectorRequirement{Key: k, Operator: corev1.NodeSelectorOpIn, Values: []string{g.labels[k]}})
		}
	}
	return out
}
