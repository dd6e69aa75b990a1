// Package steer works out what of a pod has to change for it to run on the nodes of one operating system.
// It must not write: what it returns is put into a manifest, a patch or a template by others.
package steer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Change sets or removes one value of a pod spec. Changes are carried out in their order.
type Change struct {
	Path   object.Path // from the pod spec down; what leads there is made where it is missing
	Value  any         // as JSON decodes it; it replaces what is there whole. An index that is the list's length appends.
	Remove bool        // of a key or an item; Value is nil
}

// Plan is what puts one pod where it is to go.
type Plan struct {
	Changes []Change
	Notes   []string // what the changes take away that is not about the OS, for whoever reads the output
	Problem string   // why the pod cannot be placed; there are no changes then. Empty: with the changes it is
}

// Place plans the changes that put a workload on the nodes of a goal. A pod that is there already needs none, and keeps what it
// says. The others get the goal's labels in their nodeSelector, and what stands against those is taken away: an OS in the
// affinity, a RuntimeClass of the other system, a fixed node. What no node of the goal's pools has is taken away last. Of pools
// that are assumed only the OS and the taints are known: what else the pod asks for stays, and Notes say so.
func Place(w workload.Workload, g aim.Goal) Plan {
	if w.LabeledOS != "" && w.LabeledOS != string(g.OS()) {
		return Plan{Problem: fmt.Sprintf("its own label %s is %s: the kubelet of a %s node rejects it", platform.LabelOS, w.LabeledOS, g.OS())}
	}
	if len(g.Pools()) == 0 {
		return Plan{Problem: fmt.Sprintf("there is no pool of %s nodes", g.OS())}
	}
	p := planner{workload: w, goal: g, spec: w.Spec.DeepCopy()}
	reasons := p.reasons()
	for _, step := range p.ladder() {
		if len(reasons) == 0 {
			break
		}
		if problem := step(); problem != "" {
			return Plan{Problem: problem}
		}
		reasons = p.reasons()
	}
	if len(reasons) > 0 {
		return Plan{Problem: strings.Join(reasons, "; ")}
	}
	return Plan{Changes: p.changes, Notes: append(p.notes, p.unknown()...)}
}

// planner changes a pod spec step by step, and notes each change.
type planner struct {
	workload workload.Workload
	goal     aim.Goal
	spec     *corev1.PodSpec // with the changes so far
	changes  []Change
	notes    []string
}

// ladder are the steps, in the order in which they are tried. A step may say why it cannot be done.
func (p *planner) ladder() []func() string {
	steps := []func() string{p.selectOS, p.tolerate, p.unbind, p.leaveClass}
	if !p.goal.Assumed() {
		steps = append(steps, p.dropForeign)
	}
	return steps
}

// reasons say why the spec is not placed; none when it is.
func (p *planner) reasons() []string {
	ok, reasons := p.goal.Placed(p.known())
	if os := p.spec.OS; os != nil && os.Name != "" && string(os.Name) != string(p.goal.OS()) {
		return append(reasons, "os.name is "+string(os.Name)+", the kubelet of another node rejects it")
	}
	if ok {
		return nil
	}
	return reasons
}

func (p *planner) set(value any, path ...any) {
	p.changes = append(p.changes, Change{Path: path, Value: value})
}

func (p *planner) remove(path ...any) {
	p.changes = append(p.changes, Change{Path: path, Remove: true})
}

// has tells whether the workload's kind has a placement field. A custom resource may lack one.
func (p *planner) has(field string) bool { return slices.Contains(p.workload.Fields, field) }

