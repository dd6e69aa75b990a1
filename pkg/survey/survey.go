// Package survey says where each workload of an inventory could run, where it runs, and which operating system it is for.
// It must not call anything wrong: that is for rules, which look at the same survey as the printers.
package survey

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/symptom"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Survey is the placement of everything in an inventory.
type Survey struct {
	Pools      []placement.Pool
	Placements []Placement // by index of the inventory's workloads
}

// Placement is where one workload could run and does run.
type Placement struct {
	Workload *inventory.Workload
	// Spec is the pod spec as admission makes it: with what its RuntimeClass adds, and what was seen to be added to its pods.
	Spec *corev1.PodSpec
	// Conflict is why the API server refuses the pod for its RuntimeClass; empty when it does not.
	Conflict string
	// ClassUnknown tells that the pod's RuntimeClass is not in the inventory: what it adds is not known.
	ClassUnknown bool

	// OS is the operating system the workload is for, and By what tells. OS is empty when nothing tells.
	OS platform.OS
	By string
	// Named is the operating system that the pod itself names, by whatever field; empty when it names none.
	Named platform.OS
	// Verdicts say, by index of the pools, whether some node of the pool accepts the pod, and why not.
	Verdicts []placement.Verdict
	// Everywhere tells that containers of the workload have started on nodes of both operating systems: its images are for both.
	Everywhere bool
	// ForBoth tells that all its images are known to be for both operating systems.
	ForBoth bool
	// Done tells a pod, or a Job with its pods, that has run to its end: nothing of it is placed any more.
	Done bool
	// Runs counts the pods that are bound to a node of each pool, by index of the pools; Unbound those that are bound to none.
	Runs    []int
	Unbound int
	started platform.OS // where some of its containers started
	ended   int         // how many of its pods have succeeded
}

// Of surveys an inventory.
func Of(inv *inventory.Inventory) *Survey {
	s := &Survey{Pools: inv.Pools, Placements: make([]Placement, len(inv.Workloads))}
	classes := map[string]*nodev1.RuntimeClass{}
	for i := range inv.RuntimeClasses {
		classes[inv.RuntimeClasses[i].Name] = &inv.RuntimeClasses[i]
	}
	for i := range inv.Workloads {
		s.Placements[i] = place(&inv.Workloads[i], inv, classes)
	}
	for _, p := range inv.Pods {
		at := &s.Placements[p.Workload]
		if p.Pool < 0 {
			at.Unbound += p.Count
		} else {
			at.Runs[p.Pool] += p.Count
		}
		at.evidence(p, inv.Pools)
		if p.Phase == corev1.PodSucceeded {
			at.ended += p.Count
		}
	}
	for i := range s.Placements {
		s.Placements[i].Done = s.Placements[i].done()
	}
	for _, p := range inv.Pods {
		if s.Placements[p.Workload].OS == "" && s.Mixed() {
			s.Placements[p.Workload].failure(p, inv.Pools)
		}
	}
	return s
}

// done tells that all pods of what makes no further ones have succeeded.
func (p *Placement) done() bool {
	kind := p.Workload.Object.Kind
	if kind != "Job" && kind != "Pod" || p.ended == 0 {
		return false
	}
	all := p.Unbound
	for _, n := range p.Runs {
		all += n
	}
	return p.ended == all
}

// ByFailure is what tells the operating system of a workload that only its failure on the other one tells.
const ByFailure = "its image has no variant for windows nodes"

// failure takes an image that has no variant for a Windows node for one that is for Linux, where nothing else tells. The same
// words on a Linux node may be about an image for another architecture.
func (p *Placement) failure(pods inventory.PodGroup, pools []placement.Pool) {
	if p.Everywhere || pods.Pool < 0 || pools[pods.Pool].OS() != platform.Windows {
		return
	}
	if s, known := symptom.Decode(pods.Reason, pods.Message); known && s.ID == symptom.NoVariant {
		p.OS, p.By = platform.Linux, ByFailure
	}
}

func place(w *inventory.Workload, inv *inventory.Inventory, classes map[string]*nodev1.RuntimeClass) Placement {
	pools := inv.Pools
	p := Placement{Workload: w, Spec: &w.Spec, Runs: make([]int, len(pools)), Verdicts: make([]placement.Verdict, 0, len(pools))}
	if name := w.Spec.RuntimeClassName; name != nil && *name != "" {
		class, known := classes[*name]
		p.ClassUnknown = !known
		if known {
			spec, err := placement.WithRuntimeClass(&w.Spec, class.Scheduling)
			if err != nil {
				p.Conflict = err.Error()
			} else {
				p.Spec = spec
			}
		}
	}
	if a := w.Admitted; a != nil {
		spec := *p.Spec
		spec.NodeSelector, spec.Tolerations = a.NodeSelector, a.Tolerations
		p.Spec = &spec
	}
	for _, pool := range pools {
		v := placement.Could(p.Spec, pool)
		if p.Conflict != "" {
			v = placement.Verdict{Pool: pool, Reasons: []string{p.Conflict}}
		}
		p.Verdicts = append(p.Verdicts, v)
	}
	p.Named, p.By = placement.NamedOS(p.Spec)
	p.OS = p.Named
	if p.OS == "" {
		p.OS, p.By = imagesOS(p.Spec, inv)
	}
	p.ForBoth = forBoth(p.Spec, inv)
	return p
}

// evidence takes what runs for what is so: a container that started is of its node's operating system. It counts for more than
// the name of an image, and less than what the pod itself names.
func (p *Placement) evidence(pods inventory.PodGroup, pools []placement.Pool) {
	if !pods.Started || pods.Pool < 0 {
		return
	}
	os := pools[pods.Pool].OS()
	if p.started != "" && p.started != os {
		p.Everywhere = true
	}
	p.started = os
	if p.Named == "" {
		p.OS, p.By = os, "its containers started there"
	}
	if p.Named == "" && p.Everywhere {
		p.OS, p.By = "", ""
	}
}

// forBoth tells a pod all of whose images are known to be for both operating systems.
func forBoth(spec *corev1.PodSpec, inv *inventory.Inventory) bool {
	all := workload.Images(spec)
	return len(all) > 0 && !slices.ContainsFunc(all, func(image string) bool { return !inv.Image(image).Both() })
}

// imagesOS is the operating system that a pod's images tell; empty when they tell none, or both.
func imagesOS(spec *corev1.PodSpec, inv *inventory.Inventory) (platform.OS, string) {
	var found platform.OS
	by := ""
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		os, why, known := inv.Image(c.Image).OS()
		switch {
		case !known:
		case found == "":
			found, by = os, why
		case found != os:
			return "", ""
		}
	}
	return found, by
}

// Fits tells whether a pool of an operating system accepts the workload.
func (p *Placement) Fits(os platform.OS) bool {
	return slices.ContainsFunc(p.Verdicts, func(v placement.Verdict) bool { return v.Fits && v.Pool.OS() == os })
}

// FitsAny tells whether any pool accepts the workload.
func (p *Placement) FitsAny() bool {
	return slices.ContainsFunc(p.Verdicts, func(v placement.Verdict) bool { return v.Fits })
}

// Systems are the operating systems that the pools have, Linux first.
func (s *Survey) Systems() []platform.OS {
	var out []platform.OS
	for _, os := range []platform.OS{platform.Linux, platform.Windows} {
		if slices.ContainsFunc(s.Pools, func(p placement.Pool) bool { return p.OS() == os }) {
			out = append(out, os)
		}
	}
	return out
}

// Mixed tells whether there are pools of both operating systems.
func (s *Survey) Mixed() bool { return len(s.Systems()) == 2 }
