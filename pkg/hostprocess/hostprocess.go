// Package hostprocess decides whether HostProcess pods run: on which Windows nodes, in which namespaces, and of which workloads, with
// the reason and, where something that it hangs on is not known, that it cannot tell. It must not read anything: it is a function of an
// inventory. What is wrong and what to do about it are for rules, which look at the same faults.
package hostprocess

import (
	"slices"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Verdict is the answer to whether something runs.
type Verdict string

// The verdicts. What cannot be told never counts as running.
const (
	Runs       Verdict = "runs"
	RunsNot    Verdict = "does not run"
	CannotTell Verdict = "cannot tell"
)

// Judgement is a verdict with its reasons: why something does not run, or why that cannot be told. Notes are what is to be known of what
// runs; they change no verdict.
type Judgement struct {
	Verdict Verdict  `json:"verdict"`
	Reasons []string `json:"reasons,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	// absent are the reasons that lie in what was looked at: manifests have no nodes. The others are what could not be read.
	absent []string
}

// not adds a reason why something does not run, which outranks that it cannot be told: those reasons are dropped.
func (j *Judgement) not(reason string) {
	if j.Verdict != RunsNot {
		j.Verdict, j.Reasons = RunsNot, nil
	}
	j.add(reason)
}

// unknown adds a reason why it cannot be told, unless it is known that it does not run.
func (j *Judgement) unknown(reason string) {
	if j.Verdict == RunsNot {
		return
	}
	j.Verdict = CannotTell
	j.add(reason)
}

// lacking adds a reason why it cannot be told, which lies in the nature of what is looked at.
func (j *Judgement) lacking(reason string) {
	j.unknown(reason)
	j.absent = append(j.absent, reason)
}

// Unread are the reasons for which it cannot be told that are not in the nature of what is looked at.
func (j *Judgement) Unread() []string {
	if j.Verdict != CannotTell {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(j.Reasons), func(reason string) bool { return slices.Contains(j.absent, reason) })
}

func (j *Judgement) add(reason string) {
	if !slices.Contains(j.Reasons, reason) {
		j.Reasons = append(j.Reasons, reason)
	}
}

func (j *Judgement) note(text string) {
	if !slices.Contains(j.Notes, text) {
		j.Notes = append(j.Notes, text)
	}
}

// Report is what was decided about everything in an inventory.
type Report struct {
	Server     Server      `json:"server"`
	Nodes      []Node      `json:"nodes"`      // the Windows nodes, by name
	Namespaces []Namespace `json:"namespaces"` // those that are known, by name
	Workloads  []Workload  `json:"workloads"`  // the HostProcess workloads, in the order of the inventory
	// Others is how many workloads are no HostProcess ones.
	Others int `json:"others"`
}

// Of decides about an inventory and its survey.
func Of(inv *inventory.Inventory, s *survey.Survey) Report {
	r := Report{Server: ServerOf(inv), Nodes: []Node{}, Workloads: []Workload{}}
	for _, n := range inv.Nodes {
		if isWindows(n) {
			r.Nodes = append(r.Nodes, NodeOf(n))
		}
	}
	a := AdmissionOf(inv.Objects[inventory.Namespaces], inv.Version, inv.Nodes)
	r.Namespaces = a.Namespaces()
	for i := range s.Placements {
		at := &s.Placements[i]
		if !Wanted(at.Spec) {
			r.Others++
			continue
		}
		r.Workloads = append(r.Workloads, r.workload(inv, a, at))
	}
	return r
}

// Fails tells whether some workload does not run, or some probe did not.
func (r *Report) Fails() bool {
	return slices.ContainsFunc(r.Workloads, func(w Workload) bool { return w.Verdict == RunsNot }) ||
		slices.ContainsFunc(r.Nodes, func(n Node) bool { return n.Probe != nil && !n.Probe.Ran })
}

// Probed notes what became of a probe of a node. What really ran, or did not, outranks what was decided.
func (r *Report) Probed(node string, o Outcome) {
	i := slices.IndexFunc(r.Nodes, func(n Node) bool { return n.Name == node })
	if i < 0 {
		return
	}
	n := &r.Nodes[i]
	n.Probe = &o
	if o.Ran {
		n.Verdict, n.Reasons = Runs, nil
		return
	}
	n.not("a probe did not run: " + orElse(o.Says, "the node said nothing"))
}

// Unread is what could not be told because something could not be read.
func (r *Report) Unread() []string {
	var out []string
	add := func(what string, j *Judgement) {
		for _, reason := range j.Unread() {
			if text := what + ": " + reason; !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	for i := range r.Nodes {
		add("node "+r.Nodes[i].Name, &r.Nodes[i].Judgement)
	}
	for i := range r.Workloads {
		add(r.Workloads[i].Object.String(), &r.Workloads[i].Judgement)
	}
	return out
}

// Fault is something about a pod spec that keeps a HostProcess pod from running, or from doing what it is for.
type Fault struct {
	Kind  Kind
	Path  object.Path // from the pod spec down
	Value string      // as it is set
	// Says are the words with which the API server refuses the pod; empty when it takes it.
	Says string
	// What says what becomes of a pod that the API server takes.
	What string
	// Certain tells that the pod does not run. Otherwise it may, or it does without what the field asks for.
	Certain bool
	// Depends tells that nothing speaks against the pod, and that it needs something that the API does not show.
	Depends bool
}

// Kind is which rule a fault breaks.
type Kind string

// The kinds of faults.
const (
	NoHostNetwork   Kind = "no-host-network"
	MixedContainers Kind = "mixed-containers"
	ValuesDiffer    Kind = "values-differ"
	UserFormat      Kind = "user-format"
	UserKind        Kind = "user-kind"
	NonRoot         Kind = "non-root"
	NamedPipe       Kind = "named-pipe"
	LinuxField      Kind = "linux-field"
	WindowsOptions  Kind = "windows-options"
	HyperV          Kind = "hyper-v"
)