// selectOS makes the nodeSelector name the goal's labels, or the affinity of a kind that has no nodeSelector, and takes away what
// names another system.
func (p *planner) selectOS() string {
	if problem := p.namedOS(); problem != "" {
		return problem
	}
	if problem := p.freeAffinity(p.ours); problem != "" {
		return problem
	}
	if !p.has("nodeSelector") {
		return p.require()
	}
	if p.broken("nodeSelector") {
		p.set(anyMap(p.goal.Labels()), "nodeSelector")
		p.spec.NodeSelector = maps.Clone(p.goal.Labels())
		return ""
	}
	if p.spec.NodeSelector == nil {
		p.spec.NodeSelector = map[string]string{}
	}
	for _, key := range []string{platform.LabelLegacyOS, platform.LabelWindowsBuild} {
		_, has := p.spec.NodeSelector[key]
		if has && (key == platform.LabelLegacyOS || p.goal.OS() == platform.Linux) {
			p.remove("nodeSelector", key)
			delete(p.spec.NodeSelector, key)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(p.goal.Labels())) {
		if v := p.goal.Labels()[k]; p.spec.NodeSelector[k] != v {
			p.set(v, "nodeSelector", k)
			p.spec.NodeSelector[k] = v
		}
	}
	return ""
}

// namedOS puts right an os.name of the other system. Beside Linux-only fields windows would be refused: then there is none.
func (p *planner) namedOS() string {
	os := p.spec.OS
	if os == nil || os.Name == "" || string(os.Name) == string(p.goal.OS()) {
		return ""
	}
	if p.goal.OS() == platform.Windows && len(Refused(p.spec, LatestMinor)) > 0 || p.goal.OS() == platform.Linux && len(windowsOptions(p.spec)) > 0 {
		p.remove("os")
		p.spec.OS = nil
		return ""
	}
	p.set(string(p.goal.OS()), "os", "name")
	p.spec.OS = &corev1.PodOS{Name: corev1.OSName(p.goal.OS())}
	return ""
}

// ours tells what stands against the labels of which the goal says what they are to be. Only Windows nodes have a Windows build.
func (p *planner) ours(r corev1.NodeSelectorRequirement) bool {
	want, ours := p.goal.Labels()[r.Key]
	if r.Key == platform.LabelLegacyOS {
		want, ours = string(p.goal.OS()), true
	}
	if r.Key == platform.LabelWindowsBuild && p.goal.OS() == platform.Linux {
		return r.Operator != corev1.NodeSelectorOpDoesNotExist && r.Operator != corev1.NodeSelectorOpNotIn
	}
	if !ours {
		return false
	}
	node := placement.Pool{Name: "one", Labels: map[string]string{r.Key: want}}
	return !placement.Judge(&corev1.PodSpec{Affinity: requiring(corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{r}})}, node).Fits
}

func requiring(terms ...corev1.NodeSelectorTerm) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms},
	}}
}

// tolerate adds the tolerations that a pool of the goal asks for: one that the pod can go to otherwise, if there is any.
func (p *planner) tolerate() string {
	missing := aim.MissingOn(p.spec, p.home())
	if len(missing) == 0 {
		return ""
	}
	if !p.has("tolerations") {
		return "a " + p.workload.Object.Kind + " has no field for tolerations"
	}
	if problem := p.unread("tolerations"); problem != "" {
		return problem
	}
	if len(p.spec.Tolerations) == 0 {
		list := make([]any, 0, len(missing))
		for _, t := range missing {
			list = append(list, tolerationMap(t))
		}
		p.set(list, "tolerations")
		p.spec.Tolerations = missing
		return ""
	}
	for _, t := range missing {
		p.set(tolerationMap(t), "tolerations", len(p.spec.Tolerations))
		p.spec.Tolerations = append(p.spec.Tolerations, t)
	}
	return ""
}

// unbind takes away a node that is fixed by name: only its own kubelet would be asked.
func (p *planner) unbind() string {
	if p.spec.NodeName == "" {
		return ""
	}
	p.notes = append(p.notes, "nodeName "+p.spec.NodeName+" is taken away")
	p.remove("nodeName")
	p.spec.NodeName = ""
	return ""
}

// leaveClass takes away a RuntimeClass that schedules elsewhere, as far as the goal knows the class.
func (p *planner) leaveClass() string {
	if p.spec.RuntimeClassName == nil || !p.has("runtimeClassName") {
		return ""
	}
	name := *p.spec.RuntimeClassName
	plain := &corev1.PodSpec{RuntimeClassName: &name, NodeSelector: p.goal.Labels()}
	plain.Tolerations = p.goal.Missing(plain)
	if ok, _ := p.goal.Placed(plain); ok {
		return "" // it is not what stands in the way
	}
	p.notes = append(p.notes, "runtimeClassName "+name+" is taken away: it schedules elsewhere")
	p.remove("runtimeClassName")
	p.spec.RuntimeClassName = nil
	return ""
}

// broken tells that a field does not decode as a whole.
func (p *planner) broken(field string) bool {
	return slices.ContainsFunc(p.workload.Problems, func(s string) bool {
		return strings.HasPrefix(s, p.workload.SpecPath.Then(field).String()+": ")
	})
}

// unread says that part of a field could not be read, so that its items cannot be counted.
func (p *planner) unread(field string) string {
	at := p.workload.SpecPath.Then(field).String()
	for _, s := range p.workload.Problems {
		if strings.HasPrefix(s, at) {
			return s
		}
	}
	return ""
}

func anyMap(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// tolerationMap is a toleration as JSON decodes it.
func tolerationMap(t corev1.Toleration) map[string]any {
	out := map[string]any{"operator": string(t.Operator)}
	for k, v := range map[string]string{"key": t.Key, "value": t.Value, "effect": string(t.Effect)} {
		if v != "" {
			out[k] = v
		}
	}
	return out
}
