package aim

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Goal is where pods of one OS are to go: the pools they may use, and the labels that name those.
type Goal struct {
	os    platform.OS
	pools []placement.Pool // all pools; those that the pod must avoid count as of another OS
	// classes are the RuntimeClasses that the chart brings along, by name. Others are in the cluster and not known.
	classes map[string]*nodev1.Scheduling
	labels  map[string]string
	assumed bool
}

// Goal narrows the pools to a Windows build and adds the taints that only the user knows of. classes are the RuntimeClasses that
// are known, by name; those that are not do not count.
func (q Request) Goal(os platform.OS, classes map[string]*nodev1.Scheduling) Goal {
	g := Goal{os: os, classes: classes, labels: map[string]string{platform.LabelOS: string(os)}, assumed: q.PoolsAssumed}
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
// the OS label alone does not keep a pod off them; see Placed, which judges them as the Windows nodes they are.
const otherBuild = "windows-of-another-build"

// OS is the system of the goal.
func (g Goal) OS() platform.OS { return g.os }

// Labels are what a nodeSelector has to say: the OS, and the Windows build if one was asked for. The caller must not change them.
func (g Goal) Labels() map[string]string { return g.labels }

// Pools are those of the goal's OS, and of its build.
func (g Goal) Pools() []placement.Pool {
	return slices.DeleteFunc(slices.Clone(g.pools), func(p placement.Pool) bool { return p.OS() != g.os })
}

// Assumed tells that the pools are a preset, so that their nodes may have more labels than they tell of.
func (g Goal) Assumed() bool { return g.assumed }

// Placed judges a spec: every node of one of the goal's pools accepts it and no node of another pool does. The reasons say why not.
func (g Goal) Placed(spec *corev1.PodSpec) (bool, []string) {
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

// Missing are the tolerations that a pod lacks for the pool of its OS that asks for the fewest.
func (g Goal) Missing(spec *corev1.PodSpec) []corev1.Toleration {
	var best []corev1.Toleration
	found := false
	for _, p := range g.pools {
		if p.OS() != g.os {
			continue
		}
		if lack := MissingOn(spec, p); !found || len(lack) < len(best) {
			best, found = lack, true
		}
	}
	return best
}

// MissingOn are the tolerations that a pod lacks for one pool.
func MissingOn(spec *corev1.PodSpec, p placement.Pool) []corev1.Toleration {
	var lack []corev1.Toleration
	for _, t := range p.Taints {
		if t.Effect != corev1.TaintEffectPreferNoSchedule && !tolerated(spec.Tolerations, t) {
			lack = append(lack, tolerationOf(t))
		}
	}
	return lack
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

// Wide says that a toleration opens nodes of another OS, or more than the pod's own OS asks for.
func (g Goal) Wide(t corev1.Toleration) bool {
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
